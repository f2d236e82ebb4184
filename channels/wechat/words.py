"""The channel's own sentences, and the short words it listens for."""

import hashlib
import re
import unicodedata
from pathlib import Path

import msgspec

from channels.masking import mask
from channels.wechat.replies import Said
from dialogue.acts.picking import ordinal
from dialogue.wording import Wording
from policy.yamlfile import Document

FILE = Path(__file__).with_name("words.yml")
_EDGES = re.compile(r"^\W+|\W+$")
# WeChat writes its own stickers as [微笑].
_STICKER = re.compile(r"\[\w{1,6}\]")


class Heard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``words.yml``."""

    more: list[str]
    pokes: list[str]
    trial: list[str]


def heard(file: Path = FILE) -> Heard:
    """Read ``words.yml``.

    Raises:
        DataError: naming file, line and field of a mistake.
    """
    document = Document(file)
    return document.convert(document.data, Heard)


class Words:
    """What the channel says and listens for."""

    def __init__(self, wording: Wording, listened: Heard) -> None:
        """Take the reply files and the words of people."""
        self._wording = wording
        self._more = frozenset(listened.more)
        self._pokes = frozenset(listened.pokes) | self._more

    @classmethod
    def load(cls) -> "Words":
        """Read both files."""
        return cls(Wording.load(), heard())

    def line(self, name: str) -> str:
        """One sentence by its name."""
        return self._wording.lead(name)

    def said(self, name: str) -> Said:
        """A sentence with what follows it and the questions it offers."""
        aspect = self._wording.answers[name]
        titles = [self._wording.answers[intent].ask for intent in aspect.next]
        text = f"{aspect.lead}\n{aspect.extra}" if aspect.extra else aspect.lead
        return Said(text, titles)

    def wants_more(self, text: str) -> bool:
        """Whether a message asks for the rest of an answer."""
        return _plain(text) in self._more

    def is_poke(self, text: str) -> bool:
        """Whether a message only asks for an answer that is due: no question of its own."""
        plain = _plain(text)
        return not plain or plain in self._pokes or plain.isdigit() or ordinal(plain) is not None


def asked_in(text: str) -> str:
    """What a message asks, as a hash that is the same when it is sent again; "" for nothing."""
    # Personal numbers could be found out by trying all of them.
    plain = _plain(mask(text).text)
    return hashlib.sha256(plain.encode()).hexdigest()[:16] if plain else ""


def _plain(text: str) -> str:
    """Without case, width, stickers, and signs around it."""
    return _EDGES.sub("", _STICKER.sub("", unicodedata.normalize("NFKC", text).lower()))
