"""Collecting a turn's reply for channels that answer in one piece."""

from typing import Any

from rasa.core.channels.channel import OutputChannel


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
        kept = {"recipient_id": recipient_id}
        kept |= {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        self.messages.append(kept)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a text that Rasa itself sends."""
        self.messages.append({"recipient_id": recipient_id, "text": text})
