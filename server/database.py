"""The database behind ``server/trackers.py``: its engines, and the few statements of a turn.

A turn goes to the driver itself, PostgreSQL's through SQLAlchemy's connection pool: SQLAlchemy's
own statements would cost as much as all the rest of the turn's database work.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from server import conversation_sql as sql
from server.settings import SettingError

# Connections a process keeps open to PostgreSQL for turns; as many threads talk to it.
CONNECTIONS = 8
# For what is not in a turn.
CONNECTIONS_BESIDE = 2
# Seconds until an unreachable or hanging database fails the turn instead of holding it up.
CONNECT_TIMEOUT = 3
STATEMENT_TIMEOUT = 5
# The same for what is not a turn, such as deleting old conversations.
SLOW_STATEMENT_TIMEOUT = 120
# Seconds that a turn waits for another process (a backup, an sqlite3 shell) to let go of SQLite;
# it looks again and again, for to wait inside SQLite would be to hold everybody up.
SQLITE_PATIENCE = 3.0
LOOK_AGAIN = 0.02
# What runs in threads beside the turns waits inside SQLite.
SQLITE_PATIENCE_APART = 10.0
_NAMED = re.compile(r":(\w+)")


class Changed(Exception):
    """A conversation has got events since it was read."""


class Gone(Exception):
    """The file of the database was deleted or replaced; what is written now is lost."""


class Repeated(Exception):
    """A message that its client has sent before, and that is stored already."""


class Database:
    """SQLite or PostgreSQL with Rasa's table of events.

    Attributes:
        engine: for everything but turns.
        is_local: whether it answers at once, so that it needs no thread.
    """

    def __init__(self, url: str, metadata: sa.MetaData) -> None:
        """Connect, and make table and indexes if they are missing.

        Args:
            url: SQLAlchemy address.
            metadata: Rasa's, with the table.

        Raises:
            SettingError: if it is neither SQLite nor PostgreSQL.
        """
        address = parsed(url)
        self.is_local = address.get_backend_name() == "sqlite"
        if self.is_local:
            self.engine = self._turns = _sqlite(address)
        else:
            self.engine = _postgresql(address, CONNECTIONS_BESIDE, SLOW_STATEMENT_TIMEOUT)
            self._turns = _postgresql(address, CONNECTIONS, STATEMENT_TIMEOUT)
            sa.event.listen(self._turns, "connect", _commit_each_statement)
        sql.set_up(self.engine, metadata)
        # SQLite's turns come one after the other and need no pool.
        self._own = self.engine.raw_connection() if self.is_local else None
        if self._own is not None:
            self._own.cursor().execute("PRAGMA busy_timeout = 0")
        named = self.is_local and address.database not in (None, "", ":memory:")
        self._file = Path(address.database) if named else None
        self._inode = self._file.stat().st_ino if self._file else 0

    def close(self) -> None:
        """Close all connections."""
        if self._own is not None:
            self._own.close()
        self.engine.dispose()
        self._turns.dispose()

    def read(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._cursor() as cursor:
            return self._fetch(cursor, statement, parameters)

    def read_apart(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, on a connection of its own: for threads beside the turns."""
        if not self.is_local:
            return self.read(statement, **parameters)
        connection = self.engine.raw_connection()
        try:
            return self._fetch(connection.cursor(), statement, parameters)
        finally:
            connection.close()

    def append(
        self,
        sender: str,
        rows: Sequence[tuple[Any, ...]],
        guard: bool,
        last: Any,
        message: str | None = None,
    ) -> int:
        """Add events to a conversation, all or none.

        Args:
            sender: the conversation.
            rows: values for ``conversation_sql.COLUMNS``.
            guard: whether ``last`` must still be the newest.
            last: id of the newest event when the conversation was read; None if it had none.
            message: the client's id of the message that the events answer; stored only once.

        Returns:
            The id of the newest event now.

        Raises:
            Changed: if it is not the newest any more.
            Repeated: if the message is stored already.
        """
        begin = sql.BEGIN_SQLITE if self.is_local else sql.BEGIN_POSTGRESQL
        with self._cursor() as cursor:
            try:
                if self.is_local:
                    cursor.execute(begin)
                    newest = self._fetch(cursor, sql.NEWEST, {"sender": sender})[0][0]
                else:
                    newest = self._fetch(cursor, begin, {"sender": sender})[0][0]
                if guard and newest != last:
                    raise Changed
                if self.is_local:
                    cursor.executemany(sql.INSERT_SQLITE, rows)
                    added = int(cursor.execute(sql.ADDED_SQLITE).fetchone()[0])
                    if message:
                        cursor.execute(sql.INSERT_MESSAGE, (sender, message, added))
                    cursor.execute("COMMIT")
                else:
                    values = b",".join(cursor.mogrify(sql.ROW_POSTGRESQL, row) for row in rows)
                    named = sql.INSERT_MESSAGE_POSTGRESQL if message else b""
                    named = cursor.mogrify(named, (sender, message)) if named else b""
                    cursor.execute(sql.INSERT_POSTGRESQL + values + named + sql.COMMIT_POSTGRESQL)
                    added = int(cursor.fetchone()[0])
                return added
            except BaseException as error:
                _roll_back(cursor)
                if message and type(error).__name__ in ("IntegrityError", "UniqueViolation"):
                    raise Repeated from error
                raise

    def probe(self) -> None:
        """Read and write, as a turn does; whatever is wrong is raised."""
        if self._file is not None:
            try:
                now = self._file.stat().st_ino
            except OSError:
                raise Gone("the file is not there") from None
            if now != self._inode:
                raise Gone("the file is another one")
        with self._cursor() as cursor:
            self._fetch(cursor, sql.NEWEST, {"sender": ""})
            cursor.execute(sql.WRITE_PROBE)
            if self.is_local:
                cursor.connection.commit()

    def _fetch(
        self, cursor: Any, statement: str, parameters: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        cursor.execute(statement if self.is_local else _for_psycopg(statement), parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        if self._own is not None:
            yield self._own.cursor()
            return
        connection = self._turns.raw_connection()
        try:
            yield connection.cursor()
        except Exception:
            # It may be broken, and a new one costs little.
            connection.invalidate()
            raise
        finally:
            connection.close()


def is_busy(error: BaseException) -> bool:
    """Whether SQLite is held by somebody else just now."""
    return type(error).__name__ == "OperationalError" and "locked" in str(error)


def _roll_back(cursor: Any) -> None:
    # The first error says more, and a lost connection rolls back by itself.
    with suppress(Exception):
        cursor.execute("ROLLBACK")


@lru_cache
def _for_psycopg(statement: str) -> str:
    return _NAMED.sub(r"%(\1)s", statement)


def _commit_each_statement(connection: Any, _: Any) -> None:
    """Statements begin and commit by themselves where they have to; reading needs neither."""
    connection.autocommit = True


def parsed(url: str) -> Any:
    """An address of SQLite or PostgreSQL.

    Raises:
        SettingError: if it is neither.
    """
    try:
        address = sa.engine.make_url(url)
        name = address.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        raise SettingError("DB_URL 不是数据库地址；例如 postgresql://用户:密码@主机/库名") from None
    if name not in ("sqlite", "postgresql"):
        raise SettingError(f"DB_URL 只支持 postgresql:// 和 sqlite:///，不支持 {name}。")
    return address


def _postgresql(address: Any, connections: int, patience: int) -> Engine:
    given = address.query.get("options", "")
    return sa.create_engine(
        address,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=STATEMENT_TIMEOUT,
        # A restarted database costs one check instead of one failed turn per connection.
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "options": f"-c statement_timeout={patience * 1000} {given}",
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": patience * 1000,
        },
    )


def _make_private(file: Path) -> None:
    """Make a database's file for its owner only; SQLite's other files take after it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    file.chmod(0o600)


def _sqlite(address: Any) -> Engine:
    pool: dict[str, Any] = {"poolclass": sa.pool.StaticPool}
    if address.database and address.database != ":memory:":
        _make_private(Path(address.database))
        # One is kept for turns; others for what runs beside them in threads.
        pool = {"poolclass": sa.pool.QueuePool, "pool_size": 2, "max_overflow": 6}
    engine = sa.create_engine(
        address,
        **pool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": SQLITE_PATIENCE_APART},
    )

    @sa.event.listens_for(engine, "connect")
    def _tune(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine
