"""``python -m benchmarks.homophones``: what features of sound are worth when people mistype.

Two characters of each held-out question in scope become others that sound the same; one model
reads sounds too, the other one does not.
"""

import random

from benchmarks import questions
from nlu.features import Featurizer
from nlu.judging import Settings
from nlu.model import Training, train
from nlu.reading import Reader
from nlu.sounds import sound
from policy.topics import NONE, topic_keys

SEED = 3
SLIPS = 2
SOUNDS = "p"


def slipped(text: str, alike: dict[str, list[str]], random_: random.Random) -> str:
    """A question with some characters replaced by others that sound the same."""
    characters = list(text)
    places = [i for i, each in enumerate(characters) if len(alike.get(sound(each), ())) > 1]
    random_.shuffle(places)
    for place in places[:SLIPS]:
        right = characters[place]
        characters[place] = random_.choice([c for c in alike[sound(right)] if c != right])
    return "".join(characters)


def main() -> None:
    """Train both models and print how many topics each gets right."""
    reader, featurizer = Reader.load(), Featurizer.load()
    examples = questions.training_examples()
    used = sorted({c for text, _ in examples for c in text if "\u4e00" <= c <= "\u9fff"})
    alike: dict[str, list[str]] = {}
    for character in used:
        alike.setdefault(sound(character), []).append(character)
    random_ = random.Random(SEED)
    rows = [
        (slipped(row.text, alike, random_), row.topics)
        for row in questions.held_out()
        if row.kind == questions.IN_SCOPE
    ]
    intents = [intent for _, intent in examples]
    for title, left_out in (("有拼音", ""), ("没有拼音", SOUNDS)):

        def features(text: str, left_out: str = left_out) -> list[str]:
            names = featurizer.features(*reader.read(text))
            return [name for name in names if not left_out or name[0] != left_out]

        model = train([features(text) for text, _ in examples], intents, Training())
        right = 0
        for text, topics in rows:
            scores = model.scores(features(text))
            ours = scores.ours >= Settings().ours
            right += (topic_keys()[int(scores.topics.argmax())] if ours else NONE) in topics
        print(f"{title}：{right}/{len(rows)}，{100 * right / len(rows):.1f} %", flush=True)


if __name__ == "__main__":
    main()
