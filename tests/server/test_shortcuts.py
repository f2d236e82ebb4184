"""Each shortcut does what Rasa does, and is still needed."""

import inspect
import json
import logging
import re

import rasa.core.processor
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.utils.common import all_subclasses
from sanic import response

from server import shortcuts

shortcuts.apply()


def test_event_classes_are_those_that_rasa_finds() -> None:
    for kind in all_subclasses(Event):
        if kind.type_name != "event":
            slowly = Event.resolve_by_type.original
            assert Event.resolve_by_type(kind.type_name) is slowly(kind.type_name)
    assert Event.resolve_by_type("topic") is None
    assert Event.resolve_by_type("unknown", default=SlotSet) is SlotSet
    assert Event.resolve_by_type("unknown", default=ActionExecuted) is ActionExecuted


def test_rasa_still_walks_all_event_classes() -> None:
    assert "all_subclasses(Event)" in inspect.getsource(Event.resolve_by_type.original)


def test_the_processor_copies_only_for_the_debug_log() -> None:
    """Each use of ``copy`` is an argument of a debug entry; otherwise the shortcut would harm."""
    source = inspect.getsource(rasa.core.processor)
    uses = len(re.findall(r"\bcopy\.", source))
    entries = re.findall(r"structlogger\.debug\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", source)
    assert uses == sum(entry.count("copy.deepcopy(") for entry in entries)
    assert uses > 3, "Rasa no longer copies; the shortcut can go"


def test_with_debugging_on_it_copies() -> None:
    value = {"a": [1]}
    assert rasa.core.processor.copy.deepcopy(value) is value
    log = logging.getLogger("rasa.core.processor")
    before = log.level
    log.setLevel(logging.DEBUG)
    try:
        copied = rasa.core.processor.copy.deepcopy(value)
    finally:
        log.setLevel(before)
    assert copied == value
    assert copied is not value


def test_json_answers_hold_chinese_as_it_is() -> None:
    body = response.json({"text": "医保", "score": 0.5}).body
    assert "医保".encode() in body
    assert json.loads(body) == {"text": "医保", "score": 0.5}


def test_applying_twice_is_applying_once() -> None:
    before = Event.resolve_by_type
    shortcuts.apply()
    assert Event.resolve_by_type is before
