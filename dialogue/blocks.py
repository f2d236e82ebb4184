"""What is said in a turn: blocks in the order in which they are read, the same for every channel.

``docs/payload.md`` describes the structure for clients (``custom`` in a REST reply).
"""

from typing import Literal

import msgspec

VERSION = 2
Kind = Literal[
    "decision",
    "figure",
    "band",
    "rule",
    "step",
    "cause",
    "caveat",
    "trust",
    "note",
    "claim",
    "source",
    "phone",
]


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Frozen; empty fields are left out of the payload."""


class Block(_Part, frozen=True, kw_only=True):
    """One thing that is said.

    Attributes:
        kind: what it is: the decision or figure comes first, then what holds for the case, then
            what to do, then how far to trust it.
        text: its sentence, complete in itself.
        folded: not shown at once: behind a fold on a page, on 「详细」 elsewhere.
        amount, unit, period: of a figure or band: 110, 元, 月. Never converted.
        label: of a band, whom it is for; of a source, its kind in words; of a phone, the area code
            to dial before it from elsewhere.
        place: of a band in a comparison, the place.
        mine: of a band, whether it is the person's own.
        since: of a figure, the day from which it holds, as precise as the source.
        sign, remedy: of a cause, how to tell and what to do.
        date: of a source, its date; of trust, the month of the last check.
        publisher, document, url: of a source; only addresses of gov.cn.
    """

    kind: Kind
    text: str
    folded: bool = False
    amount: str | None = None
    unit: str | None = None
    period: str | None = None
    label: str | None = None
    place: str | None = None
    mine: bool = False
    since: str | None = None
    sign: str | None = None
    remedy: str | None = None
    date: str | None = None
    publisher: str | None = None
    document: str | None = None
    url: str | None = None


class Answer(_Part, frozen=True, kw_only=True):
    """The answer to one question.

    Attributes:
        intent: the key of the answer in ``answers.yml``.
        title: the question in plain words, shown where a message has several.
        assumed: what the case rests on that this message did not say (place, age, who), in words.
        blocks: what is said.
        facts: ids of the facts used.
    """

    intent: str
    title: str = ""
    assumed: str = ""
    blocks: tuple[Block, ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def lead(self) -> str:
        """The first thing said."""
        return self.blocks[0].text if self.blocks else ""

    def shown(self) -> tuple[Block, ...]:
        """The blocks that are not folded."""
        return tuple(block for block in self.blocks if not block.folded)

    def folded(self) -> tuple[Block, ...]:
        """The blocks behind the fold."""
        return tuple(block for block in self.blocks if block.folded)

    def with_blocks(self, *blocks: Block) -> "Answer":
        """The same answer with other blocks."""
        return msgspec.structs.replace(self, blocks=blocks)


class Choice(_Part, frozen=True, kw_only=True):
    """Something offered: its title is also what a tap sends.

    Attributes:
        title: words on the button.
        key: the answer it leads to; empty if it only tells something or is a command.
        region: adcode that it settles.
        role: ``treated`` if the region is where care takes place, else it is the insured place.
        kind: the population that it settles.
        age: the age band that it settles, full years.
        command: ``detail``, ``none`` (都不是), ``start_over`` or ``other_person``.
    """

    title: str
    key: str = ""
    region: str | None = None
    role: str | None = None
    kind: str | None = None
    age: tuple[int, int] | None = None
    command: str | None = None


class Reply(_Part, frozen=True, kw_only=True):
    """Everything that is said in one turn."""

    answers: tuple[Answer, ...]
    choices: tuple[Choice, ...] = ()
    status: str = "answered"

    def payload(self) -> dict[str, object]:
        """The structure that REST and web clients get as ``custom``."""
        return {
            "version": VERSION,
            "status": self.status,
            "answers": [msgspec.to_builtins(answer) for answer in self.answers],
        }


def without_repeats(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The answers of one reply, without sentences that an earlier one of them has said.

    The first block of each stays, as it answers; so do figures, causes and steps.
    """
    said: set[str] = set()
    kept: list[Answer] = []
    for answer in answers:
        first, *rest = answer.blocks or (None,)
        if first is None:
            continue
        fresh = [
            block
            for block in rest
            if block.kind in ("figure", "band", "step", "cause") or block.text not in said
        ]
        said |= {block.text for block in rest}
        kept.append(answer.with_blocks(first, *fresh))
    return tuple(kept)
