"""What the channels count; no text, no sender and no address is ever part of it."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from policy.topics import topic_keys

MESSAGES = Counter("yibao_messages", "Messages that came in", ["channel"])
REFUSALS = Counter("yibao_refusals", "Messages that the gate did not let in", ["channel", "reason"])
MASKED = Counter("yibao_masked", "Messages with a personal number in them", ["kind"])
FAILURES = Counter("yibao_failed_turns", "Turns that ended in an apology", ["channel"])
FEEDBACK = Counter("yibao_feedback", "Thumbs", ["value"])
ANSWERS = Counter("yibao_answers", "Questions answered", ["channel", "topic", "status"])
FALLBACKS = Counter("yibao_fallbacks", "Messages that were not understood", ["channel"])
WITHOUT_FIGURE = Counter(
    "yibao_lookups_without_figure", "Amounts asked for that the data does not have", ["intent"]
)
RELOADS = Counter("yibao_reloads", "Edited data put into service, or refused", ["result"])
OVERDUE = Gauge("yibao_overdue_facts", "Facts whose review is overdue", multiprocess_mode="max")
HANDOVERS = Counter("yibao_handovers", "Conversations posted to people, or not", ["result"])
SECONDS = Histogram(
    "yibao_turn_seconds",
    "From a message to its stored answer, waiting for the message before included",
    ["channel"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 25),
)
# What is none of the topics but counted by its own name.
NOT_OURS = ("neighbour", "outside")
# Intents that ask for an amount.
_AMOUNTS = ("credit_amount",)


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


def reload(result: str) -> None:
    """Edited data was put into service (done) or refused."""
    RELOADS.labels(result).inc()


def handover(result: str) -> None:
    """A conversation was posted to people (done), or could not be (failed)."""
    HANDOVERS.labels(result).inc()


def overdue(number: int) -> None:
    """So many facts should have been looked at again by now."""
    OVERDUE.set(number)


def turn(channel: str, seconds: float) -> None:
    """A turn was made and stored."""
    SECONDS.labels(channel).observe(seconds)


def reply(channel: str, payload: Mapping[str, Any]) -> None:
    """Something was said; the structure of an answer is ``custom`` of ``docs/payload.md``."""
    status = str(payload.get("status", "answered"))
    if status == "unsure":
        FALLBACKS.labels(channel).inc()
    for answer in payload.get("answers", ()):
        intent = str(answer.get("intent", ""))
        ANSWERS.labels(channel, topic_of(intent), status).inc()
        if intent in _AMOUNTS and not any(b.get("amount") for b in answer.get("blocks", ())):
            WITHOUT_FIGURE.labels(intent).inc()


def topic_of(intent: str) -> str:
    """The topic in an intent's name; ``service`` for what has none."""
    topic = intent.partition("_")[0]
    return topic if topic in (*topic_keys(), *NOT_OURS) else "service"


def exposition() -> bytes:
    """Everything counted, by all processes of this server, as Prometheus reads it."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY)
    from prometheus_client import multiprocess

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
