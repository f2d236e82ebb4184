"""What the channels count; no text, no sender and no address is ever part of it."""

from collections.abc import Iterable

from prometheus_client import Counter

MESSAGES = Counter("yibao_messages", "Messages that came in", ["channel"])
REFUSALS = Counter("yibao_refusals", "Messages that the gate did not let in", ["channel", "reason"])
MASKED = Counter("yibao_masked", "Messages with a personal number in them", ["kind"])
FAILURES = Counter("yibao_failed_turns", "Turns that ended in an apology", ["channel"])
FEEDBACK = Counter("yibao_feedback", "Thumbs", ["value"])


def channel_of(conversation: str) -> str:
    """The channel in a conversation id."""
    return conversation.partition(":")[0]


def message(conversation: str) -> None:
    """A message came in."""
    MESSAGES.labels(channel_of(conversation)).inc()


def refusal(conversation: str, reason: str) -> None:
    """A message was refused: closed, rate_limited, not_text, too_long, masked."""
    REFUSALS.labels(channel_of(conversation), reason).inc()


def masked(kinds: Iterable[str]) -> None:
    """Personal numbers of these kinds were masked."""
    for kind in kinds:
        MASKED.labels(kind).inc()


def failure(channel: str) -> None:
    """A turn failed."""
    FAILURES.labels(channel).inc()


def feedback(value: str) -> None:
    """A thumb was given."""
    FEEDBACK.labels(value).inc()
