"""Measuring a model before it is published, and saying what it would say."""

import asyncio
from pathlib import Path
from typing import Any

import yaml

from nlu.model import topic_of
from server.explain import Explained, Rehearsal, described
from server.settings import ROOT

# Questions that were never trained on, with the intents a careful reader could accept.
GUARDED = ROOT / "tests" / "understanding" / "heldout.yml"


def measured(model: Path, file: Path = GUARDED) -> tuple[int, int]:
    """How many guarded questions are read as the right topic, and of how many; (0, 0) without any.

    Args:
        model: its file.
        file: the questions; an image may go without them.
    """
    if not file.exists():
        return 0, 0
    rows = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    rows = [row for row in rows if row.get("intent")]
    rehearsal = Rehearsal(model)
    right = 0
    for row in rows:
        parsed = asyncio.run(rehearsal.read(row["text"]))
        wanted = {topic_of(name) for name in (row["intent"], *(row.get("also") or ()))}
        right += topic_of(str(parsed["intent"]["name"])) in wanted
    return right, len(rows)


def rehearsed(model: Path, talks: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What would be said in some conversations, and why.

    Args:
        model: its file.
        talks: the ``texts`` of each, and the ``home`` that its channel assumes.
    """
    rehearsal = Rehearsal(model)
    found = []
    for talk in talks:
        rehearsal.home = talk["home"]
        found.append([_said(turn) for turn in rehearsal.talk(talk["texts"])])
    return found


def _said(turn: Explained) -> dict[str, Any]:
    answers = turn.spoken.payload.get("answers") or []
    return {
        "text": turn.text,
        "reply": turn.spoken.text,
        "facts": [fact for answer in answers for fact in answer.get("facts") or ()],
        "why": described(turn),
    }
