"""Filing 异地就医备案: care outside the place where one is insured."""

from policy.filing import journey
from policy.regions import Regions


def facets(insured: str | None, treated: str | None, regions: Regions) -> dict[str, str]:
    """How the two places lie to each other, in the words of ``when``."""
    found = {"treated_known": "true" if treated else "false"}
    if insured and treated:
        found |= {name: "true" for name in journey(insured, treated, regions) if name != "jjj"}
        if "jjj" in journey(insured, treated, regions):
            found["region_pact"] = "jjj"
    return found
