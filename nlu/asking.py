"""Which part of a long message asks: a story before a question weighs less than the question."""

import re

# From this length, and this many clauses, a message is more than a question.
LONG, MANY = 36, 3
_END = re.compile(r"[?!;。,\s]+")
_ASKS = re.compile(
    r"[吗呢么嘛]|怎|咋|多少|几|哪|什么|啥|如何|是否|为何|可否|能否|多久|好多"
    r"|([能要会行用算给有可])(?:以)?不(?:可以|\1)|([\u4e00-\u9fff]{1,2})不\2|能不|不$|没有$|吧$"
)
SHORTEST = 4


def asked(text: str) -> list[str]:
    """The clauses of a long message that ask, else its last one; none of a short message.

    Args:
        text: normalised; placeholders may stand in it.
    """
    if len(text) < LONG:
        return []
    clauses = [clause for clause in _END.split(text) if clause]
    if len(clauses) < MANY:
        return []
    return [each for each in clauses if len(each) >= SHORTEST and _ASKS.search(each)] or clauses[-1:]
