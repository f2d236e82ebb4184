"""Every topic × region × population × age edge: the reply holds the facts that apply, no others.

What an aspect rests on is read from ``answers.yml`` and ``facts`` of each topic by code that knows
neither the policy module nor the dialogue.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dialogue.assistant import Assistant
from dialogue.routes import Routes
from policy.lookup import Policy
from policy.topics import topic_keys
from tests.policy.spoken import CLAIMED, UNPROVEN, Asked, moneys, plainly, reply
from tests.policy.table import (
    ANSWERED_BY,
    COUNTRY,
    OUTSIDE,
    Data,
    Row,
    answers,
    chain,
    places,
)

DAY = date(2026, 12, 1)
NAMES = places()
# credit_amount has a table of its own.
ASPECTS: dict[str, dict[str, Any]] = {
    intent: spec for intent, spec in answers(*topic_keys()).items() if intent != "credit_amount"
}
# What is said without two places is a question back.
ASPECTS.pop("credit_compare")
MOST_CAUSES = 3
PEOPLE = (None, "retired", "retired_unit", "retired_flexible", "employed", "flexible", "resident")


@pytest.fixture(scope="module")
def data() -> Data:
    return Data()


@pytest.fixture(scope="module")
def assistant(wording) -> Assistant:
    return Assistant(Policy.load(today=lambda: DAY), wording, Routes.load())


@dataclass
class Basis:
    """What a reply must rest on: the facts of the place or the listed ones, causes, claims.

    ``folded`` is said only when asked for more: what is listed beside the place's own, and more.
    """

    spec: dict[str, Any]
    shown: list[Row]
    folded: list[Row]
    causes: list[Row]
    claims: list[Row]

    @property
    def rows(self) -> list[Row]:
        return [*self.shown, *self.folded]


def basis(data: Data, intent: str, asked: Asked) -> Basis:
    local: list[Row] = []
    if asked.region:
        for level in chain(asked.region):
            local = data.on_aspect(intent, level, asked.pool, DAY)
            if local:
                break
        local = [row for row in local if fits(row, asked)]
    spec = variant(ASPECTS[intent], facets(asked, local))
    if spec.get("local", "true") != "true":
        local = []
    listed, more, causes = (
        [data.by_id[name] for name in spec.get(field, []) if data.by_id[name].on(DAY)]
        for field in ("facts", "more", "causes")
    )
    claims = [data.by_id[name] for name in spec.get("claims", [])]
    claims += [r for r in data.claims(intent, asked.region) if r not in claims]
    shown = local or listed
    folded = [row for row in (*listed, *more) if row not in shown]
    causes = [row for row in causes if fits(row, asked)]
    if asked.population:
        # Those written for this very kind of person come first.
        causes.sort(key=lambda row: row.population not in ("any", asked.population))
    return Basis(spec, shown, folded, causes, claims)


def fits(row: Row, asked: Asked) -> bool:
    """Whether a fact may be about somebody; whoever says nothing of it may be anybody."""
    return not asked.population or row.population in ("any", *ANSWERED_BY[asked.population])


def facets(asked: Asked, local: list[Row]) -> dict[str, str]:
    """What the case is, in the words of ``when``: nothing but who and where is said here."""
    found = {"treated_known": "false", "region_known": "true" if asked.region else "false"}
    if asked.population:
        retired = asked.population.startswith("retired")
        found["population"] = "retired" if retired else asked.population
    cash = {"11": "beijing", "12": "tianjin"}.get((asked.region or "")[:2])
    if asked.region:
        steps = any(row.steps for row in local)
        found["local_answer"] = ("steps" if steps else "text") if local else "none"
    return found | ({"cash_region": cash} if cash else {})


def variant(spec: dict[str, Any], case: dict[str, str]) -> dict[str, Any]:
    for other in spec.get("variants", []):
        wanted = {k: w if isinstance(w, list) else [w] for k, w in other["when"].items()}
        if all(case.get(key) in words for key, words in wanted.items()):
            return {**spec, **{key: value for key, value in other.items() if key != "when"}}
    return spec


def problems(text: str, payload: dict[str, Any], want: Basis, data: Data) -> list[str]:
    wrong = []
    own = plainly(text)
    labelled = [line for line in text.split("\n") if CLAIMED in line]
    rows = want.rows
    if want.spec.get("lead") and want.spec["lead"] not in text.split("\n")[0]:
        wrong.append("the first line is not the lead")
    for row in rows:
        for name in ("text", "condition"):
            wrong += [f"{row.id}: {name} not said"] if row.text(name) not in own else []
        if row.firmness == "with_caveat" and row.text("caveat") not in own:
            wrong.append(f"{row.id}: caveat not said")
        if row.region != COUNTRY and row.text("text"):
            line = next((line for line in own.split("\n") if row.text("text") in line), "")
            if NAMES[row.region][:2] not in line:
                wrong.append(f"{row.id}: whose rule it is is not said")
    for row in want.causes[:MOST_CAUSES]:
        said = "".join(row.text(name) for name in ("text", "sign", "remedy"))
        wrong += [f"{row.id}: the cause is not said whole"] if said not in own else []
    stepped = next((row for row in want.shown or want.folded if row.steps), None)
    for step in stepped.steps if stepped else ():
        wrong += [f"{stepped.id}: a step is missing"] if step not in own else []
    for row in want.claims:
        said = row.text("text").rstrip("。")
        if not any(said in line and UNPROVEN in line for line in labelled):
            wrong.append(f"{row.id}: the claim has no label")
        wrong += [f"{row.id}: said outside its label"] if said in own else []
        wrong += [f"{row.id}: no warning"] if row.text("warning") not in "".join(labelled) else []
    used = set(payload["answers"][0].get("facts", []))
    known = {row.id for row in (*rows, *want.causes, *want.claims)}
    wrong += [f"rests on {used ^ known} differently"] if used != known else []
    based = [*rows, *want.causes]
    allowed = {(a, f.unit) for row in based for f in row.figures for a in f.amounts}
    told = {(a, f.unit) for row in want.claims for f in row.figures for a in f.amounts}
    wrong += [
        f"{m.amount}{m.unit} is no figure of its facts"
        for m in moneys(own)
        if (m.amount, m.unit) not in allowed
    ]
    wrong += [
        f"{m.amount}{m.unit} is in no claim"
        for line in labelled
        for m in moneys(line)
        if (m.amount, m.unit) not in told
    ]
    return wrong


def asked_of(data: Data, region: str, intent: str) -> list[Asked]:
    """Every kind of person, on both sides of the age edges of the facts on this aspect."""
    edges = {
        age
        for row in data.rows
        if intent in row.aspects and row.region in chain(region)
        for edge in (row.low and row.low - 1, row.low, row.high, row.high and row.high + 1)
        if (age := edge)
    }
    ages = [None, *((age, age) for age in sorted(edges))]
    found = [Asked(region, age, who) for who in PEOPLE for age in ages]
    return found if edges else [*found, Asked(region, (75, 75)), Asked(region, (45, 45))]


@pytest.fixture(scope="module")
def regions(data: Data) -> list[str]:
    """Every place with a fact of any topic, and one county below each that has one."""
    own = data.regions()
    counties = {
        next((c for c in sorted(NAMES) if c.startswith(r[:4]) and not c.endswith("00")), r)
        for r in own
        if not r.endswith("0000")
    }
    provinces = {code for code in NAMES if code.endswith("0000") and code[:2] not in OUTSIDE}
    return sorted(own | counties | provinces)


def asked_in(intent: str, regions: list[str], data: Data) -> list[str]:
    """The places to ask an aspect in.

    All that have something to say on it, themselves or above them. Of the others, where the reply
    is the country's with another name in it, every fourth, which ones differing by aspect: all
    places are asked something.
    """
    shift = sorted(ASPECTS).index(intent)
    own = {row.region for row in data.rows if intent in row.aspects}
    return [
        region
        for number, region in enumerate(regions)
        if (number + shift) % 4 == 0 or own & {*chain(region)}
    ]


@pytest.mark.parametrize("intent", sorted(ASPECTS))
def test_every_place_of_an_aspect(
    intent: str, regions: list[str], assistant: Assistant, data: Data
) -> None:
    wrong = []
    for region in asked_in(intent, regions, data):
        # A county inherits, and where only the national rule applies nobody is told apart.
        own = bool(data.on_aspect(intent, region, None, DAY))
        few = [Asked(region, None, who) for who in PEOPLE[:2]]
        for asked in asked_of(data, region, intent) if own else few:
            text, payload = reply(assistant, asked, intent)
            found = problems(text, payload, basis(data, intent, asked), data)
            wrong += [f"{NAMES[region]} {asked}: {each}" for each in found]
    for who in PEOPLE:
        asked = Asked(None, None, who)
        text, payload = reply(assistant, asked, intent)
        found = problems(text, payload, basis(data, intent, asked), data)
        wrong += [f"no region, {who}: {each}" for each in found]
    assert not wrong, f"{len(wrong)} problems\n" + "\n".join(wrong[:15])


def test_all_places_are_asked_something_and_those_with_facts_everything(
    regions: list[str], data: Data
) -> None:
    asked = {intent: set(asked_in(intent, regions, data)) for intent in ASPECTS}
    assert set.union(*asked.values()) == set(regions)
    for row in data.rows:
        for intent in set(row.aspects) & set(ASPECTS):
            assert row.region == COUNTRY or row.region in asked[intent], (row.id, intent)


def test_own_band_comes_first_wherever_an_age_is_known(assistant: Assistant, data: Data) -> None:
    """At 75 what arrives in Beijing is what it is from 70 on."""
    text, _ = reply(assistant, Asked("110000", (75, 75), "retired"), "credit_net")
    assert moneys(text)[1].amount == Decimal(107), text
    text, _ = reply(assistant, Asked("110000", (69, 69), "retired"), "credit_net")
    assert moneys(text)[1].amount == Decimal(97), text


def test_every_fact_is_in_some_reply(assistant: Assistant, data: Data) -> None:
    """A fact that no question reaches is dead weight, or an aspect is misspelt."""
    said: set[str] = set()
    for intent, spec in answers().items():
        for each in (spec, *spec.get("variants", [])):
            for field in ("facts", "more", "causes", "claims"):
                said |= set(each.get(field, []))
        if spec.get("local", "true") == "true":
            said |= {r.id for r in data.rows if intent in r.aspects and r.region != COUNTRY}
    said |= {row.id for row in data.rows if "credit_amount" in row.aspects}
    assert {row.id for row in data.rows} - said == set()


def test_the_walk_reads_the_real_files() -> None:
    assert len(ASPECTS) > 60
    assert {intent.partition("_")[0] for intent in ASPECTS} >= set(topic_keys())
