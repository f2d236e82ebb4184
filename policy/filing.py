"""How the insured place and the place of care lie to each other."""

from policy.regions import Regions

# Beijing, Tianjin and Hebei treat each other's insured as filed.
JING_JIN_JI = ("110000", "120000", "130000")


def journey(insured: str, treated: str, regions: Regions) -> set[str]:
    """What kind of journey it is from the insured place to the place of care.

    Returns:
        ``same_city``, ``same_province`` or ``cross_province``; with ``jjj`` if both lie in
        Beijing, Tianjin and Hebei but not in the same of the three.
    """
    if regions.same_city(insured, treated):
        return {"same_city"}
    if regions.same_province(insured, treated):
        return {"same_province"}
    found = {"cross_province"}
    if _province(insured, regions) in JING_JIN_JI and _province(treated, regions) in JING_JIN_JI:
        found.add("jjj")
    return found


def _province(adcode: str, regions: Regions) -> str | None:
    steps = [step.adcode for step in regions.climb(adcode) if step.level == "province"]
    return steps[0] if steps else None
