"""A token proves its conversation; nothing altered, foreign or old is taken."""

import pytest

from channels.web.tokens import Tokens

DAY = 86_400.0


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(b"k" * 32, clock)


def test_a_token_is_read_back(tokens: Tokens) -> None:
    session = tokens.read(tokens.issue(), DAY)
    assert session is not None
    assert session.conversation == f"web:{session.identity}"
    assert len(session.identity) == 22


def test_each_token_is_a_conversation_of_its_own(tokens: Tokens) -> None:
    assert len({tokens.issue() for _ in range(1000)}) == 1000


def test_every_altered_sign_is_noticed(tokens: Tokens) -> None:
    token = tokens.issue()
    for place, sign in enumerate(token):
        for other in ("A", "B", "0", "1", "-", ".", ""):
            if other != sign:
                assert tokens.read(token[:place] + other + token[place + 1 :], DAY) is None


def test_a_foreign_key_is_noticed(tokens: Tokens, clock: Clock) -> None:
    assert tokens.read(Tokens(b"x" * 32, clock).issue(), DAY) is None


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "٣" * 22 + ".1." + "a" * 43, "\x00", "x" * 100_000]
)
def test_what_is_no_token_is_none(tokens: Tokens, token: str) -> None:
    assert tokens.read(token, DAY) is None


def test_parts_of_two_tokens_make_no_third(tokens: Tokens, clock: Clock) -> None:
    mine, other = tokens.issue().split("."), tokens.issue().split(".")
    assert tokens.read(".".join([other[0], mine[1], mine[2]]), DAY) is None


def test_a_token_expires(tokens: Tokens, clock: Clock) -> None:
    token = tokens.issue()
    clock.now += DAY - 1
    assert tokens.read(token, DAY)
    clock.now += 1
    assert tokens.read(token, DAY) is None


def test_a_token_from_the_future_is_none(tokens: Tokens, clock: Clock) -> None:
    token = tokens.issue()
    clock.now -= 1000
    assert tokens.read(token, DAY) is None


def test_a_token_is_renewed_in_the_second_half_of_its_life(tokens: Tokens, clock: Clock) -> None:
    session = tokens.read(tokens.issue(), DAY)
    assert session
    assert not tokens.is_ageing(session, DAY)
    clock.now += DAY * 0.6
    assert tokens.is_ageing(session, DAY)
    renewed = tokens.read(tokens.issue(session.identity), DAY)
    assert renewed
    assert renewed.conversation == session.conversation
