"""The parts of a message as Rasa's parse data has them, and what they share."""

from typing import Any

from nlu.features import FOLDED
from nlu.judging import FALLBACK, Entity, Understood
from nlu.piece import Piece
from policy.topics import NONE

REGION, TREATED = "region", "treated"
OWN = ("relation", "region", "age")
SHARED = (*FOLDED, "population", "relation", "smartphone", "visit", "work", "life", "situation")


def lend_place(parts: list[dict[str, Any]]) -> None:
    """Let a place that only one question names hold for all: 「每月返多少，达州的余额怎么查」."""
    named = [e for part in parts for e in part["entities"] if e["entity"] == REGION]
    if len({each["value"] for each in named}) != 1 or named[0].get("role") == TREATED:
        return
    for part in parts:
        if not any(each["entity"] == REGION for each in part["entities"]):
            part["entities"] = [*part["entities"], named[0]]


def without_told(clause: Piece) -> str:
    """A clause without what is told of a case."""
    told = [False] * len(clause.text)
    for each in clause.moved:
        if each["entity"] in SHARED and each["entity"] not in ("smartphone", "visit", "situation"):
            told[each["start"] : each["end"]] = [True] * (each["end"] - each["start"])
    return "".join(sign for sign, is_told in zip(clause.text, told, strict=True) if not is_told)


def is_foreign(whole: Understood) -> bool:
    """Whether a message as a whole is about what is not ours."""
    return whole.topic == NONE and whole.name != FALLBACK


def part_of(each: Piece, understood: Understood) -> dict[str, Any]:
    """A piece that asks, with what it was read as."""
    return {
        "text": each.text,
        "intent": understood.intent,
        "intent_ranking": understood.ranking,
        "ours": understood.ours,
        "going_on": understood.going_on,
        "form": "asks",
        "entities": each.entities,
    }


def told_apart(found: list[tuple[Piece, Understood]]) -> list[dict[str, Any]]:
    """Each question once; the same one twice only if it is about others."""
    parts: list[dict[str, Any]] = []
    for each, understood in found:
        same = [part for part in parts if part["intent"]["name"] == understood.name]
        if not same or _others(same[-1]["entities"], each.entities):
            parts.append(part_of(each, understood))
            continue
        known = same[-1]["entities"]
        same[-1]["entities"] = known + [e for e in each.entities if e not in known]
    return parts


def _others(before: list[Entity], after: list[Entity]) -> bool:
    """Whether a question names another person, place or age than the one before."""
    for kind in OWN:
        had = {each["value"] for each in before if each["entity"] == kind}
        has = {each["value"] for each in after if each["entity"] == kind}
        if had and has and had != has:
            return True
    return False
