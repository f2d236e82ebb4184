"""What the conversation remembers between turns, kept in slots."""

from typing import Any

import msgspec

from dialogue.answer import Choice
from dialogue.person import People
from dialogue.understood import Place


class Last(msgspec.Struct, frozen=True, omit_defaults=True):
    """The question answered last.

    Attributes:
        intent: its intent.
        found: the single entities it named (channel, item …).
        persons: relatives it named.
        facts: ids of the facts its answer used.
        places: those compared, or the one that was not clear.
    """

    intent: str
    found: dict[str, str] = {}
    persons: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


class Memory(msgspec.Struct, frozen=True):
    """The slots, typed.

    Attributes:
        people: whom it is about.
        last_question: the question answered last.
        offered: the buttons of the bot's last message.
        pending: what the bot asked back for: ``insured``, ``treated`` or nothing.
        unsure: how many messages in a row were not understood.
    """

    people: People = People()
    last_question: Last | None = None
    offered: tuple[Choice, ...] = ()
    pending: str | None = None
    unsure: int = 0

    @classmethod
    def from_slots(cls, slots: dict[str, Any]) -> "Memory":
        """Read the slots; one that does not fit (from an older version) starts afresh."""
        values = {name: slots[name] for name in cls.__struct_fields__ if slots.get(name)}
        try:
            return msgspec.convert(values, cls, strict=False)
        except msgspec.ValidationError:
            return cls()

    def changed(self, slots: dict[str, Any]) -> dict[str, Any]:
        """The slots that differ from what they were, as plain data."""
        new: dict[str, Any] = msgspec.to_builtins(self)
        return {name: value for name, value in new.items() if slots.get(name) != value}
