"""The rules of the dialogue, in their order, each with an example. The first that fits wins."""

from collections.abc import Callable

import msgspec

from dialogue.acts import about, around, asking, telling
from dialogue.acts.turn import Outcome, Turn


class Rule(msgspec.Struct, frozen=True):
    """One rule.

    Attributes:
        name: for the log and for ``make explain``.
        example: a message that it fits.
        apply: what it comes to, or None if it does not fit.
    """

    name: str
    example: str
    apply: Callable[[Turn], Outcome | None]


RULES = (
    Rule("urgent", "我爸晕倒了", around.urgent),
    Rule("start_over", "重新开始", around.start_over),
    Rule("other_person", "换个人", around.other_person),
    Rule("odd_age", "230岁", around.odd_age),
    Rule("reply_to_request", "辽宁那个", telling.reply),
    Rule("about_answer", "谁说的", about.about_answer),
    Rule("repair", "不是这个意思", around.repair),
    Rule("feel", "愁死了", around.feel),
    Rule("ask", "备案要带什么", asking.ask),
    Rule("unsaid", "要带什么", asking.unsaid),
    Rule("tell", "她72了", telling.tell),
    Rule("mind_manners", "谢谢", around.mind_manners),
    Rule("serve", "医保局电话多少", around.serve),
    Rule("stray", "养老金涨多少", around.stray),
    Rule("doubt", "那个啥", around.doubt),
)


def decide(turn: Turn) -> Outcome:
    """What a question comes to, by the first rule that fits."""
    for rule in RULES:
        outcome = rule.apply(turn)
        if outcome is not None:
            return msgspec.structs.replace(outcome, rule=rule.name)
    raise AssertionError("the last rule fits everything")
