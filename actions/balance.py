"""Balance 余额: looking it up, and why it is what it is."""

from actions.base import TopicAction


class ActionBalance(TopicAction):
    """Answers every question on the balance."""

    topic = "balance"
