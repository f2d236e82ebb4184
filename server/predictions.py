"""The next action by the rules, found once for what has happened.

Rasa asks its policies twice a turn: the rules for each way a message may be featurized, then the
ensemble, though only the rules predict here and their answer depends on the last states alone.
"""

import copy
import time
from collections.abc import Callable

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from server.rules import MOST_KNOWN, Happened, IndexedRulePolicy, RecentStates, RuleIndex
from server.runner import DirectRunner

Ask = Callable[[DialogueStateTracker], PolicyPrediction]


class Predictions:
    """What the policies of a model have said; always asked where it may depend on more."""

    def __init__(self, runner: DirectRunner, domain: Domain) -> None:
        """Take a loaded model."""
        self._domain = domain
        self._known: dict[Happened, PolicyPrediction] = {}
        policies = runner.policies()
        self._longest = 0
        if len(policies) == 1 and isinstance(policies[0], IndexedRulePolicy):
            self._longest = RuleIndex(policies[0].lookup[RULES]).longest

    def next(self, tracker: DialogueStateTracker, ask: Ask) -> PolicyPrediction:
        """The next action in a conversation.

        Args:
            tracker: the conversation.
            ask: the policies.
        """
        happened = self._happened(tracker)
        if happened is None:
            return ask(tracker)
        known = self._known.get(happened)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[happened] = ask(tracker)
        found = copy.copy(known)
        found.events = [copy.copy(event) for event in known.events]
        for event in found.events:
            event.timestamp = time.time()
        return found

    def _happened(self, tracker: DialogueStateTracker) -> Happened | None:
        """What the next action depends on; None if that is more than the last states."""
        if not self._longest or tracker.followup_action or tracker.active_loop_name:
            return None
        recent = RecentStates.of(tracker, self._domain, self._longest)
        return recent.happened() if recent else None
