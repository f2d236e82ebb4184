"""Amounts in words: one figure, a band, several in one sentence, a rule."""

from dialogue.blocks import Block
from dialogue.planning import Planner
from policy.facts import NATIONAL, Fact, Population, Value

MOST_BANDS = 4


class Figures:
    """Says what facts about amounts hold."""

    def __init__(self, planner: Planner) -> None:
        """Take the planner for places and sentences."""
        self._planner = planner
        self._wording = planner.wording
        self._say = planner.say

    def who(self, population: Population) -> str:
        """The name of a population."""
        return self._wording.templates.populations[population]

    def figure(self, fact: Fact) -> Block:
        """The one figure that answers somebody."""
        value = gross(fact)
        band = self.age(fact)
        return Block(
            kind="figure",
            text=self._say(
                "figure_line",
                region=self._planner.place(fact),
                population=self.who(fact.population) + (value.label or ""),
                band=self._say("in_brackets", text=band) if band else "",
                money=self.money(value),
            ),
            amount=value.spoken(),
            unit=value.unit,
            period=value.period,
            since=fact.effective_from,
        )

    def money(self, value: Value) -> str:
        """An amount with its period: 每月 110 元."""
        every = self._say("yearly" if value.period == "年" else "monthly")
        return self._say("figure", every=every, amount=value.spoken())

    def age(self, fact: Fact) -> str:
        """An age band in words; empty if there is none."""
        if fact.age is None:
            return ""
        low, high = fact.age
        if low is None:
            return self._say("age_to", high=high)
        if high is None:
            return self._say("age_from", low=low)
        return self._say("age_between", low=low, high=high)

    def band(self, fact: Fact, mine: bool = False) -> Block:
        """One row of a table of amounts."""
        value, net = gross(fact), fact.value("net")
        label = f"{self.who(fact.population)}{value.label or ''}"
        age = self.age(fact)
        label += self._say("in_brackets", text=age) if age else ""
        text = self._say("band", label=label, money=self.money(value))
        if net:
            text += self._say("net_note", amount=net.spoken())
        return Block(
            kind="band",
            text=text,
            label=label,
            amount=value.spoken(),
            unit=value.unit,
            period=value.period,
            mine=mine,
        )

    def amounts(self, facts: list[Fact]) -> str:
        """Several amounts in one sentence, what they have in common said once."""
        kinds = {fact.population for fact in facts}
        parts = []
        for fact in facts[:MOST_BANDS]:
            value, age = gross(fact), self.age(fact)
            label = value.label or ""
            if len(kinds) > 1:
                label = self.who(fact.population) + label
            money, net = self.money(value), fact.value("net")
            if net:
                money += self._say("net_of", amount=net.spoken())
            parts.append(self._say("amount_of", label=label + age, money=money))
        text = self._say("amount_joint").join(parts)
        if len(kinds) == 1:
            return self._say("amounts_of", population=self.who(kinds.pop()), text=text)
        return text

    def rule_line(self, fact: Fact) -> str:
        """A ratio as a sentence; empty if the fact has none."""
        ratio = fact.value("ratio")
        if ratio is None:
            return ""
        base = ratio.base or ""
        if ratio.base_year and ratio.base_year not in base:
            base = self._say("rule_base", year=ratio.base_year, base=base)
        age = self.age(fact)
        return self._say(
            "rule_lead",
            region="" if fact.region == NATIONAL else self._planner.place(fact),
            population=self.who(fact.population),
            band=self._say("in_brackets", text=age) if age else "",
            base=base,
            ratio=ratio.spoken(),
        )

    def share(self, fact: Fact) -> str:
        """What who still pays in gets: a ratio of their base."""
        ratio = fact.value("ratio")
        return self._say("own_share", base=ratio.base or "", ratio=ratio.spoken()) if ratio else ""


def gross(fact: Fact) -> Value:
    """The amount of a fact before deductions."""
    value = fact.value("gross")
    assert value is not None
    return value
