"""Rasa's RulePolicy with an index over its rules; it predicts exactly the same.

The stock policy compares every rule, as JSON text parsed anew, with every turn of the
conversation, twice a prediction, and replays the whole conversation for its states. Here the last
state of a conversation selects the few rules that could match at all, those are compared with as
many states as they have, and no more states than that are made.
``tests/server/test_rules.py`` holds both policies against each other.
"""

from types import SimpleNamespace
from typing import Any

from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    PREVIOUS_ACTION,
    SHOULD_NOT_BE_SET,
    USER,
)
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT

Found = tuple[str | None, str | None, bool]
# What has just happened, as far as a rule may ask for it.
Happened = tuple[Any, ...]
# Intents with their entities, times the actions after them; most of them never occur.
MOST_KNOWN = 4096
# Events that change no state but in the way that ``RecentStates`` knows.
PLAIN = (BotUttered, DefinePrevUserUtteredFeaturization, SlotSet)


class RuleIndex:
    """The rules of a lookup by what their last state asks for."""

    def __init__(self, lookup: dict[str, str]) -> None:
        """Sort the rules.

        Args:
            lookup: action by rule, a rule being a JSON list of states.
        """
        self._starters: list[str] = []
        self._by_last: dict[tuple[str | None, str | None], list[str]] = {}
        # Whether a rule could match right after a message whatever its intent is.
        self.needs_text = False
        self.longest = 1
        for key in lookup:
            rule = RulePolicy._rule_key_to_state(key)
            self.longest = max(self.longest, len(rule))
            last = rule[-1]
            if not last.get(PREVIOUS_ACTION):
                self._starters.append(key)
                self.needs_text = True
                continue
            action = _required(last, PREVIOUS_ACTION, ACTION_NAME)
            intent = _required(last, USER, INTENT)
            self._by_last.setdefault((action, intent), []).append(key)
            if intent is None and action in (None, ACTION_LISTEN_NAME):
                self.needs_text = True
            if last.get(USER, {}).get(TEXT):
                self.needs_text = True

    def candidates(self, state: State) -> list[str]:
        """The rules whose last state may fit a conversation's last state."""
        before = state.get(PREVIOUS_ACTION)
        if not before:
            return self._starters
        action, intent = before.get(ACTION_NAME), state.get(USER, {}).get(INTENT)
        found: list[str] = []
        for key in {(action, intent), (action, None), (None, intent), (None, None)}:
            found += self._by_last.get(key, ())
        return found


def _required(state: State, kind: str, name: str) -> str | None:
    """The one value a rule's state asks for; None if several would do."""
    value: Any = state.get(kind, {}).get(name)
    return value if isinstance(value, str) and value != SHOULD_NOT_BE_SET else None


class RecentStates:
    """Stands for a tracker where a featurizer only asks for its states: the last few of them."""

    def __init__(self, moments: list[SimpleNamespace]) -> None:
        """Take the moments, oldest first."""
        self._moments = moments

    @classmethod
    def of(cls, tracker: DialogueStateTracker, domain: Domain, most: int) -> "RecentStates | None":
        """The last states of a tracker.

        Args:
            tracker: of a conversation outside of forms.
            domain: of the model.
            most: how many.

        Returns:
            None where a state depends on more than the last message and the last action: on
            featurized slots, on loops, on something that was taken back.
        """
        if any(slot.influence_conversation for slot in domain.slots):
            return None
        moments = [_moment()]
        for event in reversed(tracker.events):
            kind = type(event)
            if kind is ActionExecuted:
                if moments[-1].latest_action is None:
                    moments[-1].latest_action = event.as_sub_state()
                    if len(moments) < most:
                        moments.append(_moment())
            elif kind is UserUttered:
                for moment in moments:
                    moment.latest_message = moment.latest_message or event
            elif kind not in PLAIN:
                return None
            if moments[-1].latest_action and moments[-1].latest_message:
                break
        return cls(moments[::-1])

    def happened(self) -> Happened | None:
        """What the states are made of; None if a message has no intent and counts by its text."""
        found: list[Any] = []
        for moment in self._moments:
            message = moment.latest_message
            if message is None or not message.intent_name:
                return None
            entities = frozenset(
                (each.get("entity"), each.get("role"), each.get("group"))
                for each in message.entities
            )
            action = moment.latest_action and frozenset(moment.latest_action.items())
            found.append((action, message.intent_name, entities))
        return tuple(found)

    def past_states(self, domain: Domain, **_: Any) -> list[State]:
        """The states (see ``DialogueStateTracker``)."""
        states: list[State] = [domain.get_active_state(moment) for moment in self._moments]
        return states


def _moment() -> SimpleNamespace:
    """What a state is made of, all of it unknown yet."""
    return SimpleNamespace(latest_message=None, latest_action=None, slots={}, active_loop=None)


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class IndexedRulePolicy(RulePolicy):
    """RulePolicy that looks only at rules that can match."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the policy (see parent class)."""
        super().__init__(*args, **kwargs)
        self._indexes: dict[int, tuple[dict[str, str], int, RuleIndex]] = {}
        # What was found before, in the same domain.
        self._known: dict[Happened | None, Found] = {}
        self._known_of: Domain | None = None

    def _index(self, lookup: dict[str, str]) -> RuleIndex:
        """The index of a lookup, made anew when training has changed it."""
        known = self._indexes.get(id(lookup))
        if known is None or known[0] is not lookup or known[1] != len(lookup):
            known = self._indexes[id(lookup)] = (lookup, len(lookup), RuleIndex(lookup))
            self._known.clear()
        return known[2]

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """The rules that fit (see parent class)."""
        if not states:
            return set(lookup)
        possible = set()
        for key in self._index(lookup).candidates(states[-1]):
            length = len(self._rule_key_to_state(key))
            latest_first = enumerate(reversed(states[-length:]))
            if all(self._is_rule_applicable(key, place, state) for place, state in latest_first):
                possible.add(key)
        return possible

    def _find_action_from_rules(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool,
    ) -> Found:
        """The next action by the rules (see parent class).

        Outside of forms this is the parent's method without its copies for the debug log; the
        look by text is left out where no rule could match by text.
        """
        if tracker.active_loop_name:
            in_loop: Found = super()._find_action_from_rules(
                tracker, domain, use_text_for_last_user_input
            )
            return in_loop
        rules = self.lookup[RULES]
        if use_text_for_last_user_input and (
            tracker.latest_action_name != ACTION_LISTEN_NAME or not self._index(rules).needs_text
        ):
            return None, None, False
        recent = RecentStates.of(tracker, domain, self._index(rules).longest)
        happened = recent.happened() if recent and not use_text_for_last_user_input else None
        if self._known_of is not domain:
            self._known_of = domain
            self._known.clear()
        if happened in self._known:
            return self._known[happened]
        keys: set[str] = set()
        if recent:
            keys = self._get_possible_keys(
                rules, self._prediction_states(recent, domain, use_text_for_last_user_input)
            )
        if not keys:
            happened = None
            # Nothing fits, which is reported with the whole conversation; or it is no plain one.
            states = self._prediction_states(tracker, domain, use_text_for_last_user_input)
            keys = self._get_possible_keys(rules, states)
            if not keys:
                return None, self._create_feature_key(states), False
        best = max(keys, key=len)
        found = (rules[best], best, False)
        if happened is not None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[happened] = found
        return found
