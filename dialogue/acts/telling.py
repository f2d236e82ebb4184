"""Telling: a place, an age, a kind of insurance, a death, a discharge – or what was asked back."""

import msgspec

from dialogue.acts.around import MOST_GUESSES
from dialogue.acts.asking import ask, compare
from dialogue.acts.turn import Outcome, Turn
from dialogue.again import BESIDE
from dialogue.answering import COMPARISON
from dialogue.blocks import Answer, Block
from dialogue.cases import RETIRED, case_of
from dialogue.hearing import Heard
from dialogue.meaning import INFORM, UNSAID
from dialogue.readings import Meaning, possible
from dialogue.state import SELF, Person, State, Thread
from policy.credit import ASPECT
from policy.sharing import counts_as_near
from policy.topics import NONE, topics

# What amounts depend on; other things that an age may bear on; how far back a thread is near.
AMOUNT_NEEDS = ("age", "base")
NEED_AGE = ("credit", "sharing", "filing")
NEAR = 3
# Probability from which a message that names only a relative is taken to ask something.
RATHER = 0.3
# Requests without which there is no answer at all.
CANNOT_DO_WITHOUT = ("insured", "which")
# What answers each request.
ANSWERED_BY = {
    "insured": ("region", "pool"),
    "which": ("region",),
    "treated": ("treated", "region"),
    "age": ("age",),
    "kind": ("population", "work"),
}


def reply(turn: Turn) -> Outcome | None:
    """What was asked back is told: 「辽宁那个」, 「71」, 「退休的」, also after something else."""
    thread = _waiting(turn)
    if thread is None or thread.open is None or turn.meaning.act not in ("tell", "doubt", "stray"):
        return None
    wanted = ANSWERED_BY.get(thread.open, ())
    question = turn.question
    told = {"region" for place in question.places if place.candidates}
    told |= {"pool" for place in question.places if place.pool}
    told |= {each.name for each in question.told}
    if not told & set(wanted):
        return None
    state = turn.state.with_thread(thread)
    if thread.open == "which":
        settled = _settled(turn, thread, state)
        if settled:
            return settled
    if state.current != thread.who and not question.relatives:
        state = msgspec.structs.replace(state, current=thread.who)
    again = msgspec.structs.replace(turn, state=state)
    heard = again.hear(topics().of(thread.key))
    return again.respond(_renewed(thread, again, heard), heard)


def _waiting(turn: Turn) -> Thread | None:
    """The thread that waits: the running one, or one just before it that cannot do without."""
    for number, thread in enumerate(turn.state.threads[:NEAR]):
        if thread.open and (number == 0 or thread.open in CANNOT_DO_WITHOUT):
            return thread
    return None


def _settled(turn: Turn, thread: Thread, state: State) -> Outcome | None:
    """The one of an ambiguous place's candidates that lies in the region just named."""
    named = {code for place in turn.question.places for code in place.candidates}
    levels = turn.kit.policy.levels
    inside = [code for code in thread.candidates if named & set(levels(code))]
    if len(inside) != 1:
        return None
    person = msgspec.structs.replace(state.person(thread.who), region=inside[0])
    known = state.with_person(thread.who, person)
    return turn.respond(thread, Heard(state=known, who=thread.who, user=thread.user))


def tell(turn: Turn) -> Outcome | None:
    """Something is told: the running thread is answered anew in its light."""
    if turn.meaning.act != "tell":
        return None
    thread = turn.state.thread
    if thread is None:
        return _noted(turn)
    if not turn.question.tells:
        return _beside(turn) if turn.question.form == "states" else None
    if thread.key == COMPARISON:
        ones_own = [p for p in turn.question.places if p.of == SELF or p.role == "insured"]
        if not ones_own:
            return compare(turn)
        thread = msgspec.structs.replace(thread, key=ASPECT, compared=())
    if not (turn.question.places or turn.question.told or turn.question.found):
        asked = _rather_asked(turn)
        if asked:
            return asked
    if thread.open == "which" and thread.candidates and not turn.question.places:
        heard = turn.hear(topics().of(thread.key))
        return turn.planned(turn.kit.which(thread), heard.state.with_thread(thread))
    thread = _concerned(turn, thread)
    state = turn.state.with_thread(thread)
    turn = msgspec.structs.replace(turn, state=state)
    heard = turn.hear(topics().topic_of_thing.get(thread.thing, ""))
    return turn.respond(_renewed(thread, turn, heard), heard)


def _rather_asked(turn: Turn) -> Outcome | None:
    """What names nothing but a relative may well ask: 「女儿在外省」."""
    others = (r for r in turn.question.going_on if r.name != INFORM and r.likely >= RATHER)
    best = next(others, None)
    if best is None or turn.state.thread is None:
        return None
    aspect = best.name.removeprefix(UNSAID)
    key = turn.wording.answer_for(turn.state.thread.thing, aspect)
    key = key if best.name.startswith(UNSAID) else best.name
    if key is None or topics().of(key) == NONE:
        return None
    return ask(msgspec.structs.replace(turn, meaning=Meaning("ask", key=key)))


def _concerned(turn: Turn, thread: Thread) -> Thread:
    """The thread that needs what was told: an age bears on amounts, not on how to draw cash."""
    if not any(told.name in AMOUNT_NEEDS for told in turn.question.told):
        return thread
    amounts = [each for each in turn.state.threads[:NEAR] if each.key == ASPECT]
    depends = thread.key == ASPECT or thread.thing in NEED_AGE
    return thread if depends or not amounts else amounts[0]


def _renewed(thread: Thread, turn: Turn, heard: Heard) -> Thread:
    """The running thread for whom it is about now, with what was named just now."""
    found = {**thread.found, **turn.question.found}
    base = turn.question.value("base")
    if base:
        found["base"] = base
    named = [r for r in turn.question.relatives if r.kind not in (SELF, "third")]
    key = ASPECT if base and thread.thing == "credit" else thread.key
    if heard.user and named:
        # 「那女婿呢」 asks whether he counts, however it went on before.
        decides = turn.wording.answer_for(thread.thing, "who")
        near = counts_as_near(heard.state.person(heard.user).relation or "")
        aspect = turn.wording.meaning.get(key, ("", ""))[1]
        if decides and (near is False or aspect in ("may", "who")):
            key = decides
    return msgspec.structs.replace(thread, key=key, who=heard.who, user=heard.user, found=found)


def _beside(turn: Turn) -> Outcome:
    """A fact of which nothing is known here: the last answer stands, and guesses are offered."""
    likely = [each.key for each in possible(turn.question, turn.state, turn.wording)]
    return turn.say_entry(BESIDE, turn.kit.choices(likely)[:MOST_GUESSES])


def _noted(turn: Turn) -> Outcome | None:
    """Something is told before anything was asked."""
    if not turn.question.tells:
        return None
    heard = turn.hear("")
    state = heard.state
    likely = _likely_asked(turn, heard)
    if likely:
        return _guessed(turn, likely)
    told = [_in_words(turn, who, state) for who in heard.asked]
    words = [text for text in told if text]
    blocks = [Block(kind="note", text=turn.wording.lead("ask_topic"))]
    if words:
        text = turn.wording.say("noted", text=turn.wording.say("claim_joint").join(words))
        blocks.insert(0, Block(kind="decision", text=text))
    answer = Answer(intent=INFORM, blocks=tuple(blocks))
    return Outcome(state=state, answer=answer, choices=turn.topic_choices(), status="asked")


def _is_amount_told(person: Person) -> bool:
    """Whether all is told of somebody that their credit depends on."""
    kind = person.kind() or ""
    return bool(person.region and person.age and kind.startswith(RETIRED) and not person.dead)


def _likely_asked(turn: Turn, heard: Heard) -> str | None:
    """The entry for what is most likely asked with what is told: 「我妈76上海退休」."""
    if any(_is_amount_told(heard.state.person(who)) for who in heard.asked):
        return ASPECT
    thread = Thread(key=INFORM, thing="", who=heard.who, found=turn.question.found)
    case = case_of(thread, turn.question, heard.state, turn.kit.planner)
    return turn.kit.routes.opening(case.facets)


def _guessed(turn: Turn, key: str) -> Outcome | None:
    """An entry's answer, said to be a guess, and the topics."""
    outcome = ask(msgspec.structs.replace(turn, meaning=Meaning("ask", key=key)))
    if outcome is None:
        return None
    wording, first = turn.wording, outcome.answer.blocks[0]
    who = outcome.state.thread.who if outcome.state.thread else SELF
    if who != SELF and len(turn.question.relatives) == 1:
        name = turn.kit.name(who, outcome.state)
        named = wording.say("for_person", person=name, text=first.text)
        first = msgspec.structs.replace(first, text=named)
    text = wording.say("guess", asked=wording.answers[key].ask)
    note = Block(kind="note", text=text)
    answer = outcome.answer.with_blocks(first, *outcome.answer.blocks[1:], note)
    offered = tuple(choice for choice in turn.topic_choices() if choice.key != key)
    choices = offered if key == ASPECT else (*outcome.choices, *offered)
    return msgspec.structs.replace(outcome, answer=answer, choices=choices)


def _in_words(turn: Turn, who: str, state: State) -> str:
    """What is known of somebody, in words."""
    kit, person = turn.kit, state.person(who)
    words = [] if who == SELF else [kit.name(who, state)]
    if person.region:
        words.append(kit.policy.regions.display(person.region) + (person.pool or ""))
    elif person.pool:
        words.append(person.pool)
    if person.age:
        low, high = person.age
        words.append(
            f"{low}岁" if low == high else turn.wording.say("age_between", low=low, high=high)
        )
    kind = person.kind()
    if kind:
        words.append(kit.wording.templates.populations[kind])
    return turn.wording.say("comma").join(words)
