"""The statements of ``server/database.py``, on the table that Rasa's SQL tracker store makes."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

# What an ordinary turn consists of. Everything else is rare, and may change how the events before
# it are read.
USUAL = ("user", "user_featurization", "action", "bot", "slot", "entities")
# Rare events after which only what follows counts.
RESETS = frozenset({"session_started", "restart", "reset_slots"})

_SHARED = (
    "CREATE INDEX IF NOT EXISTS events_slots ON events (sender_id, action_name, id) "
    "WHERE type_name = 'slot'",
    "CREATE INDEX IF NOT EXISTS events_rare ON events (sender_id, id) "
    f"WHERE type_name NOT IN {USUAL}",
)
# SQLite's index on sender_id is sorted by id within a sender by itself.
_INDEXES = {
    "sqlite": _SHARED,
    "postgresql": (
        *_SHARED,
        "CREATE INDEX IF NOT EXISTS events_conversation ON events (sender_id, id)",
    ),
}

NEWEST = "SELECT max(id) FROM events WHERE sender_id = :sender"
_ROW = "SELECT id, type_name, action_name, data FROM events"
_EVENTS = f"{_ROW} WHERE sender_id = :sender ORDER BY id"
WINDOW = f"{_EVENTS} DESC LIMIT :most"
ALL = _EVENTS
# Since the conversation last began anew; the second condition names the index of rare events.
SESSION = (
    f"{_ROW} WHERE sender_id = :sender AND id >= coalesce((SELECT max(id) FROM events WHERE "
    f"sender_id = :sender AND type_name = 'session_started' AND type_name NOT IN {USUAL}), 0) "
    "ORDER BY id"
)
# What was said up to an event, newest first; and where the turn of a client's message ends.
SAID = (
    f"{_ROW} WHERE sender_id = :sender AND id <= :last AND type_name IN ('user', 'bot') "
    "ORDER BY id DESC LIMIT :most"
)
TURN_OF = "SELECT last_event FROM message_ids WHERE sender_id = :sender AND message_id = :message"
# Channels whose clients name their messages, so that one that is sent again is known.
NAMED_BY_CLIENTS = ("web:", "wechat:")
_MESSAGES = """CREATE TABLE IF NOT EXISTS message_ids (
    sender_id VARCHAR(255) NOT NULL, message_id VARCHAR(255) NOT NULL, last_event BIGINT NOT NULL,
    PRIMARY KEY (sender_id, message_id))"""
# One row that is written to see whether writing works.
_PROBE = "CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, written INTEGER NOT NULL)"
WRITE_PROBE = (
    "INSERT INTO probe VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET written = probe.written + 1"
)
INSERT_MESSAGE = "INSERT INTO message_ids VALUES (?, ?, ?)"
INSERT_MESSAGE_POSTGRESQL = b";INSERT INTO message_ids VALUES (%s, %s, lastval())"
SENDERS = "SELECT DISTINCT sender_id FROM events"

COLUMNS = ("sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")
_INTO = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES "
INSERT_SQLITE = f"{_INTO}({', '.join('?' * len(COLUMNS))})"
INSERT_POSTGRESQL = _INTO.encode()
ROW_POSTGRESQL = f"({', '.join(['%s'] * len(COLUMNS))})"

# The id of the event that was added last.
ADDED_SQLITE = "SELECT last_insert_rowid()"
COMMIT_POSTGRESQL = b";COMMIT;SELECT lastval()"
# Nobody else adds to the conversation (SQLite: to any) until the transaction ends.
BEGIN_SQLITE = "BEGIN IMMEDIATE"
BEGIN_POSTGRESQL = f"BEGIN; SELECT pg_advisory_xact_lock(1, hashtext(:sender)); {NEWEST}"
_TABLES_GUARD = "SELECT pg_advisory_xact_lock(2, 0)"


@lru_cache
def earlier(slots: int) -> str:
    """The newest value of each slot, and the newest rare event, before an event.

    Args:
        slots: how many; their names are the parameters ``slot0``, ``slot1`` and so on.

    Returns:
        A query; its further parameters are ``sender`` and ``before``.
    """
    one = "(SELECT max(id) FROM events WHERE sender_id = :sender AND id < :before AND "
    newest = [
        f"{one}type_name = 'slot' AND action_name = :slot{number})" for number in range(slots)
    ]
    newest.append(f"{one}type_name NOT IN {USUAL})")
    return f"{_ROW} WHERE id IN ({', '.join(newest)})"


def set_up(engine: Engine, metadata: Any) -> None:
    """Make table and indexes if they are missing; several processes may do so at once."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text(_TABLES_GUARD))
        metadata.create_all(connection)
        connection.execute(sa.text(_MESSAGES))
        connection.execute(sa.text(_PROBE))
        for index in _INDEXES[engine.dialect.name]:
            connection.execute(sa.text(index))
