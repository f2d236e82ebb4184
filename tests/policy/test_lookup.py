"""Finding facts: the nearest level, only what is in force, and never a neighbour's."""

from datetime import date

import pytest

from policy.credit import CreditQuery, find
from policy.facts import NATIONAL, FactBook
from policy.lookup import Policy
from policy.regions import Regions


@pytest.fixture(scope="module")
def parts() -> tuple[FactBook, Regions]:
    return FactBook.load(), Regions.load()


def on(parts: tuple[FactBook, Regions], *day: int) -> Policy:
    return Policy(*parts, lambda: date(*day))


@pytest.fixture(scope="module")
def today(parts) -> Policy:
    return on(parts, 2026, 12, 1)


def test_levels_climb_without_the_country(today: Policy) -> None:
    assert today.levels("320583") == ["320583", "320500", "320000"]
    assert today.levels("110105") == ["110105", "110000"]
    assert today.levels("429005") == ["429005", "420000"]
    assert today.levels("110000") == ["110000"]
    assert today.levels(None) == today.levels(NATIONAL) == today.levels("999999") == []


def test_the_nearest_level_answers(today: Policy) -> None:
    assert {f.region for f in today.local("credit_amount", "320583")} == {"320500"}
    assert {f.region for f in today.local("credit_amount", "420115")} == {"420100"}
    assert {f.region for f in today.local("credit_amount", "340100")} == {"340000"}
    assert today.local("credit_amount", "650100") == []
    assert today.local("credit_amount", None) == []


def test_a_claim_is_never_found_as_a_fact(today: Policy) -> None:
    for region in ("440300", "370000", "620000", "310000", NATIONAL):
        for aspect in today.book.by_aspect:
            assert all(fact.firmness != "claim" for fact in today.at(aspect, region))


def test_claims_come_down_from_the_province(today: Policy) -> None:
    assert [fact.id for fact in today.claims("credit_amount", "620100")] == ["S1-18"]
    assert [fact.id for fact in today.claims("credit_amount", "440305")] == ["S1-14"]
    assert today.claims("credit_amount", "440100") == []
    assert today.claims("credit_amount", None) == []


def test_a_pool_is_for_those_who_name_it(today: Policy) -> None:
    def amounts(region: str, pool: str | None) -> list[str]:
        return [f.id for f in today.at("credit_amount", region, pool) if f.value("gross")]

    assert amounts("620000", None) == []
    assert amounts("620000", "省直") == ["F-GS-02"]
    assert amounts("450000", "自治区本级") == ["F-GX-02"]
    assert amounts("450000", "省直") == []


@pytest.mark.parametrize(
    ("day", "ids"),
    [
        ((2022, 12, 31), []),
        ((2023, 1, 1), ["F-JLS-01a"]),
        ((2023, 12, 31), ["F-JLS-01a"]),
        ((2024, 1, 1), ["F-JLS-01b"]),
        ((2030, 1, 1), ["F-JLS-01b"]),
    ],
)
def test_the_clock_decides_what_is_in_force(parts, day: tuple[int, ...], ids: list[str]) -> None:
    policy = on(parts, *day)
    assert [fact.id for fact in policy.at("credit_amount", "220200")] == ids
    assert [name for name in ("F-JLS-01a", "F-JLS-01b") if policy.fact(name)] == ids


def test_a_fact_by_its_name(today: Policy) -> None:
    assert today.fact("F-BJ-02").values[0].spoken() == "110"
    assert today.fact("F-NOWHERE-01") is None
    assert today.fact("F-JLS-01a") is None


def test_an_overdue_fact_is_not_firm(parts) -> None:
    fact = on(parts, 2026, 12, 1).fact("F-BJ-02")
    assert on(parts, 2027, 2, 19).firm(fact)
    assert not on(parts, 2027, 2, 20).firm(fact)
    shaky = on(parts, 2026, 12, 1).fact("F-CQ-01")
    assert not on(parts, 2026, 12, 1).firm(shaky)


def test_the_source_of_a_fact(today: Policy) -> None:
    assert today.source(today.fact("F-SZ-01")).publisher == "深圳市医疗保障局"


# —— whose figure: the cases that the table cannot reach through the words ——


def ids(policy: Policy, **query: object) -> tuple[str, list[str]]:
    found = find(policy, CreditQuery(**query))
    return found.kind, [fact.id for fact in found.mine]


def test_an_ageless_question_gets_the_bands(today: Policy) -> None:
    assert ids(today, region="110000") == ("bands", ["F-BJ-01a", "F-BJ-02"])
    assert ids(today, region="110000", age=(65, 75)) == ("bands", ["F-BJ-01a", "F-BJ-02"])
    assert ids(today, region="110000", age=(70, 79)) == ("figure", ["F-BJ-02"])


def test_a_rare_kind_of_person_is_not_assumed(today: Policy) -> None:
    found = find(today, CreditQuery(region="120000", age=(75, 75)))
    assert [fact.id for fact in found.mine] == ["F-TJ-02"]
    assert {fact.id for fact in found.others} == {"F-TJ-01", "F-TJ-03"}
    assert ids(today, region="120000", population="retired_founding") == ("figure", ["F-TJ-03"])


def test_a_rare_kind_of_person_gets_what_all_retirees_get_elsewhere(today: Policy) -> None:
    assert ids(today, region="110000", age=(90, 90), population="retired_founding") == (
        "figure", ["F-BJ-02"],
    )  # fmt: skip


@pytest.mark.parametrize("population", ["retired_unit", "retired_public", "retired_enterprise"])
def test_whoever_retired_from_a_unit_is_a_unit_retiree(today: Policy, population: str) -> None:
    assert ids(today, region="420100", population=population) == ("figure", ["F-WH-01"])


def test_whoever_names_the_provincial_pool_is_in_no_citys_pool(today: Policy) -> None:
    assert ids(today, region="620100", pool="省直") == ("figure", ["F-GS-02"])
    assert ids(today, region="620600", pool="省直") == ("figure", ["F-GS-02"])
    assert ids(today, region="450100", pool="自治区本级") == ("figure", ["F-GX-02"])


def test_a_province_without_its_own_figure_says_where_there_are_some(today: Policy) -> None:
    found = find(today, CreditQuery(region="620000"))
    assert found.kind == "elsewhere"
    assert "620100" in found.below
    assert "620600" not in found.below
    below = find(today, CreditQuery(region="230000")).below
    assert "230100" in below
    assert "232700" not in below


def test_only_the_base_that_was_given_is_multiplied(today: Policy) -> None:
    def computed(**query: object) -> str | None:
        amount = find(today, CreditQuery(**query)).computed
        return None if amount is None else str(amount)

    assert computed(region="310000", population="employed", base=8000) == "160.00"
    assert computed(region="410100", population="flexible", base=5000) == "100.00"
    assert computed(region="420100", population="flexible", base=5000) is None
    assert computed(region="330100", population="flexible", base=5000) is None
    assert computed(region="440100", population="retired", base=5000) is None
    assert computed(region="370100", age=(75, 75), population="retired", base=5000) is None
    assert computed(region="310000", population="employed") is None
    assert computed(region="310000", population="resident", base=5000) is None
