"""About the answer: its source and date, whether it is true, shorter, longer, again, why we ask."""

from collections.abc import Callable

import msgspec

from dialogue.acts.turn import Outcome, Turn
from dialogue.blocks import Answer, Block, Choice
from dialogue.meaning import UNSAID
from dialogue.planning import PHONE
from dialogue.state import Thread
from policy.dates import first_day, spoken
from policy.facts import Fact
from policy.topics import NONE, topics

FIRM = ("official", "media", "repost")
MOST_SOURCES = 3
STEPS_WHEN_SHORT = 3
# Evidence that a message needs to go back further than to what was said last.
SOME = 0.05


def about_answer(turn: Turn) -> Outcome | None:
    """「谁说的」, 「真的吗」, 「简单点」: all of them about what was answered last."""
    if not turn.is_act(*_HOW):
        return None
    thread = turn.state.thread
    if thread is None:
        known = turn.meaning.key in ("ask_source", "ask_freshness")
        return turn.say_entry(turn.meaning.key if known else "nothing_before", status="asked")
    if turn.question.places and turn.meaning.key in ("ask_freshness", "ask_true"):
        # 「邵阳也是这样吗」 is the same question about another place.
        heard = turn.hear(topics().topic_of_thing.get(thread.thing, ""))
        if heard.changed:
            return turn.respond(thread, heard)
    return _HOW[turn.meaning.key](turn, thread)


def detail(turn: Turn) -> Outcome:
    """What the folds of the last reply hold."""
    text = turn.state.folded or turn.wording.say("no_more")
    blocks = tuple(Block(kind="rule", text=line) for line in text.split("\n") if line)
    key = turn.state.thread.key if turn.state.thread else "ask_detail"
    answer = Answer(intent=key, blocks=blocks)
    choices = turn.kit.following(key, {}) if turn.state.thread else turn.topic_choices()
    return Outcome(state=turn.state, answer=answer, choices=choices)


def _facts(turn: Turn, thread: Thread) -> list[Fact]:
    known = turn.kit.policy.book.facts
    facts = [known[name] for name in thread.facts if name in known]
    return [fact for fact in facts if fact.firmness != "claim"] or facts


def _sources(turn: Turn, facts: list[Fact]) -> str:
    blocks = turn.kit.planner.sources(facts)[:MOST_SOURCES]
    texts = [f"{b.text.removeprefix('来源：')}{b.document or ''}" for b in blocks]
    return "；".join(texts)


def _answer(turn: Turn, thread: Thread, name: str, *texts: str, phone: bool = True) -> Outcome:
    first, *rest = [text for text in texts if text]
    blocks = [Block(kind="decision", text=first)]
    blocks += [Block(kind="note", text=text) for text in rest]
    if phone:
        blocks.append(Block(kind="phone", text=PHONE))
    answer = Answer(intent=name, blocks=tuple(blocks), facts=thread.facts)
    choices = turn.kit.following(thread.key, {}) if thread.key in turn.wording.answers else ()
    return Outcome(state=turn.state, answer=answer, choices=choices, status="service")


def _source(turn: Turn, thread: Thread) -> Outcome:
    facts = _facts(turn, thread)
    if not facts:
        return turn.say_entry("ask_source")
    say = turn.wording.say
    checked = min(facts, key=lambda fact: first_day(fact.checked_on)).checked_on
    return _answer(
        turn,
        thread,
        "ask_source",
        say("about_source", text=_sources(turn, facts)),
        say("about_source_checked", date=spoken(checked)),
    )


def _true(turn: Turn, thread: Thread) -> Outcome:
    facts = _facts(turn, thread)
    if not facts:
        return turn.say_entry("ask_source")
    say, source = turn.wording.say, _sources(turn, facts[:1])
    checked = say("about_source_checked", date=spoken(facts[0].checked_on))
    if turn.question.clauses > 1 or turn.question.repeats_hearsay:
        # 「社区说不办要扣钱，真的假的」 asks about what others say, not about the last answer.
        lead = say("true_claim", text=_planned_again(turn, thread).lead)
        return _answer(turn, thread, "ask_true", lead, say("about_source", text=source), checked)
    kind = turn.kit.policy.source(facts[0]).kind
    name = "true_yes" if kind in FIRM and facts[0].firmness == "state" else "true_weak"
    sentences = {
        "true_yes": say("true_yes", text=source),
        "true_weak": say("true_weak", text=source),
    }
    return _answer(turn, thread, "ask_true", sentences[name], checked)


def _fresh(turn: Turn, thread: Thread) -> Outcome:
    facts = _facts(turn, thread)
    if not facts:
        return turn.say_entry("ask_freshness")
    say, since = turn.wording.say, facts[0].effective_from
    lead = say("fresh_since", date=spoken(since)) if since else say("fresh_undated")
    oldest = min(facts, key=lambda fact: first_day(fact.checked_on))
    checked = spoken(oldest.checked_on)
    overdue = any(fact.overdue(turn.kit.policy.today()) for fact in facts)
    return _answer(
        turn,
        thread,
        "ask_freshness",
        lead,
        say("fresh_checked", date=checked),
        say("overdue", date=checked) if overdue else "",
    )


def _planned_again(turn: Turn, thread: Thread) -> Answer:
    heard = turn.hear(topics().topic_of_thing.get(thread.thing, ""))
    _, planned = turn.kit.answer(thread, turn.question, heard)
    return planned.answer


def _meant_before(turn: Turn, thread: Thread) -> Thread:
    """The thread that 「前面讲的余额是多少」 goes back to: the one that its words fit best."""
    threads = turn.state.threads
    fits = [_fits(turn, each) for each in threads]
    best = max(fits, default=0.0)
    if best >= SOME:
        return threads[fits.index(best)]
    named = next((r for r in turn.question.readings if topics().of(r.name) != NONE), None)
    if named is None or named.likely < SOME:
        return thread
    topic = topics().of(named.name)
    before = [t for t in threads if topics().topic_of_thing.get(t.thing) == topic]
    if not before or named.name not in turn.wording.answers:
        return thread
    thing = turn.wording.thing_of(named.name)
    return msgspec.structs.replace(before[0], key=named.name, thing=thing)


def _fits(turn: Turn, thread: Thread) -> float:
    """How well the words that go back fit a thread: by what they ask, and what they name."""
    question = turn.question
    _, aspect = turn.wording.meaning.get(thread.key, (thread.thing, ""))
    read = {r.name: r.likely for r in (*question.going_on, *question.readings)}
    back = max(read.get(turn.meaning.key, 0.0), turn.meaning.likely)
    asks = read.get(thread.key, 0.0) + read.get(f"{UNSAID}{aspect}", 0.0)
    # What is left beside the going back itself says what is gone back to.
    asked = asks / max(1.0 - back, SOME)
    named = {r.who for r in question.relatives} & {thread.who, thread.user}
    same = [name for name, value in question.found.items() if thread.found.get(name) == value]
    return asked + len(named) + len(same)


def _again(turn: Turn, thread: Thread) -> Outcome:
    thread = _meant_before(turn, thread)
    again = turn.state.with_thread(thread)
    if thread.who != again.current:
        again = msgspec.structs.replace(again, current=thread.who)
    turn = msgspec.structs.replace(turn, state=again)
    answer = _planned_again(turn, thread)
    choices = turn.kit.following(thread.key, {}) if thread.key in turn.wording.answers else ()
    return Outcome(state=turn.state, answer=answer, choices=choices, repeats=True)


def _simple(turn: Turn, thread: Thread) -> Outcome:
    answer = _planned_again(turn, thread)
    first, *rest = answer.shown()
    text = turn.wording.say("simplified", text=first.text)
    steps = [block for block in rest if block.kind == "step"][:STEPS_WHEN_SHORT]
    caveats = [block for block in rest if block.kind == "caveat"][:1]
    head = msgspec.structs.replace(first, text=text)
    blocks = (head, *steps, *caveats, Block(kind="phone", text=PHONE))
    short = Answer(intent="simplify", blocks=blocks, facts=answer.facts)
    return Outcome(state=turn.state, answer=short, choices=_detail_choice(turn))


def _detail(turn: Turn, thread: Thread) -> Outcome:
    return detail(turn)


def _why(turn: Turn, thread: Thread) -> Outcome:
    say = turn.wording.say
    waiting = turn.state.open or thread
    reasons = {
        "insured": say("why_insured"),
        "which": say("why_insured"),
        "treated": say("why_treated"),
        "age": say("why_age"),
        "kind": say("why_kind"),
    }
    text = reasons.get(waiting.open or "", say("why_other"))
    answer = Answer(intent="ask_why", blocks=(Block(kind="decision", text=text),))
    return Outcome(state=turn.state, answer=answer, choices=turn.state.offers, status="asked")


def _detail_choice(turn: Turn) -> tuple[Choice, ...]:
    return (Choice(title=turn.wording.say("detail"), command="detail"),)


_HOW: dict[str, Callable[[Turn, Thread], Outcome]] = {
    "ask_source": _source,
    "ask_true": _true,
    "ask_freshness": _fresh,
    "repeat": _again,
    "simplify": _simple,
    "ask_detail": _detail,
    "ask_why": _why,
}
