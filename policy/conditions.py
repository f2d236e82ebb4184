"""Conditions written in the data: which case a variant, a turning or a fact is for."""

from collections.abc import Mapping

# The one value a facet must have, or several of which one is enough.
Condition = str | list[str]


def holds(facets: Mapping[str, str], when: Mapping[str, Condition], unknown: bool = False) -> bool:
    """Whether a case meets every condition.

    Args:
        facets: what is known of the case, by name.
        when: what each facet must be.
        unknown: what a facet counts for of which nothing is known.
    """
    return all(
        unknown if (have := facets.get(name)) is None else have in _wanted(want)
        for name, want in when.items()
    )


def _wanted(want: Condition) -> list[str]:
    return want if isinstance(want, list) else [want]
