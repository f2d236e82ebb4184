"""How much is put into an account: the one figure of this person, or what it depends on."""

from decimal import Decimal

import msgspec

from dialogue.blocks import Answer, Block, Choice
from dialogue.figures import Figures, gross
from dialogue.planning import PHONE, Planner
from dialogue.state import Person, Request
from policy.credit import ASPECT, OLDEST, CreditFinding, CreditQuery, find
from policy.facts import NATIONAL, Fact, Population

# Who says no kind at this age or above is past work; below the other, too young to be retired.
PAST_WORK, BEFORE_RETIREMENT, A_CHILD = 66, 45, 16
# What they get does not depend on the place, or is known for none.
WITHOUT_LOCAL_FIGURES: tuple[Population, ...] = ("employed", "resident", "veteran")
STILL_PAYING: tuple[Population, ...] = ("employed", "flexible")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question for an amount.

    Attributes:
        person: what is known of whom it is for; name: who that is, in words, for the answer.
        region: the insured place to answer for; None if unknown.
        base: an employee's contribution base, yuan a month.
        wage: a wage, yuan a month; reckoned with where no base is known, which it may differ from.
        heard: an amount taken for granted, yuan; doubts: whether hearsay is repeated.
        assumed: what the case rests on that was not said just now, in words.
    """

    person: Person
    name: str = ""
    region: str | None = None
    base: Decimal | None = None
    wage: Decimal | None = None
    heard: Decimal | None = None
    doubts: bool = False
    assumed: str = ""

    def query(self, population: Population) -> CreditQuery:
        """The policy question for one population."""
        return CreditQuery(
            region=self.region,
            pool=self.person.pool,
            age=self.person.age,
            population=population,
            base=self.base or self.wage,
        )

    def kind(self) -> Population | None:
        """The population, as far as what was said or the age decides it."""
        kind, age = self.person.kind(), self.person.age
        if kind is None and age:
            if age[1] < A_CHILD:
                return "resident"
            if age[1] < BEFORE_RETIREMENT:
                return "employed"
        return kind


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, what is offered with it, and what it asks back for."""

    answer: Answer
    choices: tuple[Choice, ...] = ()
    open: Request | None = None


class Amounts:
    """Plans answers about amounts."""

    def __init__(self, planner: Planner) -> None:
        """Take the planner for sentences, trust and sources."""
        self._planner = planner
        self._policy = planner.policy
        self._wording = planner.wording
        self._say = planner.say
        self._words = Figures(planner)

    def plan(self, asked: Asked) -> Planned:
        """Answer "how much" for one person."""
        kind = asked.kind()
        if asked.region is None and kind not in WITHOUT_LOCAL_FIGURES:
            return self._ask_place(asked, kind)
        if kind is None:
            return self._either(asked)
        return self._for_kind(asked, kind)

    def plan_several(self, several: list[Asked]) -> Planned:
        """Answer "how much" for several people, a line each."""
        plans = [self.plan(asked) for asked in several]
        leads = {plan.answer.lead for plan in plans}
        if len(leads) == 1:
            first = plans[0].answer
            lead = self._say("each_person", text=first.lead)
            head = msgspec.structs.replace(first.blocks[0], text=lead)
            return msgspec.structs.replace(
                plans[0], answer=first.with_blocks(head, *first.blocks[1:])
            )
        lines = []
        for asked, plan in zip(several, plans, strict=True):
            head = plan.answer.blocks[0]
            text = self._say("for_person", person=asked.name, text=head.text)
            lines.append(msgspec.structs.replace(head, text=text))
        rest = [b for plan in plans for b in plan.answer.blocks[1:]]
        rest = [b for b in rest if b.kind not in ("phone", "trust")]
        folds = [msgspec.structs.replace(b, folded=True) for b in rest]
        blocks = (*lines, *dict.fromkeys(folds), *self._trusts(several, plans))
        answer = plans[0].answer.with_blocks(*blocks, Block(kind="phone", text=PHONE))
        facts = tuple(dict.fromkeys(f for plan in plans for f in plan.answer.facts))
        open_ = next((plan for plan in plans if plan.open), plans[0])
        return Planned(
            answer=msgspec.structs.replace(answer, facts=facts),
            choices=open_.choices,
            open=open_.open,
        )

    def _trusts(self, several: list[Asked], plans: list[Planned]) -> list[Block]:
        """How far to trust each one's figure; said once where it is the same for all."""
        found = [
            (asked.name, block)
            for asked, plan in zip(several, plans, strict=True)
            for block in plan.answer.blocks
            if block.kind == "trust"
        ]
        if len({block for _, block in found}) == 1:
            return [found[0][1]]
        return [
            msgspec.structs.replace(
                block, text=self._say("for_person", person=name, text=block.text)
            )
            for name, block in found
        ]

    def compare(self, codes: list[str], person: Person) -> Planned:
        """Several places side by side for the same person, a line each."""
        kind = person.kind() or "retired"
        blocks: list[Block] = []
        used: list[Fact] = []
        for code in codes:
            alone = msgspec.structs.replace(person, pool=None)
            query = Asked(person=alone, region=code).query(kind)
            finding = find(self._policy, query)
            place = self._policy.regions.display(code)
            facts = [fact for fact in finding.mine if fact.value("gross")]
            if facts:
                text = self._say("compare_line", place=place, text=self._words.amounts(facts))
                value = gross(facts[0])
                blocks.append(
                    Block(
                        kind="band",
                        text=text,
                        place=place,
                        amount=value.spoken(),
                        unit=value.unit,
                        period=value.period,
                    )
                )
            else:
                line = "".join(self._words.rule_line(fact) for fact in finding.mine[:1])
                text = line or self._say("no_amount")
                blocks.append(
                    Block(
                        kind="band",
                        text=self._say("compare_line", place=place, text=text),
                        place=place,
                    )
                )
            used += facts or list(finding.mine[:1])
        lead = self._say("compare", population=self._words.who(kind))
        answer = Answer(
            intent="credit_compare",
            title=self._wording.answers["credit_compare"].ask,
            blocks=(
                Block(kind="decision", text=lead),
                *blocks,
                Block(kind="note", text=self._say("compare_same")),
                *self._planner.sources(used),
                *self._planner.trust(used),
            ),
            facts=tuple(fact.id for fact in used),
        )
        return Planned(answer=answer)

    def _ask_place(self, asked: Asked, kind: Population | None) -> Planned:
        """The rule of the whole country and the request to name a place."""
        facts = list(find(self._policy, asked.query(kind or "retired")).mine)
        lead = Block(kind="decision", text=self._say("need_region"))
        rules = [Block(kind="rule", text=line) for f in facts if (line := self._words.rule_line(f))]
        names = self._wording.templates.region_buttons
        codes = [self._policy.regions.find(name)[0].candidates[0] for name in names]
        choices = tuple(
            Choice(title=name, key=ASPECT, region=code)
            for name, code in zip(names, codes, strict=True)
        )
        heard = self._heard(asked, [], None)
        if kind == "flexible":
            rules = [Block(kind="rule", text=t) for f in facts for t in self._planner.sentences(f)]
        blocks = [*heard, lead, *rules[:1]]
        return self._planned(asked, blocks, facts, choices=choices, open_="insured")

    def _either(self, asked: Asked) -> Planned:
        """What a retiree gets and what others get, where nobody has said which."""
        finding = find(self._policy, asked.query("retired"))
        age = asked.person.age
        plan = self._for_kind(asked, "retired")
        if plan.open == "insured" or finding.kind in ("none", "elsewhere"):
            return plan
        heads = 2 if asked.heard is not None and len(plan.answer.blocks) > 1 else 1
        first, rest = plan.answer.blocks[:heads], plan.answer.blocks[heads:]
        if age and age[0] >= PAST_WORK:
            note = self._say("only_if_retired")
        else:
            ratio = find(self._policy, asked.query("employed")).mine
            line = next((self._words.share(fact) for fact in ratio if fact.value("ratio")), "")
            note = self._say("if_working", text=line) if line else self._say("only_if_retired")
        answer = plan.answer.with_blocks(*first, Block(kind="rule", text=note), *rest)
        kinds = tuple(
            Choice(title=self._wording.templates.populations[name], key=ASPECT, kind=name)
            for name in self._wording.templates.kind_buttons
        )
        return Planned(answer=answer, choices=(*plan.choices, *kinds), open=plan.open or "kind")

    def _for_kind(self, asked: Asked, kind: Population) -> Planned:
        finding = find(self._policy, asked.query(kind))
        if finding.kind in ("figure", "bands"):
            return self._figures(asked, finding)
        if finding.kind == "elsewhere":
            return self._elsewhere(asked, finding)
        if finding.region == NATIONAL and kind not in (*STILL_PAYING, "resident"):
            return self._no_figure(asked, kind, finding)
        if finding.kind == "none":
            return self._no_figure(asked, kind, finding)
        return self._rule(asked, kind, finding)

    def _figures(self, asked: Asked, finding: CreditFinding) -> Planned:
        mine, others = list(finding.mine), list(finding.others)
        facts = [*mine, *others]
        if finding.kind == "figure":
            head = self._words.figure(mine[0])
            bands = (
                [self._words.band(fact, mine=fact is mine[0]) for fact in facts] if others else []
            )
            choices: tuple[Choice, ...] = ()
        else:
            line = self._say(
                "bands", region=self._planner.place(mine[0]), text=self._words.amounts(mine)
            )
            head = Block(kind="decision", text=line)
            bands = [self._words.band(fact) for fact in mine]
            choices = self._age_choices(mine) if asked.person.age is None else ()
        # What several bands say of themselves would be mistaken for all of them.
        own = mine if finding.kind == "figure" else []
        said = [Block(kind="rule", text=t) for f in own for t in self._planner.sentences(f)]
        if any(gross(fact).period == "年" for fact in mine):
            said.insert(0, Block(kind="note", text=self._say("yearly_note")))
        caveats = [
            Block(kind="caveat", text=text) for f in mine[:1] for text in self._planner.caveats(f)
        ]
        folds = [msgspec.structs.replace(band, folded=True) for band in bands]
        blocks = [*self._heard(asked, facts, None), head, *said, *caveats, *folds]
        open_: Request | None = "age" if choices else None
        since = {fact.effective_from for fact in mine}
        return self._planned(
            asked,
            blocks,
            facts,
            choices=choices,
            open_=open_,
            since=since.pop() if len(since) == 1 else None,
        )

    def _rule(self, asked: Asked, kind: Population, finding: CreditFinding) -> Planned:
        facts = list(finding.mine)
        ratios = [fact for fact in facts if fact.value("ratio")]
        if finding.computed is not None and ratios:
            return self._computed(asked, ratios[0], finding.computed)
        sentences = [t for fact in facts for t in self._planner.sentences(fact)]
        lines = [line for fact in ratios if not fact.text and (line := self._words.rule_line(fact))]
        said = dict.fromkeys([*lines, *sentences])
        blocks = [Block(kind="rule", text=text) for text in said]
        if kind.startswith("retired"):
            place = self._policy.regions.display(asked.region or NATIONAL)
            blocks.insert(0, Block(kind="decision", text=self._say("rule", region=place)))
        elif kind in STILL_PAYING and ratios:
            blocks.append(Block(kind="note", text=self._say("tell_base")))
        first = msgspec.structs.replace(blocks[0], kind="decision")
        caveats = [
            Block(kind="caveat", text=text) for f in facts[:1] for text in self._planner.caveats(f)
        ]
        heard = self._heard(asked, facts, None)
        return self._planned(asked, [*heard, first, *blocks[1:], *caveats], facts)

    def _computed(self, asked: Asked, fact: Fact, amount: Decimal) -> Planned:
        ratio = fact.value("ratio")
        assert ratio is not None
        money = f"{amount.normalize():f}"
        head = Block(
            kind="figure",
            text=self._say("computed", amount=money),
            amount=money,
            unit="元",
            period="月",
        )
        base = asked.base or asked.wage
        line = self._say("computed_line", base=f"{base:f}", ratio=ratio.spoken())
        if asked.base is None:
            line = self._say("computed_wage_line", base=f"{base:f}", ratio=ratio.spoken())
        caveats = [Block(kind="caveat", text=text) for text in self._planner.caveats(fact)]
        heard = self._heard(asked, [fact], amount)
        blocks = [*heard, head, Block(kind="rule", text=line), *caveats]
        return self._planned(asked, blocks, [fact])

    def _elsewhere(self, asked: Asked, finding: CreditFinding) -> Planned:
        name = self._policy.regions.display(finding.region or NATIONAL)
        choices = tuple(
            Choice(title=self._policy.regions.display(code), key=ASPECT, region=code)
            for code in finding.below
        )
        lead = Block(kind="decision", text=self._say("elsewhere", region=name))
        blocks = [*self._heard(asked, list(finding.mine), None), lead]
        return self._planned(asked, blocks, list(finding.mine), choices=choices, open_="insured")

    def _no_figure(self, asked: Asked, kind: Population, finding: CreditFinding) -> Planned:
        facts = list(finding.mine)
        place = self._policy.regions.display(asked.region) if asked.region else ""
        place += asked.person.pool or ""
        if not facts:
            lead = self._say("no_figure_for", region=place, population=self._words.who(kind))
            return self._planned(asked, [Block(kind="decision", text=lead)], [])
        lead = self._say("no_figure", region=place)
        said = [t for fact in facts for t in self._planner.sentences(fact)]
        said = said or [line for fact in facts if (line := self._words.rule_line(fact))]
        rules = [Block(kind="rule", text=self._say("national", text=t)) for t in said[:1]]
        heard = self._heard(asked, [], None)
        return self._planned(asked, [*heard, Block(kind="decision", text=lead), *rules], facts)

    def _planned(
        self,
        asked: Asked,
        blocks: list[Block],
        facts: list[Fact],
        choices: tuple[Choice, ...] = (),
        open_: Request | None = None,
        since: str | None = None,
    ) -> Planned:
        """Add what every amount ends with: claims (unfolded only if asked for), trust, sources."""
        low, high = asked.person.age or (0, OLDEST)
        kind = asked.kind()
        # What the articles claim of amounts is about retirees.
        claims = [
            claim
            for claim in self._policy.claims(ASPECT, asked.region)
            if (kind is None or kind.startswith("retired")) and claim.covers_age(low, high)
        ]
        wrong = asked.heard is not None and not any(b.kind == "figure" for b in blocks[:1])
        answer = Answer(
            intent=ASPECT,
            title=self._wording.answers[ASPECT].ask,
            assumed=asked.assumed,
            blocks=(
                *blocks,
                *self._planner.claims(claims, folded=not (asked.doubts or wrong)),
                *self._planner.sources([*facts, *claims]),
                *self._planner.trust(facts, since),
                Block(kind="phone", text=PHONE),
            ),
            facts=tuple(dict.fromkeys(fact.id for fact in (*facts, *claims))),
        )
        return Planned(answer=answer, choices=choices, open=open_)

    def _heard(self, asked: Asked, facts: list[Fact], computed: Decimal | None) -> list[Block]:
        """Whether an amount somebody heard is in the data, said first."""
        heard = asked.heard
        if heard is None:
            return []
        known = {value.amount for fact in facts for value in fact.values if value.unit == "元"}
        if heard in known or heard == computed:
            return [Block(kind="decision", text=self._say("heard_right"))] if asked.doubts else []
        text = self._say("heard_wrong", amount=f"{heard.normalize():f}")
        return [Block(kind="decision", text=text)]

    def _age_choices(self, facts: list[Fact]) -> tuple[Choice, ...]:
        """A button for each age band, if the bands differ by nothing else."""
        ages = [fact.age for fact in facts]
        if None in ages or len(set(ages)) < len(facts):
            return ()
        return tuple(
            Choice(
                title=self._words.age(fact),
                key=ASPECT,
                age=(fact.age[0] or 0, fact.age[1] or OLDEST) if fact.age else None,
            )
            for fact in facts
        )
