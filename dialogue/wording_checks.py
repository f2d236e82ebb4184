"""Checking the reply files: every intent answered, every name in them known, no figure by hand."""

import re
import string
from collections.abc import Iterator

from dialogue.understood import topic_of
from dialogue.wording import TEMPLATES, Wording
from policy.facts import FactBook
from policy.topics import DATA, topic_keys
from policy.yamlfile import DataError

SENTENCES = (
    "fallback_first",
    "fallback_again",
    "too_long",
    "not_text",
    "unknown_place",
    "care_abroad",
    "pick_out_of_range",
    "error",
    "rate_limited",
    "closed",
    "masked",
    "nothing_before",
)
# The sentences of templates.yml, each with the places that the program fills in it.
TEMPLATE_PLACES = {
    "monthly": "",
    "yearly": "",
    "figure": "amount every",
    "figure_line": "amount band every population region",
    "bands": "population region",
    "band": "amount label",
    "band_mine": "amount label",
    "heard_wrong": "amount",
    "others": "",
    "band_note": "text",
    "no_amount": "",
    "age_from": "low",
    "age_to": "high",
    "age_between": "high low",
    "all_ages": "",
    "yearly_note": "",
    "since": "date",
    "rule": "region",
    "rule_lead": "band base population ratio region",
    "rule_base": "base year",
    "rule_frozen": "",
    "computed": "amount",
    "computed_line": "base ratio",
    "own_share": "ratio",
    "no_figure": "region",
    "no_figure_rule": "",
    "no_figure_for": "region population",
    "not_theirs": "",
    "own_amount": "",
    "net_note": "amount",
    "elsewhere": "region",
    "elsewhere_ask": "",
    "below_note": "region",
    "need_region": "",
    "compare": "",
    "compare_same": "",
    "compare_need": "",
    "retired_also": "ratio",
    "age_hint": "",
    "local": "region text",
    "condition": "text",
    "assumed": "text",
    "caveat": "text",
    "unconfirmed": "",
    "overdue": "date",
    "claim_dated": "date text",
    "claim_undated": "text",
    "claim_joint": "",
    "sources": "text",
    "source": "date kind publisher",
    "source_site": "date kind publisher",
    "undated": "",
    "phone": "number",
    "part": "number title",
    "tell_region": "",
    "no_local": "region",
    "no_local_at_all": "region",
    "outside_mainland": "region",
    "source_of": "",
    "source_line": "checked text",
    "fresh_since": "date",
    "fresh_undated": "",
    "fresh_sources": "text",
    "fresh_checked": "date",
    "fresh_call": "",
    "simplified": "",
    "noted": "text",
    "ask_topic": "",
    "which": "name",
    "age_odd": "",
    "or": "",
    "comma": "",
}
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
        yield DataError(DATA, 1, name, "这个意图没有回答")
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
        if topic_of(intent) in topic_keys() and not (
            aspect.lead or aspect.facts or aspect.ask_region
        ):
            yield DataError(*place, intent, "没有 lead 也没有 facts，等于没有回答")
    for name in SENTENCES:
        if name not in wording.aspects:
            yield DataError(DATA, 1, name, "缺少这句话")
    yield from _template_errors(wording)


def _template_errors(wording: Wording) -> Iterator[DataError]:
    """Sentences of templates.yml that are missing, unknown, or have a place nobody fills."""
    file, sentences = DATA / TEMPLATES, wording.templates.sentences
    for name in sorted(TEMPLATE_PLACES.keys() - sentences.keys()):
        yield DataError(file, 1, name, "缺少这个句式")
    for name, text in sentences.items():
        line = wording.lines.get(name, 1)
        if name not in TEMPLATE_PLACES:
            yield DataError(file, line, name, "没有这个句式，名字写错了吗")
            continue
        try:
            places = {place for _, place, _, _ in string.Formatter().parse(text) if place}
        except ValueError as error:
            yield DataError(file, line, name, f"花括号不成对：{error}")
            continue
        for place in sorted(places - set(TEMPLATE_PLACES[name].split())):
            yield DataError(file, line, name, f"程序不会填 {{{place}}}")


def _unanswered(wording: Wording) -> set[str]:
    """Intents that are resolved into others and have no answer of their own."""
    return {"inform", "pick", "nlu_fallback", *wording.templates.followups}
