"""Answers fit a phone: short where the place is known, and no answer is a wall of text."""

import pytest

from dialogue.assistant import Assistant
from dialogue.routes import Routes
from policy.lookup import Policy
from policy.topics import NONE, topics
from tests.policy.spoken import entity, message

# Characters; steps and the hotline included, what is folded not.
MOST = 260
USUAL = 120
PLACES = ("110000", "310000", "370100", "410100", "420100", "440100", "510100", "610100")


@pytest.fixture(scope="module")
def assistant(policy: Policy, wording) -> Assistant:
    return Assistant(policy, wording, Routes.load())


def lengths(assistant: Assistant, intent: str) -> dict[str, int]:
    return {
        place: len(assistant.turn(message(intent, entity("region", place)), {})[0].text)
        for place in PLACES
    }


def test_most_answers_are_short_and_none_is_very_long(assistant: Assistant) -> None:
    found = {
        (intent, place): length
        for intent in assistant.wording.answers
        if topics().of(intent) != NONE
        for place, length in lengths(assistant, intent).items()
    }
    in_order = sorted(found.values())
    assert in_order[len(in_order) // 2] <= USUAL
    long = {key: length for key, length in found.items() if length > MOST}
    assert long == {}
