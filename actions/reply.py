"""The one action: what a message means and what to say to it is the dialogue's business."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict


class ActionReply(Action):
    """Answers the latest message, whatever its intents are: there may be several."""

    def name(self) -> str:
        """The name that rules and domain use."""
        return "action_reply"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Say the reply and set the slots that changed."""
        from dialogue.assistant import assistant

        reply, slots = assistant().turn(dict(tracker.latest_message), tracker.slots)
        dispatcher.utter_message(
            text=reply.text,
            buttons=[{"title": title, "payload": title} for title in reply.buttons],
            json_message=reply.payload,
        )
        return [SlotSet(name, value) for name, value in slots.items()]
