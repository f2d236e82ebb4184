"""What is measured of questions: topics, intents, rejection, robustness, several questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

import numpy as np

from benchmarks import questions
from benchmarks.figures import (
    Figure,
    Mistake,
    Section,
    intent_mistakes,
    intent_rate,
    of_rate,
    topic_mistakes,
    topic_rate,
)
from benchmarks.parsing import Parsed, Understanding
from benchmarks.questions import AROUND, FAR, IN_SCOPE, NEAR, Expected, Several
from benchmarks.scoring import Bin, Rate, bins, expected_calibration_error, rate
from dialogue.meaning import UNSAID
from dialogue.wording import Wording
from nlu.model import topic_of
from policy.topics import topic_keys

Judged = tuple[Expected, Parsed]
IN_SCOPE_TARGET, FAR_TARGET, NEAR_TARGET = 0.97, 0.97, 0.85
SEVERAL_TARGET, FALLBACK_TARGET = 0.90, 0.85
# A variant may be this much worse than the clean question.
ROBUST_WITHIN = 0.03
TYPED_TARGET = 0.94
BUTTONS = 3
HARDEST = 60
PHENOMENA = {
    "traditional": "繁体字",
    "homophone_typo": "同音错字",
    "shape_typo": "形近错字",
    "dropped_or_doubled": "漏字、重字",
    "dialect_and_fillers": "方言、语气词",
    "no_punctuation": "没有标点",
    "long_background": "先讲一大段",
    "noun_phrase": "只有名词",
    "headline": "标题式",
    "region_front": "地名在前",
    "region_end": "地名在后",
    "region_brackets": "地名在括号里",
    "fullwidth_digits": "全角数字",
    "emoji": "表情符号",
    "english_mixed": "夹英文",
}
WAYS = {
    "english_or_initials": "夹英文、拼音、首字母",
    "typos": "错别字",
    "long_background": "先讲一大段",
    "rejected": "不答：这些写法的别的事",
}
RESAMPLES = 1000


def judge(understanding: Understanding, rows: Sequence[Expected]) -> list[Judged]:
    """Each row with what the bot made of it."""
    return list(zip(rows, understanding.parse(row.text for row in rows), strict=True))


def of_kind(rows: Iterable[Judged], kind: str) -> list[Judged]:
    """The rows of a kind."""
    return [(row, found) for row, found in rows if row.kind == kind]


def held_out(understanding: Understanding) -> Section:
    """Our own held-out questions: topic, intent, rejection."""
    rows = judge(understanding, questions.held_out())
    inside = of_kind(rows, IN_SCOPE)
    figures = [
        of_rate("heldout_topic", "主题（六个主题内）", topic_rate(inside), IN_SCOPE_TARGET),
        of_rate("heldout_intent", "意图（六个主题内）", intent_rate(inside)),
        of_rate("heldout_near", "不答：相近的事", topic_rate(of_kind(rows, NEAR)), NEAR_TARGET),
        of_rate("heldout_far", "不答：无关的事", topic_rate(of_kind(rows, FAR)), FAR_TARGET),
        of_rate("heldout_around", "招呼与其他不当成主题", topic_rate(of_kind(rows, AROUND))),
        of_rate("heldout_around_intent", "招呼与其他的意图", intent_rate(of_kind(rows, AROUND))),
    ]
    wrong = topic_mistakes("自编留出集·主题", rows)
    wrong += intent_mistakes("自编留出集·意图", [*inside, *of_kind(rows, AROUND)])
    return Section("自编留出集", figures, wrong)


def near_misses(understanding: Understanding) -> Section:
    """The same words about other things."""
    rows = judge(understanding, questions.near_misses())
    figures = [
        of_rate("near_misses_near", "不答：相近的事", topic_rate(of_kind(rows, NEAR)), NEAR_TARGET),
        of_rate("near_misses_far", "不答：无关的事", topic_rate(of_kind(rows, FAR)), FAR_TARGET),
    ]
    return Section("易混句", figures, topic_mistakes("易混句", rows))


def real(understanding: Understanding) -> Section | None:
    """Other people's real questions, where they are there."""
    rows = judge(understanding, questions.real_questions())
    if not rows:
        return None
    figures = [
        of_rate("real_in", "主题（六个主题内）", topic_rate(of_kind(rows, IN_SCOPE)), 0.97),
        of_rate("real_far", "不答：无关的事", topic_rate(of_kind(rows, FAR)), FAR_TARGET),
        of_rate("real_near", "不答：相近的事", topic_rate(of_kind(rows, NEAR)), NEAR_TARGET),
        of_rate("real_around", "招呼与闲聊不当成主题", topic_rate(of_kind(rows, AROUND))),
    ]
    return Section("真实提问", figures, topic_mistakes("真实提问", rows))


def robustness(understanding: Understanding) -> Section:
    """The same question in another dress, by phenomenon."""
    sets: dict[str, list[questions.Variant]] = defaultdict(list)
    for variant in questions.variants():
        sets[variant.phenomenon].append(variant)
    figures: list[Figure] = []
    wrong: list[Mistake] = []
    clean_all, variant_all = Rate(0, 0), Rate(0, 0)
    for phenomenon, rows in sets.items():
        clean = understanding.parse(row.clean for row in rows)
        dressed = understanding.parse(row.variant for row in rows)
        clean_rate = rate(found.topic == row.topic for row, found in zip(rows, clean, strict=True))
        found_rate = rate(
            found.topic == row.topic for row, found in zip(rows, dressed, strict=True)
        )
        clean_all, variant_all = clean_all + clean_rate, variant_all + found_rate
        title = PHENOMENA.get(phenomenon, phenomenon)
        figures.append(_robust(f"robust_{phenomenon}", title, clean_rate, found_rate))
        wrong += [
            Mistake(f"变体·{title}", row.variant, row.topic, found.intent, found.confidence)
            for row, found in zip(rows, dressed, strict=True)
            if found.topic != row.topic
        ]
    figures.append(_robust("robust_all", "全部变体", clean_all, variant_all))
    return Section("各种写法", figures, wrong)


def _robust(key: str, title: str, clean: Rate, dressed: Rate) -> Figure:
    count = f"{dressed.right}/{dressed.of}，原句 {clean.right}/{clean.of}"
    target = clean.share - ROBUST_WITHIN
    return Figure(key, title, dressed.share, dressed.interval, target, count=count)


def as_typed(understanding: Understanding) -> Section:
    """Questions as they are really typed, with no clean one beside them."""
    figures: list[Figure] = []
    wrong: list[Mistake] = []
    for way, expected in questions.as_typed().items():
        rows = judge(understanding, expected)
        title = WAYS.get(way, way)
        figures.append(of_rate(f"typed_{way}", title, topic_rate(rows), TYPED_TARGET))
        wrong += topic_mistakes(f"随手写的·{title}", rows)
    return Section("随手写的", figures, wrong)


def several(understanding: Understanding, number: int = 1) -> Section:
    """Messages with several questions, and long ones with one.

    Args:
        understanding: the trained bot.
        number: of the set.
    """
    messages, singles = questions.several_questions([questions.SEVERAL[number - 1]])
    wording = Wording.load()
    found = understanding.parse(message.text for message in messages)
    pairs = [
        (message, completed(parsed.answered, wording))
        for message, parsed in zip(messages, found, strict=True)
    ]
    parts = [right for message, names in pairs for right in _parts(message, names)]
    extra = [_extra(message, names) for message, names in pairs]
    alone = judge(understanding, singles)
    whole = [len(parsed.parts) < 2 for _, parsed in alone]
    several, single = (name if number == 1 else f"{name}{number}" for name in ("several", "single"))
    figures = [
        of_rate(f"{several}_parts", "多问：各问都答到", rate(parts), SEVERAL_TARGET),
        of_rate(f"{several}_messages", "多问：整条都答到", rate(
            all(_parts(message, names)) for message, names in pairs)),
        of_rate(f"{several}_clean", "多问：没有多答", rate(not each for each in extra)),
        of_rate(f"{single}_whole", "长句单问：没有拆开", rate(whole), SEVERAL_TARGET),
        of_rate(f"{single}_topic", "长句单问：主题", topic_rate(alone), IN_SCOPE_TARGET),
        of_rate(f"{single}_intent", "长句单问：意图", intent_rate(alone)),
    ]  # fmt: skip
    wrong = [
        Mistake(
            "多问", message.text, " + ".join("/".join(part) for part in message.parts),
            " + ".join(names), 1.0,
        )
        for message, names in pairs
        if not all(_parts(message, names))
    ]  # fmt: skip
    wrong += [
        Mistake("单问被拆开", row.text, row.intents[0], " + ".join(parsed.parts), parsed.confidence)
        for row, parsed in alone
        if len(parsed.parts) > 1
    ]
    title = "一条消息几个问题" + ("" if number == 1 else f"（第 {number} 套）")
    return Section(title, figures, wrong + topic_mistakes("长句单问", alone))


def completed(names: Sequence[str], wording: Wording) -> list[str]:
    """Intents of a message's questions, those that leave their thing unsaid made whole.

    Args:
        names: the intents, in order.
        wording: knows what answers an aspect of the thing that the question before was about.
    """
    whole: list[str] = []
    for name in names:
        answer = None
        if whole and name.startswith(UNSAID):
            answer = wording.answer_for(wording.thing_of(whole[-1]), name.removeprefix(UNSAID))
        whole.append(answer or name)
    return whole


def _parts(message: Several, names: Sequence[str]) -> list[bool]:
    return [any(name in accepted for name in names) for accepted in message.parts]


def _extra(message: Several, names: Sequence[str]) -> list[str]:
    accepted = set(chain.from_iterable(message.parts))
    return [name for name in names if name not in accepted]


def fallback(rows: Sequence[Judged]) -> Section:
    """Whether the right question is among the buttons when the bot is unsure.

    Few are, so the least sure ones are looked at as well: what if they had got buttons?

    Args:
        rows: all in-scope questions measured.
    """
    inside = of_kind(rows, IN_SCOPE)
    unsure = [(row, found) for row, found in inside if found.unsure]
    hard = sorted(inside, key=lambda each: (not each[1].unsure, each[1].confidence))[:HARDEST]
    figures = [
        of_rate("fallback_topic", "没把握时，按钮里有对的主题", _topic(unsure), FALLBACK_TARGET),
        of_rate("fallback_intent", "没把握时，按钮里有对的问题", _intent(unsure), FALLBACK_TARGET),
        of_rate("hard_topic", f"最没把握的 {HARDEST} 句若给按钮，有对的主题", _topic(hard)),
        of_rate("hard_intent", f"最没把握的 {HARDEST} 句若给按钮，有对的问题", _intent(hard)),
    ]
    wrong = [
        Mistake(
            "没把握", row.text, " / ".join(row.intents or row.topics), " | ".join(buttons(found)),
            found.confidence,
        )
        for row, found in unsure
        if not _offered_topic(row, found)
    ]  # fmt: skip
    return Section("没把握时", [each for each in figures if each.count != "0/0"], wrong)


def _offered_topic(row: Expected, found: Parsed) -> bool:
    return any(topic_of(name) in row.topics for name in buttons(found))


def _topic(rows: Sequence[Judged]) -> Rate:
    return rate(_offered_topic(row, found) for row, found in rows)


def _intent(rows: Sequence[Judged]) -> Rate:
    return rate(
        any(name in row.intents for name in buttons(found)) for row, found in rows if row.intents
    )


def buttons(found: Parsed) -> list[str]:
    """The questions that the bot offers when it is unsure, as the dialogue picks them."""
    return [name for name in found.ranking if topic_of(name) in topic_keys()][:BUTTONS]


def calibration(rows: Sequence[Judged]) -> tuple[Section, list[Bin]]:
    """How far the stated confidence is the share of right decisions on the topic.

    Returns:
        The section, and the bins for the plot.
    """
    sure = [(row, found) for row, found in rows if not found.unsure]
    confidences = np.array([found.confidence for _, found in sure])
    outcomes = np.array([found.topic in row.topics for row, found in sure])
    found_bins = bins(confidences.tolist(), outcomes.tolist())
    random = np.random.default_rng(1)
    resampled = []
    for _ in range(RESAMPLES if sure else 0):
        index = random.integers(len(sure), size=len(sure))
        drawn = bins(confidences[index].tolist(), outcomes[index].tolist())
        resampled.append(expected_calibration_error(drawn))
    low, high = np.percentile(resampled, [2.5, 97.5]) if resampled else (0.0, 1.0)
    figure = Figure(
        "calibration_error",
        "把握与实际相差（ECE，越小越好）",
        expected_calibration_error(found_bins),
        (float(low), float(high)),
        count=f"{len(sure)} 句",
    )
    return Section("把握可信吗", [figure]), found_bins


def confusion(
    rows: Sequence[Judged], label: Callable[[str], str]
) -> tuple[list[str], list[list[int]]]:
    """How often each expected label came out as each other one.

    Args:
        rows: questions; an accepted answer counts as the expected one.
        label: of an intent or a topic with an underscore.

    Returns:
        Labels, and counts by expected label and found label.
    """
    cells: dict[tuple[str, str], int] = defaultdict(int)
    for row, found in rows:
        expected = row.intents[0] if row.intents else f"{row.topics[0]}_"
        accepted = {label(name) for name in row.intents or [f"{name}_" for name in row.topics]}
        got = label(found.intent)
        cells[label(expected), label(expected) if got in accepted else got] += 1
    labels = sorted({name for pair in cells for name in pair}, key=_order)
    return labels, [[cells[row, column] for column in labels] for row in labels]


def _order(label: str) -> tuple[int, str]:
    topic = topic_of(label) if "_" in label else label
    return (topic_keys().index(topic) if topic in topic_keys() else len(topic_keys()), label)


def topic_label(intent: str) -> str:
    """The topic of an intent, or NONE."""
    return topic_of(intent)
