"""What is counted and logged of a turn: how long it took and what it was about, never its words."""

import logging
from typing import Any

from channels import metrics

logger = logging.getLogger(__name__)


def observe(channel: str, seconds: float, said: list[dict[str, Any]]) -> None:
    """Note a turn that was made, stored and answered.

    Args:
        channel: where the message came from.
        seconds: from its arrival to its stored answer.
        said: the bot's messages.
    """
    metrics.turn(channel, seconds)
    payloads = [message["custom"] for message in said if message.get("custom")]
    for payload in payloads:
        metrics.reply(channel, payload)
    if logger.isEnabledFor(logging.INFO):
        answers = [answer for payload in payloads for answer in payload.get("answers", ())]
        topics = [metrics.topic_of(str(answer.get("intent", ""))) for answer in answers]
        fields = {
            "channel": channel,
            "topics": ",".join(dict.fromkeys(topics)),
            "status": ",".join(str(payload.get("status")) for payload in payloads),
            "milliseconds": round(seconds * 1000, 1),
        }
        logger.info("turn", extra=fields)
