"""What is counted under which topic."""

import pytest

from channels.metrics import topic_of
from policy.topics import topic_keys


@pytest.mark.parametrize("topic", [*topic_keys(), "neighbour", "outside"])
def test_an_intent_counts_for_the_topic_that_it_starts_with(topic: str) -> None:
    assert topic_of(f"{topic}_something") == topic


@pytest.mark.parametrize("intent", ["greet", "ask_source", "creditable_amount", "nlu_fallback", ""])
def test_everything_else_is_service(intent: str) -> None:
    assert topic_of(intent) == "service"
