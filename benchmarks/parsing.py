"""The trained bot's understanding of sentences, through Rasa as it is served."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from rasa.core.channels.channel import UserMessage

from nlu.classifier import CONTEXT
from nlu.model import topic_of
from nlu.understanding import FALLBACK


class Parsed(msgspec.Struct, frozen=True):
    """What the bot made of a message.

    Attributes:
        text: the message.
        intent: its intent; of several questions the first one's.
        confidence: how sure it said it was.
        ranking: the likeliest intents, best first.
        parts: intents of its questions; empty if it took the message for one question.
        entities: as Rasa hands them over.
    """

    text: str
    intent: str
    confidence: float
    ranking: tuple[str, ...]
    parts: tuple[str, ...]
    entities: tuple[dict[str, Any], ...]

    @property
    def topic(self) -> str:
        """One of the six topics, or NONE."""
        return topic_of(self.intent)

    @property
    def unsure(self) -> bool:
        """Whether it asked what was meant."""
        return self.intent == FALLBACK

    @property
    def answered(self) -> tuple[str, ...]:
        """The intents it answered."""
        return self.parts or (self.intent,)


def parsed(message: dict[str, Any]) -> Parsed:
    """Read Rasa's parse data."""
    intent = message.get("intent") or {}
    return Parsed(
        text=str(message.get("text") or ""),
        intent=intent.get("name") or FALLBACK,
        confidence=float(intent.get("confidence") or 0.0),
        ranking=tuple(each["name"] for each in message.get("intent_ranking") or ()),
        parts=tuple(part["intent"]["name"] for part in message.get("parts") or ()),
        entities=tuple(message.get("entities") or ()),
    )


class Understanding:
    """Parses sentences and remembers them."""

    def __init__(self, agent: Any) -> None:
        """Take an ``Agent`` with a trained model."""
        self._agent = agent
        self._known: dict[str, Parsed] = {}

    @classmethod
    def load(cls, model: Path) -> Understanding:
        """With a model file; ``server.slim.prepare`` must have run."""
        from rasa.core.agent import Agent

        return cls(Agent.load(str(model)))

    def parse(self, texts: Iterable[str]) -> list[Parsed]:
        """What is made of each text, in order."""
        listed = list(texts)
        new = [text for text in dict.fromkeys(listed) if text not in self._known]
        if new:
            self._known.update(zip(new, asyncio.run(self._parse(new)), strict=True))
        return [self._known[text] for text in listed]

    def in_conversation(self, text: str, context: dict[str, str]) -> dict[str, Any]:
        """Rasa's parse data of a text that follows something (``State.context``)."""
        message = UserMessage(text, metadata={CONTEXT: context})
        found: dict[str, Any] = asyncio.run(self._agent.processor.parse_message(message))
        return found

    async def _parse(self, texts: list[str]) -> list[Parsed]:
        return [parsed(await self._agent.parse_message(text)) for text in texts]
