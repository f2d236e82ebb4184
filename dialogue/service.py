"""Around the topics: greetings, sources, what it cannot answer, and what it did not understand."""

import msgspec

from dialogue.answer import Answer, Choice
from dialogue.compose import PHONE, Composer
from dialogue.memory import Last
from dialogue.render import SOURCES_SHOWN, source_text
from dialogue.understood import topic_of
from policy.dates import first_day, spoken
from policy.topics import topic_keys

MOST_GUESSES = 3
STEPS_WHEN_SHORT = 3


class ServiceAnswers:
    """Answers that rest on wording alone, or on what was said before."""

    def __init__(self, composer: Composer) -> None:
        """Take the composer for policy and wording."""
        self.composer = composer
        self.policy = composer.policy
        self.wording = composer.wording

    def answer(self, intent: str, region: str | None = None) -> tuple[Answer, tuple[Choice, ...]]:
        """The fixed answer of an intent, with the questions it offers."""
        answer = self.composer.aspect(intent, {}, region)
        return answer, self.choices(list(self.wording.aspects[intent].next))

    def unsure(self, ranking: tuple[str, ...], before: int) -> tuple[Answer, tuple[Choice, ...]]:
        """What is said to a message that was not understood, ``before`` times before."""
        if before:
            answer, _ = self.answer("fallback_again")
            return msgspec.structs.replace(answer, phone=PHONE), self.topic_choices()
        guesses = [name for name in ranking if topic_of(name) in topic_keys()][:MOST_GUESSES]
        answer, _ = self.answer("fallback_first")
        return answer, self.choices(guesses) or self.topic_choices()

    def noted(self, what: str) -> Answer:
        """Something was told, but no question asked yet."""
        lead = self.wording.say("noted", text=what)
        return Answer(intent="inform", lead=lead, paragraphs=(self.wording.say("ask_topic"),))

    def shorter(self, answer: Answer) -> Answer:
        """The last answer in one line and three steps; caveats stay."""
        return Answer(
            intent="simplify",
            title=answer.title,
            lead=self.wording.say("simplified") + answer.lead,
            figure=answer.figure,
            steps=answer.steps[:STEPS_WHEN_SHORT],
            caveats=answer.caveats[:1],
            phone=PHONE,
            facts=answer.facts,
        )

    def sources(self, last: Last) -> Answer:
        """Where the last answer comes from: each source with its kind, date and check."""
        facts = [self.policy.book.facts[name] for name in last.facts]
        lines: dict[str, None] = {}
        for fact in facts:
            (source,) = self.composer.sources([fact])
            text = source_text(source, self.wording)
            text += "".join(f" {more}" for more in (source.document, source.url) if more)
            checked = spoken(fact.checked_on)
            lines[self.wording.say("source_line", text=text, checked=checked)] = None
        if not lines:
            return self.answer("ask_source")[0]
        return Answer(
            intent="ask_source",
            lead=self.wording.say("source_of"),
            paragraphs=tuple(lines),
            phone=PHONE,
            facts=last.facts,
        )

    def freshness(self, last: Last) -> Answer:
        """Since when the last answer holds, how old its sources are, and when it was checked."""
        facts = [self.policy.book.facts[name] for name in last.facts]
        facts = [fact for fact in facts if fact.firmness != "claim"]
        if not facts:
            return self.answer("ask_freshness")[0]
        say, first = self.wording.say, facts[0]
        since = first.effective_from
        lead = say("fresh_since", date=spoken(since)) if since else say("fresh_undated")
        sources = [source_text(each, self.wording) for each in self.composer.sources(facts)]
        oldest = min(facts, key=lambda fact: first_day(fact.checked_on))
        checked = spoken(oldest.checked_on)
        overdue = any(fact.overdue(self.policy.today()) for fact in facts)
        return Answer(
            intent="ask_freshness",
            lead=lead,
            paragraphs=(
                say("fresh_sources", text="；".join(sources[:SOURCES_SHOWN])),
                say("fresh_checked", date=checked),
            ),
            caveats=(say("overdue", date=checked),) if overdue else (),
            extra=say("fresh_call"),
            phone=PHONE,
            facts=last.facts,
        )

    def choices(self, intents: list[str]) -> tuple[Choice, ...]:
        """Buttons for intents that have a question in plain words."""
        aspects = self.wording.aspects
        return tuple(
            Choice(title=aspects[name].ask, intent=name)
            for name in intents
            if name in aspects and aspects[name].ask
        )

    def topic_choices(self) -> tuple[Choice, ...]:
        """One button for each topic."""
        return self.choices(list(self.wording.aspects["bot_capability"].next))
