"""Reading XML from outside: flat, small, without entities, before any other parser sees it."""

import re
from typing import Any
from xml.parsers import expat

# Characters that no XML 1.0 may hold, as themselves or by their number.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]"
    r"|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));"
)
MOST_ELEMENTS = 200
DEEPEST = 6


class BadXml(Exception):
    """Why a text is not the XML that WeChat sends; never quotes it."""


class _Reader:
    """Collects the texts of the root's children and refuses everything unusual."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._path: list[str] = []
        self._elements = 0
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.StartDoctypeDeclHandler = self._refuse_declaration
        self._parser.EntityDeclHandler = self._refuse_declaration

    def read(self, text: str) -> dict[str, str]:
        try:
            self._parser.Parse(text.encode(), True)
        except expat.ExpatError:
            raise BadXml("not well-formed") from None
        return self.fields

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._path) > DEEPEST:
            raise BadXml("too many elements")
        if attributes:
            raise BadXml("attributes")
        if len(self._path) == 1 and name != "xml":
            raise BadXml("another root")
        if len(self._path) == 2:
            if name in self.fields:
                raise BadXml("an element twice")
            self.fields[name] = ""
            self._text.clear()

    def _end(self, name: str) -> None:
        if len(self._path) == 2:
            self.fields[name] = "".join(self._text).strip()
        self._path.pop()

    def _refuse_declaration(self, *_: Any) -> None:
        raise BadXml("declarations")


def document(text: str) -> str:
    """The text without byte-order mark, XML declaration and what XML forbids.

    People's phones do send such characters, and WeChat passes them on.
    The text is decoded already; a declared encoding could only mislead a parser.
    """
    text = _FORBIDDEN.sub("", text).lstrip("\ufeff \t\r\n")
    return text.partition("?>")[2] if text.startswith("<?xml") else text


def fields(text: str) -> dict[str, str]:
    """The texts of the root's children by name.

    Args:
        text: one ``<xml>`` element, as ``document`` returns it.

    Raises:
        BadXml: for declarations, attributes, repeated or too many elements, bad syntax.
    """
    try:
        return _Reader().read(text)
    except UnicodeEncodeError:
        raise BadXml("characters that do not exist") from None
