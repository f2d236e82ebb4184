"""Running a turn for channels that answer in one piece, and collecting what the bot says."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from sanic import Sanic

from channels import metrics

logger = logging.getLogger(__name__)
Handler = Callable[[UserMessage], Awaitable[Any]]
# Seconds. The turn is given up before a proxy gives up on us; nothing of it is then stored.
SLOWEST_TURN = 25.0
_PARTS = ("text", "buttons", "custom")


class TurnFailed(Exception):
    """A turn that broke, hung or said nothing; the person gets the ``error`` sentence."""


class TurnRepeated(TurnFailed):
    """A message that is stored and answered already; its client has sent it again."""


class ReplyCollector(OutputChannel):
    """Gathers the bot's messages of one turn: text, buttons and structure together."""

    def __init__(self) -> None:
        """Start empty."""
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The name that trackers show."""
        return "collector"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message as it is, instead of cutting it into its parts."""
        kept = {part: message[part] for part in _PARTS if message.get(part)}
        if kept:
            self.messages.append(kept)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a text that Rasa itself sends."""
        self.messages.append({"text": text})


async def run_turn(
    handler: Handler,
    conversation: str,
    text: str,
    *,
    message_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Hand a message to Rasa and collect the answer.

    Args:
        handler: Rasa's.
        conversation: id with the channel's prefix.
        text: what the gate let through.
        message_id: stored with the message; None makes one.
        metadata: of ours, stored with the message; never the client's.

    Returns:
        Messages with ``text``, ``buttons`` and ``custom``, at least one.

    Raises:
        TurnFailed: if there is no complete answer; ``TurnRepeated`` if it was given before.
    """
    channel = metrics.channel_of(conversation)
    collector = ReplyCollector()
    message = UserMessage(
        text,
        collector,
        conversation,
        input_channel=channel,
        message_id=message_id,
        metadata=metadata,
    )
    try:
        await asyncio.wait_for(handler(message), SLOWEST_TURN)
    except Exception as error:
        # What was collected so far is not stored: to say it would be to forget it at once.
        if type(error).__name__ == "MessageRepeated":
            raise TurnRepeated from error
        logger.exception("a turn failed: %s", type(error).__name__)
        metrics.failure(channel)
        raise TurnFailed from error
    if not collector.messages:
        logger.error("a turn said nothing")
        metrics.failure(channel)
        raise TurnFailed
    return collector.messages


def is_ready(app: Sanic) -> bool:
    """Whether the server has a model to answer with."""
    agent = getattr(app.ctx, "agent", None)
    return bool(agent and agent.is_ready())
