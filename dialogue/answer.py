"""The neutral reply: what every channel gets, before it becomes text, cards or XML.

``docs/payload.md`` describes the same structure for clients (``custom`` in a REST reply).
"""

from collections.abc import Iterable

import msgspec


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Frozen; empty fields are left out of the payload."""


class Source(_Part, frozen=True, kw_only=True):
    """Where a statement comes from, in words for people.

    Attributes:
        publisher: who published it.
        kind: 官方, 媒体, 网页转载, 网站转载，未经核实 or 未证实文章.
        date: as precise as the source; None if it is undated.
        document: number of the official document it quotes.
        url: only on gov.cn.
    """

    publisher: str
    kind: str
    date: str | None = None
    document: str | None = None
    url: str | None = None


class Band(_Part, frozen=True, kw_only=True):
    """One row of a table of amounts.

    Attributes:
        label: whom the row is for, in words.
        amount: the figure; its unit and period stand beside it.
        mine: whether it is the person's own row.
        note: e.g. the amount after deductions.
    """

    label: str
    amount: str
    unit: str
    period: str | None = None
    mine: bool = False
    note: str | None = None


class Figure(_Part, frozen=True, kw_only=True):
    """The one figure that answers the person."""

    amount: str
    unit: str
    period: str | None = None
    label: str | None = None
    since: str | None = None


class Answer(_Part, frozen=True, kw_only=True):
    """The answer to one question.

    Attributes:
        intent: what was understood.
        title: the question in plain words, shown when a message has several.
        assumed: what was taken for granted (region, age, who), in words.
        lead: the first line: the figure or the answer itself.
        figure: the figure of the lead, if it has one.
        bands: rows of amounts; compare: rows of several places.
        paragraphs: further sentences, the most important first.
        steps: what to do, in order.
        caveats: what must be said with it.
        claims: labelled sentences about what unofficial articles say.
        sources: where it comes from.
        phone: a number to call; extra: a closing hint.
        facts: ids of the facts used.
    """

    intent: str
    title: str = ""
    assumed: str = ""
    lead: str
    figure: Figure | None = None
    bands: tuple[Band, ...] = ()
    compare: tuple[Band, ...] = ()
    paragraphs: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    extra: str = ""
    phone: str = ""
    facts: tuple[str, ...] = ()


def without_repeats(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The answers of one reply, without what an earlier one of them has already said.

    Caveats stay, as they belong to their own facts.
    """
    said: set[str] = set()
    kept: list[Answer] = []
    for answer in answers:
        paragraphs = tuple(text for text in answer.paragraphs if text not in said)
        claims = tuple(text for text in answer.claims if text not in said)
        said |= {*answer.paragraphs, *answer.claims}
        kept.append(msgspec.structs.replace(answer, paragraphs=paragraphs, claims=claims))
    return tuple(kept)


class Choice(_Part, frozen=True, kw_only=True):
    """A button: its text is also what a tap sends; ``ask`` and the rest say what it means.

    Attributes:
        title: words on the button.
        intent: the question it stands for.
        region: adcode that it settles.
        role: ``treated`` if the region is where care takes place.
    """

    title: str
    intent: str
    region: str | None = None
    role: str | None = None


class Reply(_Part, frozen=True, kw_only=True):
    """Everything that is said in one turn."""

    answers: tuple[Answer, ...]
    choices: tuple[Choice, ...] = ()
    status: str = "answered"

    def payload(self) -> dict[str, object]:
        """The structure that REST and web clients get as ``custom``."""
        return {
            "version": 1,
            "status": self.status,
            "answers": [msgspec.to_builtins(answer) for answer in self.answers],
        }
