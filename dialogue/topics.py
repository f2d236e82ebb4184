"""Which answer a question of the six topics gets, and on what it depends."""

from dialogue import filing, sharing, withdrawal
from dialogue.answer import Answer, Choice
from dialogue.compose import PHONE, Composer
from dialogue.credit import CreditAnswers, query_for
from dialogue.person import OUTSIDE_MAINLAND, SELF, People, Person, tells_of_relative
from dialogue.understood import Question
from policy.credit import ASPECT, OLDEST, find
from policy.facts import Population

RETIRED = "retired"
ABROAD = "abroad"
# What they get does not depend on the place, or is not known for any.
WITHOUT_LOCAL_FIGURES = ("employed", "resident", "veteran")


class TopicAnswers:
    """Answers questions whose intent belongs to a topic."""

    def __init__(self, composer: Composer) -> None:
        """Take the composer, and through it policy and wording."""
        self.composer = composer
        self.policy = composer.policy
        self.wording = composer.wording
        self.credit = CreditAnswers(composer)

    def answer(
        self, question: Question, people: People, pending: str | None
    ) -> tuple[Answer, tuple[Choice, ...], str | None]:
        """Answer a question.

        Args:
            question: what is asked.
            people: about whom.
            pending: what the bot had asked back for before this message.

        Returns:
            The answer, places to choose from, and what the answer asks back for.
        """
        person = people.person
        if person.region and person.region.startswith(OUTSIDE_MAINLAND):
            name = self.policy.regions.display(person.region)
            lead = self.wording.say("outside_mainland", region=name)
            return Answer(intent=question.intent, lead=lead, phone=PHONE), (), None
        if question.topic == "filing" and _is_abroad(question, person):
            return self.composer.aspect("care_abroad", {}, None), (), None
        if question.intent == ASPECT:
            return self._amount(question, people, pending)
        if question.intent == "credit_compare":
            codes = list(dict.fromkeys(p.candidates[0] for p in question.places if p.candidates))
            if len(codes) == 1 and person.region and person.region not in codes:
                codes.insert(0, person.region)
            if len(codes) > 1:
                return self.credit.compare(codes, person), (), None
        facets = self.facets(question, people)
        answer = self.composer.aspect(
            question.intent,
            facets,
            person.region,
            person.pool,
            self.assumed(people) if question.topic == "credit" else self.place(people),
            _told_population(person),
            person.age,
            None if facets.get("same_province") or facets.get("same_city") else person.treated,
        )
        ask_treated = question.intent == "filing_need" and person.treated is None
        return answer, (), "treated" if ask_treated else None

    def _amount(
        self, question: Question, people: People, pending: str | None
    ) -> tuple[Answer, tuple[Choice, ...], str | None]:
        person = people.person
        answer = self.credit.amount(question, person, self.assumed(people))
        query = query_for(person, question)
        if person.region is None and query.population not in WITHOUT_LOCAL_FIGURES:
            names = self.wording.templates.region_buttons
            codes = [self.policy.regions.find(name)[0].candidates[0] for name in names]
            choices = [
                Choice(title=name, intent=ASPECT, region=code)
                for name, code in zip(names, codes, strict=True)
            ]
            return answer, tuple(choices), "insured"
        finding = find(self.policy, query)
        if finding.below:
            choices = [
                Choice(title=self.policy.regions.display(code), intent=ASPECT, region=code)
                for code in finding.below
            ]
            return answer, tuple(choices), "insured" if finding.kind == "elsewhere" else None
        return answer, (), None

    def depends(self, question: Question, region: str) -> tuple[str, ...]:
        """Ids of the facts that a question would rest on in a region; equal ids, equal answer."""
        if question.intent in (ASPECT, "credit_compare"):
            settled = People().settle(region, None)
            finding = find(self.policy, query_for(settled.person, question))
            return (finding.kind, *(fact.id for fact in finding.mine))
        if question.topic == "filing":
            return (region,)
        return tuple(fact.id for fact in self.policy.local(question.intent, region))

    def facets(self, question: Question, people: People) -> dict[str, str]:
        """What is known of the case, in the words of ``when``."""
        person, regions = people.person, self.policy.regions
        found = dict(question.found)
        if question.topic == "sharing" and tells_of_relative(question):
            found.pop("population", None)
        population = found.get("population") or person.population
        if population:
            found["population"] = RETIRED if population.startswith(RETIRED) else population
        relation = question.persons[-1] if question.persons else None
        if relation:
            found["relation"] = {"father": "parent", "mother": "parent"}.get(relation, relation)
        found |= sharing.facets(found.get("relation"))
        found |= withdrawal.facets(person.region, regions)
        found |= filing.facets(person.region, person.treated, regions)
        found["region_known"] = "true" if person.region else "false"
        if person.region:
            local = self.composer.local(
                question.intent, person.region, person.pool, _told_population(person), person.age
            )
            steps = any(fact.steps for fact in local)
            found["local_answer"] = ("steps" if steps else "text") if local else "none"
        return found

    def place(self, people: People) -> str:
        """The insured place in words, where the answer depends on nothing else."""
        person = people.person
        return self.policy.regions.display(person.region) if person.region else ""

    def _age(self, low: int, high: int) -> str:
        if low == high:
            return f"{low}岁"
        if high >= OLDEST:
            return self.wording.say("age_from", low=low)
        return self.wording.say("age_between", low=low, high=high)

    def assumed(self, people: People, everything: bool = False) -> str:
        """What is taken for granted of the person, in words: 您母亲、上海、75岁、退休人员."""
        person, templates = people.person, self.wording.templates
        words = [] if people.current == SELF else [templates.persons[people.current]]
        if person.region:
            words.append(self.place(people) + (person.pool or ""))
        if person.treated and everything:
            words.append(self.policy.regions.display(person.treated))
        if person.age:
            low, high = person.age
            words.append(self._age(low, high))
        if person.population or not everything:
            words.append(templates.populations[person.assumed_population()])
        return self.wording.say("comma").join(word for word in words if word)


def _is_abroad(question: Question, person: Person) -> bool:
    """Whether the care is outside the mainland, where nothing can be filed for."""
    treated = person.treated or ""
    return question.found.get("visit") == ABROAD or treated.startswith(OUTSIDE_MAINLAND)


def _told_population(person: Person) -> Population:
    """Who it is for, if anything is known that tells it."""
    return person.assumed_population() if person.population or person.age else "any"
