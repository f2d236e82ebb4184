"""Where a case turns one question into another."""

from pathlib import Path

import pytest

from dialogue.routes import ROUTES, Route, Routes
from dialogue.wording import Wording
from policy.topics import topics
from policy.yamlfile import DataError

NOTHING: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def routes() -> Routes:
    return Routes.load()


def to(
    routes: Routes, key: str, facets: dict[str, str], fresh: frozenset[str] = NOTHING
) -> str | None:
    route = routes.turn(key, facets, fresh)
    return route and (route.to or route.aspect)


@pytest.mark.parametrize(
    ("key", "facets", "told", "answer"),
    [
        ("credit_amount", {"life": "dead"}, (), "withdrawal_overpaid"),
        ("balance_query", {"life": "dead"}, (), "withdrawal_inherit_balance"),
        ("withdrawal_possible", {"life": "dead"}, (), "withdrawal_death"),
        ("filing_how", {"life": "dead"}, (), None),
        ("credit_amount", {}, (), None),
        ("filing_how", {"situation": "discharged"}, ("situation",), "filing_paid"),
        # Told some messages ago it no longer turns what is asked.
        ("filing_how", {"situation": "discharged"}, (), None),
        ("credit_amount", {"situation": "discharged"}, ("situation",), None),
        ("filing_how", {"smartphone": "none"}, ("smartphone",), "nosmart"),
        ("filing_how", {"smartphone": "none"}, (), None),
    ],
)
def test_a_case_turns_what_is_asked(
    routes: Routes, key: str, facets: dict[str, str], told: tuple[str, ...], answer: str | None
) -> None:
    assert to(routes, key, facets, frozenset(told)) == answer


def test_the_first_that_fits_wins() -> None:
    first = Route(when={"life": "dead"}, to="a_one")
    second = Route(when={"life": ["dead", "alive"]}, keys=("k_one",), to="b_one")
    routes = Routes([first, second])
    assert routes.turn("k_one", {"life": "dead"}, NOTHING) is first
    assert routes.turn("k_one", {"life": "alive"}, NOTHING) is second
    assert routes.turn("k_two", {"life": "alive"}, NOTHING) is None


def test_what_is_ours_only_while_a_topic_is_talked_about(routes: Routes) -> None:
    home = routes.ours("neighbour_reimbursement", "filing")
    assert home
    assert home.to == "filing_rules"
    assert routes.ours("neighbour_reimbursement", "credit") is None
    assert routes.ours("neighbour_reimbursement", "") is None
    assert to(routes, "neighbour_reimbursement", {}) is None


def test_what_is_ours_beside_a_thing_to_pay_for_says_what_it_leaves_open(
    routes: Routes, wording: Wording
) -> None:
    home = routes.ours("neighbour_reimbursement", "", "dental")
    assert home
    assert (home.to, home.note) == ("usage_scope", "account_only")
    assert routes.ours("neighbour_reimbursement", "", "hospital_bill") is None
    assert routes.ours("neighbour_provider", "", "dental") is None
    assert all(each.note is None or wording.say(each.note) for each in routes.routes)


def test_what_is_told_adds_a_sentence_where_the_answer_stays(routes: Routes) -> None:
    elsewhere = {"beneficiary_other_province": "true"}
    told = frozenset(elsewhere)
    assert routes.additions("sharing_resident", elsewhere, told) == ["other_province"]
    assert routes.turn("sharing_resident", elsewhere, told) is None
    assert routes.additions("sharing_resident", elsewhere, frozenset()) == []
    assert routes.additions("sharing_province", elsewhere, told) == []
    assert routes.additions("credit_rule", elsewhere, told) == []
    assert to(routes, "sharing_bind", elsewhere, told) == "sharing_province"


def test_every_turning_leads_to_something(routes: Routes, wording: Wording) -> None:
    for route in routes.routes:
        leads = route.to in wording.answers or route.aspect in wording.aspects
        assert leads or wording.say(str(route.adds))
        assert set(route.unless) <= wording.answers.keys()
        assert set(route.topics) | set(route.during) <= set(topics().keys)


def test_a_misspelt_field_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / ROUTES
    file.parent.mkdir()
    file.write_text("- when: {life: dead}\n  too: withdrawal_death\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"routes\.yml:\d"):
        Routes.load(tmp_path)
