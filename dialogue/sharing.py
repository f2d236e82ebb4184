"""Family sharing 家庭共济: who may use the account, and how."""

from dialogue.person import tells_of_relative
from dialogue.understood import Question, topic_of
from policy.sharing import counts_as_near

TOPIC = "sharing"
PROVINCE = "sharing_province"
# Of the intents of a message that only tells something, this many may say what it is about.
LIKELY = 2


def facets(relation: str | None) -> dict[str, str]:
    """``relative_counts``: whether a relative is a near one in the sense of the rule."""
    near = counts_as_near(relation) if relation else None
    return {} if near is None else {"relative_counts": "yes" if near else "no"}


def told(question: Question) -> str | None:
    """The question behind what is told of a relative after one on sharing.

    「惠民保呢」 leaves the relative and asks what it pays for.
    「她是新农合的」: does a resident count? 「女儿在外省」: does it reach another province?
    """
    likeliest = question.ranking[0] if question.ranking else ""
    if "item" in question.found and not question.persons and topic_of(likeliest) == TOPIC:
        return likeliest
    if not tells_of_relative(question):
        return None
    if question.found.get("population") == "resident":
        return "sharing_resident"
    return PROVINCE if PROVINCE in question.ranking[:LIKELY] else None
