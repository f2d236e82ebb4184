"""Questions as the pipeline would read them, and the turns they make; no model is needed."""

from dialogue.acts.turn import Outcome, Turn
from dialogue.answering import Answering
from dialogue.meaning import Place, Question, Reading, Relative, Told
from dialogue.planning import Planner
from dialogue.readings import meant
from dialogue.routes import Routes
from dialogue.rules import decide
from dialogue.state import SELF, Person, State, Thread
from dialogue.wording import Wording
from policy.lookup import Policy

BEIJING, SHANGHAI = "110000", "310000"
CHAOYANG = ("110105", "211300")
MOTHER = Relative("parent", "mother", text="我妈")
FILING = Thread(key="filing_how", thing="filing")
CREDIT = Thread(key="credit_amount", thing="credit")
SHARING = Thread(key="sharing_bind", thing="sharing")


def read(
    intent: str,
    likely: float = 0.9,
    *,
    text: str = "……",
    going_on: dict[str, float] | None = None,
    **more: object,
) -> Question:
    """A question whose words alone read as one intent; within a conversation as others."""
    readings = (Reading(intent, likely),)
    going = going_on if going_on is not None else {intent: likely}
    return Question(
        intent=intent,
        text=text,
        confidence=likely,
        readings=more.pop("readings", readings),
        going_on=tuple(Reading(name, value) for name, value in going.items()),
        **more,
    )


def place(*codes: str, **more: object) -> Place:
    return Place(codes, "那里", **more)


def aged(age: str) -> Told:
    return Told("age", age)


def talked(*threads: Thread, region: str | None = None, **more: object) -> State:
    """A conversation in which some threads ran, the latest first."""
    people = {SELF: Person(region=region)} if region else {}
    return State(threads=threads, people=people, **more)


class Decider:
    """Decides questions with the real data."""

    def __init__(self, policy: Policy, wording: Wording) -> None:
        self.kit = Answering(Planner(policy, wording), Routes.load())

    def turn(self, question: Question, state: State | None = None, is_number: bool = False) -> Turn:
        state = state or State()
        meaning = meant(question, state, self.kit.wording)
        return Turn(
            question=question, meaning=meaning, state=state, kit=self.kit, is_number=is_number
        )

    def __call__(
        self, question: Question, state: State | None = None, is_number: bool = False
    ) -> Outcome:
        """What it comes to, by the first rule that fits."""
        return decide(self.turn(question, state, is_number))
