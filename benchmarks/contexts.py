"""How much it helps to know what a conversation is about: ``python -m benchmarks.contexts``.

Examples written to follow something are held out, those that resemble each other together, and
with them as many that stand alone. Each model then says which entry is meant: with the right
thing in play, and by the words alone. Some ten minutes on one core.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import typer

from benchmarks.folds import folds
from benchmarks.questions import followed_examples
from dialogue.wording import Wording
from nlu.contexts import Context, in_conversation
from nlu.features import Featurizer
from nlu.judging import STRAY
from nlu.model import IntentModel, Training, topic_of, train
from nlu.network import softmax
from nlu.reading import Reader
from policy.topics import NONE, topics

UNSAID = "unsaid_"
HELD_OUT = 900
LINEAR_SHARPNESS = 0.2
LOOKED_AT = 30

Shares = npt.NDArray[np.float32]
# From a sentence's features and what it follows to the probability of each intent.
Judge = Callable[[list[str], Context | None], Shares]


class Example(msgspec.Struct, frozen=True):
    """A training example: its features, its intent, what it follows."""

    features: list[str]
    intent: str
    context: Context | None


def network(examples: Sequence[Example], knows: bool) -> tuple[list[str], Judge]:
    """Our model, with or without what the conversation is about."""
    contexts = [each.context if knows else None for each in examples]
    how = Training() if knows else Training(follows=0.0)
    features, intents = [e.features for e in examples], [e.intent for e in examples]
    model: IntentModel = train(features, intents, how, contexts)

    def judge(words: list[str], context: Context | None) -> Shares:
        scores = model.scores(words)
        if context is None or not knows:
            return scores.intents
        return model.after(scores.words, context)

    return model.intents, judge


def linear(examples: Sequence[Example], knows: bool) -> tuple[list[str], Judge]:
    """A support vector machine over the same features."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    contexts = [each.context if knows else None for each in examples]
    features, intents = [e.features for e in examples], [e.intent for e in examples]
    met = in_conversation(features, intents, contexts, Training().follows if knows else 0.0, 1)
    vectorizer = TfidfVectorizer(
        analyzer=lambda names: names, sublinear_tf=True, min_df=2, dtype=np.float32
    )
    machine = LinearSVC(C=1.0, random_state=1).fit(
        vectorizer.fit_transform(met.features), met.intents
    )

    def judge(words: list[str], context: Context | None) -> Shares:
        row = vectorizer.transform([words + context.features() if context and knows else words])
        return softmax(machine.decision_function(row)[0] / LINEAR_SHARPNESS)

    return [str(name) for name in machine.classes_], judge


def entry(shares: Shares, names: Sequence[str], thing: str, wording: Wording) -> str:
    """The entry that is likeliest to be meant while a thing is talked about."""
    found: dict[str, float] = {}
    for index in np.argsort(-shares)[:LOOKED_AT]:
        name = names[index]
        if topic_of(name) in (*topics().near(thing), NONE) and not name.startswith(STRAY):
            key = of_thing(name, thing, wording)
            found[key] = found.get(key, 0.0) + float(shares[index])
    return max(found, key=found.__getitem__, default="")


def of_thing(name: str, thing: str, wording: Wording) -> str:
    """What an intent that leaves its thing unsaid comes to."""
    aspect = name.removeprefix(UNSAID)
    return (wording.answer_for(thing, aspect) if aspect != name else None) or name


def held_out(
    texts: Sequence[str], examples: Sequence[Example]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Examples to ask of the models: such as follow something, and such as stand alone."""
    fold = folds(texts, [each.intent for each in examples])
    follows = np.array([each.context is not None for each in examples])
    ours = np.array([topic_of(each.intent) != NONE for each in examples])
    within = np.flatnonzero((fold == 0) & follows)[:HELD_OUT]
    alone = np.flatnonzero((fold == 0) & ~follows & ours)[:HELD_OUT]
    return within, alone


def main() -> None:
    """Print what each model gets right."""
    reader, featurizer, wording = Reader.load(), Featurizer.load(), Wording.load()
    read = [(*reader.read(text), intent, context) for text, intent, context in followed_examples()]
    examples = [Example(featurizer.features(t, found), i, after) for t, found, i, after in read]
    within, alone = held_out([text for text, *_ in read], examples)
    asked = {*within.tolist(), *alone.tolist()}
    seen = [each for index, each in enumerate(examples) if index not in asked]
    print(f"留出：对话里的 {len(within)} 句，单独的 {len(alone)} 句；学 {len(seen)} 句")
    for title, fit, knows in (
        ("SVM，不知道在谈什么", linear, False),
        ("SVM，知道", linear, True),
        ("网络，不知道在谈什么", network, False),
        ("网络，知道（现在用的）", network, True),
    ):
        names, judge = fit(seen, knows)
        right = 0
        for index in within:
            each = examples[index]
            thing = each.context.thing if each.context else ""
            meant = entry(judge(each.features, each.context), names, thing, wording)
            right += meant == of_thing(each.intent, thing, wording)
        exact = sum(
            names[int(judge(examples[i].features, None).argmax())] == examples[i].intent
            for i in alone
        )
        print(
            f"{title}：对话里 {100 * right / len(within):.1f} %，"
            f"单独 {100 * exact / len(alone):.1f} %",
            flush=True,
        )


if __name__ == "__main__":
    typer.run(main)
