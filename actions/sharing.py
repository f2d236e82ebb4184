"""Family sharing 家庭共济: who may use the account, and how."""

from rasa_sdk import Action

from actions.base import TopicAction
from actions.person import tells_of_relative
from actions.understood import Question
from policy.sharing import counts_as_near

PROVINCE = "sharing_province"
# Of the intents of a message that only tells something, this many may say what it is about.
LIKELY = 2


class ActionSharing(TopicAction, Action):
    """Answers every question on family sharing."""

    topic = "sharing"


def facets(relation: str | None) -> dict[str, str]:
    """``relative_counts``: whether a relative is a near one in the sense of the rule."""
    near = counts_as_near(relation) if relation else None
    return {} if near is None else {"relative_counts": "yes" if near else "no"}


def told(question: Question) -> str | None:
    """The question behind what is told of a relative after one on sharing.

    「她是新农合的」: does a resident count? 「女儿在外省」: does it reach another province?
    """
    if not tells_of_relative(question):
        return None
    if question.found.get("population") == "resident":
        return "sharing_resident"
    return PROVINCE if PROVINCE in question.ranking[:LIKELY] else None
