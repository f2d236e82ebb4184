"""Talking to the trained bot: messages in, what it said out, with the real actions executed."""

import uuid
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import UserMessage

from channels.outgoing import ReplyCollector


@dataclass
class Said:
    """What the bot said to one message."""

    text: str
    buttons: list[str]
    custom: dict[str, Any]

    @property
    def intents(self) -> list[str]:
        """The intents of the answers, in order."""
        return [answer["intent"] for answer in self.custom.get("answers", [])]

    @property
    def facts(self) -> list[str]:
        """The ids of all facts used."""
        answers = self.custom.get("answers", [])
        return [name for answer in answers for name in answer.get("facts", [])]


class Talk:
    """One conversation."""

    def __init__(self, agent: Any) -> None:
        self.agent = agent
        self.sender = f"test:{uuid.uuid4().hex}"

    async def say(self, text: str) -> Said:
        """Send a message and collect the reply."""
        collector = ReplyCollector()
        await self.agent.handle_message(
            UserMessage(text, collector, self.sender, input_channel="test")
        )
        messages = collector.messages
        return Said(
            text="\n".join(str(message.get("text") or "") for message in messages),
            buttons=[b["title"] for message in messages for b in message.get("buttons") or []],
            custom=next((m["custom"] for m in messages if m.get("custom")), {}),
        )
