"""Usage 用途: what the money may be spent on, and how long it lives."""

from rasa_sdk import Action

from actions.base import TopicAction


class ActionUsage(TopicAction, Action):
    """Answers every question on usage."""

    topic = "usage"
