"""How the insured place and the place of care lie to each other."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from policy.regions import Regions
from policy.topics import DATA
from policy.yamlfile import DataError, Document

PACTS = Path("filing") / "pacts.yml"
NO_PACT = "none"
KINDS = ("same_city", "same_province", "cross_province")


class Pact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Places between which nothing, or less, is filed.

    Attributes:
        insured: adcodes of the insured places that it is for.
        treated: adcodes of the places of care.
    """

    insured: tuple[str, ...]
    treated: tuple[str, ...]


def journey(insured: str, treated: str, regions: Regions) -> dict[str, str]:
    """What kind of journey it is from the insured place to the place of care.

    Returns:
        ``same_city``, ``same_province`` and ``cross_province``, one of them ``true`` and the
        others ``false``; ``region_pact`` with the name of the pact of the two places or ``none``.
    """
    if regions.same_city(insured, treated):
        kind = "same_city"
    elif regions.same_province(insured, treated):
        kind = "same_province"
    else:
        kind = "cross_province"
    pact = _pact(insured, treated, regions) if kind == "cross_province" else None
    return {name: "true" if name == kind else "false" for name in KINDS} | {
        "region_pact": pact or NO_PACT
    }


@lru_cache(maxsize=1)
def pacts() -> dict[str, Pact]:
    """The pacts of this installation by name, read at first use.

    Raises:
        DataError: for the first mistake, naming file, line and field.
    """
    document = Document(DATA / PACTS)
    return document.convert(document.data, dict[str, Pact])


def pact_errors(regions: Regions) -> Iterator[DataError]:
    """Every adcode of a pact that does not exist."""
    document = Document(DATA / PACTS)
    for name, pact in pacts().items():
        for field in ("insured", "treated"):
            for index, code in enumerate(getattr(pact, field)):
                if regions.get(code) is None:
                    problem = f"没有 {code} 这个行政区划代码"
                    yield document.error((name, field, index), problem)


def _pact(insured: str, treated: str, regions: Regions) -> str | None:
    home = {step.adcode for step in regions.climb(insured)}
    there = {step.adcode for step in regions.climb(treated)}
    for name, pact in pacts().items():
        if home & set(pact.insured) and there & set(pact.treated):
            return name
    return None
