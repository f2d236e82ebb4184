"""After somebody else's business a short message goes on with that, unless it is clearly ours."""

import msgspec
import pytest

from dialogue.meaning import FALLBACK, Question, Told
from dialogue.readings import meant
from dialogue.state import SELF
from dialogue.weights import Weights
from dialogue.wording import Wording
from policy.lookup import Policy
from tests.dialogue.turns import CREDIT, SHANGHAI, Decider, aged, place, read, talked

ASIDE = "neighbour_lapse"
AFTER = talked(CREDIT, aside=ASIDE)
WEIGHTS = Weights()


@pytest.mark.parametrize(
    ("question", "key"),
    [
        (read("unsaid_topup", going_on={"credit_backpay": WEIGHTS.sure - 0.05}), ASIDE),
        (read("unsaid_topup", going_on={"credit_backpay": WEIGHTS.sure + 0.05}), "credit_backpay"),
        (read("unsaid_time", going_on={"neighbour_wait": WEIGHTS.least + 0.05}), "neighbour_wait"),
        (read("unsaid_time", going_on={"neighbour_wait": WEIGHTS.least - 0.05}), ASIDE),
        (read("credit_backpay", WEIGHTS.sure - 0.05), ASIDE),
        (read(FALLBACK, 0.0), ASIDE),
        (read("credit_backpay", WEIGHTS.sure + 0.05), "credit_backpay"),
        (read("neighbour_pension"), "neighbour_pension"),
        (read("thanks"), "thanks"),
    ],
)
def test_only_what_is_clear_leaves_it(wording: Wording, question: Question, key: str) -> None:
    assert meant(question, AFTER, wording).key == key


def test_without_it_the_running_thread_goes_on(wording: Wording) -> None:
    asked = read("unsaid_when", going_on={"credit_timing": 0.4, "unsaid_when": 0.4})
    assert meant(asked, talked(CREDIT), wording).key == "credit_timing"


def test_the_running_thing_is_not_told_to_the_model(wording: Wording) -> None:
    assert "thing" in talked(CREDIT).context()
    assert AFTER.context() == {"entry": ASIDE}


def test_whom_to_call_and_where_to_go_is_known_whatever_is_talked_about(wording: Wording) -> None:
    for aspect in ("phone", "nosmart"):
        asked = read(FALLBACK, 0.0, going_on={f"unsaid_{aspect}": WEIGHTS.sure + 0.1})
        found = meant(asked, AFTER, wording)
        assert (found.act, found.key) == ("service", wording.aspects[aspect].anywhere)
        assert wording.answers[found.key].lead
    asked = read(FALLBACK, 0.0, going_on={"unsaid_fee": WEIGHTS.sure + 0.1})
    assert meant(asked, AFTER, wording).key == ASIDE


def test_it_is_said_in_other_words_each_time(policy: Policy, wording: Wording) -> None:
    decide = Decider(policy, wording)
    first = decide(read(ASIDE), talked(CREDIT))
    assert first.state.aside == ASIDE
    second = decide(read("unsaid_topup"), first.state)
    assert first.answer.lead in second.answer.lead
    assert second.answer.lead != first.answer.lead
    assert second.status == "rejected"
    assert second.choices[-1].command == "none"


def test_what_is_nobodys_business_is_not_gone_on_with(policy: Policy, wording: Wording) -> None:
    said = Decider(policy, wording)(read("outside_other"), msgspec.structs.replace(AFTER, aside=""))
    assert said.state.aside == ""


def test_what_is_known_of_it_is_said_with_whom_to_ask(policy: Policy, wording: Wording) -> None:
    decide = Decider(policy, wording)
    first = decide(read(ASIDE), talked(CREDIT))
    assert first.answer.facts
    second = decide(read("unsaid_topup"), first.state)
    assert any(block.kind == "note" for block in second.answer.blocks)
    assert second.choices[0] == first.choices[0]


def test_it_depends_on_the_insurance_that_is_named(policy: Policy, wording: Wording) -> None:
    decide = Decider(policy, wording)
    anybody = decide(read(ASIDE))
    resident = decide(read(ASIDE, told=(Told("population", "resident"),)))
    assert resident.answer.lead != anybody.answer.lead
    assert resident.answer.facts != anybody.answer.facts


def test_what_is_told_beside_it_is_kept(policy: Policy, wording: Wording) -> None:
    said = Decider(policy, wording)(read(ASIDE, places=(place(SHANGHAI),), told=(aged("50"),)))
    own = said.state.person(SELF)
    assert (own.region, own.age) == (SHANGHAI, (50, 50))


@pytest.mark.parametrize(
    ("aside", "alarm", "likely", "same", "key"),
    [
        ("scam_report", "medical_emergency", 0.5, 0.25, "scam_done"),
        ("scam_report", "medical_emergency", 0.75, 0.25, "medical_emergency"),
        ("scam_report", "medical_emergency", 0.5, 0.05, "medical_emergency"),
        ("medical_emergency", "life_crisis", 0.7, 0.25, "life_crisis"),
    ],
)
def test_another_alarm_behind_an_alarm_is_that_alarm_unless_it_is_weak(
    wording: Wording, aside: str, alarm: str, likely: float, same: float, key: str
) -> None:
    more = "scam_done" if aside == "scam_report" else aside
    asked = read(alarm, likely)
    beside = msgspec.structs.replace(asked.readings[0], name=more, likely=same)
    asked = msgspec.structs.replace(asked, readings=(*asked.readings, beside))
    assert meant(asked, talked(CREDIT, aside=aside), wording).key == key
