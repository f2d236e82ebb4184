"""Whom the conversation is about, and what has been said of them so far."""

import re
from typing import Any

import msgspec

from dialogue.understood import Place, Question
from policy.facts import Population
from policy.regions import Regions

SELF = "self"
OLD_ENOUGH_TO_BE_RETIRED = 60
SURELY_WORKING = 49
SURELY_A_CHILD = 15
# In these topics a relative is the one who would use the money, not the one who is asked about.
BENEFICIARY_TOPICS = ("sharing", "usage")
BENEFICIARY_INTENTS = ("balance_family",)
THIRD_PERSON = re.compile("[他她]")
# 台湾、香港、澳门 have systems of their own.
OUTSIDE_MAINLAND = ("71", "81", "82")
# Its places stand side by side; none of them is where the person is insured.
COMPARISON = "credit_compare"


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of one person.

    Attributes:
        region: adcode of the insured place; treated: adcode of the place of care.
        pool: 省直 and the like.
        age: lowest and highest age in full years.
        population: as they said it; None if they did not.
    """

    region: str | None = None
    treated: str | None = None
    pool: str | None = None
    age: tuple[int, int] | None = None
    population: Population | None = None

    def assumed_population(self) -> Population:
        """The population to answer for: what was said, else what the age suggests."""
        if self.population == "flexible" and self.age and self.age[0] >= OLD_ENOUGH_TO_BE_RETIRED:
            return "retired_flexible"
        if self.population:
            return self.population
        if self.age and self.age[1] <= SURELY_A_CHILD:
            return "resident"
        if self.age and self.age[1] <= SURELY_WORKING:
            return "employed"
        return "retired"


class People(msgspec.Struct, frozen=True):
    """Everybody mentioned, and who is meant now."""

    known: dict[str, Person] = {}
    current: str = SELF

    @property
    def person(self) -> Person:
        """The one who is meant now."""
        return self.known.get(self.current, Person())

    def hear(self, question: Question, regions: Regions, waiting_for: str | None) -> "People":
        """Take in what a question says of its person.

        Args:
            question: the question; ambiguous places in it are taken only if one candidate fits
                what is already known.
            regions: the gazetteer.
            waiting_for: ``treated`` if the place of care was just asked for.
        """
        current = self._subject(question)
        person, before = self.known.get(current, Person()), self.person
        if person.region is None and not (question.topic == "credit" and question.places):
            # 「我妈在北京，我在深圳上班」: of credits each has their own place.
            person = msgspec.structs.replace(
                person, region=before.region, treated=before.treated, pool=before.pool
            )
        changes: dict[str, Any] = {}
        if question.age is not None:
            changes["age"] = question.age
        if "population" in question.found and not tells_of_relative(question):
            changes["population"] = _refined(person, question.found["population"])
        elif question.base is not None and person.population is None:
            # Only who still pays in has a contribution base.
            changes["population"] = "employed"
        if question.intent != COMPARISON:
            changes |= _places(question, person, regions, waiting_for)
        person = msgspec.structs.replace(person, **changes)
        return People({**self.known, current: person}, current)

    def settle(self, region: str, role: str | None) -> "People":
        """Take a region that was picked from a list."""
        field = "treated" if role == "treated" else "region"
        person = msgspec.structs.replace(self.person, **{field: region})
        return People({**self.known, self.current: person}, self.current)

    def _subject(self, question: Question) -> str:
        if question.topic in BENEFICIARY_TOPICS or question.intent in BENEFICIARY_INTENTS:
            return self.current
        return question.persons[0] if question.persons else self.current


def tells_of_relative(question: Question) -> bool:
    """Whether what is said of insurance is about the relative who would use the money.

    「老伴是新农合的，能用我的吗」 must not make a resident of the one who asks.
    """
    beneficiary = question.topic in BENEFICIARY_TOPICS or question.intent in BENEFICIARY_INTENTS
    others = [name for name in question.persons if name != SELF]
    return beneficiary and bool(others or THIRD_PERSON.search(question.text))


def _refined(person: Person, said: str) -> str:
    """Who is retired and then says 灵活就业 was a flexible worker before."""
    retired = (person.population or "").startswith("retired")
    return "retired_flexible" if said == "flexible" and retired else said


def narrowed(place: Place, near: tuple[str | None, ...], regions: Regions) -> str | None:
    """The one candidate of a place, or the one that lies in a region already known."""
    if len(place.candidates) == 1:
        return place.candidates[0]
    for known in near:
        if known is None:
            continue
        around = {step.adcode for step in regions.climb(known)} - {"000000"}
        inside = [
            code
            for code in place.candidates
            if code in around or around & {step.adcode for step in regions.climb(code)}
        ]
        if len(inside) == 1:
            return inside[0]
    return None


def _places(
    question: Question, person: Person, regions: Regions, waiting_for: str | None
) -> dict[str, Any]:
    """Which of the named regions is where they are insured, and which where they are treated."""
    changes: dict[str, Any] = {}
    free: list[str] = []
    mine: set[str] = set()
    for place in question.places:
        code = narrowed(place, (person.region, person.treated), regions)
        if not place.candidates:
            changes["pool"] = place.pool
        if code is None or (code.startswith(OUTSIDE_MAINLAND) and _only_origin(question)):
            continue
        if _is_treated(place, code, question, person, changes, regions, waiting_for):
            changes["treated"] = code
        elif place.role == "insured":
            changes["region"], changes["pool"] = code, place.pool
        elif changes.get("region") in {step.adcode for step in regions.climb(code)}:
            # 甘肃, and then 天水 in it: the nearer one is meant.
            changes["region"] = code
        else:
            free.append(code)
            if re.search(rf"我(?:自己|本人)?(?:是|在){re.escape(place.text)}", question.text):
                mine.add(code)
            if place.pool:
                changes["pool"] = place.pool
    if question.topic == "sharing":
        # 「他在杭州，我在安庆」: what is asked depends on where the one who asks is insured.
        free.sort(key=lambda code: code not in mine)
    if free and "region" not in changes:
        changes["region"] = free.pop(0)
    if free and "treated" not in changes and question.topic in ("filing", "inform"):
        changes["treated"] = free.pop(0)
    if "region" in changes:
        changes.setdefault("pool", None)
    return changes


def _only_origin(question: Question) -> bool:
    """Whether a place outside the mainland is where they come from or go to.

    「台湾人，在厦门上班」 is insured in 厦门; who goes back to 台湾 takes money out elsewhere.
    """
    if question.topic == "filing":
        return False
    codes = [code for place in question.places for code in place.candidates]
    return question.topic == "withdrawal" or not all(
        code.startswith(OUTSIDE_MAINLAND) for code in codes
    )


def _is_treated(
    place: Place,
    code: str,
    question: Question,
    person: Person,
    changes: dict[str, Any],
    regions: Regions,
    waiting_for: str | None,
) -> bool:
    """Whether a place is where they are treated; outside filing, 「我在天水」 tells the region."""
    if place.role is None:
        abroad = question.topic == "filing" and (person.treated or "").startswith(OUTSIDE_MAINLAND)
        return abroad or waiting_for == "treated"
    if place.role != "treated":
        return False
    insured = changes.get("region") or person.region
    inside = insured in {step.adcode for step in regions.climb(code)}
    return question.topic == "filing" or not (insured is None or inside)
