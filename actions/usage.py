"""Usage 用途: what the money may be spent on, and how long it lives."""

from actions.base import TopicAction


class ActionUsage(TopicAction):
    """Answers every question on usage."""

    topic = "usage"
