"""What is looked up instead of asked for is what would have been said."""

import time
from typing import Any

import pytest
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    BotUttered,
    Event,
    FollowupAction,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

LISTEN = ActionExecuted("action_listen")
REPLY = ActionExecuted("action_reply")


def said(intent: str, ago: float = 0.0) -> UserUttered:
    return UserUttered("x", {"name": intent}, timestamp=time.time() - ago)


# A turn before, as rules may ask for more than the last state.
BEFORE = (LISTEN, said("card_meaning"), REPLY)


def tracker_of(agent: Any, *events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("x", list(events), agent.domain.slots)


@pytest.mark.parametrize(
    "events",
    [
        (LISTEN, said("balance_query")),
        (LISTEN, said("balance_query"), REPLY),
        (LISTEN, said("nlu_fallback")),
        (LISTEN, said("restart")),
        (LISTEN, said("no_such_intent")),
        (LISTEN, said("balance_query"), ActionExecutionRejected("action_reply")),
        (LISTEN, said("balance_query"), FollowupAction("action_listen")),
    ],
)
def test_the_next_action_is_the_policies_own(agent: Any, events: tuple[Event, ...]) -> None:
    processor = agent.processor
    events = (*BEFORE, *events)
    began = time.time()
    asked = MessageProcessor._predict_next_with_tracker(processor, tracker_of(agent, *events))
    for _ in range(2):
        found = processor._predict_next_with_tracker(tracker_of(agent, *events))
        assert found.probabilities == asked.probabilities
        assert found.policy_name == asked.policy_name
        assert [type(event) for event in found.events] == [type(event) for event in asked.events]
        assert all(event.timestamp >= began for event in found.events)
        assert not {id(event) for event in found.events} & {id(event) for event in asked.events}


def test_the_policies_are_asked_once_for_what_has_happened(
    agent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = agent.processor
    events = (*BEFORE, LISTEN, said("balance_query"))
    processor._predict_next_with_tracker(tracker_of(agent, *events))
    monkeypatch.setattr(processor.graph_runner, "run", None)
    processor._predict_next_with_tracker(tracker_of(agent, *events))


@pytest.mark.parametrize(
    "events",
    [
        (),
        (LISTEN,),
        (LISTEN, said("balance_query")),
        (LISTEN, said("balance_query"), REPLY, BotUttered("y"), LISTEN),
        (LISTEN, said("balance_query", ago=10**7), BotUttered("y")),
        (LISTEN, said("balance_query"), Restarted()),
        (LISTEN, said("balance_query"), SessionStarted()),
        (LISTEN, said("balance_query"), UserUtteranceReverted()),
    ],
)
def test_a_session_goes_on_where_rasa_says_so(agent: Any, events: tuple[Event, ...]) -> None:
    tracker = tracker_of(agent, *events)
    over = not tracker.applied_events() or agent.processor._has_session_expired(tracker)
    has_message = any(isinstance(event, UserUttered) for event in tracker.applied_events())
    # Without a message it is left to Rasa.
    assert agent.processor._goes_on(tracker) == (has_message and not over)
