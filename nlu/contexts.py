"""Training examples as they are met in a conversation: with the thing that it is about."""

import msgspec

from nlu.chance import drawn, numbered
from nlu.features import after
from policy.topics import NONE, topics


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

    def add(self, features: list[str], intent: str, thing: str | None = None) -> None:
        """Another one."""
        self.features.append(features + after(thing) if thing else features)
        self.intents.append(intent)
        self.alone.append(thing is None)


def in_conversation(
    features: list[list[str]], intents: list[str], things: list[str | None], share: float, seed: int
) -> Examples:
    """The examples by themselves, and as they come in conversations.

    Args:
        features: of each example's words.
        intents: its intent.
        things: what an example follows, where it was written to follow something.
        share: how many of the others follow something too: what is of a topic follows things of
            that topic, what is of none any.
        seed: of the choice.
    """
    found, known = Examples(), topics().topic_of_thing
    # By the words, so that one example more leaves the others as they are.
    dice = drawn(numbered(" ".join(words) for words in features), numbered([str(seed)]))
    for words, intent, thing, die in zip(features, intents, things, dice, strict=True):
        found.add(words, intent)
        if thing is None and die < share:
            topic = topics().of(intent)
            fitting = [each for each in known if topic in (NONE, known[each])]
            thing = fitting[int(die / share * len(fitting))]
        if thing:
            found.add(words, intent, thing)
    return found
