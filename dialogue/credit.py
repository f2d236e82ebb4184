"""Credit 划入: how much is put into the account, for whom, where."""

from decimal import Decimal

import msgspec

from dialogue.answer import Answer, Band, Figure
from dialogue.compose import PHONE, Composer
from dialogue.person import Person
from dialogue.understood import Question
from policy.credit import ASPECT, OLDEST, RETIRED, CreditFinding, CreditQuery, find
from policy.dates import spoken
from policy.facts import NATIONAL, Fact, Population, Value


class CreditAnswers:
    """Says what the policy module found about amounts."""

    def __init__(self, composer: Composer) -> None:
        """Take the composer for wording, sources and caveats."""
        self.composer = composer
        self.policy = composer.policy
        self.say = composer.wording.say

    def amount(self, question: Question, person: Person, assumed: str) -> Answer:
        """Answer "how much" for one person.

        A region that is unknown gets the national rule and the request to name one.
        """
        query = query_for(person, question)
        finding = find(self.policy, query)
        if finding.region == NATIONAL or finding.kind == "none":
            answer = self._without_figure(query, finding)
        elif finding.kind in ("figure", "bands"):
            answer = self._figures(query, finding)
        elif finding.kind == "elsewhere":
            answer = self._elsewhere(finding)
        else:
            answer = self._rule(query, finding)
        answer = self._finish(answer, query, finding, assumed)
        return self._checked(answer, question.heard, finding)

    def compare(self, codes: list[str], person: Person) -> Answer:
        """Two or more places side by side for the same person."""
        rows: list[Band] = []
        facts: list[Fact] = []
        notes: list[str] = []
        for code in codes:
            query = msgspec.structs.replace(query_for(person, None), region=code, pool=None)
            finding = find(self.policy, query)
            name = self.policy.regions.display(code)
            used = [fact for fact in finding.mine if fact.value("gross")]
            rows += [self._band(fact, name) for fact in used]
            if not used:
                rows.append(Band(label=name, amount="", unit="元"))
                if finding.region != NATIONAL:
                    used = list(finding.mine)
                    notes += [self._rule_line(fact, query) for fact in used]
            facts += used
        return Answer(
            intent="credit_compare",
            title=self.composer.wording.aspects["credit_compare"].ask,
            lead=self.say("compare"),
            compare=tuple(rows),
            paragraphs=(*notes, self.say("compare_same")),
            caveats=self._caveats(facts),
            sources=self.composer.sources(facts),
            phone=PHONE,
            facts=tuple(fact.id for fact in facts),
        )

    def _figures(self, query: CreditQuery, finding: CreditFinding) -> Answer:
        mine, others = finding.mine, finding.others
        facts = list(mine)
        if finding.kind == "bands":
            place = self.composer.place(mine[0])
            head = self.say("bands", region=place, population=self._who(query.population))
            rows = tuple(self._band(fact) for fact in mine + others)
            facts += others
            return self._answer(head, facts, bands=rows)
        fact = mine[0]
        value = _gross(fact)
        figure = Figure(
            amount=value.spoken(),
            unit=value.unit,
            period=value.period,
            label=self._line(fact),
            since=fact.effective_from,
        )
        rows = (
            tuple(self._band(each, mine=each is fact) for each in mine + others) if others else ()
        )
        answer = self._answer(self._line(fact), facts, bands=rows, figure=figure)
        return answer

    def _answer(
        self,
        lead: str,
        facts: list[Fact],
        bands: tuple[Band, ...] = (),
        figure: Figure | None = None,
    ) -> Answer:
        said: list[str] = []
        if any(_is_yearly(fact) for fact in facts):
            said.append(self.say("yearly_note"))
        since = {fact.effective_from for fact in facts}
        start = since.pop() if len(since) == 1 and lead else None
        if start:
            said.append(self.say("since", date=spoken(start)))
        for fact in facts:
            said += self.composer.sentences(fact)
        return Answer(
            intent=ASPECT,
            lead=lead,
            figure=figure,
            bands=bands,
            paragraphs=tuple(dict.fromkeys(said)),
            caveats=self._caveats(facts),
            sources=self.composer.sources(facts),
            facts=tuple(fact.id for fact in facts),
        )

    def _rule(self, query: CreditQuery, finding: CreditFinding) -> Answer:
        facts = list(finding.mine)
        region = self.composer.place(facts[0])
        ratios = [fact for fact in facts if fact.value("ratio")]
        if not ratios:
            return self._answer("", facts)
        lines = [self._rule_line(fact, query) for fact in ratios if not fact.text]
        if finding.computed is not None and query.base is not None:
            return self._computed(query, ratios[0], finding.computed)
        retired = query.population not in ("employed", "flexible")
        asked = self.policy.regions.display(query.region) if query.region else region
        lead = self.say("rule", region=asked) if retired else ""
        if any((value := fact.value("ratio")) and value.frozen for fact in ratios):
            lines.append(self.say("rule_frozen"))
        answer = self._answer(lead, facts)
        return msgspec.structs.replace(answer, paragraphs=(*lines, *answer.paragraphs))

    def _computed(self, query: CreditQuery, fact: Fact, amount: Decimal) -> Answer:
        ratio = fact.value("ratio")
        assert ratio is not None
        money = f"{amount.normalize():f}"
        line = self.say("computed_line", base=f"{query.base:f}", ratio=ratio.spoken())
        answer = self._answer(self.say("computed", amount=money), [fact])
        return msgspec.structs.replace(
            answer,
            figure=Figure(amount=money, unit="元", period="月", label=line),
            paragraphs=(line, *answer.paragraphs),
        )

    def _elsewhere(self, finding: CreditFinding) -> Answer:
        assert finding.region is not None
        name = self.policy.regions.display(finding.region)
        answer = self._answer(self.say("elsewhere", region=name), list(finding.mine))
        asked = (self.say("elsewhere_ask"), *answer.paragraphs)
        return msgspec.structs.replace(answer, paragraphs=asked)

    def _without_figure(self, query: CreditQuery, finding: CreditFinding) -> Answer:
        facts = list(finding.mine)
        name = self.policy.regions.display(query.region) if query.region else ""
        if not facts:
            lead = self.say("no_figure_for", region=name, population=self._who(query.population))
            return Answer(intent=ASPECT, lead=lead, paragraphs=(self.say("not_theirs"),))
        if query.population in ("employed", "flexible", "resident"):
            return self._rule(query, finding)
        lines = [self._rule_line(fact, query) for fact in facts if fact.value("ratio")]
        said = [sentence for fact in facts for sentence in self.composer.sentences(fact)]
        lead = self.say("no_figure", region=name) if name else self.say("need_region")
        return Answer(
            intent=ASPECT,
            lead=lead,
            paragraphs=(self.say("no_figure_rule"), *dict.fromkeys(said or lines)),
            caveats=self._caveats(facts),
            sources=self.composer.sources(facts),
            facts=tuple(fact.id for fact in facts),
        )

    def _finish(
        self, answer: Answer, query: CreditQuery, finding: CreditFinding, assumed: str
    ) -> Answer:
        """Add what every amount needs: the hint on the other kind of person, claims, the phone."""
        wording = self.composer.wording
        paragraphs = list(answer.paragraphs)
        if finding.kind == "bands" and query.age is None and _differ_by_age(finding):
            paragraphs.append(self.say("age_hint"))
        if finding.below and finding.kind == "rule" and finding.region:
            name = self.policy.regions.display(finding.region)
            paragraphs.append(self.say("below_note", region=name))
        if finding.kind in ("rule", "none") and query.region and query.population in RETIRED:
            paragraphs.append(self.say("own_amount"))
        low, high = query.age or (0, OLDEST)
        # What the articles claim of amounts is about retirees.
        retired = query.population.startswith("retired")
        claims = [
            claim
            for claim in self.policy.claims(ASPECT, query.region)
            if retired and claim.covers_age(low, high)
        ]
        spec = wording.aspects[ASPECT]
        return msgspec.structs.replace(
            answer if answer.lead else _opened(answer),
            title=spec.ask,
            assumed=assumed,
            paragraphs=tuple(paragraphs) if answer.lead else tuple(paragraphs[1:]),
            claims=self.composer.claims(claims),
            phone=PHONE,
            facts=answer.facts + tuple(fact.id for fact in claims),
        )

    def _checked(self, answer: Answer, heard: Decimal | None, finding: CreditFinding) -> Answer:
        """Say that an amount somebody heard is not in the data, instead of passing over it."""
        facts = finding.mine + finding.others
        known = {value.amount for fact in facts for value in fact.values if value.unit == "元"}
        if heard is None or heard in known or heard == finding.computed:
            return answer
        sentence = self.say("heard_wrong", amount=f"{heard.normalize():f}")
        return msgspec.structs.replace(answer, paragraphs=(sentence, *answer.paragraphs))

    def _who(self, population: Population) -> str:
        return self.composer.wording.templates.populations[population]

    def _line(self, fact: Fact) -> str:
        value = _gross(fact)
        return self.say(
            "figure_line",
            region=self.composer.place(fact),
            population=self._who(fact.population),
            band=self._age(fact, plain=""),
            every=self.say("yearly" if value.period == "年" else "monthly"),
            amount=value.spoken(),
        )

    def _age(self, fact: Fact, plain: str) -> str:
        if fact.age is None:
            return plain
        low, high = fact.age
        if low is None:
            text = self.say("age_to", high=high)
        elif high is None:
            text = self.say("age_from", low=low)
        else:
            text = self.say("age_between", low=low, high=high)
        return f"（{text}）" if plain == "" else text

    def _band(self, fact: Fact, place: str = "", mine: bool = False) -> Band:
        value, net = _gross(fact), fact.value("net")
        label = f"{self._who(fact.population)}{value.label or ''}{self._age(fact, plain='')}"
        return Band(
            label=f"{place}{fact.pool or ''}{label}",
            amount=value.spoken(),
            unit=value.unit,
            period=value.period,
            mine=mine,
            note=self.say("net_note", amount=net.spoken()) if net else None,
        )

    def _rule_line(self, fact: Fact, query: CreditQuery) -> str:
        ratio = fact.value("ratio")
        if ratio is None:
            return ""
        base = ratio.base or ""
        if ratio.base_year and ratio.base_year not in base:
            base = self.say("rule_base", year=ratio.base_year, base=base)
        region = "" if fact.region == NATIONAL else self.composer.place(fact)
        return self.say(
            "rule_lead",
            region=region,
            population=self._who(fact.population),
            band=self._age(fact, plain=""),
            base=base,
            ratio=ratio.spoken(),
        )

    def _caveats(self, facts: list[Fact]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(c for fact in facts for c in self.composer.caveats(fact)))


def query_for(person: Person, question: Question | None) -> CreditQuery:
    """The policy question for one person."""
    return CreditQuery(
        region=person.region,
        pool=person.pool,
        age=person.age,
        population=person.assumed_population(),
        base=question.base if question else None,
    )


def _gross(fact: Fact) -> Value:
    value = fact.value("gross")
    assert value is not None
    return value


def _is_yearly(fact: Fact) -> bool:
    value = fact.value("gross")
    return value is not None and value.period == "年"


def _differ_by_age(finding: CreditFinding) -> bool:
    return len({fact.age for fact in finding.mine + finding.others}) > 1


def _opened(answer: Answer) -> Answer:
    return msgspec.structs.replace(answer, lead=answer.paragraphs[0] if answer.paragraphs else "")
