"""A part of a message."""

import msgspec

from nlu.clauses import Span
from nlu.judging import Entity


class Piece(msgspec.Struct, frozen=True):
    """A part of a message: one or more spans of it, read together.

    Attributes:
        spans: where it stands.
        text: its words.
        entities: those inside, with offsets into the message.
        moved: the same with offsets into ``text``.
    """

    spans: tuple[Span, ...]
    text: str
    entities: list[Entity]
    moved: list[Entity]
