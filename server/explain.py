"""``make explain``: what a conversation's messages were read as, which rule won, what was said."""

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
from rasa.core.channels.channel import UserMessage

from dialogue.assistant import HOME_REGION, Assistant, Spoken, Step
from dialogue.state import SLOT, State
from nlu.classifier import CONTEXT

SHOWN = 5


class Explained(msgspec.Struct, frozen=True):
    """One turn, taken apart.

    Attributes:
        text: what was said.
        parsed: what the NLU pipeline made of it, in its conversation.
        steps: each question of it, its meaning, and what it came to.
        state: after it.
        spoken: the reply.
    """

    text: str
    parsed: dict[str, Any]
    steps: list[Step]
    state: State
    spoken: Spoken


class Rehearsal:
    """A conversation with the trained model and the real answers, without a server."""

    def __init__(self, model: Path, assistant: Assistant | None = None, *, home: str = "") -> None:
        """Load a model.

        Args:
            model: its file.
            assistant: what answers; the project's own data if None.
            home: the region that is assumed, as a channel tells it; "" for none.
        """
        self.home = home
        from rasa.core.lock_store import InMemoryLockStore
        from rasa.core.tracker_store import InMemoryTrackerStore
        from rasa.shared.core.domain import Domain

        from server.bot import Bot

        bot = Bot(
            tracker_store=InMemoryTrackerStore(Domain.empty()), lock_store=InMemoryLockStore()
        )
        bot.load_model(model)
        self._processor = bot.processor
        self._assistant = assistant or Assistant.load()

    async def read(self, text: str) -> dict[str, Any]:
        """What the NLU pipeline makes of a message on its own."""
        parsed: dict[str, Any] = await self._processor.parse_message(UserMessage(text))
        return parsed

    async def turn(self, text: str, state: State) -> Explained:
        """One message in the light of a state."""
        metadata = {HOME_REGION: self.home} if self.home else {}
        message = UserMessage(text, metadata={**metadata, CONTEXT: state.context()})
        parsed = await self._processor.parse_message(message)
        parsed["metadata"] = metadata
        steps = self._assistant.steps(parsed, state)
        spoken, slots = self._assistant.turn(parsed, {SLOT: state.to_slot()})
        return Explained(text, parsed, steps, State.from_slot(slots[SLOT]), spoken)

    def talk(self, texts: list[str]) -> list[Explained]:
        """A whole conversation."""

        async def hold() -> list[Explained]:
            state, turns = State(), []
            for text in texts:
                turns.append(await self.turn(text, state))
                state = turns[-1].state
            return turns

        return asyncio.run(hold())


def described(turn: Explained) -> str:
    """A turn in words, for whoever wants to know why."""
    lines = [f"▌{turn.text}"]
    for step in turn.steps:
        question = step.question
        lines.append(f"  问：{question.text}")
        for title, readings in (("单看", question.readings), ("接着看", question.going_on)):
            best = "，".join(f"{each.name} {each.likely:.2f}" for each in readings[:SHOWN])
            if best:
                lines.append(f"    {title}：{best}")
        lines.append(f"    像咱们的事：{question.ours:.2f}")
        heard = [f"{t.name}={t.value}" + (f"（{t.of}）" if t.of else "") for t in question.told]
        heard += [
            f"{p.text}→{'|'.join(p.candidates)} {p.role or ''}{p.of or ''}" for p in question.places
        ]
        heard += [f"{r.text}={r.who}" for r in question.relatives]
        heard += [f"{name}={value}" for name, value in question.found.items()]
        if heard:
            lines.append(f"    听到：{'；'.join(heard)}")
        meaning = step.meaning
        what = meaning.key or meaning.aspect
        lines.append(
            f"    意思：{meaning.act} {what} {meaning.likely:.2f} → 规则 {step.outcome.rule}"
        )
        if step.outcome.answer.facts:
            lines.append(f"    事实：{'、'.join(step.outcome.answer.facts)}")
    state = msgspec.structs.replace(turn.state, said=(), folded="", offers=())
    lines.append(f"  记得：{json.dumps(state.to_slot(), ensure_ascii=False)}")
    lines += [f"  │ {line}" for line in turn.spoken.text.split("\n")]
    if turn.spoken.buttons:
        lines.append(f"  [{'] ['.join(turn.spoken.buttons)}]")
    return "\n".join(lines)
