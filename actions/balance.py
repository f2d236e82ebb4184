"""Balance 余额: looking it up, and why it is what it is."""

from rasa_sdk import Action

from actions.base import TopicAction


class ActionBalance(TopicAction, Action):
    """Answers every question on the balance."""

    topic = "balance"
