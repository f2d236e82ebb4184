"""IndexedRulePolicy predicts what Rasa's RulePolicy predicts, whatever the rules and the talk."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.featurizers.single_state_featurizer import SingleStateFeaturizer
from rasa.core.featurizers.tracker_featurizers import FullDialogueTrackerFeaturizer
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import RULE_SNIPPET_ACTION_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from server.rules import IndexedRulePolicy, RecentStates

YAML = """
version: "3.1"
intents: [a, b, c]
entities: [place]
slots:
  flag: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
  memory: {type: any, influence_conversation: false, mappings: [{type: custom}]}
forms:
  loop: {required_slots: []}
actions: [one, two]
"""
DOMAIN = Domain.from_yaml(YAML)
# The bot's own slots do not influence the next action either.
PLAIN = Domain.from_yaml(YAML.replace("_conversation: true", "_conversation: false"))
ACTIONS = ["one", "two", "loop", "action_listen"]


def policies(lookup: dict[str, Any]) -> tuple[RulePolicy, IndexedRulePolicy]:
    """Rasa's policy and ours with the same rules."""
    made = []
    for kind in (RulePolicy, IndexedRulePolicy):
        config = {**kind.get_default_config(), "core_fallback_action_name": "two"}
        featurizer = FullDialogueTrackerFeaturizer(SingleStateFeaturizer())
        context = ExecutionContext(GraphSchema({}))
        policy = kind(config, None, Resource("x"), context, featurizer=featurizer, lookup=lookup)
        made.append(policy)
    return made[0], made[1]


messages = st.builds(
    lambda intent, text, entities: UserUttered(
        text, {"name": intent}, [{"entity": "place", "value": "x"}] if entities else []
    ),
    st.sampled_from("abc"),
    st.sampled_from(["hello", "moin"]),
    st.booleans(),
)
happenings: st.SearchStrategy[Event] = st.one_of(
    messages,
    st.builds(ActionExecuted, st.sampled_from(ACTIONS)),
    st.builds(lambda value: SlotSet("flag", value), st.sampled_from([True, False, None])),
    st.builds(BotUttered, st.just("…")),
    st.builds(DefinePrevUserUtteredFeaturization, st.booleans()),
    st.builds(ActiveLoop, st.sampled_from(["loop", None])),
    st.builds(UserUtteranceReverted),
    st.builds(ActionReverted),
    st.builds(Restarted),
    st.builds(SessionStarted),
)
# Mostly what a bot without forms has.
usual: st.SearchStrategy[Event] = st.one_of(
    messages,
    st.builds(ActionExecuted, st.sampled_from(["one", "two", "action_listen"])),
    st.builds(lambda value: SlotSet("memory", value), st.integers()),
    st.builds(DefinePrevUserUtteredFeaturization, st.just(False)),
)
talks = st.one_of(st.lists(happenings, max_size=14), st.lists(usual, max_size=14)).map(
    lambda events: [ActionExecuted("action_listen"), *events]
)


def tracker_of(events: list[Event], domain: Domain = DOMAIN) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("x", events, domain.slots)


@st.composite
def rules(draw: st.DrawFn, talk: list[Event], domain: Domain) -> dict[str, str]:
    """Rules of which some fit: taken from states of the talk itself, then changed a little."""
    plain, _ = policies({})
    lookup: dict[str, str] = {}
    for _ in range(draw(st.integers(0, 8))):
        end = draw(st.integers(1, len(talk)))
        by_text = draw(st.booleans())
        states = plain._prediction_states(tracker_of(talk[:end], domain), domain, by_text)
        taken = json.loads(json.dumps(states[-draw(st.integers(1, 3)) :]))
        for state in taken:
            change = draw(st.sampled_from(["none", "none", "no user", "no action", "not set"]))
            if change == "no user":
                state.pop("user", None)
            elif change == "no action":
                state.pop("prev_action", None)
            elif change == "not set" and "user" in state:
                state["user"] = {"intent": "should_not_be_set"}
        if taken[0].get("prev_action", {}).get("action_name") != RULE_SNIPPET_ACTION_NAME:
            lookup[json.dumps(taken, sort_keys=True)] = draw(st.sampled_from(ACTIONS))
    return lookup


@settings(max_examples=300, deadline=None)
@given(data=st.data(), talk=talks, domain=st.sampled_from([DOMAIN, PLAIN]))
def test_predictions_are_those_of_rasa(
    data: st.DataObject, talk: list[Event], domain: Domain
) -> None:
    lookup = {
        RULES: data.draw(rules(talk, domain)),
        RULES_FOR_LOOP_UNHAPPY_PATH: {},
        "rules_not_in_stories": [],
    }
    theirs, ours = policies(lookup)
    tracker = tracker_of(talk, domain)
    for by_text in (True, False):
        states = theirs._prediction_states(tracker, domain, by_text)
        fitting = theirs._get_possible_keys(lookup[RULES], states)
        assert ours._get_possible_keys(lookup[RULES], states) == fitting
        longest = max(map(len, fitting), default=0)
        if len([key for key in fitting if len(key) == longest]) > 1:
            # Rasa itself takes any of several rules of the same length.
            return
    for end in range(1, len(talk)):
        # What was found for one talk is remembered for others.
        ours._predict(tracker_of(talk[:end], domain), domain)
    expected, source = theirs._predict(tracker, domain)
    found, our_source = ours._predict(tracker, domain)
    assert found.probabilities == expected.probabilities
    assert found.is_end_to_end_prediction == expected.is_end_to_end_prediction
    assert [event.as_dict()["event"] for event in found.events] == [
        event.as_dict()["event"] for event in expected.events
    ]
    if expected.max_confidence == 1.0:
        assert our_source == source


@settings(max_examples=200, deadline=None)
@given(talk=talks, by_text=st.booleans(), most=st.integers(1, 4))
def test_the_last_states_are_those_of_the_whole_talk(
    talk: list[Event], by_text: bool, most: int
) -> None:
    theirs, ours = policies({RULES: {}, RULES_FOR_LOOP_UNHAPPY_PATH: {}})
    tracker = tracker_of(talk, PLAIN)
    recent = None if tracker.active_loop_name else RecentStates.of(tracker, PLAIN, most)
    if recent is not None:
        expected = theirs._prediction_states(tracker, PLAIN, by_text)
        assert ours._prediction_states(recent, PLAIN, by_text) == expected[-most:]


def test_every_rule_of_the_bot_is_followed(agent: Any) -> None:
    node = agent.processor.graph_runner._nodes
    (ours,) = [each._component for name, each in node.items() if "RulePolicy" in name]
    assert isinstance(ours, IndexedRulePolicy)
    context = ExecutionContext(GraphSchema({}))
    theirs = RulePolicy(
        dict(ours.config), None, Resource("x"), context, ours.featurizer, ours.lookup
    )
    domain = agent.domain
    for intent in domain.intents:
        events: list[Event] = [ActionExecuted("action_listen")]
        for _ in range(2):
            events.append(UserUttered("x", {"name": intent}))
            for _ in range(2):
                tracker = DialogueStateTracker.from_events("x", events, domain.slots)
                expected = theirs.predict_action_probabilities(tracker, domain)
                found = ours.predict_action_probabilities(tracker, domain)
                assert found.probabilities == expected.probabilities, intent
                action = domain.action_names_or_texts[found.max_confidence_index]
                events.append(ActionExecuted(action))


def test_a_long_talk_is_not_looked_at_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = json.dumps([{"prev_action": {"action_name": "action_listen"}, "user": {"intent": "a"}}])
    _, ours = policies({RULES: {rule: "one"}, RULES_FOR_LOOP_UNHAPPY_PATH: {}})
    looks = 0
    real = ours._is_rule_applicable

    def counted(*arguments: Any) -> bool:
        nonlocal looks
        looks += 1
        return real(*arguments)

    monkeypatch.setattr(ours, "_is_rule_applicable", counted)
    turn: list[Event] = [UserUttered("x", {"name": "a"}), ActionExecuted("one")]
    events = [ActionExecuted("action_listen"), *turn * 50, ActionExecuted("action_listen"), turn[0]]
    tracker = tracker_of(events, PLAIN)
    monkeypatch.setattr(tracker, "generate_all_prior_trackers", None)
    prediction = ours.predict_action_probabilities(tracker, PLAIN)
    assert prediction.probabilities[PLAIN.index_for_action("one")] == 1.0
    assert looks == 1
