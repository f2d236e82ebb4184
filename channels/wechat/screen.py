"""What is better seen on the page than in a bubble, and the address that opens it there."""

from typing import Any
from urllib.parse import quote

# Bands of one answer, or places beside each other, from which on a table helps.
MOST_BANDS, MOST_PLACES = 3, 2


def link_to(page: str, custom: dict[str, Any] | None) -> str:
    """The page with a question in its box; "" if the bubble says all of it well.

    Args:
        page: address of the chat page; "" if there is none.
        custom: the structure of the reply, see ``docs/payload.md``.
    """
    if not page or not custom:
        return ""
    for answer in custom.get("answers") or ():
        bands = [block for block in answer.get("blocks") or () if block.get("kind") == "band"]
        places = {block["place"] for block in bands if block.get("place")}
        if len(bands) >= MOST_BANDS or len(places) >= MOST_PLACES:
            title = str(answer.get("title") or "")
            return f"{page}?q={quote(title)}" if title else page
    return ""
