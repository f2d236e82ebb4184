"""From a normalised message to its questions: classifying, parting, knowing what is unsure."""

from typing import Any

import msgspec
import numpy as np

from nlu.clauses import Clauses, Span
from nlu.features import FOLDED, Featurizer
from nlu.model import NONE, TOPICS, IntentModel, topic_of

PARTS = "parts"
FALLBACK = "nlu_fallback"
EMERGENCY = "medical_emergency"
# Clauses that lean on the question before them, and others that are worth an answer beside ours.
ELLIPTICAL = ("followup_how", "followup_materials", "followup_where", "followup_who")
BESIDES = ("neighbour_", "ask_", "scam_")
LONGEST_LEANING = 14
# What was told before a question sheds light on it if it is not too long a story.
LONGEST_BACKGROUND = 24
SURE_EMERGENCY = 0.7
RANKED = 10
OWN = ("relation", "region", "age")

Entity = dict[str, Any]


class Settings(msgspec.Struct, frozen=True):
    """Thresholds, chosen by cross-validation on the training data (``docs/nlu.md``).

    Attributes:
        ours: probability from which a message is about one of the six topics.
        unsure_from, unsure_to: probabilities between which the bot asks what was meant.
        topic: probability that the best topic needs.
        part: probability of its topic that a clause needs to count as a question of its own.
        part_besides: the same for a clause that is about none of the topics.
        leaning: probability of its intent that a clause needs, once it is said what it is about.
        run_on: probability of its intent that each half of an unpunctuated clause needs.
    """

    ours: float = 0.6
    unsure_from: float = 0.5
    unsure_to: float = 0.6
    topic: float = 0.3
    part: float = 0.45
    part_besides: float = 0.8
    leaning: float = 0.25
    run_on: float = 0.4


class Understood(msgspec.Struct, frozen=True):
    """What a message says, as Rasa's parse data has it."""

    intent: dict[str, Any]
    ranking: list[dict[str, Any]]
    parts: list[dict[str, Any]] = []

    @property
    def name(self) -> str:
        """The intent."""
        return str(self.intent["name"])

    @property
    def topic(self) -> str:
        """Its topic, or NONE."""
        return topic_of(self.name)

    @property
    def likely(self) -> float:
        """The probability of the intent among all of them."""
        return next((each["confidence"] for each in self.ranking if each["name"] == self.name), 0.0)


class Piece(msgspec.Struct, frozen=True):
    """A part of a message: one or two spans of it, read together.

    Attributes:
        spans: where it stands.
        text: its words.
        entities: those inside, with offsets into the message.
        moved: the same with offsets into ``text``.
    """

    spans: tuple[Span, ...]
    text: str
    entities: list[Entity]
    moved: list[Entity]


class Understander:
    """Classifies messages with a trained model."""

    def __init__(
        self,
        model: IntentModel,
        featurizer: Featurizer,
        settings: Settings,
        clauses: Clauses | None = None,
    ) -> None:
        """Take the trained parts."""
        self.model = model
        self.featurizer = featurizer
        self.settings = settings
        self.clauses = clauses or Clauses.load()
        self._worth = np.array(
            [topic_of(name) != NONE or name.startswith(BESIDES) for name in model.intents],
            dtype=np.float32,
        )

    def understand(self, text: str, entities: list[Entity]) -> Understood:
        """Intent, ranking and parts of a message.

        Args:
            text: normalised.
            entities: with offsets into the text.
        """
        whole = self._classified(text, entities)
        pieces = [piece(text, (span,), entities) for span in self.clauses.spans(text)]
        if self._is_emergency(whole, pieces):
            return Understood({"name": EMERGENCY, "confidence": 1.0}, whole.ranking)
        parts = self._parts(text, entities, whole, pieces)
        parts = parts or self._persons(entities, whole, pieces)
        if len(parts) < 2:
            return whole
        names = [part["intent"]["name"] for part in parts]
        main = names.index(whole.name) if whole.name in names else 0
        return Understood(parts[main]["intent"], parts[main]["intent_ranking"], parts)

    def _is_emergency(self, whole: Understood, pieces: list[Piece]) -> bool:
        """Whether any clause tells of one: then nothing else in the message matters."""
        if whole.name == EMERGENCY:
            return True
        if len(pieces) < 2:
            return False
        firsts = [self._classified(each.text, []).ranking[0] for each in pieces]
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

    def _parts(
        self, text: str, entities: list[Entity], whole: Understood, pieces: list[Piece]
    ) -> list[dict[str, Any]]:
        """The questions of a message; fewer than two means there is only one."""
        segments = [half for each in pieces for half in self._divided(text, entities, each)]
        if len(segments) < 2:
            return []
        asked = self._asked(text, entities, segments)
        if len(asked) < 2:
            return []
        firm = [self._firm(text, entities, *each) for each in asked]
        topics = [each.topic if each else NONE for each in firm]
        found: list[tuple[Piece, Understood]] = []
        for index, (_, each) in enumerate(asked):
            # What is not clear by itself leans on the question before it, else on the one after.
            before = [understood.topic for _, understood in reversed(found)]
            near = [topic for topic in (*before, *topics[index:], whole.topic) if topic != NONE]
            understood = self._leaning(each, firm[index], near[0] if near else NONE, bool(found))
            if understood:
                found.append((each, understood))
        parts = self._told_apart(found)
        names = {part["intent"]["name"] for part in parts}
        if len(names) < 2 or not any(topic_of(name) != NONE for name in names):
            return []
        # A place, an age or a person named in a clause that asks nothing belongs to all of them.
        claimed = [entity for part in parts for entity in part["entities"]]
        shared = [
            entity
            for entity in entities
            if entity not in claimed and entity["entity"] in (*FOLDED, "population", "relation")
        ]
        for part in parts:
            part["entities"] = part["entities"] + shared
        return parts

    def _divided(self, text: str, entities: list[Entity], whole: Piece) -> list[Piece]:
        """A clause as one piece, or as several if it holds questions without a mark between."""
        best: tuple[float, list[Piece]] = (0.0, [])
        base = whole.spans[0][0]
        for cut in self.clauses.cuts(whole.text):
            left, right = (
                piece(text, tuple((base + start, base + end) for start, end in half), entities)
                for half in (cut.left, cut.right)
            )
            first = self._classified(left.text, left.moved)
            needed = max(best[0], self.settings.leaning if cut.marked else self.settings.run_on)
            if not self._is_part(first, after_another=False) or first.likely < needed:
                continue
            second: Understood | None = self._classified(right.text, right.moved)
            if second and not self._is_part(second, after_another=False):
                second = self._leaning(right, None, first.topic, after_another=True)
            if second is None or second.name == first.name or NONE == first.topic == second.topic:
                continue
            likely = min(first.likely, second.likely)
            if likely >= needed:
                best = (likely, [left, right])
        if not best[1]:
            return [whole]
        left, right = best[1]
        return [left, *self._divided(text, entities, right)]

    def _asked(
        self, text: str, entities: list[Entity], segments: list[Piece]
    ) -> list[tuple[Piece, Piece]]:
        """The segments that ask, each with and without what was told right before it."""
        found: list[tuple[Piece, Piece]] = []
        told: list[Span] = []
        for index, segment in enumerate(segments):
            if self.clauses.is_tag(segment.text):
                # 「这是怎么回事」 makes a question of what was told.
                if told:
                    joined = piece(text, (*told, *segment.spans), entities)
                    found.append((joined, joined))
                told = []
            elif self.clauses.asks(segment.text) or (
                len(segment.spans) == 1 and self._headline(segments, index)
            ):
                background = piece(text, (*told, *segment.spans), entities)
                found.append((background, segment))
                told = []
            else:
                told += segment.spans
                while told and sum(end - start for start, end in told) > LONGEST_BACKGROUND:
                    told.pop(0)
        return found

    def _headline(self, segments: list[Piece], index: int) -> bool:
        return False

    def _firm(
        self, text: str, entities: list[Entity], background: Piece, segment: Piece
    ) -> Understood | None:
        """What a clause asks, if it says enough."""
        alone: Understood | None = self._classified(segment.text, segment.moved)
        if alone and not self._is_part(alone, after_another=False):
            alone = None
        if background is segment or background.spans == segment.spans:
            return alone
        more = self._classified(background.text, background.moved)
        if more.topic == NONE or not self._is_part(more, after_another=False):
            return alone
        if alone is None or more.likely > alone.likely:
            return more
        return alone

    def _told_apart(self, found: list[tuple[Piece, Understood]]) -> list[dict[str, Any]]:
        """Each question once; the same one twice only if it is about others."""
        parts: list[dict[str, Any]] = []
        for each, understood in found:
            same = [part for part in parts if part["intent"]["name"] == understood.name]
            if same and not _others(same[-1]["entities"], each.entities):
                same[-1]["entities"] = same[-1]["entities"] + [
                    entity for entity in each.entities if entity not in same[-1]["entities"]
                ]
                continue
            parts.append(
                {
                    "text": each.text,
                    "intent": understood.intent,
                    "intent_ranking": understood.ranking,
                    "entities": each.entities,
                }
            )
        return parts

    def _persons(
        self, entities: list[Entity], whole: Understood, pieces: list[Piece]
    ) -> list[dict[str, Any]]:
        """One question about several people, each with a place or an age of their own."""
        if whole.topic == NONE:
            return []
        told: dict[str, dict[str, Any]] = {}
        for each in pieces:
            who = [e["value"] for e in each.entities if e["entity"] == "relation"]
            if len(who) == 1 and any(e["entity"] in ("region", "age") for e in each.entities):
                told[who[0]] = {
                    "text": each.text,
                    "intent": whole.intent,
                    "intent_ranking": whole.ranking,
                    "entities": each.entities,
                }
        return list(told.values()) if len(told) > 1 else []

    def _leaning(
        self, clause: Piece, firm: Understood | None, topic: str, after_another: bool
    ) -> Understood | None:
        """What a clause asks; a short one perhaps as more on a topic: 「怎么解绑」.

        It is read twice, by itself and with the topic said before it, as two witnesses.
        """
        if firm and firm.topic != NONE:
            return firm
        if topic == NONE or len(clause.text) > LONGEST_LEANING:
            return firm
        about = self.clauses.about[topic]
        moved = [
            {**each, "start": each["start"] + len(about), "end": each["end"] + len(about)}
            for each in clause.moved
        ]
        alone = self.model.scores(self.featurizer.features(clause.text, clause.moved))
        helped = self.model.scores(self.featurizer.features(about + clause.text, moved))
        best = int(np.argmax(self._worth * alone.intents * helped.intents))
        name, likely = self.model.intents[best], float(helped.intents[best])
        if topic_of(name) == NONE:
            return firm
        if likely < self.settings.leaning or helped.ours < self.settings.ours:
            return firm
        confidence = float(helped.topics[TOPICS.index(topic_of(name))])
        ranking = [{"name": name, "confidence": likely}]
        return Understood({"name": name, "confidence": confidence}, ranking)

    def _is_part(self, found: Understood, after_another: bool) -> bool:
        """Whether a clause says enough to be answered by itself, or after the one before it."""
        name, confidence = found.name, found.intent["confidence"]
        if topic_of(name) != NONE:
            return bool(confidence >= self.settings.part)
        if name in ELLIPTICAL:
            return after_another
        return bool(name.startswith(BESIDES) and confidence >= self.settings.part_besides)


def piece(text: str, spans: tuple[Span, ...], entities: list[Entity]) -> Piece:
    """Some spans of a message as one text."""
    inside: list[Entity] = []
    moved: list[Entity] = []
    position = 0
    for start, end in spans:
        here = [each for each in entities if start <= each["start"] and each["end"] <= end]
        shift = position - start
        moved += [
            {**each, "start": each["start"] + shift, "end": each["end"] + shift} for each in here
        ]
        inside += here
        position += end - start
    return Piece(spans, "".join(text[start:end] for start, end in spans), inside, moved)


def _others(before: list[Entity], after: list[Entity]) -> bool:
    """Whether a question names another person, place or age than the one before."""
    for kind in OWN:
        had = {each["value"] for each in before if each["entity"] == kind}
        has = {each["value"] for each in after if each["entity"] == kind}
        if had and has and had != has:
            return True
    return False
