"""From what the bot says to the text and XML that WeChat takes."""

import re
import time
from collections.abc import Sequence

import msgspec
from wechatpy.replies import TextReply

from channels.wechat.splitting import LIMIT, cut

# What XML 1.0 cannot hold, in a CDATA section or elsewhere.
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Said(msgspec.Struct):
    """Something the bot says: a text, and choices that become a numbered list."""

    text: str
    choices: list[str] = []


def clean(text: str) -> str:
    """A text that no XML parser stumbles over: no impossible characters, no end of CDATA."""
    return _IMPOSSIBLE.sub("", text).replace("]]>", "]]＞").strip()


def as_text(said: Sequence[Said], hint: str) -> str:
    """Everything said in one text.

    Args:
        said: in order. Only the last list of choices is written out, because a number picks
            from the last one.
        hint: the line above the choices.
    """
    blocks = [one.text for one in said if one.text]
    choices = next((one.choices for one in reversed(said) if one.choices), [])
    if choices:
        lines = [f"【{number}】{title}" for number, title in enumerate(choices, 1)]
        blocks.append("\n".join([hint, *lines]))
    return clean("\n\n".join(blocks))


def first_piece(text: str, hint: str, limit: int = LIMIT) -> tuple[str, str]:
    """What of a text goes out now, and what waits for 「更多」.

    Args:
        text: cleaned.
        hint: the line that says how to get more.
        limit: most bytes of a message.
    """
    if len(text.encode()) <= limit:
        return text, ""
    ending = f"\n\n{hint}"
    end = cut(text, limit - len(ending.encode()))
    return text[:end].rstrip() + ending, text[end:].strip()


def reply_xml(person: str, account: str, content: str, now: float | None = None) -> str:
    """A passive text reply.

    Args:
        person: who gets it.
        account: who says it.
        content: cleaned, at most 2048 bytes.
        now: seconds since 1970; the clock's if left out.
    """
    created = int(time.time() if now is None else now)
    reply = TextReply(source=account, target=person, content=content, time=created)
    return str(reply.render())
