"""The thresholds of telling several questions in a message apart, by cross-validation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from benchmarks import questions
from benchmarks.folds import SEED
from nlu.clauses import Clauses
from nlu.features import Featurizer
from nlu.model import topic_of
from nlu.reading import Reader
from nlu.understanding import Settings, Understander
from policy.topics import NONE

if TYPE_CHECKING:
    from benchmarks.thresholds import Validated

MESSAGES = 300
SHORT, LONG = 5, 20
# With a mark, with a word, with nothing between them.
BETWEEN = ("?", ",", " ", "", "", ",还有", "还有", "另外", "以及")
# One message in so many asks for something that we do not answer as well.
BESIDES_EVERY = 6
GRIDS = {
    "part": (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7),
    "leaning": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4),
    "run_on": (0.2, 0.3, 0.4, 0.5, 0.6),
    "part_besides": (0.6, 0.7, 0.75, 0.8, 0.85, 0.9),
}


class Message(msgspec.Struct, frozen=True):
    """A message of one or two training examples, for the model that has not seen them."""

    fold: int
    text: str
    intents: tuple[str, ...]


def parts_needed(
    validated: Validated, settings: Settings
) -> tuple[dict[str, float], dict[str, dict[float, float]]]:
    """The thresholds that tell questions apart, one after the other.

    Two examples of one fold with different intents, one behind the other, are a message with two
    questions; an example with several clauses, or with several words that ask, is one with one.

    Args:
        validated: the cross-validated examples.
        settings: where to start.

    Returns:
        The values with the best mean of answered parts, messages without a superfluous answer
        and undivided single questions, and that mean by value.
    """
    random = np.random.default_rng(SEED)
    messages = [*_pairs(validated, random), *_singles(validated, random)]
    reader, featurizer = Reader.load(), Featurizer.load()
    read = [reader.read(message.text) for message in messages]
    chosen: dict[str, float] = {}
    by_value: dict[str, dict[float, float]] = {}
    for name, grid in GRIDS.items():
        found: dict[float, float] = {}
        for value in grid:
            changed = msgspec.structs.replace(settings, **{**chosen, name: value})
            bots = [Understander(model, featurizer, changed) for model in validated.models]
            answered: list[bool] = []
            whole: list[bool] = []
            clean: list[bool] = []
            for message, each in zip(messages, read, strict=True):
                parts = bots[message.fold].understand(*each).parts
                if len(message.intents) == 1:
                    whole.append(len(parts) < 2)
                    continue
                names = {part["intent"]["name"] for part in parts}
                answered += [intent in names for intent in message.intents]
                clean.append(names <= set(message.intents))
            found[value] = float(np.mean([np.mean(answered), np.mean(clean), np.mean(whole)]))
        chosen[name] = max(found, key=lambda each: found[each])
        by_value[name] = found
    return chosen, by_value


def _singles(validated: Validated, random: np.random.Generator) -> list[Message]:
    """Examples in scope that could be taken for several questions."""
    clauses = Clauses.load()
    found = [
        Message(int(fold), text, (intent,))
        for fold, (text, _), intent in zip(
            validated.fold, validated.sentences, validated.intents, strict=True
        )
        if topic_of(intent) != NONE and (len(clauses.spans(text)) > 1 or clauses.cuts(text))
    ]
    return [found[int(index)] for index in random.permutation(len(found))[:MESSAGES]]


def _pairs(validated: Validated, random: np.random.Generator) -> list[Message]:
    """Pairs of short questions of one fold with different intents."""
    clauses = Clauses.load()
    usable: dict[bool, list[int]] = {True: [], False: []}
    for index, (text, _) in enumerate(validated.sentences):
        kind = questions.kind_of(validated.intents[index])
        plain = text.rstrip("?!。,")
        short = SHORT <= len(plain) <= LONG and len(clauses.spans(plain)) == 1
        if short and kind in (questions.IN_SCOPE, questions.NEAR) and clauses.asks(plain):
            usable[kind == questions.IN_SCOPE].append(index)
    found: list[Message] = []
    while len(found) < MESSAGES:
        ours = len(found) % BESIDES_EVERY != 0
        one = int(random.choice(usable[True]))
        other = int(random.choice(usable[ours]))
        if validated.fold[one] != validated.fold[other]:
            continue
        intents = (validated.intents[one], validated.intents[other])
        if intents[0] != intents[1]:
            first, second = (validated.sentences[i][0].rstrip("?!。,") for i in (one, other))
            between = str(random.choice(BETWEEN))
            found.append(Message(int(validated.fold[one]), first + between + second, intents))
    return found
