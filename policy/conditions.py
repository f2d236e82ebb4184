"""Conditions written in the data: which case a variant, a turning or a fact is for."""

from collections.abc import Mapping

# The one value a facet must have, or several of which one is enough.
Condition = str | list[str]


# Between the values of a facet that has several: all that was told of somebody's situation.
SEVERAL = "|"


def holds(facets: Mapping[str, str], when: Mapping[str, Condition], unknown: bool = False) -> bool:
    """Whether a case meets every condition.

    Args:
        facets: what is known of the case, by name; of several values one is enough.
        when: what each facet must be.
        unknown: what a facet counts for of which nothing is known.
    """
    return all(
        unknown if (have := facets.get(name)) is None else _meets(have, want)
        for name, want in when.items()
    )


def _meets(have: str, want: Condition) -> bool:
    return any(each in wanted(want) for each in have.split(SEVERAL))


def wanted(want: Condition) -> list[str]:
    """The values of which one is enough."""
    return want if isinstance(want, list) else [want]
