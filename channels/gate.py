"""The gate before every public channel: what comes in is plain, short and free of personal data."""

import asyncio
import re
from typing import Any

import msgspec
from sanic import Sanic

LONGEST_MESSAGE = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate makes of a message.

    Attributes:
        text: what NLU, tracker and log may see.
        refusal: said instead of an answer; None if the message may pass.
        note: said before the answer.
        status: HTTP status of a refusal.
    """

    text: str = ""
    refusal: str | None = None
    note: str | None = None
    status: int = 200


class Gate:
    """Checks a message before anything else sees it."""

    def __init__(self, words: dict[str, str]) -> None:
        """Take the sentences it may have to say."""
        self._words = words

    @staticmethod
    def of(app: Sanic) -> "Gate":
        """The gate of a server."""
        if not hasattr(app.ctx, "gate"):
            from actions.assistant import assistant

            wording = assistant().wording
            app.ctx.gate = Gate({name: wording.lead(name) for name in SENTENCES})
        gate: Gate = app.ctx.gate
        return gate

    def words(self, name: str) -> str:
        """A sentence by its name in the reply files."""
        return self._words[name]

    async def admit(self, conversation: str, text: str, address: str) -> Passed:
        """Look at a message.

        Args:
            conversation: id with the channel's prefix.
            text: what the person sent.
            address: of the client.
        """
        await asyncio.sleep(0)
        text = _CONTROL.sub(" ", text).strip()
        if not text:
            return Passed(refusal=self.words("not_text"))
        if len(text) > LONGEST_MESSAGE:
            return Passed(text=text[:LONGEST_MESSAGE], note=self.words("too_long"))
        return Passed(text=text)


SENTENCES = ("error", "not_text", "too_long", "masked", "rate_limited", "closed")


def gate_settings() -> dict[str, Any]:
    """Settings of the gate; none yet."""
    return {}
