"""Every region × population × both sides of each age edge: the reply says what the YAML says."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from dialogue.assistant import Assistant
from dialogue.routes import Routes
from policy.lookup import Policy
from tests.policy.spoken import (
    Asked,
    asking,
    entity,
    figure_of,
    message,
    moneys,
    plainly,
    problems,
    reply,
)
from tests.policy.table import COUNTRY, POPULATIONS, ROOT, Age, Data, chain, places, read

DAY = date(2026, 12, 1)
NAMES = places()
PROVINCES = sorted(code for code in NAMES if code.endswith("0000"))
BY_HAND = read(ROOT / "tests/policy/by_hand.yml")
# Kinds of people for whom a county gets asked: the county itself has no facts, it inherits.
INHERITING = ("retired", "retired_flexible", "employed", "resident")


@pytest.fixture(scope="module")
def data() -> Data:
    return Data()


@pytest.fixture(scope="module")
def assistant(wording) -> Assistant:
    return Assistant(Policy.load(today=lambda: DAY), wording, Routes.load())


# Where a place only asks which city, an amount somebody heard is passed over.
# Rows that the planner of amounts does not say yet; strict, so that the row tells when it does.
GAPS = {
    "天津退休不知年龄，老工人那档也列出来": "the bands of a place leave out the rare ones",
}


def by_hand() -> list[Any]:
    """The rows written by hand, known gaps marked."""
    return [
        pytest.param(
            row,
            id=row["who"],
            marks=[pytest.mark.xfail(reason=GAPS[row["who"]], strict=True)]
            if row["who"] in GAPS
            else [],
        )
        for row in BY_HAND["amounts"]
    ]


def ages(data: Data, region: str, population: str) -> list[Age]:
    """No age, both sides of each edge, a range over the edges; one age where there is no edge."""
    edges = data.edges(region)
    found: list[Age] = [None, *((age, age) for age in edges)]
    if edges:
        return [*found, (edges[0], edges[-1])]
    return [*found, (72, 72)] if population == "retired" else found


def questions(data: Data, province: str) -> Iterator[Asked]:
    """Every question about the places of a province."""
    inside = sorted(code for code in NAMES if code[:2] == province[:2])
    counties_seen: dict[str, int] = {}
    for region in inside:
        county = not region.endswith("00")
        above = region[:4]
        # All counties that no city stands above, and one of each city.
        if county and above + "00" in NAMES:
            counties_seen[above] = counties_seen.get(above, 0) + 1
            if counties_seen[above] > 1:
                continue
        for population in INHERITING if county else POPULATIONS:
            for age in ages(data, region, population):
                yield Asked(region, age, population)
        yield Asked(region, (45, 45))
        yield Asked(region)
    for region, pool in data.pools():
        if region == province:
            for population in POPULATIONS:
                yield Asked(region, None, population, pool)


def check(assistant: Assistant, data: Data, asked: Asked, day: date = DAY) -> list[str]:
    """Ask, and compare with the YAML."""
    want = asked.expected(data, day)
    try:
        text, payload = reply(assistant, asked)
    except Exception as error:
        return [f"crashes: {error!r}"]
    return problems(text, payload, want, asked, data, NAMES.get(want.level, ""))


@pytest.mark.parametrize("province", PROVINCES, ids=lambda code: NAMES[code])
def test_every_place_of_a_province(province: str, assistant: Assistant, data: Data) -> None:
    wrong = []
    count = 0
    for asked in questions(data, province):
        count += 1
        for problem in check(assistant, data, asked):
            wrong.append(f"{NAMES[asked.region or province]} {asked}: {problem}")
    assert count > 5
    assert not wrong, f"{len(wrong)} problems\n" + "\n".join(wrong[:20])


def test_every_fact_on_amounts_is_somebodys_answer(data: Data) -> None:
    """No fact is hidden behind another: those whom it is for get it."""
    for row in data.rows:
        if "credit_amount" not in row.aspects or row.region == COUNTRY or not row.on(DAY):
            continue
        age = row.low or row.high
        asked = Asked(row.region, age and (age, age), row.population, row.pool)
        want = asked.expected(data, DAY)
        assert row in want.mine + want.claims, row.id


def test_without_a_region_no_figure_is_said(assistant: Assistant, data: Data) -> None:
    for population in (None, *POPULATIONS):
        for age in (None, (69, 69), (75, 75)):
            text, _ = reply(assistant, Asked(None, age, population))
            assert not [m for m in moneys(plainly(text)) if m.unit == "元"], text


@pytest.mark.parametrize("row", by_hand())
def test_by_hand(row: dict[str, Any], assistant: Assistant) -> None:
    """Expectations written by hand, so that a slip in the reading of the YAML shows."""
    age = row.get("age")
    low, _, high = (age or "").partition("-")
    asked = Asked(
        row["region"],
        (int(low), int(high or low)) if age else None,
        row.get("population"),
        row.get("pool"),
        row.get("base"),
    )
    text, payload = reply(assistant, asked)
    own = plainly(text)
    first = own.split("\n")[0]
    yuan = {f"{m.amount.normalize():f}" for m in moneys(own) if m.unit == "元"}
    if "figure" in row:
        assert row["figure"] in first, text
        figure = figure_of(payload)
        assert figure, text
        assert figure["amount"] == row["figure"].replace("约", "").split()[1]
    else:
        assert not figure_of(payload), text
    if "bands" in row:
        for each in row["bands"]:
            assert any(each in line for line in own.split("\n")), f"{each}\n{text}"
    if "rule" in row:
        assert row["rule"] in {f"{m.amount.normalize():f}%" for m in moneys(own)}, text
    if not {"figure", "bands"} & set(row):
        assert not yuan, text
    for each in row.get("says", []):
        assert each in text, f"{each}\n{text}"
    for each in row.get("claim", []):
        assert each in text, f"{each}\n{text}"
        assert each not in own, f"outside its label: {each}\n{text}"
    for each in row.get("never", []):
        assert each not in own, f"{each}\n{text}"


def test_enough_rows_by_hand() -> None:
    assert len(BY_HAND["amounts"]) >= 40


def test_naming_the_provincial_pool_leaves_the_city(assistant: Assistant) -> None:
    """兰州, and then "I am with the province": 120 and not the city's 90."""
    said, slots = assistant.turn(asking("credit_amount", Asked("620100")), {})
    assert "每月 90 元" in said.text
    said, _ = assistant.turn(message("inform", entity("region", "", pool="省直")), slots)
    assert "每月 120 元" in said.text
    assert "每月 90 元" not in said.text


@pytest.mark.parametrize("row", BY_HAND["comparisons"], ids=lambda row: "与".join(row["places"]))
def test_two_places_side_by_side(row: dict[str, Any], assistant: Assistant) -> None:
    found = [entity("region", code) for code in row["regions"]]
    if "age" in row:
        found.append(entity("age", row["age"]))
    if "population" in row:
        found.append(entity("population", row["population"]))
    said, _ = assistant.turn(message("credit_compare", *found), {})
    own = plainly(said.text)
    lines = own.split("\n")
    for name, code in zip(row["places"], row["regions"], strict=True):
        mine = next((line for line in lines if line.startswith(f"· {name}：")), "")
        assert mine, f"{code}\n{said.text}"
    for each in row["says"]:
        assert any(each in line for line in lines), said.text
    allowed = set(row["figures"])
    assert {f"{m.amount.normalize():f}{m.unit}" for m in moneys(own)} == allowed, said.text


def test_a_county_gets_what_its_city_gets(assistant: Assistant, data: Data) -> None:
    """For a sample of counties the reply is that of the city, but for the place assumed."""
    counties = [code for code in NAMES if not code.endswith("00")][::60]
    assert len(counties) > 30
    for county in counties:
        city = next(code for code in chain(county)[1:] if code in NAMES)
        of_county, _ = reply(assistant, Asked(county, (75, 75), "retired"))
        of_city, _ = reply(assistant, Asked(city, (75, 75), "retired"))
        if city.endswith("0000") and not city.startswith(("11", "12", "31", "50", "46")):
            continue
        assert [m.amount for m in moneys(of_county)] == [m.amount for m in moneys(of_city)]


@pytest.mark.parametrize(
    ("region", "age", "heard", "known"),
    [
        ("410000", "70-", "听说河南70岁以上返107", False),
        ("410000", "66", "河南不到70岁是返97元吧", False),
        ("110000", "72", "北京到账是107块吧", True),
        ("110000", "72", "北京退休返110吗", True),
        ("310000", "76", "上海每月返140对吗", False),
        ("310000", "76", "上海一年返1890对吗", True),
        ("500000", "66", "重庆返94.75块吧", False),
        ("420100", "66", "武汉给76元是吗", False),
        ("420100", "66", "武汉给80元是吗", False),
        ("420100", "66", "武汉灵活就业退休返66元是吗", True),
        ("540000", "70", "西藏返200元是吗", False),
        ("440300", "70", "深圳返250元是吗", False),
    ],
)
def test_an_amount_that_somebody_heard(
    region: str, age: str, heard: str, known: bool, assistant: Assistant, data: Data
) -> None:
    """It is never agreed to: either it is in the data, or it is said that it is not confirmed."""
    found = [entity("region", region), entity("age", age)]
    (amount,) = re.findall(r"\d+(?:\.\d+)?(?=$|元|块|吗|对)", heard)
    found.append(entity("amount", amount))
    asked = message("credit_amount", *({**e, "end": 1} for e in found), text=heard)
    said, _ = assistant.turn(asked, {})
    corrections = [line for line in said.text.split("\n") if "没有得到证实" in line]
    assert bool(corrections) is not known, said.text
    if not known:
        (money,) = moneys(corrections[0])
        rest = plainly(said.text).replace(corrections[0], "")
        assert (money.amount, "元") not in [(m.amount, m.unit) for m in moneys(rest)], said.text


def test_a_base_alone_is_an_employees(assistant: Assistant) -> None:
    """Only somebody who still pays in has a contribution base."""
    text, _ = reply(assistant, Asked("110000", None, None, None, "8000"))
    assert "每月约 160 元" in text, text
    assert "100 元" not in text
