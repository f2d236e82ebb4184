"""What every action shares: hand the turn to the assistant, say its reply, keep its memory."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict


class TurnAction:
    """What an action does whose answer depends on the whole turn, not on its own name.

    A message may hold several questions of several topics, or only "and Shanghai?"; the rule
    picks the action by the first intent, the assistant answers all of them in order. It stands
    beside rasa-sdk's Action in the real actions: the executor registers every subclass of that.
    """

    action_name: str

    def name(self) -> str:
        """The name that rules and domain use."""
        return self.action_name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Answer the latest message and set the slots that changed."""
        from actions.assistant import assistant

        reply, slots = assistant().turn(dict(tracker.latest_message), tracker.slots)
        say(dispatcher, reply)
        return [SlotSet(name, value) for name, value in slots.items()]


class TopicAction(TurnAction):
    """What the action of one of the six topics does."""

    topic: str

    def name(self) -> str:
        """``action_`` and the topic."""
        return f"action_{self.topic}"


def say(dispatcher: CollectingDispatcher, reply: Any) -> None:
    """Put a spoken reply on its way: text and buttons for all, the structure for those who can."""
    dispatcher.utter_message(
        text=reply.text,
        buttons=[{"title": title, "payload": title} for title in reply.buttons],
        json_message=reply.payload,
    )
