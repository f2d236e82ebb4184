"""What a conversation remembers, and how it goes through the slot."""

import msgspec
import pytest

from dialogue.blocks import Choice
from dialogue.state import MOST_PEOPLE, MOST_THREADS, SELF, Person, State, Thread

FULL = State(
    people={
        SELF: Person(region="110000", age=(66, 66), work="retired", situations=("paid",)),
        "mother": Person(region="310000", relation="parent", dead=True, pool="省直"),
    },
    current="mother",
    threads=(
        Thread(key="credit_amount", thing="credit", open="which", candidates=("110105", "211300")),
        Thread(key="sharing_may", thing="sharing", user="spouse", found={"item": "drug"}),
    ),
    offers=(Choice(title="是", key="credit_amount", region="110105", age=(70, 120)),),
    said=("0123456789ab",),
    folded="来源",
    unsure=1,
)


def test_the_slot_gives_back_what_it_was_given() -> None:
    plain = msgspec.json.decode(msgspec.json.encode(FULL.to_slot()))
    assert State.from_slot(plain) == FULL
    assert State.from_slot(State().to_slot()) == State()


@pytest.mark.parametrize(
    "slot", [None, {}, [], "旧的", {"threads": "x"}, {"unsure": "很多"}, {"people": {"self": 1}}]
)
def test_a_slot_that_does_not_fit_starts_afresh(slot: object) -> None:
    assert State.from_slot(slot) == State()


def test_nothing_is_known_of_a_stranger() -> None:
    assert FULL.person("uncle") == Person()
    assert FULL.person("mother").dead


def test_the_latest_thread_runs_and_the_same_one_stands_once() -> None:
    state = State()
    for key in ("credit_amount", "filing_how", "credit_rule"):
        state = state.with_thread(Thread(key=key, thing=key.split("_")[0]))
    assert [thread.key for thread in state.threads] == ["credit_rule", "filing_how"]
    assert state.thread is not None
    assert state.thread.key == "credit_rule"


def test_the_same_thing_of_two_people_is_two_threads() -> None:
    state = State()
    for who in (SELF, "mother"):
        state = state.with_thread(Thread(key="credit_amount", thing="credit", who=who))
    assert [thread.who for thread in state.threads] == ["mother", SELF]


def test_old_threads_and_people_are_forgotten_but_not_oneself() -> None:
    state = State().with_person(SELF, Person(region="110000"))
    for number in range(20):
        state = state.with_thread(Thread(key=f"k{number}", thing=f"t{number}"))
        state = state.with_person(f"p{number}", Person(age=(number, number)))
    assert len(state.threads) == MOST_THREADS
    assert state.threads[0].key == "k19"
    assert len(state.people) == MOST_PEOPLE
    assert state.person(SELF).region == "110000"
    assert state.person("p19").age == (19, 19)
    assert state.person("p0") == Person()


def test_the_nlu_is_told_the_thing_in_play_and_what_was_asked_back() -> None:
    waits = Thread(key="credit_amount", thing="credit", open="age")
    assert State().context() == {}
    assert State(threads=(waits,)).context() == {
        "thing": "credit",
        "entry": "credit_amount",
        "open": "age",
    }
    after = State(threads=(Thread(key="filing_how", thing="filing"), waits))
    assert after.context() == {"thing": "filing", "entry": "filing_how", "open": "age"}
    assert after.open == waits
