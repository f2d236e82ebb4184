"""What a conversation remembers: people, threads, offers. It lives in one slot, as plain data."""

from typing import Any, Literal

import msgspec

from dialogue.blocks import Choice
from policy.facts import Population

SELF = "self"
SLOT = "state"
MOST_THREADS = 6
MOST_PEOPLE = 12
MOST_SAID = 8

Request = Literal["insured", "treated", "age", "kind", "thing", "which"]
Work = Literal["retired", "working", "paying", "not_retired", "never_worked"]


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of one person; what was not said is unknown.

    Attributes:
        region: adcode of the insured place; pool: 省直 and the like, beside it.
        treated: adcode of the place of care; lives: of where a relative lives.
        age: lowest and highest age in full years.
        population: the kind of insurance or retirement that was said.
        work: retired, working, still paying in …
        dead: whether they have died.
        relation: what they are to who asks, in the words of the sharing rules.
        situations: in hospital, discharged, paid … as they were told.
    """

    region: str | None = None
    pool: str | None = None
    treated: str | None = None
    lives: str | None = None
    age: tuple[int, int] | None = None
    population: Population | None = None
    work: Work | None = None
    dead: bool = False
    relation: str | None = None
    situations: tuple[str, ...] = ()

    def kind(self) -> Population | None:
        """The population to answer for, as far as what was said decides it."""
        if self.population == "flexible" and self.work == "retired":
            return "retired_flexible"
        if self.work == "retired" and (self.population in (None, "employed")):
            return "retired"
        if self.work in ("working", "paying", "not_retired"):
            if self.population in ("flexible", "resident"):
                return self.population
            return "employed"
        return self.population


def kind_changes(person: Person, said: str) -> dict[str, Any]:
    """What a population that was told means; who is retired and says 灵活就业 was one before."""
    if said.startswith("retired"):
        return {"population": said, "work": "retired"}
    if said == "employed":
        return {"population": said, "work": "working"}
    if said == "flexible" and person.kind() in ("retired", "retired_flexible"):
        return {"population": "retired_flexible"}
    return {"population": said}


class Thread(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that is talked about.

    Attributes:
        key: the answer given last in it; thing: what it is about.
        who: whose money or insurance it is; user: in sharing, who would use it.
        found: what the question named (item, channel, visit …).
        compared: adcodes of places compared.
        open: what was asked back and not yet told; tries: how often it was asked.
        candidates: adcodes of an ambiguous place that was asked back.
        facts: ids of the facts that its last answer used.
        heard: an amount somebody had heard, yuan, as text.
    """

    key: str
    thing: str
    who: str = SELF
    user: str | None = None
    found: dict[str, str] = {}
    compared: tuple[str, ...] = ()
    open: Request | None = None
    tries: int = 0
    candidates: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    heard: str | None = None


class State(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The whole memory of a conversation.

    Attributes:
        people: by who they are (``self``, ``mother``, ``grandfather`` …).
        current: who is meant while nobody else is named.
        threads: the latest first.
        offers: what the last message offered, in the order shown.
        said: the texts of the latest answers, shortened to fingerprints, newest last.
        sentences: short names of the sentences of the last reply.
        folded: what the folds of the last reply hold.
        unsure: how many messages in a row were not understood.
        aside: what was asked last, where that is somebody else's business.
    """

    people: dict[str, Person] = {}
    current: str = SELF
    threads: tuple[Thread, ...] = ()
    offers: tuple[Choice, ...] = ()
    said: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    folded: str = ""
    unsure: int = 0
    aside: str = ""

    @property
    def thread(self) -> Thread | None:
        """The running thread."""
        return self.threads[0] if self.threads else None

    @property
    def open(self) -> Thread | None:
        """The latest thread that waits for an answer."""
        return next((thread for thread in self.threads if thread.open), None)

    def person(self, who: str) -> Person:
        """What is known of somebody; nothing of a stranger."""
        return self.people.get(who, Person())

    def with_person(self, who: str, person: Person) -> "State":
        """With what is known of somebody; the longest unheard-of is forgotten if there are many."""
        people = {name: each for name, each in self.people.items() if name != who}
        people[who] = person
        while len(people) > MOST_PEOPLE:
            people.pop(next(name for name in people if name != SELF))
        return msgspec.structs.replace(self, people=people)

    def with_thread(self, thread: Thread) -> "State":
        """With a thread that runs from now on; one on the same thing for the same person goes."""
        others = [
            each
            for each in self.threads
            if (each.thing, each.who, each.user) != (thread.thing, thread.who, thread.user)
        ]
        return msgspec.structs.replace(self, threads=(thread, *others)[:MOST_THREADS])

    def context(self) -> dict[str, str]:
        """What the NLU may know of the conversation.

        Returns:
            ``entry``: what was answered last; ``thing``: what it is about, if that is ours;
            ``open``: what was asked back.
        """
        found = {}
        if self.aside:
            found["entry"] = self.aside
        elif self.thread:
            found |= {"thing": self.thread.thing, "entry": self.thread.key}
        if self.open:
            found["open"] = str(self.open.open)
        return found

    @classmethod
    def from_slot(cls, value: Any) -> "State":
        """Read the slot; one that does not fit (from an older version) starts afresh."""
        if not value:
            return cls()
        try:
            return msgspec.convert(value, cls, strict=False)
        except msgspec.ValidationError:
            return cls()

    def to_slot(self) -> dict[str, Any]:
        """The state as plain data."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def effective_region(state: State, who: str) -> tuple[str | None, bool]:
    """The insured place to answer for, and whether it is only taken from somebody else's.

    A relative of whom no place is known is taken to be insured where the one spoken of before is;
    the answer says so.
    """
    person = state.person(who)
    if person.region:
        return person.region, False
    others = [state.person(each.who).region for each in state.threads]
    others += [each.region for name, each in state.people.items() if name != who]
    return next((region for region in others if region), None), True
