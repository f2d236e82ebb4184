"""English, pinyin and initials inside Chinese: known words become Chinese, the others one word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ENGLISH = Path(__file__).parent / "lexicon" / "english.yml"
_LATIN = re.compile(r"[a-z]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = r"[a-z]+"
_BETWEEN = r"(?:[ \-]+|['’]+)"
# Not inside of addresses, file names and the like.
_RUN = re.compile(rf" *(?<![a-z./@_:\d]){_WORD}(?:{_BETWEEN}{_WORD})*(?![a-z@_\d/]|\.[a-z]) *")
_TOKEN = re.compile(_WORD)


class ForeignWords:
    """Puts Chinese words in place of the foreign ones of a list."""

    def __init__(self, data: dict[str, Any]) -> None:
        """Take the words.

        Args:
            data: ``words`` (foreign to Chinese, empty for what says nothing) and ``alone`` (what
                stays as it is when there is nothing else).
        """
        self._words = {tuple(key.split()): value for key, value in data["words"].items()}
        self._longest = max((len(key) for key in self._words), default=0)
        self._alone = {tuple(each.split("-")) for each in data["alone"].split()}

    @classmethod
    def load(cls, file: Path = ENGLISH) -> ForeignWords:
        """Read nlu/lexicon/english.yml."""
        return cls(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))

    def __call__(self, text: str) -> str:
        """The text with the known foreign words in Chinese; it is in lower case."""
        if not _LATIN.search(text):
            return text
        if not _HAN.search(text) and tuple(_TOKEN.findall(text)) in self._alone:
            return text
        return _RUN.sub(self._in_chinese, text)

    def _in_chinese(self, match: re.Match[str]) -> str:
        run = match.group()
        tokens = [(each.group(), each.start(), each.end()) for each in _TOKEN.finditer(run)]
        if len(tokens) == 1 and len(tokens[0][0]) == 1:
            return run
        pieces: list[str] = []
        # Blanks and hyphens beside a word that is put into Chinese go with it.
        index, written, glued = 0, 0, False
        while index < len(tokens):
            size, chinese = self._longest_at(tokens, index)
            if size:
                pieces.append(run[written : tokens[index][1]].strip(" -'’") + chinese)
                index += size
                written, glued = tokens[index - 1][2], True
            else:
                between = run[written : tokens[index][1]]
                pieces += ["" if glued else between, tokens[index][0]]
                written, glued = tokens[index][2], False
                index += 1
        rest = run[written:]
        return "".join(pieces) + ("" if glued else rest)

    def _longest_at(self, tokens: list[tuple[str, int, int]], index: int) -> tuple[int, str]:
        for size in range(min(self._longest, len(tokens) - index), 0, -1):
            chinese = self._words.get(tuple(token for token, _, _ in tokens[index : index + size]))
            if chinese is not None:
                return size, chinese
        return 0, ""
