"""What a turn says, held until it is stored; and what is counted and logged of it."""

import logging
from typing import Any

from rasa.core.channels.channel import OutputChannel

from channels import metrics

logger = logging.getLogger(__name__)


class Held(OutputChannel):
    """Keeps what is said in a turn until the turn is stored."""

    def __init__(self, channel: OutputChannel) -> None:
        """Stand in for a channel."""
        self._channel = channel
        self.held: list[tuple[str, dict[str, Any]]] = []

    def name(self) -> str:
        """The name of the real channel."""
        return self._channel.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep a message."""
        self.held.append((recipient_id, message))

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a text that Rasa itself sends."""
        self.held.append((recipient_id, {"text": text, **kwargs}))

    async def release(self) -> None:
        """Say everything."""
        for recipient_id, message in self.held:
            await self._channel.send_response(recipient_id, message)


def observe(channel: str, seconds: float, said: list[dict[str, Any]]) -> None:
    """Note a turn that was made, stored and answered: its length and subject, never its words.

    Args:
        channel: where the message came from.
        seconds: from its arrival to its stored answer.
        said: the bot's messages.
    """
    metrics.turn(channel, seconds)
    payloads = [message["custom"] for message in said if message.get("custom")]
    for payload in payloads:
        metrics.reply(channel, payload)
    if logger.isEnabledFor(logging.INFO):
        answers = [answer for payload in payloads for answer in payload.get("answers", ())]
        topics = [metrics.topic_of(str(answer.get("intent", ""))) for answer in answers]
        fields = {
            "channel": channel,
            "topics": ",".join(dict.fromkeys(topics)),
            "status": ",".join(str(payload.get("status")) for payload in payloads),
            "milliseconds": round(seconds * 1000, 1),
        }
        logger.info("turn", extra=fields)
