"""A reply as plain text, for the shell, REST, WeChat and for copying."""

import msgspec

from dialogue.answer import Answer, Band, Reply, Source
from dialogue.wording import Wording
from policy.dates import spoken

# More sources than this would be longer than the answer; the payload has all of them.
SOURCES_SHOWN = 3


def text_of(reply: Reply, wording: Wording) -> str:
    """The whole reply as text: several answers one after the other under their questions."""
    several = len(reply.answers) > 1
    blocks = []
    for number, answer in enumerate(reply.answers, 1):
        # The number to call is the same for all; once, at the end, is enough.
        called = answer.phone in [later.phone for later in reply.answers[number:]]
        body = answer_text(msgspec.structs.replace(answer, phone="") if called else answer, wording)
        if several:
            head = wording.say("part", number="①②③④⑤⑥"[number - 1], title=answer.title)
            body = f"{head}\n{body}"
        blocks.append(body)
    return "\n\n".join(blocks)


def answer_text(answer: Answer, wording: Wording) -> str:
    """One answer: the figure or answer first, then what it holds for, steps, source, phone."""
    lines = [answer.lead]
    if answer.assumed:
        lines.append(wording.say("assumed", text=answer.assumed))
    if not answer.figure:
        lines += [band_line(band, wording) for band in answer.bands]
    lines += [band_line(band, wording) for band in answer.compare]
    lines += answer.paragraphs
    lines += [f"{number}. {step}" for number, step in enumerate(answer.steps, 1)]
    lines += [wording.say("caveat", text=text) for text in answer.caveats]
    others = [band for band in answer.bands if not band.mine]
    if answer.figure and others:
        lines.append(wording.say("others"))
        lines += [band_line(band, wording) for band in others]
    lines += answer.claims
    if answer.extra:
        lines.append(answer.extra)
    if answer.sources:
        shown = "；".join(source_text(each, wording) for each in answer.sources[:SOURCES_SHOWN])
        lines.append(wording.say("sources", text=shown))
    if answer.phone:
        lines.append(wording.say("phone", number=answer.phone))
    return "\n".join(line for line in lines if line)


def band_line(band: Band, wording: Wording) -> str:
    """One row of a table of amounts."""
    name = "band_mine" if band.mine else "band"
    line = wording.say(name, label=band.label, amount=money(band, wording))
    return line + (wording.say("band_note", text=band.note) if band.note else "")


def money(band: Band, wording: Wording) -> str:
    """An amount with its period: 每月 110 元."""
    if not band.amount:
        return wording.say("no_amount")
    if band.unit == "%":
        return f"{band.amount}%"
    every = wording.say("yearly" if band.period == "年" else "monthly")
    return f"{every} {band.amount} {band.unit}"


def source_text(source: Source, wording: Wording) -> str:
    """A source by publisher, kind and date."""
    date = spoken(source.date) if source.date else wording.say("undated")
    site = source.kind == wording.templates.kinds["site"]
    return wording.say(
        "source_site" if site else "source", publisher=source.publisher, kind=source.kind, date=date
    )
