"""Who counts as a near relative 近亲属 for family sharing."""

from functools import lru_cache
from pathlib import Path

import msgspec

from policy.topics import DATA
from policy.yamlfile import Document

RELATIVES = DATA / "sharing" / "relatives.yml"
# The relation of whoever is no family at all: friends, neighbours, carers.
NO_FAMILY = "non_relative"


class Relative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a relation counts, and the fact that says so.

    Attributes:
        counts: yes or no.
        fact: id of the fact behind it.
        through: the relative who can bind them instead (岳父母: one's spouse).
    """

    counts: bool
    fact: str
    through: str | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    relatives: dict[str, Relative]
    between: dict[str, dict[str, str]] = {}


@lru_cache
def _table(file: Path = RELATIVES) -> _File:
    document = Document(file)
    return document.convert(document.data, _File)


def relatives(file: Path = RELATIVES) -> dict[str, Relative]:
    """The table of relations.

    Raises:
        DataError: naming file, line and field of a mistake.
    """
    return _table(file).relatives


def between(owner: str | None, user: str | None) -> str | None:
    """What somebody is to the owner of an account.

    Args:
        owner: what the owner is to who asks; None if that is who asks.
        user: what the other one is to who asks.

    Returns:
        The relation seen from the owner (a wife's father-in-law seen from her is her father); None
        if the table does not say.
    """
    if owner is None:
        return user
    return _table().between.get(owner, {}).get(user or "self")


def counts_as_near(relation: str) -> bool | None:
    """Whether a relation counts; None if the table does not have it."""
    relative = relatives().get(relation)
    return relative.counts if relative else None
