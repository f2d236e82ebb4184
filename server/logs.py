"""Logging that an operator can read and that holds nothing a person wrote.

``LOG_FORMAT=json`` writes one JSON object a line, with the id of the request; otherwise a line is
for human eyes. Of an error only its type and the places it came through are logged: its text may
quote a message, unless its class says ``loggable``.
"""

import logging
import os
import traceback
import warnings
from collections.abc import MutableMapping
from datetime import datetime, timezone
from typing import Any

import msgspec

from server.request_id import request_id

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# Below WARNING, Rasa logs messages, entities and slots word for word.
QUIETEST_FOR_RASA = logging.WARNING
OURS = ("server", "channels", "actions", "dialogue", "desk", "nlu", "policy")
# What a log record may carry beside its text; see ``server/turns.py``.
FIELDS = ("channel", "topics", "status", "milliseconds")
MOST_FRAMES = 12


class Line(logging.Formatter):
    """One line for human eyes."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        when = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        line = f"{when} {record.levelname} {record.name}: {_text(record)}"
        fields = {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        line += "".join(f" {name}={value}" for name, value in fields.items())
        if request_id.get():
            line += f" request_id={request_id.get()}"
        return "\n".join([line, *(f"  {each}" for each in _causes(record))])


class Json(logging.Formatter):
    """One JSON object for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        when = datetime.fromtimestamp(record.created, timezone.utc)
        entry: dict[str, object] = {
            "time": when.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _text(record),
            "process": record.process,
        }
        if request_id.get():
            entry["request_id"] = request_id.get()
        entry |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        causes = _causes(record)
        if causes:
            entry["error"] = causes
        return msgspec.json.encode(entry).decode()


def _text(record: logging.LogRecord) -> str:
    """The text of a record; of libraries only what they say themselves, not what they quote."""
    package = record.name.partition(".")[0]
    if package in OURS:
        return record.getMessage()
    if package in ("rasa", "sanic") and not record.args:
        # Most of their texts are put together before they get here, with what somebody wrote in
        # them, or with an address and a path that names a conversation.
        return f"{record.levelname.lower()} in {record.module}:{record.lineno}"
    return str(record.msg) if record.args else str(record.msg).partition("\n")[0]


def _causes(record: logging.LogRecord) -> list[str]:
    """The error of a record and the errors behind it: types and places."""
    error = record.exc_info[1] if record.exc_info else None
    found: list[str] = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
        places = " < ".join(
            f"{frame.name} ({frame.filename.rpartition('site-packages/')[2]}:{frame.lineno})"
            for frame in reversed(frames)
        )
        text = f" ({error})" if getattr(error, "loggable", False) else ""
        found.append(f"{type(error).__name__}{text} in {places}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def _only_the_event(_: Any, __: str, entry: MutableMapping[str, Any]) -> str:
    """What is left of an entry of Rasa's own log: its name, without values that quote people."""
    return str(entry.get("event"))


def _only_the_place(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,
    line: str | None = None,
) -> None:
    """Log a warning of Python by its kind and place: Rasa's quote messages and entities."""
    place = filename.rpartition("site-packages/")[2]
    logging.getLogger("server.warnings").warning("%s in %s:%d", category.__name__, place, lineno)


def configure() -> None:
    """Set levels and format; ``LOG_LEVEL`` moves our own loggers only."""
    import structlog
    from rasa.utils.log_utils import configure_structlog

    name = os.environ.get("LOG_LEVEL", "").upper()
    own = name if name in LEVELS else "INFO"
    machines = os.environ.get("LOG_FORMAT") == "json"
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if machines else Line())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    warnings.showwarning = _only_the_place
    for package in OURS:
        logging.getLogger(package).setLevel(own)
    if not (machines or name):
        # A line a turn is for machines; who starts the bot in a terminal wants to see faults.
        logging.getLogger("server.turns").setLevel(logging.WARNING)
    configure_structlog(QUIETEST_FOR_RASA)
    structlog.configure(
        processors=[_only_the_event],
        wrapper_class=structlog.make_filtering_bound_logger(QUIETEST_FOR_RASA),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    for package in ("rasa", "matplotlib", "apscheduler", "sanic.root", "sanic.access"):
        logging.getLogger(package).setLevel(QUIETEST_FOR_RASA)
