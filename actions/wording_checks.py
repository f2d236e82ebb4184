"""Checking the reply files: every intent answered, every name in them known, no figure by hand."""

import re
import string
from collections.abc import Iterator

from actions.understood import TOPICS, topic_of
from actions.wording import REPLIES, Wording
from policy.facts import FactBook
from policy.yamlfile import DataError

SENTENCES = (
    "fallback_first",
    "fallback_again",
    "too_long",
    "not_text",
    "unknown_place",
    "pick_out_of_range",
    "error",
    "rate_limited",
    "closed",
    "masked",
    "nothing_before",
)
# Money and ratios come from facts alone; a hotline's number is no figure.
FIGURE = re.compile(r"\d+(?:\.\d+)?\s*(?:元|块|%|％|百分点)")
LONGEST_BUTTON = 20


def wording_errors(wording: Wording, book: FactBook, intents: set[str]) -> Iterator[DataError]:
    """Every mistake in the reply files.

    Args:
        wording: what the bot says.
        book: the facts it may refer to.
        intents: all intents of the domain.
    """
    spoken = {name for name in intents if name not in _unanswered(wording)}
    for name in sorted(spoken - set(wording.aspects)):
        yield DataError(REPLIES, 1, name, "这个意图没有回答")
    for intent, aspect in wording.aspects.items():
        place = wording.places[intent]
        facts = [*aspect.facts, *aspect.claims]
        following = list(aspect.next)
        leads = [aspect.lead, aspect.extra]
        for variant in aspect.variants:
            facts += [*(variant.facts or ()), *(variant.claims or ())]
            following += variant.next or ()
            leads += [variant.lead or "", variant.extra or ""]
        for name in facts:
            if name not in book.facts:
                yield DataError(*place, f"{intent}.facts", f"没有编号为 {name} 的事实")
        for name in following:
            if name not in wording.aspects or not wording.aspects[name].ask:
                yield DataError(*place, f"{intent}.next", f"{name} 没有可以显示的问题（ask）")
        for text in leads:
            if FIGURE.search(text):
                yield DataError(*place, intent, f"数字要放进事实文件，不要写在句子里：{text}")
        if len(aspect.ask) > LONGEST_BUTTON:
            yield DataError(*place, f"{intent}.ask", f"按钮上的字超过 {LONGEST_BUTTON} 个")
        if topic_of(intent) in TOPICS and not (aspect.lead or aspect.facts or aspect.ask_region):
            yield DataError(*place, intent, "没有 lead 也没有 facts，等于没有回答")
    for name in SENTENCES:
        if name not in wording.aspects:
            yield DataError(REPLIES, 1, name, "缺少这句话")
    for name, text in wording.templates.sentences.items():
        try:
            list(string.Formatter().parse(text))
        except ValueError as error:
            yield DataError(REPLIES / "templates.yml", 1, name, f"花括号不成对：{error}")


def _unanswered(wording: Wording) -> set[str]:
    """Intents that are resolved into others and have no answer of their own."""
    return {"inform", "pick", "nlu_fallback", *wording.templates.followups}
