"""Conversations to be held again: their messages, and the place that their channel assumes."""

import msgspec

from channels.home import home_region

# The channel of what nobody has asked yet.
PAGE = "web"


class Talk(msgspec.Struct, frozen=True):
    """A conversation; ``home`` is the region assumed of whoever names none, "" for none."""

    texts: list[str]
    home: str = ""


def talk(texts: list[str], channel: str = PAGE) -> Talk:
    """A conversation as it would be held on a channel."""
    return Talk(texts, home_region(channel))
