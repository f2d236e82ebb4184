"""The statements and the engine behind ``server/trackers.py``."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from server.settings import SettingError

# Connections a process keeps open to PostgreSQL; as many threads talk to it.
CONNECTIONS = 8
# Seconds until an unreachable or hanging database fails the turn instead of holding it up.
CONNECT_TIMEOUT = 3
STATEMENT_TIMEOUT = 5
# Milliseconds that SQLite waits for another process (a backup, an sqlite3 shell) to let go.
SQLITE_PATIENCE = 500

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
INDEXES = {
    "sqlite": _SHARED,
    "postgresql": (
        *_SHARED,
        "CREATE INDEX IF NOT EXISTS events_conversation ON events (sender_id, id)",
    ),
}
# Keeps two processes from adding to one conversation at once, until the transaction ends.
GUARDS = {
    "sqlite": sa.text("BEGIN IMMEDIATE"),
    "postgresql": sa.text("SELECT pg_advisory_xact_lock(1, hashtext(:sender))"),
}
_TABLES_GUARD = sa.text("SELECT pg_advisory_xact_lock(2, 0)")

NEWEST = sa.text("SELECT max(id) FROM events WHERE sender_id = :sender")
WINDOW = sa.text(
    "SELECT id, type_name, data FROM events WHERE sender_id = :sender ORDER BY id DESC LIMIT :most"
)
ALL = sa.text("SELECT id, type_name, data FROM events WHERE sender_id = :sender ORDER BY id")
SENDERS = sa.text("SELECT DISTINCT sender_id FROM events")


@lru_cache
def earlier(slots: int) -> Any:
    """The newest value of each slot, and the newest rare event, before an event.

    Args:
        slots: how many; their names are the parameters ``slot0``, ``slot1`` and so on.

    Returns:
        A statement; further parameters are ``sender`` and ``before``.
    """
    newest = [
        "(SELECT max(id) FROM events WHERE sender_id = :sender AND id < :before "
        f"AND type_name = 'slot' AND action_name = :slot{number})"
        for number in range(slots)
    ]
    newest.append(
        "(SELECT max(id) FROM events WHERE sender_id = :sender AND id < :before "
        f"AND type_name NOT IN {USUAL})"
    )
    return sa.text(f"SELECT id, type_name, data FROM events WHERE id IN ({', '.join(newest)})")


def engine_for(url: str) -> Engine:
    """An engine for a database.

    Args:
        url: SQLAlchemy address, of SQLite or PostgreSQL.

    Raises:
        SettingError: if it is neither.
    """
    try:
        address = sa.engine.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise SettingError("DB_URL 不是数据库地址；例如 postgresql://用户:密码@主机/库名") from None
    name = address.get_backend_name()
    if name == "sqlite":
        return _sqlite(address)
    if name != "postgresql":
        raise SettingError(f"DB_URL 只支持 postgresql:// 和 sqlite:///，不支持 {name}。")
    return sa.create_engine(
        address,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=STATEMENT_TIMEOUT,
        # A restarted database costs one check instead of one failed turn per connection.
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT * 1000}",
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": STATEMENT_TIMEOUT * 1000,
        },
    )


def _sqlite(address: Any) -> Engine:
    pool: dict[str, Any] = {"poolclass": sa.pool.StaticPool}
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        # One for turns; others for what runs beside them in threads.
        pool = {"poolclass": sa.pool.QueuePool, "pool_size": 2, "max_overflow": 6}
    engine = sa.create_engine(
        address,
        **pool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": SQLITE_PATIENCE / 1000},
    )

    @sa.event.listens_for(engine, "connect")
    def _tune(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def set_up(engine: Engine, metadata: sa.MetaData) -> None:
    """Make table and indexes if they are missing; several processes may do so at once."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(_TABLES_GUARD)
        metadata.create_all(connection)
        for index in INDEXES[engine.dialect.name]:
            connection.execute(sa.text(index))
