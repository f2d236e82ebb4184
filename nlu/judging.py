"""What a piece of a message asks, judged by the model."""

import math
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from nlu.clauses import Form
from nlu.contexts import Context
from nlu.features import Featurizer
from nlu.model import Floats, IntentModel, Scores, topic_of
from policy.topics import NONE, topic_keys

FALLBACK = "nlu_fallback"
# What is worth an answer beside ours; two that are asked of the bot itself even without.
BESIDES = ("neighbour_", "ask_", "scam_")
ASKS = "ask_"
NEIGHBOUR = "neighbour_"
# What is nobody's business here, whatever is talked about; and with it what lies near.
FAR = ("outside_", "chitchat_")
STRAY = (NEIGHBOUR, *FAR)
# Concepts (nlu/concepts.yml) that together say that a clause is about what is ours.
NAMED = (
    frozenset({"insurance"}),
    frozenset({"social_card"}),
    frozenset({"family_code"}),
    frozenset({"elsewhere", "treatment"}),
    frozenset({"elsewhere", "file_away"}),
)
# A topic that is right no more often than one drawn from the six is a guess: better ask.
GUESS = 1 / 6
RANKED = 10

Entity = dict[str, Any]
Places = npt.NDArray[np.intp]


class Settings(msgspec.Struct, frozen=True):
    """Thresholds, chosen by cross-validation on the training data (``docs/nlu.md``).

    Attributes:
        ours: probability from which a message is about one of the six topics.
        unsure_from, unsure_to: probabilities between which the bot asks what was meant.
        part: probability of its topic that a clause needs to count as a question of its own.
        part_besides: the same for a clause that is about none of the topics.
        leaning: probability of its intent that a clause needs, once it is said what it is about.
        following: the same, once it is known which question it stands behind.
        run_on: the same for both halves of a clause where no word shows that it holds two.
        slope, offset: from the log-odds of a score to those of being right, so that the stated
            confidence is the share of right answers.
    """

    ours: float = 0.63
    unsure_from: float = 0.59
    unsure_to: float = 0.63
    part: float = 0.55
    part_besides: float = 0.9
    leaning: float = 0.4
    following: float = 0.35
    run_on: float = 0.4
    slope: float = 1.17
    offset: float = 0.34

    def honest(self, score: float) -> float:
        """The share of answers with this score that are right."""
        score = min(max(score, 1e-4), 1 - 1e-4)
        return 1 / (1 + math.exp(-self.slope * math.log(score / (1 - score)) - self.offset))


class Understood(msgspec.Struct, frozen=True):
    """What a message says, as Rasa's parse data has it.

    Attributes:
        clauses: of how many it is made.
        form: whether it asks in so many words, or only tells.
    """

    intent: dict[str, Any]
    ranking: list[dict[str, Any]]
    parts: list[dict[str, Any]] = []
    ours: float = 0.0
    going_on: list[dict[str, Any]] = []
    clauses: int = 1
    form: Form = "names"

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


def shifted(entities: list[Entity], by: int) -> list[Entity]:
    """Entities with offsets moved to the right."""
    moved = []
    for each in entities:
        moved.append({**each, "start": each["start"] + by, "end": each["end"] + by})
    return moved


class Judge:
    """Judges texts with a trained model."""

    def __init__(self, model: IntentModel, featurizer: Featurizer, settings: Settings) -> None:
        """Take the trained parts."""
        self.model = model
        self.settings = settings
        self._featurizer = featurizer
        self._answered = np.array(
            [topic_of(name) != NONE or name.startswith(BESIDES) for name in model.intents],
            dtype=np.float32,
        )
        near = [not name.startswith(FAR) for name in model.intents]
        self._all = np.arange(len(near))
        self._near = np.flatnonzero(near)
        # Of each topic, and of none, the intents.
        self._of_topic = {
            topic: np.flatnonzero([each == topic for each in model.topic_of])
            for topic in (*topic_keys(), NONE)
        }

    def scores(self, text: str, entities: list[Entity]) -> Scores:
        """What the model thinks of a text; the entities' offsets refer to it."""
        return self.model.scores(self._featurizer.features(text, entities))

    def verdict(self, scores: Scores) -> Understood:
        """The best intent of the best topic, or what else it is."""
        names = self.model.intents
        ranking = self.ranking(scores)
        ours = scores.ours >= self.settings.ours
        topic = topic_keys()[int(np.argmax(scores.topics))] if ours else NONE
        its = self._of_topic[topic]
        name = names[its[np.argmax(scores.intents[its])]]
        score = float(scores.topics.max()) if ours else 1 - scores.ours
        unsure = self.settings.unsure_from <= scores.ours < self.settings.unsure_to
        confidence = self.settings.honest(score)
        if unsure or confidence < GUESS:
            name = FALLBACK
        return Understood({"name": name, "confidence": confidence}, ranking, ours=scores.ours)

    def ranking(self, scores: Scores) -> list[dict[str, Any]]:
        """The likeliest intents, best first."""
        return self._ranked(scores.intents, self._all)

    def going_on(self, context: Context, *scores: Scores) -> list[dict[str, Any]]:
        """The likeliest intents among those that may go on with what is talked about.

        These are the intents of the running topic and of like things, questions that leave their
        thing unsaid, what lies near, and what people do in a conversation; the probabilities stay
        those among all.

        Args:
            context: what the question follows.
            scores: of the question by its words alone, and of what in it asks.
        """
        if not context:
            return []
        each = [self.model.after(one.words, context) for one in scores]
        intents = each[0] if len(each) == 1 else np.mean(each, axis=0)
        return self._ranked(intents, self._near)

    def _ranked(self, intents: Floats, among: Places) -> list[dict[str, Any]]:
        """The likeliest of some intents, best first."""
        names, likely = self.model.intents, intents[among]
        if len(likely) > RANKED:
            best = np.argpartition(likely, -RANKED)[-RANKED:]
            among, likely = among[best], likely[best]
        order = np.argsort(-likely)
        return [
            {"name": names[i], "confidence": confidence}
            for i, confidence in zip(among[order], likely[order].tolist(), strict=True)
        ]

    def names_ours(self, text: str) -> bool:
        """Whether a text says itself that it is about medical insurance or care elsewhere."""
        concepts = set(self._featurizer.concepts(text))
        return any(named <= concepts for named in NAMED)

    def is_part(self, found: Understood) -> bool:
        """Whether a clause says enough to be answered by itself."""
        confidence = float(found.intent["confidence"])
        if found.topic != NONE:
            return confidence >= self.settings.honest(self.settings.part)
        enough = self.settings.honest(self.settings.part_besides)
        return found.name.startswith(BESIDES) and confidence >= enough

    def witnessed(self, alone: Scores, helped: list[Scores]) -> Understood | None:
        """The intent of one of our topics for which two readings of a clause speak.

        Args:
            alone: of the clause by itself.
            helped: of the clause with something said before it, several attempts; the intent is
                as likely as such a fuller reading says.
        """
        best, found = 0.0, None
        for scores in helped:
            both = self._answered * alone.intents * scores.intents
            index = int(np.argmax(both))
            name, likely = self.model.intents[index], float(scores.intents[index])
            if both[index] <= best or topic_of(name) == NONE:
                continue
            if likely < self.settings.leaning or scores.ours < self.settings.ours:
                continue
            best = float(both[index])
            confidence = self.settings.honest(
                float(scores.topics[topic_keys().index(topic_of(name))])
            )
            ranking = [{"name": name, "confidence": likely}]
            found = Understood({"name": name, "confidence": confidence}, ranking)
        return found
