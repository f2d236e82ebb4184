"""Withdrawal 提取: whether and when the money can be taken out."""

from policy.regions import Regions

# Two cities that once paid the account out in cash; people still ask for it there.
CASH_REGIONS = {"110000": "beijing", "120000": "tianjin"}


def facets(region: str | None, regions: Regions) -> dict[str, str]:
    """``cash_region``: whether the person is insured where cash was once paid out."""
    if region is None:
        return {}
    for step in regions.climb(region):
        if step.adcode in CASH_REGIONS:
            return {"cash_region": CASH_REGIONS[step.adcode]}
    return {}
