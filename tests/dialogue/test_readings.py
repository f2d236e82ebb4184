"""What a question means: its words alone, or in the light of what is talked about."""

import msgspec
import pytest

from dialogue.meaning import FALLBACK, INFORM, Question, Reading
from dialogue.readings import PICK, STORY, Meaning, meant
from dialogue.state import Person, State, Thread
from dialogue.weights import Weights
from dialogue.wording import Wording
from tests.dialogue.turns import CREDIT, FILING, SHARING, read, talked

WEIGHTS = Weights()


def meaning(wording: Wording, question: Question, state: State | None = None) -> Meaning:
    return meant(question, state or State(), wording)


@pytest.mark.parametrize(
    ("intent", "act", "key", "aspect"),
    [
        ("filing_how", "ask", "filing_how", ""),
        ("unsaid_fee", "unsaid", "", "fee"),
        (INFORM, "tell", "", ""),
        ("neighbour_pension", "stray", "neighbour_pension", ""),
        ("outside_other", "stray", "outside_other", ""),
        ("thanks", "service", "thanks", ""),
        (FALLBACK, "doubt", "", ""),
        (PICK, "doubt", "", ""),
    ],
)
def test_the_words_alone(wording: Wording, intent: str, act: str, key: str, aspect: str) -> None:
    found = meaning(wording, read(intent))
    assert (found.act, found.key, found.aspect) == (act, key, aspect)


@pytest.mark.parametrize(
    ("likely", "state", "act"),
    [
        (WEIGHTS.guess + 0.01, State(), "ask"),
        (WEIGHTS.guess - 0.01, State(), "doubt"),
    ],
)
def test_a_guess_must_be_likely_enough(
    wording: Wording, likely: float, state: State, act: str
) -> None:
    unread = read(FALLBACK, 0.0, readings=(Reading("filing_how", likely),))
    assert meaning(wording, unread, state).act == act


def test_what_only_tells_may_ask_where_nothing_runs_yet(wording: Wording) -> None:
    told = read(INFORM, 0.5, readings=(Reading(INFORM, 0.5), Reading("filing_need", 0.3)))
    assert meaning(wording, told).key == "filing_need"
    assert meaning(wording, told, talked(FILING)).act == "tell"


def test_what_leaves_its_thing_unsaid_becomes_the_running_things_entry(wording: Wording) -> None:
    asked = read("unsaid_fee")
    filing = meaning(wording, asked, talked(FILING))
    sharing = meaning(wording, asked, talked(SHARING))
    assert (filing.act, filing.key) == ("ask", wording.by_meaning["filing.fee"])
    assert (sharing.act, sharing.key) == ("ask", wording.by_meaning["sharing.fee"])
    assert filing.aspect == sharing.aspect == "fee"


def test_the_thing_named_wins_over_the_running_one(wording: Wording) -> None:
    asked = read("balance_query", 0.8, going_on={"unsaid_how": 0.2, "balance_query": 0.1})
    assert meaning(wording, asked, talked(FILING)).key == "balance_query"


def test_a_weak_thing_gives_way_to_the_running_one(wording: Wording) -> None:
    asked = read("balance_query", 0.2, going_on={"unsaid_fee": 0.5})
    assert meaning(wording, asked, talked(FILING)).key == wording.by_meaning["filing.fee"]
    assert meaning(wording, asked).key == "balance_query"


def test_a_full_question_and_the_same_left_unsaid_count_together(wording: Wording) -> None:
    key = wording.by_meaning["filing.fee"]
    apart = {"filing_who": 0.4, "unsaid_fee": 0.25, key: 0.2}
    assert meaning(wording, read(FALLBACK, 0.0, going_on=apart), talked(FILING)).key == key
    without = {"filing_who": 0.4, "unsaid_fee": 0.15}
    found = meaning(wording, read(FALLBACK, 0.0, going_on=without), talked(FILING))
    assert found.key == "filing_who"


def test_too_weak_readings_of_a_running_thing_are_doubted(wording: Wording) -> None:
    weak = WEIGHTS.least / 4
    asked = read("filing_how", weak, going_on={"unsaid_fee": weak})
    assert meaning(wording, asked, talked(FILING)).act == "doubt"


@pytest.mark.parametrize(("likely", "act"), [(WEIGHTS.sure, "service"), (0.2, "doubt")])
def test_while_something_was_asked_back_a_weak_reading_of_something_else_is_doubted(
    wording: Wording, likely: float, act: str
) -> None:
    waiting = Thread(key="credit_amount", thing="credit", open="insured")
    asked = read("ask_freshness", likely)
    assert meaning(wording, asked, talked(waiting)).act == act
    assert meaning(wording, asked, talked(CREDIT)).act == "service"


def test_a_topic_without_an_intent_that_stands_out_is_doubted(wording: Wording) -> None:
    asked = read("withdrawal_possible", WEIGHTS.opening / 4)
    assert meaning(wording, asked).act == "doubt"
    assert meaning(wording, read("withdrawal_possible", WEIGHTS.opening)).act == "ask"


@pytest.mark.parametrize(("likely", "act"), [(0.6, "stray"), (0.4, "ask")])
def test_what_is_surely_not_ours_is_taken_for_that(
    wording: Wording, likely: float, act: str
) -> None:
    asked = read("neighbour_pension", likely, going_on={"filing_who": 0.5})
    assert meaning(wording, asked, talked(FILING)).act == act


def test_a_thing_bought_that_is_merely_named_tells(wording: Wording) -> None:
    running = Thread(key="usage_scope", thing="usage")
    named = read(
        "neighbour_provider", WEIGHTS.sure - 0.05, items=(("device", "血氧仪"),), going_on={}
    )
    assert meaning(wording, named, talked(running)).act == "tell"
    assert meaning(wording, named).act == "stray"


def test_what_the_words_leave_open_is_the_likeliest_of_ours_or_somebody_elses(
    wording: Wording,
) -> None:
    ours = read("nlu_fallback", 0.0, readings=(Reading("filing_how", WEIGHTS.guess + 0.01),))
    assert meaning(wording, ours).key == "filing_how"
    others = (Reading("neighbour_topup", 0.25), Reading("neighbour_years", 0.2))
    assert meaning(wording, read("nlu_fallback", 0.0, readings=others)).key == "neighbour_topup"
    little = (Reading("neighbour_topup", 0.2), Reading("neighbour_years", 0.1))
    assert meaning(wording, read("nlu_fallback", 0.0, readings=little)).act == "doubt"


def test_a_story_that_is_surely_ours_is_not_doubted(wording: Wording) -> None:
    weak = {"likely": WEIGHTS.opening - 0.1, "ours": 0.95}
    assert meaning(wording, read("filing_how", clauses=STORY, **weak)).act == "ask"
    assert meaning(wording, read("filing_how", clauses=STORY - 1, **weak)).act == "doubt"


def test_who_states_a_fact_asks_only_what_is_likely_enough(wording: Wording) -> None:
    for likely, act in ((WEIGHTS.stated - 0.02, "tell"), (WEIGHTS.stated + 0.02, "ask")):
        stated = read("filing_materials", likely, form="states")
        assert meaning(wording, stated, talked(FILING)).act == act
        assert meaning(wording, read("filing_materials", likely), talked(FILING)).act == "ask"


def test_who_names_nothing_but_a_place_rather_tells_it(wording: Wording) -> None:
    both = {"filing_corps": 0.65, INFORM: 0.31}
    readings = (Reading("filing_corps", 0.35), Reading(INFORM, 0.62))
    asked = read("filing_corps", readings=readings, going_on=both)
    told = msgspec.structs.replace(asked, form="tells")
    assert meaning(wording, asked, talked(FILING)).act == "ask"
    assert meaning(wording, told, talked(FILING)).act == "tell"


def test_nobody_inherits_from_the_living(wording: Wording) -> None:
    both = {"withdrawal_inherit_kinship": 0.5, "filing_materials": 0.3}
    readings = tuple(Reading(name, likely) for name, likely in both.items())
    asked = read("withdrawal_inherit_kinship", readings=readings, going_on=both)
    cash = Thread(key="withdrawal_possible", thing="cash")
    died = talked(cash).with_person("father", Person(dead=True))
    assert meaning(wording, asked, talked(FILING)).key == "filing_materials"
    assert meaning(wording, asked, died).key == "withdrawal_inherit_kinship"


def test_what_follows_an_alarm_may_go_on_with_it(wording: Wording) -> None:
    alarmed = talked(FILING, aside="scam_report")
    done = read(FALLBACK, 0.0, going_on={"scam_done": WEIGHTS.sure + 0.01})
    assert meaning(wording, done, alarmed).key == "scam_done"
    assert meaning(wording, read("filing_materials"), alarmed).key == "filing_materials"
