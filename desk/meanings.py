"""What intents are called in Chinese, so that nobody has to know their names."""

import re
from functools import lru_cache
from pathlib import Path

from desk.draft import data_files, example_places
from dialogue.wording import Wording
from policy.yamlfile import DataError

_NAMED = re.compile(r"（([a-z_0-9]+)）$")
_WORD = re.compile(r"\b[a-z][a-z_0-9]*\b")
_MARKUP = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")

# What tells whether a folder's files have changed.
Stamp = tuple[tuple[str, int, int], ...]


def stamp(folder: Path) -> Stamp:
    """Name, time and size of every data file of a folder."""
    states = [(name, (folder / name).stat()) for name in data_files(folder)]
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def meanings(folder: Path) -> dict[str, str]:
    """For each intent that has examples the question it stands for, else one of its examples."""
    return _meanings(folder, stamp(folder))


@lru_cache(maxsize=4)
def _meanings(folder: Path, _: Stamp) -> dict[str, str]:
    try:
        answers = Wording.load(folder).answers
    except DataError:
        answers = {}
    files: dict[str, list[str]] = {}
    found = {}
    for intent, (file, line) in sorted(example_places(folder).items()):
        ask = answers[intent].ask if intent in answers else ""
        if not ask:
            if file not in files:
                files[file] = (folder / file).read_text("utf-8").splitlines()
            example = files[file][line - 1].strip().removeprefix("- ")
            plain = _MARKUP.sub(r"\1", example)
            ask = f"像“{plain}”这样的话"
        found[intent] = ask
    return found


def chosen(text: str, names: dict[str, str]) -> str:
    """The intent that was picked or typed: as offered, by its name, or by its question."""
    text = text.strip()
    found = _NAMED.search(text)
    if found:
        return found.group(1)
    return next((intent for intent, name in names.items() if name == text), text)


def spelled_out(text: str, names: dict[str, str]) -> str:
    """A text with every intent in it called as people call it."""
    return _WORD.sub(lambda word: f"「{names[word[0]]}」" if word[0] in names else word[0], text)
