"""Long lists a page at a time."""

from collections.abc import Sequence
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec

T = TypeVar("T")
SIZE = 50


class Paged(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A page of a list.

    Attributes:
        items: what is on it.
        number: this page, from 1; last: the last one; total: how many items there are.
        query: of the address, without the page.
    """

    items: Sequence[T]
    number: int
    last: int
    total: int
    query: str

    def link(self, number: int) -> str:
        """The address of another page."""
        return f"?{self.query}&page={number}" if self.query else f"?page={number}"


def paged(items: Sequence[T], page: str, query: str, size: int = SIZE) -> Paged[T]:
    """Cut a page out of a list.

    Args:
        items: the whole list.
        page: its number as it stands in the address; what is none is the first.
        query: of the address.
        size: items on a page.
    """
    last = max(1, -(-len(items) // size))
    number = min(last, max(1, int(page))) if page.isdecimal() else 1
    kept = [(name, value) for name, value in parse_qsl(query) if name != "page"]
    return Paged(
        items=items[(number - 1) * size : number * size],
        number=number,
        last=last,
        total=len(items),
        query=urlencode(kept),
    )
