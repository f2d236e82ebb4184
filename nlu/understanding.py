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
# Two of these make a message with two questions even if none is about a topic.
ASKS = "ask_"
LONGEST_LEANING = 14
# So much of what was told before a question may shed light on it.
MOST_BACKGROUND = 4
SURE_EMERGENCY = 0.7
RANKED = 10
# Of several people only the credits are asked one by one.
OF_PERSONS = "credit"
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
        spans = [self.clauses.trimmed(text, span) for span in self.clauses.spans(text)]
        pieces = [piece(text, (span,), entities) for span in spans]
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
        segments: list[tuple[Piece, bool]] = []
        for each in pieces:
            halves = self._divided(text, entities, each, whole.topic)
            segments += [(half, len(halves) > 1) for half in halves]
        if len(segments) < 2:
            return []
        asked = self._asked(text, entities, segments)
        if len(asked) < 2:
            return []
        firm = [self._firm(text, entities, *each) for each in asked]
        topics = [each.topic if each else NONE for each in firm]
        found: list[tuple[Piece, Understood]] = []
        for index, (each, _) in enumerate(asked):
            # What is not clear by itself leans on the question before it, else on the one after.
            before = [understood.topic for _, understood in reversed(found)]
            near = [topic for topic in (*before, *topics[index:], whole.topic) if topic != NONE]
            understood = self._leaning(each, firm[index], near[0] if near else NONE)
            if understood:
                found.append((each, understood))
        parts = self._told_apart(found)
        names = {part["intent"]["name"] for part in parts}
        if not any(topic_of(name) != NONE for name in names) and not all(
            name.startswith(ASKS) for name in names
        ):
            return []
        if len(names) < 2:
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

    def _divided(
        self, text: str, entities: list[Entity], whole: Piece, topic: str
    ) -> list[Piece]:
        """A clause as one piece, or as several if it holds questions without a mark between."""
        best: tuple[float, list[Piece], str] = (0.0, [], topic)
        base = whole.spans[0][0]
        for cut in self.clauses.cuts(whole.text):
            left, right = (
                piece(
                    text,
                    tuple(
                        self.clauses.trimmed(text, (base + start, base + end)) for start, end in half
                    ),
                    entities,
                )
                for half in (cut.left, cut.right)
            )
            needed = max(best[0], self.settings.leaning if cut.marked else self.settings.run_on)
            first = self._leaning(left, self._part(left), topic)
            if first is None or first.likely < needed:
                continue
            near = topic if first.topic == NONE else first.topic
            second = self._leaning(right, self._part(right), near)
            if second is None or second.name == first.name or NONE == first.topic == second.topic:
                continue
            likely = min(first.likely, second.likely)
            if likely >= needed:
                best = (likely, [left, right], near)
        if not best[1]:
            return [whole]
        left, right = best[1]
        return [left, *self._divided(text, entities, right, best[2])]

    def _asked(
        self, text: str, entities: list[Entity], segments: list[tuple[Piece, bool]]
    ) -> list[tuple[Piece, list[Piece]]]:
        """The segments that ask, each with what was told before it."""
        found: list[tuple[Piece, list[Piece]]] = []
        told: list[Piece] = []
        for segment, surely in segments:
            if self.clauses.is_tag(segment.text):
                # 「这是怎么回事」 makes a question of what was told.
                if told:
                    spans = (*told.pop().spans, *segment.spans)
                    found.append((piece(text, spans, entities), list(told)))
            elif surely or self.clauses.asks(segment.text):
                found.append((segment, list(told)))
            else:
                told.append(segment)
        return found

    def _part(self, segment: Piece) -> Understood | None:
        """What a clause asks, if it says enough."""
        found = self._classified(segment.text, segment.moved)
        return found if self._is_part(found, after_another=False) else None

    def _firm(
        self, text: str, entities: list[Entity], segment: Piece, told: list[Piece]
    ) -> Understood | None:
        """What a clause asks, if it says enough, alone or with something told before it."""
        alone = self._part(segment)
        if not told or (alone and alone.topic == NONE):
            return alone
        helps = [
            piece(text, (*each.spans, *segment.spans), entities) for each in told[-MOST_BACKGROUND:]
        ]
        found = self._witnessed(segment, [(each.text, each.moved) for each in helps])
        if found is None or (alone and alone.topic != found.topic):
            return alone
        return found

    def _witnessed(
        self, clause: Piece, helped: list[tuple[str, list[Entity]]]
    ) -> Understood | None:
        """What a clause asks, read by itself and with something else before it.

        The intent is the one for which both speak; it is as likely as the fuller reading says.
        """
        alone = self.model.scores(self.featurizer.features(clause.text, clause.moved))
        best, found = 0.0, None
        for words, moved in helped:
            scores = self.model.scores(self.featurizer.features(words, moved))
            both = self._worth * alone.intents * scores.intents
            index = int(np.argmax(both))
            name, likely = self.model.intents[index], float(scores.intents[index])
            if both[index] <= best or topic_of(name) == NONE:
                continue
            if likely < self.settings.leaning or scores.ours < self.settings.ours:
                continue
            confidence = float(scores.topics[TOPICS.index(topic_of(name))])
            ranking = [{"name": name, "confidence": likely}]
            best = float(both[index])
            found = Understood({"name": name, "confidence": confidence}, ranking)
        return found

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
        if whole.topic != OF_PERSONS:
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

    def _leaning(self, clause: Piece, firm: Understood | None, topic: str) -> Understood | None:
        """What a clause asks; a short one perhaps as more on a topic: 「怎么解绑」."""
        if firm and firm.topic != NONE and firm.likely >= self.settings.leaning:
            return firm
        if topic == NONE or len(clause.text) > LONGEST_LEANING:
            return firm
        helped = []
        for each in {topic, firm.topic if firm else topic} - {NONE}:
            about = self.clauses.about[each]
            helped.append((about + clause.text, _shifted(clause.moved, len(about))))
        return self._witnessed(clause, helped) or firm

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
        moved += _shifted(here, position - start)
        inside += here
        position += end - start
    return Piece(spans, "".join(text[start:end] for start, end in spans), inside, moved)


def _shifted(entities: list[Entity], by: int) -> list[Entity]:
    return [{**each, "start": each["start"] + by, "end": each["end"] + by} for each in entities]


def _others(before: list[Entity], after: list[Entity]) -> bool:
    """Whether a question names another person, place or age than the one before."""
    for kind in OWN:
        had = {each["value"] for each in before if each["entity"] == kind}
        has = {each["value"] for each in after if each["entity"] == kind}
        if had and has and had != has:
            return True
    return False
