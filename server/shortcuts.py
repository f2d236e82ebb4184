"""The few functions of Rasa that are replaced, because no hook, setting or subclass reaches them.

Each has its reason beside it and a test in ``tests/server/test_shortcuts.py`` that fails when Rasa
no longer needs it. Everything else that is faster than Rasa's own is an ordinary subclass:
``server/processor.py``, ``server/runner.py``, ``server/rules.py``, ``server/trackers.py``.
"""

import copy
import logging
from types import SimpleNamespace
from typing import Any

import msgspec

_classes: dict[str, Any] = {}


def apply() -> None:
    """Put the shortcuts in place; does nothing the second time. Call after importing Rasa."""
    _find_event_classes_once()
    _copy_only_for_the_debug_log()
    _write_chinese_as_it_is()


def _find_event_classes_once() -> None:
    """``Event.resolve_by_type`` walks all subclasses of Event for each event that is read.

    Twenty-odd classes, a dozen events a turn: 2 ms. A class that was found once is remembered; one
    that is unknown is looked for as before.
    """
    from rasa.shared.core.events import Event

    slowly = Event.resolve_by_type
    if getattr(slowly, "is_shortcut", False):
        return

    def resolve_by_type(type_name: str, default: Any = None) -> Any:
        found = _classes.get(type_name)
        if found is None:
            found = slowly(type_name, default)
            if found is not None and found is not default:
                _classes[type_name] = found
        return found

    resolve_by_type.is_shortcut = True  # type: ignore[attr-defined]
    resolve_by_type.original = slowly  # type: ignore[attr-defined]
    Event.resolve_by_type = staticmethod(resolve_by_type)


def _copy_only_for_the_debug_log() -> None:
    """The processor deep-copies every turn's events and entities for a debug log that is off.

    ``rasa.core.processor`` uses ``copy`` for nothing else. With debugging on, it copies as before.
    """
    import rasa.core.processor

    debug_log = logging.getLogger("rasa.core.processor")

    def deepcopy(value: Any) -> Any:
        return copy.deepcopy(value) if debug_log.isEnabledFor(logging.DEBUG) else value

    rasa.core.processor.copy = SimpleNamespace(deepcopy=deepcopy, copy=copy.copy)


def _write_chinese_as_it_is() -> None:
    r"""Sanic writes each Chinese sign of a JSON answer as ``\u4e2d``: six bytes instead of three.

    ``Sanic(dumps=…)`` is the place for another writer, but Rasa makes the application; this is what
    Sanic does with that argument.
    """
    from sanic.response import BaseHTTPResponse

    def dumps(value: Any, **_: Any) -> bytes:
        return msgspec.json.encode(value, enc_hook=_plain)

    BaseHTTPResponse._dumps = dumps


def _plain(value: Any) -> Any:
    """A number of numpy as one of Python."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is no JSON")
