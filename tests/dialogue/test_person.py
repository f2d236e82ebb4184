"""Whom it is about: what is remembered of each person, and what a question changes."""

import pytest

from dialogue.person import SELF, People, Person, narrowed
from dialogue.understood import Place, Question
from policy.regions import Regions

BEIJING, SHANGHAI, ZHENGZHOU, YANGZHOU = "110000", "310000", "410100", "321000"
CHAOYANG = ("110105", "211300", "220104")


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


def place(*codes: str, role: str | None = None, pool: str | None = None) -> Place:
    return Place(codes, "那里", role, pool)


def question(intent: str = "credit_amount", **more: object) -> Question:
    return Question(intent=intent, text="问一下", **more)


def told(regions: Regions, *questions: Question, waiting: str | None = None) -> People:
    people = People()
    for each in questions:
        people = people.hear(each, regions, waiting)
    return people


@pytest.mark.parametrize(
    ("population", "age", "assumed"),
    [
        (None, None, "retired"),
        (None, (75, 75), "retired"),
        (None, (50, 50), "retired"),
        (None, (49, 49), "employed"),
        (None, (45, 55), "retired"),
        (None, (16, 16), "employed"),
        (None, (7, 7), "resident"),
        ("employed", (66, 66), "employed"),
        ("resident", (75, 75), "resident"),
        ("retired_unit", None, "retired_unit"),
        ("flexible", None, "flexible"),
        ("flexible", (45, 45), "flexible"),
        ("flexible", (66, 66), "retired_flexible"),
    ],
)
def test_what_is_taken_for_granted(population, age, assumed: str) -> None:
    assert Person(population=population, age=age).assumed_population() == assumed


def test_what_was_said_is_kept(regions: Regions) -> None:
    people = told(
        regions,
        question(places=(place(SHANGHAI),)),
        question("inform", age=(75, 75)),
        question("inform", found={"population": "retired_unit"}),
        question("balance_query"),
    )
    assert people.person == Person(region=SHANGHAI, age=(75, 75), population="retired_unit")


def test_a_correction_replaces_only_what_it_names(regions: Regions) -> None:
    people = told(
        regions,
        question(places=(place(SHANGHAI),), age=(75, 75)),
        question("inform", places=(place(ZHENGZHOU),)),
        question("inform", age=(76, 76)),
    )
    assert people.person == Person(region=ZHENGZHOU, age=(76, 76))


def test_mother_and_father_are_two_people(regions: Regions) -> None:
    people = told(
        regions,
        question(places=(place(SHANGHAI),), persons=("mother",), age=(76, 76)),
        question(persons=("father",), age=(68, 68)),
    )
    assert people.current == "father"
    assert people.person == Person(region=SHANGHAI, age=(68, 68))
    people = people.hear(question(persons=("mother",)), regions, None)
    assert people.person.age == (76, 76)


def test_a_new_person_lives_in_the_same_place_but_has_no_age_yet(regions: Regions) -> None:
    people = told(
        regions,
        question(places=(place(BEIJING),), age=(45, 45), found={"population": "employed"}),
        question(persons=("mother",)),
    )
    assert people.person == Person(region=BEIJING)
    assert people.known[SELF].age == (45, 45)


@pytest.mark.parametrize(
    "intent", ["sharing_overview", "sharing_relatives", "usage_scope", "balance_family"]
)
def test_whoever_gets_the_money_is_not_asked_about(regions: Regions, intent: str) -> None:
    people = told(
        regions,
        question(places=(place(BEIJING),), age=(66, 66)),
        question(intent, persons=("spouse",)),
    )
    assert people.current == SELF
    assert people.person.age == (66, 66)


def test_both_places_of_a_journey(regions: Regions) -> None:
    people = told(
        regions,
        question(
            "filing_need",
            places=(place(YANGZHOU, role="insured"), place(SHANGHAI, role="treated")),
        ),
    )
    assert (people.person.region, people.person.treated) == (YANGZHOU, SHANGHAI)


def test_two_places_without_roles(regions: Regions) -> None:
    two = (place(YANGZHOU), place(SHANGHAI))
    journey = told(regions, question("filing_need", places=two)).person
    assert (journey.region, journey.treated) == (YANGZHOU, SHANGHAI)
    amount = told(regions, question(places=two)).person
    assert (amount.region, amount.treated) == (YANGZHOU, None)


def test_the_place_that_was_asked_for_is_the_place_of_care(regions: Regions) -> None:
    people = told(regions, question("filing_need", places=(place(YANGZHOU, role="insured"),)))
    people = people.hear(question("inform", places=(place(SHANGHAI),)), regions, "treated")
    assert (people.person.region, people.person.treated) == (YANGZHOU, SHANGHAI)


def test_a_comparison_moves_nobody(regions: Regions) -> None:
    people = told(
        regions,
        question(places=(place(ZHENGZHOU),)),
        question("credit_compare", places=(place(SHANGHAI), place(BEIJING))),
    )
    assert people.person.region == ZHENGZHOU


def test_an_unclear_place_is_not_guessed(regions: Regions) -> None:
    assert told(regions, question(places=(place(*CHAOYANG),))).person.region is None


def test_an_unclear_place_is_settled_by_what_is_known(regions: Regions) -> None:
    people = told(regions, question(places=(place(BEIJING),)), question(places=(place(*CHAOYANG),)))
    assert people.person.region == "110105"


def test_a_picked_place_is_taken(regions: Regions) -> None:
    people = told(regions, question(age=(75, 75))).settle("211300", None)
    assert people.person == Person(region="211300", age=(75, 75))
    assert people.settle(SHANGHAI, "treated").person.treated == SHANGHAI


def test_a_pool_goes_with_its_region(regions: Regions) -> None:
    people = told(regions, question(places=(place("620000", pool="省直"),)))
    assert (people.person.region, people.person.pool) == ("620000", "省直")
    people = people.hear(question("inform", places=(place("620100"),)), regions, None)
    assert (people.person.region, people.person.pool) == ("620100", None)


def test_a_pool_alone_is_added_to_the_place(regions: Regions) -> None:
    people = told(
        regions,
        question(places=(place("620000"),)),
        question("inform", places=(place(pool="省直"),)),
    )
    assert (people.person.region, people.person.pool) == ("620000", "省直")


@pytest.mark.parametrize(
    ("codes", "near", "found"),
    [
        ((SHANGHAI,), (None, None), SHANGHAI),
        (CHAOYANG, (None, None), None),
        (CHAOYANG, (BEIJING, None), "110105"),
        (CHAOYANG, (None, "210100"), "211300"),
        (CHAOYANG, (SHANGHAI, None), None),
    ],
)
def test_narrowing_by_what_is_known(regions: Regions, codes, near, found) -> None:
    assert narrowed(place(*codes), near, regions) == found


@pytest.mark.parametrize(
    ("intent", "persons", "text", "kept"),
    [
        ("sharing_resident", ("spouse",), "老伴是新农合的，能用我的吗", None),
        ("balance_family", ("mother",), "我妈是居民医保", None),
        ("sharing_bind", (), "她是新农合的", None),
        ("sharing_bind", (), "我是新农合的", "resident"),
        ("sharing_bind", (SELF,), "我自己是居民医保", "resident"),
        ("credit_amount", ("mother",), "我妈是居民医保", "resident"),
    ],
)
def test_a_relatives_insurance_is_not_ones_own(
    regions: Regions, intent: str, persons: tuple[str, ...], text: str, kept: str | None
) -> None:
    asked = Question(intent=intent, text=text, persons=persons, found={"population": "resident"})
    assert People().hear(asked, regions, None).person.population == kept
