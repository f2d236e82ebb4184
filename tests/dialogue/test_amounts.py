"""Amounts: what is said of one person, of several, of places side by side, and what is asked back.

Which figure is whose is tested row by row in ``tests/policy``; here it is the form.
"""

from decimal import Decimal

import pytest

from dialogue.amounts import Amounts, Asked, Planned
from dialogue.blocks import Block
from dialogue.planning import Planner
from dialogue.state import Person
from dialogue.wording import Wording
from policy.credit import ASPECT
from policy.lookup import Policy

BEIJING, SHANGHAI, HUBEI, URUMQI = "110000", "310000", "420000", "650100"


@pytest.fixture(scope="module")
def amounts(policy: Policy, wording: Wording) -> Amounts:
    return Amounts(Planner(policy, wording))


def retired(age: int | None = None, region: str | None = BEIJING, **more: object) -> Asked:
    person = Person(work="retired", age=(age, age) if age else None)
    return Asked(person=person, region=region, **more)


def blocks(planned: Planned, kind: str) -> list[Block]:
    return [block for block in planned.answer.blocks if block.kind == kind]


def test_ones_own_figure_leads_and_the_bands_are_folded(amounts: Amounts) -> None:
    planned = amounts.plan(retired(75))
    first = planned.answer.blocks[0]
    assert (first.kind, first.amount, first.unit, first.period) == ("figure", "110", "元", "月")
    assert "北京" in first.text
    bands = blocks(planned, "band")
    assert [band.amount for band in bands if band.mine] == ["110"]
    assert len(bands) > 1
    assert all(band.folded for band in bands)
    assert (planned.open, planned.choices) == (None, ())


def test_without_an_age_the_bands_are_offered(amounts: Amounts) -> None:
    planned = amounts.plan(retired())
    assert not blocks(planned, "figure")
    assert "100" in planned.answer.lead
    assert "110" in planned.answer.lead
    assert planned.open == "age"
    assert [choice.age for choice in planned.choices] == [(0, 69), (70, 120)]
    assert not any(band.mine for band in blocks(planned, "band"))


def test_without_a_place_no_figure_but_places_to_tap(amounts: Amounts, wording: Wording) -> None:
    planned = amounts.plan(retired(75, region=None))
    assert planned.open == "insured"
    assert [choice.title for choice in planned.choices] == list(wording.templates.region_buttons)
    assert all(choice.region and choice.key == ASPECT for choice in planned.choices)
    assert not blocks(planned, "figure")


def test_a_province_without_a_figure_offers_those_below_that_have_one(amounts: Amounts) -> None:
    planned = amounts.plan(retired(region=HUBEI))
    assert planned.open == "insured"
    assert planned.choices
    assert all((choice.region or "").startswith("42") for choice in planned.choices)


def test_who_has_not_said_the_kind_is_told_what_the_figure_rests_on(
    amounts: Amounts, wording: Wording
) -> None:
    planned = amounts.plan(Asked(person=Person(age=(75, 75)), region=BEIJING))
    assert planned.answer.blocks[1].text == wording.say("only_if_retired")
    assert planned.open == "kind"
    assert {choice.kind for choice in planned.choices} == set(wording.templates.kind_buttons)
    told = amounts.plan(retired(75))
    assert wording.say("only_if_retired") not in [block.text for block in told.answer.blocks]


@pytest.mark.parametrize(("field", "says"), [("base", "缴费基数"), ("wage", "工资")])
def test_two_percent_of_what_was_given_and_what_it_was(
    amounts: Amounts, field: str, says: str
) -> None:
    asked = Asked(person=Person(work="working"), region=SHANGHAI, **{field: Decimal(8000)})
    figure, line = amounts.plan(asked).answer.blocks[:2]
    assert (figure.amount, figure.period) == ("160", "月")
    assert "8000 元" in line.text
    assert says in line.text


def test_a_child_has_no_account(amounts: Amounts) -> None:
    planned = amounts.plan(Asked(person=Person(age=(8, 8)), region=BEIJING))
    assert not blocks(planned, "figure")
    assert "居民医保" in planned.answer.lead


@pytest.mark.parametrize(
    ("heard", "doubts", "first"),
    [(300, False, "heard_wrong"), (110, True, "heard_right"), (110, False, None)],
)
def test_an_amount_that_was_heard_is_met_first(
    amounts: Amounts, wording: Wording, heard: int, doubts: bool, first: str | None
) -> None:
    planned = amounts.plan(retired(75, heard=Decimal(heard), doubts=doubts))
    head = planned.answer.blocks[0]
    assert [block.amount for block in blocks(planned, "figure")] == ["110"]
    if first is None:
        assert head.kind == "figure"
    else:
        assert head.text == wording.say(first, amount=str(heard))


def test_two_people_get_a_line_each(amounts: Amounts) -> None:
    several = [retired(75, name="您母亲"), retired(66, name="您父亲")]
    planned = amounts.plan_several(several)
    mother, father = planned.answer.shown()[:2]
    assert mother.text.startswith("您母亲：")
    assert father.text.startswith("您父亲：")
    assert (mother.amount, father.amount) == ("110", "100")


def test_two_people_with_the_same_figure_get_one_line(amounts: Amounts) -> None:
    planned = amounts.plan_several([retired(75, name="您母亲"), retired(76, name="您父亲")])
    (figure,) = blocks(planned, "figure")
    assert figure.amount == "110"
    assert "您母亲" not in figure.text


def test_each_of_two_people_has_the_trust_of_their_own_figure(amounts: Amounts) -> None:
    mother, father = retired(75, name="您母亲"), retired(75, SHANGHAI, name="您父亲")
    (hers,), (his,) = (blocks(amounts.plan(each), "trust") for each in (mother, father))
    assert hers != his, "the two rest on the same now: take another place"
    said = blocks(amounts.plan_several([mother, father]), "trust")
    assert [block.text for block in said] == [f"您母亲：{hers.text}", f"您父亲：{his.text}"]
    alike = amounts.plan_several([mother, retired(76, name="您父亲")])
    assert blocks(alike, "trust") == [hers]


def test_what_one_of_two_people_lacks_is_asked_back(amounts: Amounts) -> None:
    planned = amounts.plan_several([retired(75, name="甲"), retired(75, region=None, name="乙")])
    assert planned.open == "insured"
    assert planned.choices[0].region
    assert blocks(planned, "figure")[0].text.startswith("甲：")


def test_places_side_by_side_say_where_nothing_is_known(amounts: Amounts, wording: Wording) -> None:
    planned = amounts.compare([BEIJING, SHANGHAI, URUMQI], Person(age=(75, 75)))
    bands = blocks(planned, "band")
    assert [(band.place, band.amount, band.period) for band in bands] == [
        ("北京", "110", "月"),
        ("上海", "1890", "年"),
        ("乌鲁木齐", None, None),
    ]
    assert wording.say("no_amount") in bands[2].text
    assert wording.say("compare_same") in [block.text for block in blocks(planned, "note")]
