"""The case in the words of ``when``: what an entry of ``answers.yml`` may depend on."""

from dialogue.hearing import OUTSIDE_MAINLAND
from dialogue.meaning import DOUBTS, Question, Told
from dialogue.planning import Case, Planner
from dialogue.state import SELF, Person, State, Thread, effective_region
from policy.conditions import SEVERAL
from policy.filing import journey
from policy.regions import Regions
from policy.sharing import between, counts_as_near
from policy.topics import topics

RETIRED = "retired"
ABROAD = "abroad"
# The topic of those who are not where they are insured.
AWAY = "filing"
# The topic in which whose account it is and who uses it are two people.
GIVING = "sharing"
# Two cities that once paid the account out in cash; people still ask for it there.
CASH_REGIONS = {"110000": "beijing", "120000": "tianjin"}


def case_of(thread: Thread, question: Question, state: State, planner: Planner) -> Case:
    """Whom an answer is for, with everything that it may depend on.

    Args:
        thread: what is asked, and about whom.
        question: as it was read just now.
        state: with the people as they are known.
        planner: for the regions, and for what a place itself says.
    """
    regions = planner.policy.regions
    person = state.person(thread.who)
    region, _ = effective_region(state, thread.who)
    doubts = any(t.name == "situation" and t.value in DOUBTS for t in question.told)
    # An amount beside a question for amounts is what somebody has heard; elsewhere one's own money.
    doubts = doubts or (bool(question.amounts) and topics().of(thread.key) == "credit")
    facets = dict(thread.found)
    facets |= _of_person(person)
    if thread.who != SELF:
        facets["owner"] = "other"
    if thread.user:
        facets |= _of_user(state.person(thread.user), region, regions)
        relation = between(person.relation, state.person(thread.user).relation)
        facets |= _of_relation(relation)
    facets |= _of_places(region, person.treated, regions)
    if any(_is_death(told, thread) for told in question.told):
        facets["life"] = "dead"
    if doubts:
        facets["doubt"] = "true"
    if question.fell:
        facets["fell"] = "true"
    case = Case(
        region=region,
        pool=person.pool,
        age=person.age,
        population=person.kind(),
        doubts=doubts,
        facets=facets,
        treated=_visited(person.treated, facets),
        area=regions.area_code(region) if region else None,
        away=topics().of(thread.key) == AWAY or bool(person.treated or person.lives),
    )
    if region:
        local = planner.local(thread.key, case)
        steps = any(fact.steps for fact in local)
        facets["local_answer"] = ("steps" if steps else "text") if local else "none"
    return case


def _is_death(told: Told, thread: Thread) -> bool:
    """Whether somebody of the case has died; in sharing, a third person's death changes nothing."""
    if told.name != "life" or told.value != "dead":
        return False
    shares = thread.user is not None and topics().of(thread.key) == GIVING
    return not shares or told.of in (None, thread.who, thread.user)


def is_abroad(thread: Thread, person: Person) -> bool:
    """Whether the care is outside the mainland, where nothing can be filed for."""
    treated = person.treated or ""
    return thread.found.get("visit") == ABROAD or treated.startswith(OUTSIDE_MAINLAND)


def _of_person(person: Person) -> dict[str, str]:
    found: dict[str, str] = {}
    kind = person.kind()
    if kind:
        found["population"] = RETIRED if kind.startswith(RETIRED) else kind
    if person.work:
        found["work"] = person.work
    if person.dead:
        found["life"] = "dead"
    if person.situations:
        found["situation"] = SEVERAL.join(person.situations)
    return found


def _of_user(user: Person, region: str | None, regions: Regions) -> dict[str, str]:
    """Of who would use the money; what is told of them never becomes the owner's."""
    found: dict[str, str] = {}
    kind = user.kind()
    if kind:
        found["beneficiary_population"] = RETIRED if kind.startswith(RETIRED) else kind
    if user.situations:
        found["situation"] = SEVERAL.join(user.situations)
    place = user.lives or user.region
    if place and region:
        same = regions.same_province(place, region)
        found["beneficiary_other_province"] = "false" if same else "true"
        elsewhere = same and not regions.same_city(place, region)
        found["beneficiary_other_city"] = "true" if elsewhere else "false"
    if user.dead:
        found["beneficiary_life"] = "dead"
    return found


def _of_relation(relation: str | None) -> dict[str, str]:
    """What who would use the money is to whose money it is, and whether that counts."""
    if relation is None:
        return {}
    near = counts_as_near(relation)
    counts = {} if near is None else {"relative_counts": "yes" if near else "no"}
    return {"relation": relation} | counts


def _of_places(region: str | None, treated: str | None, regions: Regions) -> dict[str, str]:
    """How insured place and place of care lie to each other, and what they are known for."""
    found = {
        "region_known": "true" if region else "false",
        "treated_known": "true" if treated else "false",
    }
    if region:
        for step in regions.climb(region):
            if step.adcode in CASH_REGIONS:
                found["cash_region"] = CASH_REGIONS[step.adcode]
    if region and treated:
        found |= journey(region, treated, regions)
    return found


def _visited(treated: str | None, facets: dict[str, str]) -> str | None:
    """The place of care, if it lies in another province than the insured place."""
    return treated if facets.get("cross_province") != "false" else None
