"""What a person sends in pieces within a few seconds is one message, and gets one answer.

Each piece waits a little for the next. The last one takes the others with it; they get no answer
of their own.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable

from channels.gate import Passed
from channels.masking import mask
from channels.wechat.inbox import Inbox, Person, Piece
from channels.wechat.store import StoreDown

logger = logging.getLogger(__name__)
# How long whoever goes on writing may put off the answer, in waits; and how much they may write.
MOST_WAITS = 3
MOST_CHARACTERS = 500
# Seconds after which a piece that nobody took is forgotten: its process died.
STALE = 20.0
MOST_TAKEN = 20
_ENDED = re.compile(r"[\W_]$")


class Pieces:
    """Joins the pieces of one person's message."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.time) -> None:
        """Make it.

        Args:
            seconds: that a piece waits for the next; 0 takes each message by itself.
            now: seconds since 1970, the same on all machines.
        """
        self._seconds = seconds
        self._now = now

    async def wait_for(self, inbox: Inbox, person: str, whole: bool) -> bool:
        """Whether a message may be a piece.

        Args:
            inbox: the records.
            person: the conversation.
            whole: whether nothing more is to be expected if nothing is open yet.
        """
        if not self._seconds or not whole:
            return bool(self._seconds)
        try:
            return bool(self._fresh((await inbox.person(person)).pieces))
        except StoreDown:
            return False

    async def joined(self, inbox: Inbox, person: str, key: str, passed: Passed) -> Passed | None:
        """What is to be answered: this piece and those before it.

        Args:
            inbox: the records.
            person: the conversation.
            key: of the message.
            passed: what the gate let through of it; nothing else is kept while it waits.

        Returns:
            None if a later piece takes this one with it.
        """
        own = Piece(key, passed.text, passed.note or "", self._now())
        try:
            wait = await inbox.change_person(person, lambda one: self._add(one, own))
            await asyncio.sleep(wait)
            found = await inbox.change_person(person, lambda one: self._take(one, own))
        except StoreDown as error:
            logger.error("a WeChat message is taken by itself: %s", error)
            return passed
        if not found:
            return None
        note = next((piece.note for piece in found if piece.note), None)
        texts = [piece.text for piece in found]
        # A personal number may have been sent in pieces too.
        run_on = mask("".join(texts)) if len(found) > 1 else None
        return Passed(text=run_on.text if run_on and run_on.kinds else join(texts), note=note)

    def _fresh(self, pieces: list[Piece]) -> list[Piece]:
        return [piece for piece in pieces if self._now() - piece.at < STALE]

    def _add(self, person: Person, own: Piece) -> float:
        """Put a piece down; the seconds to wait for the next one."""
        kept = [piece for piece in self._fresh(person.pieces) if piece.key != own.key]
        person.pieces = [*kept, own]
        if sum(len(piece.text) for piece in person.pieces) > MOST_CHARACTERS:
            return 0.0
        put_off = self._now() - person.pieces[0].at
        return max(0.0, min(self._seconds, self._seconds * MOST_WAITS - put_off))

    @staticmethod
    def _take(person: Person, own: Piece) -> list[Piece]:
        """All pieces if this is the last; none if it has gone or goes with another."""
        keys = [piece.key for piece in person.pieces]
        if own.key in person.taken or own.key in keys[:-1]:
            return []
        if own.key not in keys:
            # The record is lost; nobody else will answer it.
            return [own]
        found, person.pieces = person.pieces, []
        person.taken = [*person.taken, *keys[:-1]][-MOST_TAKEN:]
        return found


def join(texts: list[str]) -> str:
    """Pieces as one message, with a comma where none of them ends with a sign."""
    whole = ""
    for text in filter(None, map(str.strip, texts)):
        whole += text if not whole or _ENDED.search(whole) else f"，{text}"
    return whole
