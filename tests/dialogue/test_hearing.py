"""Whom it is about: what is remembered of each person, and what a question changes."""

import msgspec
import pytest

from dialogue.hearing import Heard, Hearing, narrowed
from dialogue.meaning import Place, Question, Relative, Told
from dialogue.state import SELF, Person, State, Thread, effective_region
from policy.regions import Regions
from policy.topics import topics
from tests.dialogue.turns import read, talked

BEIJING, SHANGHAI, ZHENGZHOU, YANGZHOU = "110000", "310000", "410100", "321000"
CHAOYANG = ("110105", "211300", "220104")
THINGS = {"credit": "credit", "filing": "filing", "sharing": "sharing", "balance": "balance"}
MOTHER, FATHER = (
    Relative("parent", "mother", text="我妈"),
    Relative("parent", "father", text="我爸"),
)
SPOUSE = Relative("spouse", "spouse", text="老伴")


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


def place(*codes: str, role: str | None = None, pool: str | None = None, **more: object) -> Place:
    return Place(codes, "那里", role, pool, **more)


def question(intent: str = "credit_amount", **more: object) -> Question:
    return Question(intent=intent, text="问一下", **more)


def aged(age: str, of: str | None = None) -> Told:
    return Told("age", age, of)


def hear(regions: Regions, *asked: Question, state: State | None = None) -> Heard:
    """What it comes to to hear some questions one after the other, each going on with its topic."""
    state = state or State()
    topic = "credit"
    for each in asked:
        topic = topics().of(each.intent) if each.in_scope else topic
        heard = Hearing(each, topic, state, regions).result(each.intent == "credit_compare")
        thread = Thread(
            key=each.intent, thing=THINGS.get(topic, topic), who=heard.who, user=heard.user
        )
        state = heard.state.with_thread(thread)
    return heard


def person(heard: Heard, who: str = SELF) -> Person:
    return heard.state.person(who)


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        (Person(), None),
        (Person(age=(75, 75)), None),
        (Person(work="retired"), "retired"),
        (Person(work="retired", population="employed"), "retired"),
        (Person(work="retired", population="flexible"), "retired_flexible"),
        (Person(work="retired", population="resident"), "resident"),
        (Person(work="working"), "employed"),
        (Person(work="working", population="flexible"), "flexible"),
        (Person(work="paying", population="retired_unit"), "employed"),
        (Person(population="retired_unit"), "retired_unit"),
        (Person(population="flexible", age=(66, 66)), "flexible"),
    ],
)
def test_only_what_was_said_decides_the_kind(known: Person, kind: str | None) -> None:
    assert known.kind() == kind


def test_what_was_said_is_kept(regions: Regions) -> None:
    heard = hear(
        regions,
        question(places=(place(SHANGHAI),)),
        question("inform", told=(aged("75"),)),
        question("inform", told=(Told("population", "retired_unit"),)),
        question("balance_query"),
    )
    assert person(heard) == Person(
        region=SHANGHAI, age=(75, 75), population="retired_unit", work="retired"
    )
    assert heard.changed == ()


def test_a_correction_replaces_only_what_it_names(regions: Regions) -> None:
    heard = hear(
        regions,
        question(places=(place(SHANGHAI),), told=(aged("75"),)),
        question("inform", places=(place(ZHENGZHOU),)),
        question("inform", told=(aged("76"),)),
    )
    assert person(heard) == Person(region=ZHENGZHOU, age=(76, 76))
    assert heard.changed == ("age",)


def test_mother_and_father_are_two_people(regions: Regions) -> None:
    heard = hear(
        regions,
        question(
            relatives=(MOTHER,),
            places=(place(SHANGHAI, of="mother"),),
            told=(aged("76", "mother"),),
        ),
        question(relatives=(FATHER,), told=(aged("68", "father"),)),
    )
    assert heard.who == heard.state.current == "father"
    assert person(heard, "father").age == (68, 68)
    assert person(heard, "mother").age == (76, 76)
    assert person(heard) == Person()


def test_a_place_that_is_not_known_is_taken_from_the_one_spoken_of_before(regions: Regions) -> None:
    heard = hear(
        regions,
        question(places=(place(BEIJING),), told=(aged("45"),)),
        question(relatives=(MOTHER,)),
    )
    assert person(heard, "mother") == Person(relation="parent")
    assert effective_region(heard.state, "mother") == (BEIJING, True)
    assert effective_region(heard.state, SELF) == (BEIJING, False)
    assert effective_region(State(), SELF) == (None, True)


@pytest.mark.parametrize(
    "intent", ["sharing_overview", "sharing_relatives", "usage_scope", "balance_family"]
)
def test_whoever_gets_the_money_is_not_whose_money_it_is(regions: Regions, intent: str) -> None:
    heard = hear(
        regions,
        question(places=(place(BEIJING),), told=(aged("66"),)),
        question(intent, relatives=(SPOUSE,)),
    )
    assert (heard.who, heard.user) == (SELF, "spouse")
    assert person(heard).age == (66, 66)
    assert person(heard, "spouse").age is None


def test_whoever_owns_the_account_is_whose_money_it_is(regions: Regions) -> None:
    owner = Relative("parent", "mother", owns=True, text="我妈")
    heard = hear(regions, question("sharing_may", relatives=(owner, SPOUSE)))
    assert (heard.who, heard.user) == ("mother", "spouse")


def test_where_a_beneficiary_lives_is_nobodys_insured_place(regions: Regions) -> None:
    heard = hear(
        regions,
        question("sharing_may", places=(place(BEIJING, role="insured"),)),
        question("sharing_may", relatives=(MOTHER,), places=(place(SHANGHAI, of="mother"),)),
    )
    assert person(heard).region == BEIJING
    assert (person(heard, "mother").region, person(heard, "mother").lives) == (None, SHANGHAI)


def test_both_places_of_a_journey(regions: Regions) -> None:
    places = (place(YANGZHOU, role="insured"), place(SHANGHAI, role="treated"))
    heard = hear(regions, question("filing_need", places=places))
    assert (person(heard).region, person(heard).treated) == (YANGZHOU, SHANGHAI)


def test_two_places_without_roles(regions: Regions) -> None:
    two = (place(YANGZHOU), place(SHANGHAI))
    journey = person(hear(regions, question("filing_need", places=two)))
    assert (journey.region, journey.treated) == (YANGZHOU, SHANGHAI)
    amount = person(hear(regions, question(places=two)))
    assert (amount.region, amount.treated) == (YANGZHOU, None)


def test_the_place_that_was_asked_for_is_the_place_of_care(regions: Regions) -> None:
    heard = hear(regions, question("filing_need", places=(place(YANGZHOU, role="insured"),)))
    waiting = Thread(key="filing_need", thing="filing", open="treated")
    state = heard.state.with_thread(waiting)
    told = question("inform", places=(place(SHANGHAI),))
    found = person(Hearing(told, "filing", state, regions).result())
    assert (found.region, found.treated) == (YANGZHOU, SHANGHAI)


def test_a_comparison_moves_nobody(regions: Regions) -> None:
    heard = hear(
        regions,
        question(places=(place(ZHENGZHOU),)),
        question("credit_compare", places=(place(SHANGHAI), place(BEIJING))),
    )
    assert person(heard).region == ZHENGZHOU


def test_an_unclear_place_is_not_guessed(regions: Regions) -> None:
    heard = hear(regions, question(places=(place(*CHAOYANG),)))
    assert person(heard).region is None
    assert heard.unclear is not None
    assert heard.unclear.candidates == CHAOYANG


def test_an_unclear_place_is_settled_by_what_is_known(regions: Regions) -> None:
    heard = hear(regions, question(places=(place(BEIJING),)), question(places=(place(*CHAOYANG),)))
    assert person(heard).region == "110105"
    assert heard.unclear is None


def test_a_pool_goes_with_its_region(regions: Regions) -> None:
    heard = hear(regions, question(places=(place("620000", pool="省直"),)))
    assert (person(heard).region, person(heard).pool) == ("620000", "省直")
    moved = hear(regions, question("inform", places=(place(SHANGHAI),)), state=heard.state)
    assert (person(moved).region, person(moved).pool) == (SHANGHAI, None)


def test_a_pool_stays_while_its_place_only_becomes_nearer(regions: Regions) -> None:
    heard = hear(regions, question(places=(place("620000", pool="省直"),)))
    nearer = hear(regions, question("inform", places=(place("620100"),)), state=heard.state)
    assert (person(nearer).region, person(nearer).pool) == ("620100", "省直")


def test_a_pool_alone_is_added_to_the_place(regions: Regions) -> None:
    heard = hear(
        regions,
        question(places=(place("620000"),)),
        question("inform", places=(place(pool="省直"),)),
    )
    assert (person(heard).region, person(heard).pool) == ("620000", "省直")


def test_two_people_with_an_age_each_are_asked_about_both(regions: Regions) -> None:
    told = (aged("72", "father"), aged("76", "mother"))
    heard = hear(regions, question(relatives=(FATHER, MOTHER), told=told))
    assert heard.asked == ("father", "mother")


def test_only_who_pays_in_has_a_base(regions: Regions) -> None:
    heard = hear(regions, question(told=(Told("base", "8000"),)))
    assert person(heard).kind() == "employed"
    retired = State().with_person(SELF, Person(work="retired"))
    heard = hear(regions, question(told=(Told("base", "8000"),)), state=retired)
    assert person(heard).kind() == "retired"


def test_a_death_is_remembered_of_the_one_who_died(regions: Regions) -> None:
    heard = hear(regions, question(relatives=(FATHER,), told=(Told("life", "dead", "father"),)))
    assert person(heard, "father").dead
    assert not person(heard).dead


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
    ("intent", "relatives", "of", "own", "theirs"),
    [
        ("sharing_resident", (SPOUSE,), None, None, "resident"),
        ("sharing_resident", (SPOUSE,), "spouse", None, "resident"),
        ("balance_family", (SPOUSE,), None, None, "resident"),
        ("sharing_bind", (), None, "resident", None),
        ("sharing_bind", (SPOUSE,), SELF, "resident", None),
        ("credit_amount", (SPOUSE,), None, None, "resident"),
    ],
)
def test_a_relatives_insurance_is_not_ones_own(
    regions: Regions,
    intent: str,
    relatives: tuple[Relative, ...],
    of: str | None,
    own: str | None,
    theirs: str | None,
) -> None:
    told = (Told("population", "resident", of),)
    heard = hear(regions, question(intent, relatives=relatives, told=told))
    assert person(heard).population == own
    assert person(heard, "spouse").population == theirs


def test_beside_family_whoever_is_none_belongs_to_the_story(regions: Regions) -> None:
    neighbour = Relative("non_relative", "non_relative", text="隔壁王姐")
    both = hear(regions, question("usage_scope", relatives=(SPOUSE, neighbour)))
    assert both.user == "spouse"
    alone = hear(regions, question("usage_scope", relatives=(neighbour,)))
    assert alone.user == "non_relative"


def test_whoever_lives_somewhere_is_not_asked_about_beside_oneself(regions: Regions) -> None:
    asked = read(
        "credit_amount",
        relatives=(Relative("child", "son", text="我儿子"),),
        told=(Told("population", "resident", of=SELF),),
        places=(place(SHANGHAI, of="son", role="insured"), place(BEIJING, of=SELF)),
    )
    found = Hearing(asked, "credit", State(), regions).result()
    assert (found.who, found.asked) == (SELF, (SELF,))
    assert found.state.person(SELF).region == BEIJING


def test_where_somebody_is_insured_says_that_the_other_place_is_not(regions: Regions) -> None:
    places = (place(BEIJING, role="treated"), place(SHANGHAI, role="insured"))
    for topic in ("", "filing"):
        asked = read("inform", places=places)
        person = Hearing(asked, topic, State(), regions).result().state.person(SELF)
        assert (person.region, person.treated) == (SHANGHAI, BEIJING)


def test_a_former_place_does_not_replace_the_insured_one(regions: Regions) -> None:
    told = read("inform", places=(place(SHANGHAI, role="former"),))
    known = talked(region=BEIJING)
    assert Hearing(told, "credit", known, regions).result().state.person(SELF).region == BEIJING
    fresh = Hearing(told, "credit", State(), regions).result().state
    assert fresh.person(SELF).region == SHANGHAI


def test_who_asks_may_be_who_would_use_the_money(regions: Regions) -> None:
    own = Relative(SELF, SELF, receives=True)
    known = State(people={"mother": Person(relation="parent")}, current="mother")
    asked = Hearing(read("sharing_overview", relatives=(own,)), "sharing", known, regions)
    assert (asked.who, asked.user) == ("mother", SELF)
    alone = Hearing(read("sharing_overview", relatives=(own,)), "sharing", State(), regions)
    assert (alone.who, alone.user) == (SELF, None)
    running = talked(Thread(key="sharing_overview", thing="sharing", who="mother", user=SELF))
    told = read("inform", relatives=(Relative(SELF, SELF),), places=(place(BEIJING, of=SELF),))
    later = Hearing(told, "sharing", running, regions).result()
    assert (later.who, later.user, later.state.person(SELF).lives) == ("mother", SELF, BEIJING)


def test_whom_a_storys_question_names_would_use_the_money(regions: Regions) -> None:
    daughter = Relative("child", "daughter", text="我闺女")
    grandson = Relative("grandchild", "daughters_son", text="外孙", asked=True)
    son = Relative("child", "son", text="儿子")
    asked = read("sharing_overview", relatives=(daughter, grandson, son))
    assert Hearing(asked, "sharing", State(), regions).user == "daughters_son"


def test_who_tells_a_wage_works(regions: Regions) -> None:
    told = read("credit_amount", told=(Told("wage", "6500"),))
    assert (
        Hearing(told, "credit", State(), regions).result().state.person(SELF).kind() == "employed"
    )
    retired = State(people={SELF: Person(work="retired")})
    assert Hearing(told, "credit", retired, regions).result().state.person(SELF).kind() == "retired"


def test_what_one_had_elsewhere_is_not_ones_insurance_now(regions: Regions) -> None:
    known = talked(region=BEIJING).with_person(
        SELF, Person(region=BEIJING, population="employed", work="working")
    )
    elsewhere = read("inform", told=(Told("population", "resident"),), places=(place(SHANGHAI),))
    here = msgspec.structs.replace(elsewhere, places=(place(BEIJING),))
    moved = msgspec.structs.replace(elsewhere, places=(place(SHANGHAI, role="insured"),))
    for asked, kind in ((elsewhere, "employed"), (here, "resident"), (moved, "resident")):
        state = Hearing(asked, "", known, regions).result().state
        assert state.person(SELF).population == kind
    fresh = Hearing(elsewhere, "", State(), regions).result().state
    assert fresh.person(SELF).population == "resident"
