"""An aspect's wording and the facts it rests on, put together into one answer."""

import msgspec

from dialogue.answer import Answer, Source
from dialogue.wording import Aspect, Wording
from policy.credit import family
from policy.dates import spoken
from policy.facts import NATIONAL, Fact, Population
from policy.lookup import Policy

PHONE = "12393"


class Composer:
    """Turns aspects into answers; knows the policy and the wording, no conversation."""

    def __init__(self, policy: Policy, wording: Wording) -> None:
        """Take the two sources of everything that is said."""
        self.policy = policy
        self.wording = wording

    def aspect(
        self,
        intent: str,
        facets: dict[str, str],
        region: str | None,
        pool: str | None = None,
        assumed: str = "",
        population: Population = "any",
        age: tuple[int, int] | None = None,
        treated: str | None = None,
    ) -> Answer:
        """Answer a question whose answer is a rule, a list of steps or an explanation.

        Args:
            intent: the aspect.
            facets: what is known of the case, in the words of ``when``.
            region: adcode of the insured place; its own facts are said first.
            pool: 省直 and the like.
            assumed: what was taken for granted, in words.
            population: facts of the region for other people are left out.
            age: facts of the region for this age are said first.
            treated: adcode of the place of care, if it lies in another province than ``region``;
                what it says to visitors comes first.
        """
        spec = self.wording.aspects[intent].for_case(facets)
        national = [fact for name in spec.facts if (fact := self.policy.fact(name))]
        local = self.local(intent, region, pool, population, age) if spec.local else []
        facts = (self.policy.received(intent, treated) if spec.local else []) + local
        facts += [fact for fact in national if fact not in local]
        claims = [fact for name in spec.claims if (fact := self.policy.fact(name))]
        claims += [c for c in self.policy.claims(intent, region) if c not in claims]
        paragraphs: list[str] = []
        caveats: list[str] = []
        for fact in facts:
            paragraphs += self.sentences(fact)
            caveats += self.caveats(fact)
        answer = Answer(
            intent=intent,
            title=spec.ask,
            assumed=assumed if local else "",
            lead=spec.lead,
            paragraphs=tuple(dict.fromkeys(paragraphs)),
            steps=self.steps(facts),
            caveats=tuple(dict.fromkeys(caveats)),
            claims=self.claims(claims),
            sources=self.sources(facts),
            extra=self._extra(spec, region, bool(local), bool(national)),
            phone=PHONE if spec.contact == "hotline" else "",
            facts=tuple(fact.id for fact in facts + claims),
        )
        return answer if answer.lead else _promoted(answer)

    def local(
        self,
        intent: str,
        region: str | None,
        pool: str | None,
        population: Population,
        age: tuple[int, int] | None,
    ) -> list[Fact]:
        """What the insured place itself says on a question, for somebody like this."""
        return self.fitting(self.policy.local(intent, region, pool), population, age)

    def _extra(self, spec: Aspect, region: str | None, has_local: bool, national: bool) -> str:
        hints = [spec.extra] if spec.extra else []
        if spec.ask_region and region is None:
            hints.append(self.wording.say("tell_region"))
        elif spec.ask_region and not has_local and region:
            name = self.policy.regions.display(region)
            sentence = "no_local" if national else "no_local_at_all"
            hints.append(self.wording.say(sentence, region=name))
        return "\n".join(hints)

    def sentences(self, fact: Fact) -> list[str]:
        """What a fact says: its text (with the region's name if it is local) and condition."""
        said = []
        if fact.text:
            text = fact.fill(fact.text)
            if fact.region != NATIONAL:
                text = self.wording.say("local", region=self.place(fact), text=text)
            said.append(text)
        if fact.condition:
            said.append(self.wording.say("condition", text=fact.fill(fact.condition)))
        return said

    def caveats(self, fact: Fact) -> list[str]:
        """What must be said together with a fact."""
        said = [fact.fill(fact.caveat)] if fact.caveat else []
        if fact.firmness == "with_caveat" and not said:
            said.append(self.wording.say("unconfirmed"))
        if fact.overdue(self.policy.today()):
            said.append(self.wording.say("overdue", date=spoken(fact.checked_on)))
        return said

    def steps(self, facts: list[Fact]) -> tuple[str, ...]:
        """The steps of the first fact that has any; those of the nearest region come first."""
        for fact in facts:
            if fact.steps:
                return tuple(fact.fill(step) for step in fact.steps)
        return ()

    def claims(self, claims: list[Fact]) -> tuple[str, ...]:
        """What unofficial articles say: one labelled sentence an article, its warnings with it."""
        by_source: dict[str, list[Fact]] = {}
        for fact in claims:
            by_source.setdefault(fact.source, []).append(fact)
        said = []
        for name, facts in by_source.items():
            date = self.policy.book.sources[name].date
            label = "claim_dated" if date else "claim_undated"
            text = self.wording.say("claim_joint").join(self._claimed(fact) for fact in facts)
            sentence = self.wording.say(label, date=spoken(date) if date else "", text=text)
            warnings = dict.fromkeys(fact.fill(fact.warning or "") for fact in facts)
            said.append(sentence + "".join(warnings))
        return tuple(said)

    @staticmethod
    def _claimed(fact: Fact) -> str:
        text = fact.fill(fact.text or "").rstrip("。")
        if fact.steps:
            text += "：" + "；".join(fact.fill(step).rstrip("。") for step in fact.steps)
        return text

    @staticmethod
    def fitting(
        facts: list[Fact], population: Population, age: tuple[int, int] | None
    ) -> list[Fact]:
        """The facts that may be about somebody, those for their kind and their age first.

        ``any`` and None are not known.
        """
        if age:
            facts = sorted(facts, key=lambda fact: not fact.covers_age(*age))
        if population == "any":
            return facts
        facts = sorted(facts, key=lambda fact: fact.population not in ("any", population))
        theirs = ("any", *family(population))
        return [fact for fact in facts if fact.population in theirs]

    def sources(self, facts: list[Fact]) -> tuple[Source, ...]:
        """The sources of some facts, each once."""
        names = dict.fromkeys(fact.source for fact in facts)
        kinds = self.wording.templates.kinds
        spoken_sources = (
            Source(
                publisher=source.publisher,
                kind=kinds[source.kind],
                date=source.date,
                document=source.document,
                url=source.url,
            )
            for source in (self.policy.book.sources[name] for name in names)
        )
        return tuple(dict.fromkeys(spoken_sources))

    def place(self, fact: Fact) -> str:
        """The spoken name of a fact's region, with its pool."""
        return self.policy.regions.display(fact.region) + (fact.pool or "")


def _promoted(answer: Answer) -> Answer:
    """An answer without a first line of its own opens with its first sentence or caveat."""
    lead, *rest = answer.paragraphs or ("",)
    return msgspec.structs.replace(answer, lead=lead, paragraphs=tuple(rest))
