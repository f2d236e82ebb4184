"""Checking what is said: every intent answered, every name known, no figure written by hand."""

import ast
import re
import string
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from dialogue.meaning import FALLBACK, INFORM, UNSAID
from dialogue.routes import ROUTES, Routes
from dialogue.wording import ASPECTS, TEMPLATES, Spec, Wording
from policy.facts import FactBook
from policy.topics import DATA, NONE, topics
from policy.yamlfile import DataError, Document

# Money and ratios come from facts alone; a hotline's number is no figure.
FIGURE = re.compile(r"\d+(?:\.\d+)?\s*(?:元|块|%|％|百分点)")
LONGEST_BUTTON = 20
# Intents that stand for others, or pick what was offered.
WITHOUT_ANSWER = (
    INFORM,
    "pick",
    FALLBACK,
    "repeat",
    "simplify",
    "ask_true",
    "ask_detail",
    "ask_why",
)
# Sentences that the channels say, and those that the acts say by name.
CODE = Path(__file__).parent


def wording_errors(wording: Wording, book: FactBook, intents: set[str]) -> Iterator[DataError]:
    """Every mistake in the files of answers.

    Args:
        wording: what the bot says.
        book: the facts it may refer to.
        intents: all intents that have examples.
    """
    spoken = {n for n in intents if n not in WITHOUT_ANSWER and not n.startswith(UNSAID)}
    for name in sorted(spoken - set(wording.answers)):
        yield DataError(DATA, 1, name, "这个意图没有回答")
    for key, spec in wording.answers.items():
        yield from _entry_errors(key, spec, wording, book)
    for name in sorted(_named_entries() - set(wording.answers)):
        yield DataError(DATA, 1, name, "缺少这句话")
    yield from _meaning_errors(wording)
    yield from _aspect_errors(wording)
    yield from _route_errors(wording)
    yield from _template_errors(wording)


def _entry_errors(key: str, spec: Spec, wording: Wording, book: FactBook) -> Iterator[DataError]:
    place = wording.places[key]
    facts = [*spec.facts, *spec.more, *spec.causes, *spec.claims]
    following = list(spec.next)
    leads = [spec.lead, spec.extra]
    for variant in spec.variants:
        for field in (variant.facts, variant.more, variant.causes, variant.claims):
            facts += field or ()
        following += variant.next or ()
        leads += [variant.lead or "", variant.extra or ""]
    for name in facts:
        if name not in book.facts:
            yield DataError(*place, f"{key}.facts", f"没有编号为 {name} 的事实")
    for name in following:
        if name not in wording.answers or not wording.answers[name].ask:
            yield DataError(*place, f"{key}.next", f"{name} 没有可以显示的问题（ask）")
    for text in leads:
        if FIGURE.search(text):
            yield DataError(*place, key, f"数字要放进事实文件，不要写在句子里：{text}")
    if len(spec.ask) > LONGEST_BUTTON:
        yield DataError(*place, f"{key}.ask", f"按钮上的字超过 {LONGEST_BUTTON} 个")
    said = spec.lead or spec.facts or spec.causes or spec.ask_region
    if topics().of(key) != NONE and not said:
        yield DataError(*place, key, "lead、facts、causes 都没有，等于没有回答")


def _meaning_errors(wording: Wording) -> Iterator[DataError]:
    """Pairs of thing and aspect that do not exist, or that two entries claim."""
    for key, spec in wording.answers.items():
        place = wording.places[key]
        if topics().of(key) != NONE and not spec.means:
            yield DataError(*place, f"{key}.means", "要写明它答的是什么：东西.方面")
        for pair in spec.means:
            thing, _, aspect = pair.partition(".")
            if topics().thing(thing) is None:
                yield DataError(*place, f"{key}.means", f"没有 {thing} 这样东西（见 topic.yml）")
            if not aspect:
                continue
            if aspect not in wording.aspects:
                yield DataError(*place, f"{key}.means", f"没有 {aspect} 这个方面（见 aspects.yml）")
            if wording.by_meaning[pair] != key:
                other = wording.by_meaning[pair]
                yield DataError(*place, f"{key}.means", f"{pair} 已由 {other} 回答")


def _aspect_errors(wording: Wording) -> Iterator[DataError]:
    """Aspects that are answered whatever is talked about, by an entry that does not exist."""
    document = Document(DATA / ASPECTS)
    for name, aspect in wording.aspects.items():
        if aspect.anywhere and aspect.anywhere not in wording.answers:
            yield document.error((name, "anywhere"), f"没有 {aspect.anywhere} 这个回答")


def _route_errors(wording: Wording) -> Iterator[DataError]:
    for number, route in enumerate(Routes.load().routes):
        keys = [key for key in route.keys if key != INFORM]
        for name in (*keys, *route.unless, route.to):
            if name and name not in wording.answers:
                yield DataError(DATA / ROUTES, number + 1, "to", f"没有 {name} 这个回答")


def _template_errors(wording: Wording) -> Iterator[DataError]:
    """Sentences of templates.yml that are missing, unused, or have a place nobody fills."""
    file, sentences, filled = DATA / TEMPLATES, wording.templates.sentences, _filled()
    for name in sorted(filled.keys() - sentences.keys()):
        yield DataError(file, 1, name, "缺少这个句式")
    for name, text in sentences.items():
        line = wording.lines.get(name, 1)
        if name not in filled:
            yield DataError(file, line, name, "没有这个句式，名字写错了吗")
            continue
        try:
            places = {place for _, place, _, _ in string.Formatter().parse(text) if place}
        except ValueError as error:
            yield DataError(file, line, name, f"花括号不成对：{error}")
            continue
        for place in sorted(places - filled[name]):
            yield DataError(file, line, name, f"程序不会填 {{{place}}}")


@lru_cache(maxsize=1)
def _calls() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Every call in the dialogue's code that says something by its name: function, name, places."""
    found = []
    for file in sorted(CODE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            places = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
            for each in ast.walk(node.args[0]):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    found.append((name, each.value, places))
    return tuple(found)


def _filled() -> dict[str, set[str]]:
    """Each template that the code or a route uses, with the places that it fills."""
    filled: dict[str, set[str]] = {
        name: set() for route in Routes.load().routes for name in (route.note, route.adds) if name
    }
    for function, name, places in _calls():
        if function in ("say", "_say") and re.fullmatch(r"[a-z_]+", name):
            filled.setdefault(name, set()).update(places)
    entries = _named_entries()
    return {name: places for name, places in filled.items() if name not in entries}


def _named_entries() -> set[str]:
    """Entries of answers.yml that the code names itself."""
    return {name for function, name, _ in _calls() if function in ("say_entry", "lead")}
