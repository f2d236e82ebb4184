"""How much is put into a personal account: whose figure, which band, or only a rule.

Nothing is computed but one thing: an employee's own share, a ratio of the contribution base that
the employee named. A retiree's amount is looked up, never multiplied: the base of a ratio is the
average pension of the year of the reform, and it stays there.
"""

from decimal import Decimal
from typing import Literal

import msgspec

from policy.facts import NATIONAL, Fact, Population
from policy.lookup import Policy

ASPECT = "credit_amount"
RETIRED: tuple[Population, ...] = (
    "retired",
    "retired_unit",
    "retired_flexible",
    "retired_public",
    "retired_enterprise",
    "retired_founding",
    "retired_tier1",
)
OLDEST = 120
# What they get follows from the rule of the whole country.
COUNTRYWIDE: tuple[Population, ...] = ("employed", "flexible", "resident")
# Shenzhen's standard for whoever has stopped paying and has tier one, whatever they were.
TIER1: Population = "retired_tier1"
# A retired_founding worker is a rare case: shown among the bands, never assumed.
RARE: tuple[Population, ...] = ("retired_founding",)


class CreditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A question about an amount.

    Attributes:
        region: adcode of the insured place; None if unknown.
        pool: a pooling area named beside the region (省直 …).
        age: lowest and highest age in full years; None if unknown.
        population: whom it is for.
        base: an employee's contribution base, yuan a month; None if not given.
    """

    region: str | None = None
    pool: str | None = None
    age: tuple[int, int] | None = None
    population: Population = "retired"
    base: Decimal | None = None


class CreditFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What the data say.

    Attributes:
        kind: ``figure`` (one amount is this person's), ``bands`` (several may be), ``rule`` (a
            ratio, no yuan), ``text`` (a sentence such as "residents have none"), ``elsewhere``
            (only places below or pools beside this region have one) or ``none``.
        mine: the facts that answer the person.
        others: further facts of the same place, for those to whom ``mine`` does not apply.
        region: adcode of the place whose facts these are.
        below: adcodes of places below that have facts of their own.
        computed: yuan a month, an employee's ratio of the base named; None otherwise.
    """

    kind: Literal["figure", "bands", "rule", "text", "elsewhere", "none"]
    mine: tuple[Fact, ...] = ()
    others: tuple[Fact, ...] = ()
    region: str | None = None
    below: tuple[str, ...] = ()
    computed: Decimal | None = None


def find(policy: Policy, query: CreditQuery) -> CreditFinding:
    """Answer a question about an amount.

    The look-up climbs county, city, province, country and stops at the first level that has a
    fact for the person's population; a figure is never taken from a neighbour. A pool (省直 …) is
    for whoever names it, and comes before the city they live in.
    """
    wanted = family(query.population)
    if query.pool:
        for adcode in policy.levels(query.region):
            own = [
                fact
                for fact in policy.at(ASPECT, adcode, query.pool)
                if fact.population in wanted and fact.pool
            ]
            if own:
                return _sort(own, query, adcode)
        if query.population not in COUNTRYWIDE:
            # A pool without a fact of its own is unknown; the city's figure is not its.
            return CreditFinding(kind="none", region=query.region)
    for adcode in [*policy.levels(query.region), NATIONAL]:
        here = [fact for fact in policy.at(ASPECT, adcode) if fact.population in wanted]
        if not here:
            below = _below(policy, query, adcode) if adcode == query.region else ()
            if below:
                return CreditFinding(kind="elsewhere", region=adcode, below=below)
            continue
        finding = _sort(here, query, adcode)
        if adcode == query.region and finding.kind in ("rule", "text"):
            below = _below(policy, query, adcode)
            kind = "elsewhere" if below and finding.kind == "text" else finding.kind
            return msgspec.structs.replace(finding, below=below, kind=kind)
        return finding
    return CreditFinding(kind="none", region=query.region)


def family(population: Population) -> tuple[Population, ...]:
    """The populations whose facts may answer somebody of this one."""
    if population == "retired":
        return RETIRED
    if population == "retired_unit":
        return ("retired", population, "retired_public", "retired_enterprise", TIER1)
    if population in ("retired_public", "retired_enterprise"):
        return ("retired", "retired_unit", population, TIER1)
    if population in RETIRED:
        return ("retired", population, TIER1)
    return (population,)


def _sort(here: list[Fact], query: CreditQuery, adcode: str) -> CreditFinding:
    money = [fact for fact in here if fact.value("gross")]
    if money:
        exact = [fact for fact in money if fact.population == query.population]
        if query.population != "retired" and exact:
            money = exact
        low, high = query.age or (0, OLDEST)
        mine = [f for f in money if f.covers_age(low, high) and f.population not in RARE]
        if query.population in RARE and exact:
            mine = exact
        if not mine:
            mine = money
        others = tuple(fact for fact in money if fact not in mine)
        kind: Literal["figure", "bands"] = "figure" if len(mine) == 1 else "bands"
        return CreditFinding(kind=kind, mine=tuple(mine), others=others, region=adcode)
    low, high = query.age or (0, OLDEST)
    rules = [fact for fact in here if fact.value("ratio")]
    mine = [fact for fact in rules if fact.covers_age(low, high)]
    if mine:
        others = tuple(fact for fact in rules if fact not in mine)
        computed = _computed(mine[0], query) if len(mine) == 1 else None
        return CreditFinding(
            kind="rule", mine=tuple(mine), others=others, region=adcode, computed=computed
        )
    return CreditFinding(kind="text", mine=tuple(here), region=adcode)


def _computed(fact: Fact, query: CreditQuery) -> Decimal | None:
    """An employee's ratio of the base named, yuan a month; nobody else's is computed."""
    ratio = fact.value("ratio")
    if query.base is None or ratio is None or ratio.amount is None or fact.no_computation:
        return None
    if query.population not in ("employed", "flexible"):
        return None
    return (query.base * ratio.amount / 100).quantize(Decimal("0.01"))


def _below(policy: Policy, query: CreditQuery, adcode: str) -> tuple[str, ...]:
    """Places below a region that have a figure of their own for this population."""
    wanted = family(query.population)
    found: dict[str, None] = {}
    for fact in policy.book.by_aspect.get(ASPECT, []):
        if fact.firmness == "claim" or fact.population not in wanted or not fact.value("gross"):
            continue
        if fact.region != adcode and adcode in policy.levels(fact.region):
            found[fact.region] = None
    return tuple(found)
