"""What a message follows in a conversation, and training examples as they are met in one."""

from functools import lru_cache
from pathlib import Path

import msgspec
import yaml

from nlu.chance import drawn, numbered
from policy.topics import DATA, NONE, topics

ANSWERS = "*/answers*.yml"
# Of what follows an answer of its topic, so much is about the same thing.
SAME_THING = 0.5


class Context(msgspec.Struct, frozen=True):
    """What a message follows.

    Attributes:
        thing: what the conversation is about; empty if about nothing of ours.
        entry: the answer given last; empty if none is known.
    """

    thing: str = ""
    entry: str = ""

    def __bool__(self) -> bool:
        """Whether it follows anything."""
        return bool(self.thing or self.entry)

    @property
    def topic(self) -> str:
        """The topic of its thing, or NONE."""
        return topics().topic_of_thing.get(self.thing, NONE)

    def features(self) -> list[str]:
        """What the model knows of it: the thing in play, its topic, the answer and its family."""
        found = [f"a1{self.thing}", f"a2{self.topic}"] if self.thing else []
        return [*found, f"a3{self.entry}", f"a4{family(self.entry)}"] if self.entry else found

    @classmethod
    def written(cls, after: str) -> "Context":
        """What an example of ``metadata: {after: …}`` follows: a thing, or an answer.

        Args:
            after: as it is written beside the example.
        """
        if after in topics().topic_of_thing:
            return cls(thing=after)
        return cls(thing=things_of_answers().get(after, ""), entry=after)


def family(entry: str) -> str:
    """The first two words of an answer's key: ``filing_claim`` of ``filing_claim_time``."""
    return "_".join(entry.split("_")[:2])


@lru_cache(maxsize=1)
def things_of_answers(folder: Path = DATA) -> dict[str, str]:
    """The thing that each answer is about, by its key; those that are about none are left out."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob(ANSWERS)):
        entries = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
        for key, entry in (entries or {}).items():
            means = (entry or {}).get("means") or []
            first = means if isinstance(means, str) else next(iter(means), "")
            thing = first.partition(".")[0]
            if thing:
                found[key] = thing
    return found


class Examples(msgspec.Struct):
    """What a model learns from.

    Attributes:
        features: of each example.
        intents: its intent.
        alone: whether it is met by itself.
    """

    features: list[list[str]] = []
    intents: list[str] = []
    alone: list[bool] = []

    def add(self, features: list[str], intent: str, context: Context | None = None) -> None:
        """Another one."""
        self.features.append(features + context.features() if context else features)
        self.intents.append(intent)
        self.alone.append(not context)


def in_conversation(
    features: list[list[str]],
    intents: list[str],
    contexts: list[Context | None],
    share: float,
    seed: int,
) -> Examples:
    """The examples by themselves, and as they come in conversations.

    Args:
        features: of each example's words.
        intents: its intent.
        contexts: what an example follows, where it was written to follow something.
        share: how many of the others follow something too: half of them an answer about the same
            thing, half any answer of their topic; what is of no topic follows any answer.
        seed: of the choice.
    """
    found, near = Examples(), _Near()
    # By the words, so that one example more leaves the others as they are.
    dice = drawn(numbered(" ".join(words) for words in features), numbered([str(seed)]))
    for words, intent, context, die in zip(features, intents, contexts, dice, strict=True):
        if not (context and context.entry):
            # What follows an answer need not make sense by itself.
            found.add(words, intent)
        if not context and die < share:
            context = near.drawn(intent, die / share)
        if context:
            found.add(words, intent, context)
    return found


class _Near:
    """The answers that a question may follow."""

    def __init__(self) -> None:
        self._things = things_of_answers()
        self._all = list(self._things)
        self._by_thing: dict[str, list[str]] = {}
        self._by_topic: dict[str, list[str]] = {}
        for entry, thing in self._things.items():
            self._by_thing.setdefault(thing, []).append(entry)
            self._by_topic.setdefault(topics().of(entry), []).append(entry)

    def drawn(self, intent: str, die: float) -> Context:
        """One of them, by a number from 0 to 1."""
        alike = self._by_thing.get(self._things.get(intent, ""), [])
        others = self._by_topic.get(topics().of(intent)) or self._all
        fitting = alike if die < SAME_THING and len(alike) > 1 else others
        entry = fitting[int(die / SAME_THING % 1 * len(fitting))]
        return Context(self._things[entry], entry)
