"""From a normalised message to its questions: splitting, classifying, knowing what is unsure."""

import re
from typing import Any

import msgspec
import numpy as np

from nlu.features import FOLDED, Featurizer
from nlu.model import NONE, TOPICS, IntentModel

PARTS = "parts"
FALLBACK = "nlu_fallback"
EMERGENCY = "medical_emergency"
SURE_EMERGENCY = 0.7
RANKED = 10
_CLAUSE_END = re.compile(
    r"[?？!！;；\n。]+|[,，、 ](?=还有|另外|再问|顺便|顺带|以及|再就是|还想)|,|，|\s+"
)

Entity = dict[str, Any]


class Settings(msgspec.Struct, frozen=True):
    """Thresholds, chosen by cross-validation on the training data (``docs/nlu.md``).

    Attributes:
        ours: probability from which a message is about one of the six topics.
        unsure_from, unsure_to: probabilities between which the bot asks what was meant.
        topic: probability that the best topic needs.
        part: probability that a clause needs to count as a question of its own.
    """

    ours: float = 0.65
    unsure_from: float = 0.5
    unsure_to: float = 0.65
    topic: float = 0.3
    part: float = 0.75


class Understood(msgspec.Struct, frozen=True):
    """What a message says, as Rasa's parse data has it."""

    intent: dict[str, Any]
    ranking: list[dict[str, Any]]
    parts: list[dict[str, Any]] = []


class Understander:
    """Classifies messages with a trained model."""

    def __init__(self, model: IntentModel, featurizer: Featurizer, settings: Settings) -> None:
        """Take the trained parts."""
        self.model = model
        self.featurizer = featurizer
        self.settings = settings

    def understand(self, text: str, entities: list[Entity]) -> Understood:
        """Intent, ranking and parts of a message.

        Args:
            text: normalised.
            entities: with offsets into the text.
        """
        whole = self._classified(text, entities)
        if self._is_emergency(text, whole):
            return Understood({"name": EMERGENCY, "confidence": 1.0}, whole.ranking)
        parts = self._parts(text, entities)
        if len(parts) > 1:
            return Understood(parts[0]["intent"], parts[0]["intent_ranking"], parts)
        return whole

    def _is_emergency(self, text: str, whole: Understood) -> bool:
        """Whether any clause tells of one: then nothing else in the message matters."""
        if whole.intent["name"] == EMERGENCY:
            return True
        spans = clauses(text)
        if len(spans) < 2:
            return False
        firsts = [self._classified(text[start:end], []).ranking[0] for start, end in spans]
        return any(
            first["name"] == EMERGENCY and first["confidence"] >= SURE_EMERGENCY for first in firsts
        )

    def _classified(self, text: str, entities: list[Entity]) -> Understood:
        """One question: the best intent of the best topic, or what else it is."""
        names = self.model.intents
        scores = self.model.scores(self.featurizer.features(text, entities))
        order = np.argsort(-scores.intents)
        best = [int(index) for index in order[:RANKED]]
        ranking = [
            {"name": names[index], "confidence": float(scores.intents[index])} for index in best
        ]
        ours = scores.ours >= self.settings.ours
        topic = TOPICS[int(np.argmax(scores.topics))] if ours else NONE
        name = next(names[i] for i in order if self.model.topic_of[i] == topic)
        confidence = float(scores.topics.max()) if ours else 1 - scores.ours
        unsure = self.settings.unsure_from <= scores.ours < self.settings.unsure_to
        if unsure or (ours and confidence < self.settings.topic):
            name = FALLBACK
        return Understood({"name": name, "confidence": confidence}, ranking)

    def _parts(self, text: str, entities: list[Entity]) -> list[dict[str, Any]]:
        """Clauses that are questions of their own; fewer than two means there is only one."""
        spans = clauses(text)
        if len(spans) < 2:
            return []
        parts: list[dict[str, Any]] = []
        for start, end in spans:
            inside = [e for e in entities if start <= e["start"] and e["end"] <= end]
            clause = text[start:end]
            moved = [{**e, "start": e["start"] - start, "end": e["end"] - start} for e in inside]
            found = self._classified(clause, moved)
            name, confidence = found.intent["name"], found.intent["confidence"]
            known = name.partition("_")[0] in TOPICS
            if known and confidence >= self.settings.part and is_question(clause):
                if parts and parts[-1]["intent"]["name"] == name:
                    continue
                parts.append(
                    {
                        "text": clause,
                        "intent": found.intent,
                        "intent_ranking": found.ranking,
                        "entities": inside,
                    }
                )
        topics = {part["intent"]["name"].partition("_")[0] for part in parts}
        if len(topics) < 2:
            return []
        # A place, an age or a person named in a clause that asks nothing belongs to all of them.
        claimed = [entity for part in parts for entity in part["entities"]]
        shared = [entity for entity in entities if entity not in claimed]
        for part in parts:
            part["entities"] = part["entities"] + [
                e for e in shared if e["entity"] in (*FOLDED, "population", "relation")
            ]
        return parts


_ASKING = re.compile(
    r"[吗呢么嘛不?？]|怎|咋|多少|几|哪|什么|啥|如何|能|可以|可否|是否|为何|查|办|要带|多久|比例|标准"
)


def is_question(clause: str) -> bool:
    """Whether a clause asks for something rather than tells it."""
    return len(clause) >= 4 and bool(_ASKING.search(clause))


def clauses(text: str) -> list[tuple[int, int]]:
    """The spans between punctuation, blanks and words like 另外."""
    spans, position = [], 0
    for match in _CLAUSE_END.finditer(text):
        if match.start() > position:
            spans.append((position, match.start()))
        position = match.end()
    if position < len(text):
        spans.append((position, len(text)))
    return spans
