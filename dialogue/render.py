"""A reply as plain text, for the shell, REST, WeChat and for copying."""

from collections.abc import Iterable
from itertools import count

from dialogue.blocks import Answer, Block, Reply
from dialogue.wording import Wording

NUMBERS = "①②③④⑤⑥"


def text_of(reply: Reply, wording: Wording) -> str:
    """The whole reply as text, without what is folded; several answers under their questions."""
    if len(reply.answers) == 1:
        return answer_text(reply.answers[0], wording)
    last = len(reply.answers) - 1
    blocks = []
    for index, answer in enumerate(reply.answers):
        # How far to trust it is said for each; the number to call once, at the end.
        shown = [b for b in answer.shown() if index == last or b.kind != "phone"]
        text = block_text(shown, wording, answer.assumed)
        head = wording.say("part", number=NUMBERS[index], title=answer.title or text)
        blocks.append(f"{head}\n{text}" if answer.title else head)
    return "\n\n".join(blocks)


def answer_text(answer: Answer, wording: Wording) -> str:
    """One answer: the decision or figure first, then what holds for it, steps, trust, phone."""
    return block_text(answer.shown(), wording, answer.assumed)


def folded_text(answers: Iterable[Answer], wording: Wording) -> str:
    """What the folds of some answers hold."""
    return "\n".join(block_text(answer.folded(), wording) for answer in answers).strip()


def block_text(blocks: Iterable[Block], wording: Wording, assumed: str = "") -> str:
    """Blocks as lines; steps are numbered, trust and phone share the last line."""
    lines: list[str] = []
    last: list[str] = []
    steps = count(1)
    for block in blocks:
        if block.kind in ("trust", "phone"):
            if block.kind == "trust":
                last.append(wording.say("trust_line", text=block.text))
            elif block.label:
                last.append(wording.say("phone_line_far", text=block.text, area=block.label))
            else:
                last.append(wording.say("phone_line", text=block.text))
        elif block.kind == "step":
            lines.append(f"{next(steps)}. {block.text}")
        elif block.kind == "caveat":
            lines.append(wording.say("caveat_line", text=block.text))
        elif block.kind in ("band", "cause"):
            lines.append(wording.say("item_line", text=block.text))
        else:
            lines.append(block.text)
        if assumed and len(lines) == 1:
            lines.append(wording.say("assumed", text=assumed))
            assumed = ""
    return "\n".join(line for line in [*lines, "".join(last)] if line)
