"""What is only weakly read: said to be a guess, or in one line beside a likelier question."""

from dialogue.assistant import Assistant
from dialogue.meaning import Reading
from dialogue.readings import possible
from dialogue.routes import Routes
from dialogue.weights import Weights
from dialogue.wording import Wording
from policy.lookup import Policy
from tests.dialogue.test_again import message
from tests.dialogue.turns import FILING, read, talked

WEIGHTS = Weights()


def test_a_weak_reading_says_what_it_takes_the_question_for(
    policy: Policy, wording: Wording
) -> None:
    assistant = Assistant(policy, wording, Routes.load())
    asked = wording.answers["filing_materials"].ask
    for likely, guessed in ((WEIGHTS.guessed - 0.05, True), (WEIGHTS.guessed + 0.05, False)):
        parsed = message("filing_materials", likely, filing_materials=likely)
        # A topic that is sure, and an aspect that is not.
        parsed["intent"]["confidence"] = 0.9
        spoken, _ = assistant.turn(parsed, {})
        assert (asked in spoken.text) is guessed
        assert (wording.say("none_of_these") in spoken.buttons) is guessed


def test_what_may_be_meant_comes_likeliest_first(wording: Wording) -> None:
    question = read(
        "filing_how",
        0.3,
        going_on={"unsaid_fee": 0.5, "inform": 0.4},
        readings=(Reading("filing_how", 0.3), Reading("thanks", 0.2)),
    )
    keys = [each.key for each in possible(question, talked(FILING), wording)]
    assert keys == [wording.by_meaning["filing.fee"], "filing_how"]


def test_the_weaker_of_two_questions_is_answered_in_one_line(
    policy: Policy, wording: Wording
) -> None:
    assistant = Assistant(policy, wording, Routes.load())

    def shown(likely: float) -> list[int]:
        parts = [message("balance_query", 0.9), message("filing_how", likely)]
        steps = assistant.steps({**message("balance_query", 0.9), "parts": parts}, talked())
        return [len(step.outcome.answer.shown()) for step in steps]

    full, brief = shown(WEIGHTS.beside + 0.05), shown(WEIGHTS.beside - 0.05)
    assert full[0] == brief[0]
    assert brief[1] < full[1]
    assert shown(0.9) == full
