"""Log lines for machines and for people, with no words of anybody."""

import ast
import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from server import logs
from server.logs import Json, Line
from server.request_id import request_id

SECRET = "我叫张三"


def record(logger: str, text: str, *arguments: Any, error: bool = False) -> logging.LogRecord:
    info = None
    if error:
        try:
            try:
                raise ValueError(SECRET)
            except ValueError as inner:
                raise KeyError(SECRET) from inner
        except KeyError:
            info = sys.exc_info()
    return logging.LogRecord(logger, logging.ERROR, "x.py", 1, text, arguments, info)


def test_an_error_is_logged_by_type_and_place_not_by_text() -> None:
    for formatter in (Json(), Line()):
        written = formatter.format(record("server.x", "it broke", error=True))
        assert SECRET not in written
        assert "KeyError" in written
        assert "ValueError" in written
        assert "test_logs.py" in written


def test_an_error_that_quotes_nobody_may_say_what_it_is() -> None:
    from server.slim import LeftOut

    entry = record("server.x", "it broke")
    try:
        raise LeftOut("twilio 没有加载")
    except LeftOut:
        entry.exc_info = sys.exc_info()
    assert "LeftOut (twilio 没有加载)" in Line().format(entry)


def test_the_request_and_the_fields_of_a_turn_are_in_it() -> None:
    request_id.set("abc12345")
    try:
        entry = record("server.turns", "turn")
        entry.channel, entry.milliseconds = "web", 4.2
        written = json.loads(Json().format(entry))
        assert "request_id=abc12345" in Line().format(entry)
    finally:
        request_id.set("")
    assert written["request_id"] == "abc12345"
    assert (written["channel"], written["milliseconds"]) == ("web", 4.2)
    assert "topics" not in written
    assert written["time"].endswith("+00:00")


def test_libraries_say_what_they_say_but_quote_nobody() -> None:
    written = Json().format(record("rasa.core.x", "cannot read %s", SECRET))
    assert "cannot read" in written
    assert SECRET not in written
    assert SECRET not in Json().format(record("sanic.error", f"failed\n{SECRET}"))
    assert "is 3" in Json().format(record("channels.x", "it is %d", 3))


def test_rasas_structured_log_keeps_its_values_to_itself(capfd: pytest.CaptureFixture[str]) -> None:
    import structlog

    from server.logs import configure

    configure()
    structlog.get_logger().warning("event.deserialization.failed", rasa_event=SECRET)
    said = capfd.readouterr()
    assert SECRET not in said.err + said.out
    assert "event.deserialization.failed" in said.err


def test_warnings_of_python_say_kind_and_place_only(capfd: pytest.CaptureFixture[str]) -> None:
    import warnings

    from rasa.shared.utils.io import raise_warning

    from server.logs import configure

    kept = warnings.showwarning
    try:
        configure()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = logs._only_the_place
            raise_warning(f"Failed to parse arguments in line '{SECRET}'.")
    finally:
        warnings.showwarning = kept
    said = capfd.readouterr()
    assert SECRET not in said.err + said.out
    assert "UserWarning in rasa/shared/utils/io.py" in said.err


def test_a_text_that_rasa_puts_together_is_not_logged() -> None:
    for formatter in (Json(), Line()):
        assert SECRET not in formatter.format(record("rasa.core.x", f"cannot read {SECRET}"))
        path = f"<Request: GET /conversations/{SECRET}/tracker> body not consumed."
        assert SECRET not in formatter.format(record("sanic.error", path))


def test_no_log_line_of_ours_names_a_conversation() -> None:
    """Whatever is handed to a logger has a name; none of these is a conversation or a person."""
    named = re.compile(r"\b(conversation(_id)?|sender(_id)?|person|openid|text|message)\b(?!\.)")
    root = Path(__file__).parents[2]
    found = []
    for package in logs.OURS:
        for file in (root / package).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("logger."):
                    values = ", ".join(ast.unparse(each) for each in call.args[1:])
                    if named.search(values):
                        found.append(f"{file.name}:{call.lineno}: {values}")
    assert found == []
