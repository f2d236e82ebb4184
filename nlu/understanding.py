"""From a normalised message to its questions, or to what is more urgent than any question."""

import msgspec

from nlu.clauses import Clauses
from nlu.contexts import Context
from nlu.features import Featurizer
from nlu.judging import FALLBACK, Entity, Judge, Settings, Understood
from nlu.model import IntentModel, together, topic_of
from nlu.parting import Parting
from policy.topics import NONE

PARTS = "parts"
# What matters more than anything else in a message.
# A clause of fewer characters tells of nothing.
LEAST_TOLD = 2
EMERGENCIES = ("medical_emergency", "life_crisis")
SURE_EMERGENCY = 0.6
# A whole message needs so much to be one: 漱口水 is none.
LIKELY_EMERGENCY = 0.35

__all__ = ["FALLBACK", "PARTS", "Settings", "Understander", "Understood"]


class Understander:
    """Classifies messages with a trained model."""

    def __init__(self, model: IntentModel, featurizer: Featurizer, settings: Settings) -> None:
        """Take the trained parts."""
        self._judge = Judge(model, featurizer, settings)
        self._clauses = Clauses.load()

    def understand(
        self, text: str, entities: list[Entity], running: Context | None = None
    ) -> Understood:
        """Intent, ranking and parts of a message.

        Args:
            text: normalised.
            entities: with offsets into the text.
            running: what the message follows.
        """
        parting = Parting(self._judge, self._clauses, text, entities, running)
        scores = parting.readings()
        whole = self._judge.verdict(together(scores))
        going_on = self._judge.going_on(running or Context(), *scores)
        whole = msgspec.structs.replace(
            whole, going_on=going_on, clauses=len(parting.clauses), form=parting.form()
        )
        emergency = _emergency(whole, parting)
        if emergency:
            return Understood({"name": emergency, "confidence": 1.0}, whole.ranking)
        parting.mark_asked(whole)
        parts = parting.parts(whole) or parting.persons(whole)
        if len(parts) < 2:
            return parting.question(whole) or whole
        main = max(parts, key=lambda part: _closeness(part["intent"]["name"], whole))
        return Understood(main["intent"], main["intent_ranking"], parts, whole.ours, going_on)


def _closeness(name: str, whole: Understood) -> tuple[bool, bool, bool]:
    """How well a part's intent stands for the whole message; what is ours goes first."""
    return topic_of(name) != NONE, name == whole.name, topic_of(name) == whole.topic


def _emergency(whole: Understood, parting: Parting) -> str | None:
    """An emergency that any clause tells of: then nothing else in the message matters."""
    first = whole.ranking[0]
    if first["name"] in EMERGENCIES and first["confidence"] >= LIKELY_EMERGENCY:
        return str(first["name"])
    if len(parting.clauses) < 2:
        return None
    for each in parting.clauses:
        if len(each.text) < LEAST_TOLD or parting.is_past(each):
            # 「晕，又没到账」 sighs, 「前年中风了」 is long over.
            continue
        first = parting.verdict(each.text, each.moved).ranking[0]
        if first["name"] in EMERGENCIES and first["confidence"] >= SURE_EMERGENCY:
            return str(first["name"])
    return None
