"""What the desk keeps in the conversations' database: sessions, failed logins, the audit log."""

import hashlib
import secrets
import time
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Engine

_metadata = sa.MetaData()
_sessions = sa.Table(
    "desk_sessions",
    _metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("password", sa.String(64), nullable=False),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
)
_failures = sa.Table(
    "desk_failures",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, index=True),
    sa.Column("time", sa.Float, nullable=False),
)
# Where somebody's right password has come from: hash of name and address.
_known = sa.Table(
    "desk_known",
    _metadata,
    sa.Column("pair", sa.String(64), primary_key=True),
    sa.Column("time", sa.Float, nullable=False),
)
_audit = sa.Table(
    "desk_audit",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("time", sa.Float, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)
_done = sa.Table(
    "desk_done",
    _metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("until", sa.Float(53), nullable=False),
    sa.Column("marked", sa.Float(53), nullable=False),
)
# Seconds after which nobody can look back at what was set aside.
DONE_LASTS = 366 * 86_400.0
# So many wrong passwords within the time bar a name at an address; so many more bar the name
# everywhere (somebody guesses from many addresses), or the address for every name (somebody tries
# name after name). Behind one address may be a whole office.
MOST_FAILURES = 5
MOST_ALONE = 20
FAILURES_LAST = 900.0
# Who got in from an address within this time is not barred there by what others do.
KNOWN_LASTS = 90 * 86_400.0


class DeskSession(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has logged in.

    Attributes:
        name: who.
        password: fingerprint of the hash they logged in with.
        csrf: what their forms have to bring along.
    """

    name: str
    password: str
    csrf: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the audit log; ``time`` in seconds since 1970."""

    time: float
    name: str
    action: str
    detail: str


class DeskStore:
    """The tables, made at first use; SQLite or PostgreSQL, shared by all workers."""

    def __init__(self, engine: Engine) -> None:
        """Make the tables if they are missing."""
        self._engine = engine
        for table in _metadata.sorted_tables:
            _create(engine, table)

    def begin(self, name: str, password_hash: str) -> str:
        """Start a session.

        Returns:
            The secret that the browser keeps; only its hash is stored.
        """
        token = secrets.token_urlsafe(32)
        values = {
            "id": fingerprint(token),
            "name": name,
            "password": fingerprint(password_hash),
            "csrf": secrets.token_urlsafe(32),
            "seen": time.time(),
        }
        with self._engine.begin() as connection:
            connection.execute(_sessions.insert(), values)
        return token

    def session(self, token: str, lasts: float) -> DeskSession | None:
        """The session of a token, if it was used within ``lasts`` seconds."""
        now = time.time()
        key = fingerprint(token)
        with self._engine.begin() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.seen < now - lasts))
            row = connection.execute(_sessions.select().where(_sessions.c.id == key)).first()
            if row is None:
                return None
            connection.execute(_sessions.update().where(_sessions.c.id == key).values(seen=now))
        return DeskSession(name=row.name, password=row.password, csrf=row.csrf)

    def end(self, token: str) -> None:
        """Log out."""
        with self._engine.begin() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.id == fingerprint(token)))

    def failed(self, name: str, address: str) -> None:
        """Count a wrong password."""
        now = time.time()
        rows = [{"key": key, "time": now} for key in _bounds(name, address)]
        with self._engine.begin() as connection:
            connection.execute(_failures.insert(), rows)

    def succeeded(self, name: str, address: str) -> None:
        """Note a right password; the wrong ones before it count no more at this address."""
        pair, now = fingerprint(_pair(name, address)), time.time()
        with self._engine.begin() as connection:
            connection.execute(_failures.delete().where(_failures.c.key == _pair(name, address)))
            old = _known.c.time < now - KNOWN_LASTS
            connection.execute(_known.delete().where(old | (_known.c.pair == pair)))
            connection.execute(_known.insert(), {"pair": pair, "time": now})

    def is_barred(self, name: str, address: str) -> bool:
        """Whether a name may not be tried from an address for now."""
        now = time.time()
        bounds = _bounds(name, address)
        pair = _pair(name, address)
        known = _known.select().where(
            _known.c.pair == fingerprint(pair), _known.c.time >= now - KNOWN_LASTS
        )
        count = sa.select(_failures.c.key, sa.func.count().label("times")).group_by(_failures.c.key)
        with self._engine.begin() as connection:
            connection.execute(_failures.delete().where(_failures.c.time < now - FAILURES_LAST))
            if connection.execute(known).first():
                bounds = {pair: bounds[pair]}
            rows = connection.execute(count.where(_failures.c.key.in_(list(bounds)))).all()
        return any(row.times >= bounds[row.key] for row in rows)

    def mark(self, keys: list[str], until: float) -> None:
        """Set wordings aside.

        Args:
            keys: of the wordings.
            until: time of the newest message that was seen; what comes later is not set aside.
        """
        now = time.time()
        with self._engine.begin() as connection:
            old = sa.or_(_done.c.key.in_(keys), _done.c.marked < now - DONE_LASTS)
            connection.execute(_done.delete().where(old))
            rows = [{"key": key, "until": until, "marked": now} for key in keys]
            if rows:
                connection.execute(_done.insert(), rows)

    def unmark(self, keys: list[str]) -> None:
        """Set wordings aside no longer."""
        with self._engine.begin() as connection:
            connection.execute(_done.delete().where(_done.c.key.in_(keys)))

    def marks(self) -> dict[str, float]:
        """For each wording that was set aside until when it was."""
        with self._engine.connect() as connection:
            return {row.key: row.until for row in connection.execute(_done.select())}

    def note(self, name: str, action: str, detail: str = "") -> None:
        """Write a line into the audit log."""
        values = {"time": time.time(), "name": name[:100], "action": action, "detail": detail}
        with self._engine.begin() as connection:
            connection.execute(_audit.insert(), values)

    def log(self, most: int = 5000) -> list[Entry]:
        """The newest lines of the audit log, newest first."""
        newest = _audit.select().order_by(_audit.c.number.desc()).limit(most)
        with self._engine.connect() as connection:
            rows = connection.execute(newest).all()
        return [
            Entry(time=row.time, name=row.name, action=row.action, detail=row.detail)
            for row in rows
        ]


def fingerprint(text: str) -> str:
    """What is stored instead of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def _pair(name: str, address: str) -> str:
    return f"both:{address} {name}"


def _bounds(name: str, address: str) -> dict[str, int]:
    """What a wrong password counts for, and how many each bears."""
    return {
        _pair(name, address): MOST_FAILURES,
        f"name:{name}": MOST_ALONE,
        f"address:{address}": MOST_ALONE,
    }


def _create(engine: Engine, table: Any) -> None:
    """Make a table; several workers may try at once."""
    try:
        table.create(engine, checkfirst=True)
    except sa.exc.DBAPIError:
        if not sa.inspect(engine).has_table(table.name):
            raise
