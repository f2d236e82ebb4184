"""What the money would be spent on, where one question names several things."""

from collections.abc import Iterable

import msgspec

from dialogue.meaning import Question
from dialogue.wording import Wording

ITEM = "item"


def apart(question: Question, wording: Wording) -> list[Question]:
    """The question once for what may be paid and once for what may not.

    「血压计和牛奶能买不」 has two answers. Of several things with the same one, the last named
    counts: what comes before is often the story, 「体检查出糖尿病，能买胰岛素吗」.

    Args:
        question: with ``items`` as they were named.
        wording: tells for which items an answer ``refuses``.
    """
    aspect = wording.answers.get(question.intent)
    if aspect is None or len(question.items) < 2:
        return [question]
    groups: dict[bool, list[tuple[str, str]]] = {}
    for item in question.items:
        refused = aspect.for_case(question.found | {ITEM: item[0]}).refuses
        groups.setdefault(refused, []).append(item)
    return [
        msgspec.structs.replace(
            question,
            found=question.found | {ITEM: group[-1][0]},
            items=tuple(group),
            subject=_words(group, wording) if len(groups) > 1 else "",
        )
        for group in groups.values()
    ]


def named(asked: list[Question], wording: Wording) -> list[Question]:
    """Several questions on what the money buys, each with the things that it is about."""
    if len(asked) < 2:
        return asked
    return [
        msgspec.structs.replace(each, subject=_words(each.items, wording))
        if each.topic == "usage" and each.items and not each.subject
        else each
        for each in asked
    ]


def _words(items: Iterable[tuple[str, str]], wording: Wording) -> str:
    return wording.say("comma").join(dict.fromkeys(words for _, words in items))
