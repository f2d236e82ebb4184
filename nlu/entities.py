"""Entities in the form that Rasa carries along."""

from __future__ import annotations

from typing import Any

Entity = dict[str, Any]


def entity(
    name: str, value: str, start: int, end: int, extractor: str, **more: str | bool | None
) -> Entity:
    """An entity; what is None in ``more`` (role, pool …) is left out."""
    found: Entity = {
        "entity": name,
        "value": value,
        "start": start,
        "end": end,
        "extractor": extractor,
        "confidence_entity": 1.0,
    }
    found.update({key: each for key, each in more.items() if each is not None})
    return found
