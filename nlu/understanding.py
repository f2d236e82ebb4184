"""From a normalised message to its questions, or to what is more urgent than any question."""

from nlu.clauses import Clauses
from nlu.features import Featurizer
from nlu.judging import FALLBACK, Entity, Judge, Settings, Understood
from nlu.model import IntentModel, topic_of
from nlu.parting import Parting

PARTS = "parts"
EMERGENCY = "medical_emergency"
SURE_EMERGENCY = 0.7
# Concepts (nlu/concepts.yml) that together say that a clause is about what is ours.
NAMED = (
    frozenset({"insurance"}),
    frozenset({"social_card"}),
    frozenset({"family_code"}),
    frozenset({"elsewhere", "treatment"}),
    frozenset({"elsewhere", "file_away"}),
)
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
        part: probability of its topic that a clause needs to count as a question of its own.
        part_besides: the same for a clause that is about none of the topics.
        leaning: share of its topic that the best intent of a leaning clause needs.
    """

    ours: float = 0.6
    unsure_from: float = 0.5
    unsure_to: float = 0.6
    topic: float = 0.3
    part: float = 0.45
    part_besides: float = 0.8
    leaning: float = 0.25


class Understood(msgspec.Struct, frozen=True):
    """What a message says, as Rasa's parse data has it."""

__all__ = ["FALLBACK", "PARTS", "Settings", "Understander", "Understood"]


class Understander:
    """Classifies messages with a trained model."""

    def __init__(self, model: IntentModel, featurizer: Featurizer, settings: Settings) -> None:
        """Take the trained parts."""
        self._judge = Judge(model, featurizer, settings)
        self._clauses = Clauses.load()

    def understand(self, text: str, entities: list[Entity]) -> Understood:
        """Intent, ranking and parts of a message.

        Args:
            text: normalised.
            entities: with offsets into the text.
        """
        parting = Parting(self._judge, self._clauses, text, entities)
        whole = parting.verdict(text, entities)
        if _is_emergency(whole, parting):
            return Understood({"name": EMERGENCY, "confidence": 1.0}, whole.ranking)
        parts = parting.parts(whole) or parting.persons(whole)
        if len(parts) < 2:
            return whole
        main = max(parts, key=lambda part: _closeness(part["intent"]["name"], whole))
        return Understood(main["intent"], main["intent_ranking"], parts)
        parts = self._parts(text, entities, whole) or self._persons(text, entities, whole)
        if len(parts) < 2:
            return whole
        names = [part["intent"]["name"] for part in parts]
        main = names.index(whole.intent["name"]) if whole.intent["name"] in names else 0
        return Understood(parts[main]["intent"], parts[main]["intent_ranking"], parts)

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

    def _parts(self, text: str, entities: list[Entity], whole: Understood) -> list[dict[str, Any]]:
        """Clauses that are questions of their own; fewer than two means there is only one."""
        spans = clauses(text)
        if len(spans) < 2:
            return []
        asked: list[tuple[str, list[Entity], list[Entity]]] = []
        for start, end in spans:
            if is_question(text[start:end]):
                inside = [e for e in entities if start <= e["start"] and e["end"] <= end]
                moved = [
                    {**e, "start": e["start"] - start, "end": e["end"] - start} for e in inside
                ]
                asked.append((text[start:end], moved, inside))
        name = whole.intent["name"]
        rejected = topic_of(name) == NONE and name != FALLBACK
        firm: list[Understood | None] = []
        for clause, moved, _ in asked:
            found = self._classified(clause, moved)
            # 「公积金交了三年，能取吗」: in a message about something else its clauses are, too.
            foreign = (
                rejected and topic_of(found.intent["name"]) != NONE and not self._names(clause)
            )
            firm.append(found if self._is_part(found, any(firm)) and not foreign else None)
        topics = [topic_of(each.intent["name"]) if each else NONE for each in firm]
        parts: list[dict[str, Any]] = []
        for index, (clause, moved, inside) in enumerate(asked):
            # What is not clear by itself leans on the question before it, else on the one after.
            near = [topic for topic in (topics[:index][::-1] + topics[index:]) if topic != NONE]
            understood = firm[index] or self._leaning(clause, moved, near[0] if near else NONE)
            if understood is None:
                continue
            if parts and parts[-1]["intent"]["name"] == understood.intent["name"]:
                parts[-1]["entities"] += inside
                continue
            parts.append(
                {
                    "text": clause,
                    "intent": understood.intent,
                    "intent_ranking": understood.ranking,
                    "entities": inside,
                }
            )
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

    def _persons(
        self, text: str, entities: list[Entity], whole: Understood
    ) -> list[dict[str, Any]]:
        """One question about several people, each with a place or an age of their own."""
        if topic_of(whole.intent["name"]) == NONE:
            return []
        told: dict[str, dict[str, Any]] = {}
        for start, end in clauses(text):
            inside = [e for e in entities if start <= e["start"] and e["end"] <= end]
            who = [e["value"] for e in inside if e["entity"] == "relation"]
            if len(who) == 1 and any(e["entity"] in ("region", "age") for e in inside):
                told[who[0]] = {
                    "text": text[start:end],
                    "intent": whole.intent,
                    "intent_ranking": whole.ranking,
                    "entities": inside,
                }
        return list(told.values()) if len(told) > 1 else []

    def _leaning(self, clause: str, entities: list[Entity], topic: str) -> Understood | None:
        """A short clause that makes sense only as more on the topic before it: 「怎么解绑」."""
        if topic == NONE or len(clause) > LONGEST_LEANING:
            return None
        scores = self.model.scores(self.featurizer.features(clause, entities))
        of_topic = [i for i, each in enumerate(self.model.topic_of) if each == topic]
        best = max(of_topic, key=lambda index: scores.intents[index])
        share = float(scores.intents[best] / scores.intents[of_topic].sum())
        if share < self.settings.leaning:
            return None
        name = self.model.intents[best]
        ranking = [{"name": name, "confidence": float(scores.intents[best])}]
        return Understood({"name": name, "confidence": share}, ranking)

    def _names(self, clause: str) -> bool:
        """Whether a clause says by itself that it is about 医保 or about care elsewhere."""
        found = self.featurizer.concepts(clause)
        return any(named.issubset(found) for named in NAMED)

    def _is_part(self, found: Understood, after_another: bool) -> bool:
        """Whether a clause says enough to be answered by itself, or after the one before it."""
        name, confidence = found.intent["name"], found.intent["confidence"]
        if topic_of(name) != NONE:
            return confidence >= self.settings.part
        if name in ELLIPTICAL:
            return after_another
        return name.startswith(BESIDES) and confidence >= self.settings.part_besides


_ASKING = re.compile(
    r"[吗呢么嘛?]|怎|咋|多少|几|哪|什么|啥|如何|是否|为何|可否|能否|多久|好多"
    r"|([能要会行用算给有可])(?:以)?不(?:可以|\1)|([\u4e00-\u9fff]{1,2})不\2|能不|不$|没有$|吧$"
)


def _closeness(name: str, whole: Understood) -> int:
    """How well a part's intent stands for the whole message."""
    return 2 if name == whole.name else int(topic_of(name) == whole.topic)


def _is_emergency(whole: Understood, parting: Parting) -> bool:
    """Whether any clause tells of one: then nothing else in the message matters."""
    if whole.name == EMERGENCY:
        return True
    if len(parting.clauses) < 2:
        return False
    firsts = [parting.verdict(each.text, each.moved).ranking[0] for each in parting.clauses]
    return any(
        first["name"] == EMERGENCY and first["confidence"] >= SURE_EMERGENCY for first in firsts
    )
