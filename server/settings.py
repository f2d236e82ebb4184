"""Settings of a running server, from environment variables; a wrong one stops the start."""

import os
from pathlib import Path

import msgspec

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "models"
VAR = ROOT / "var"


class SettingError(Exception):
    """A setting that cannot work; the text says which and what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the environment says.

    Attributes:
        host: address to bind; loopback unless told otherwise.
        port: TCP port.
        auth_token: opens Rasa's own HTTP API to whoever has it; None keeps it off.
        workers: processes behind the port.
        db_url: SQLAlchemy address of the conversations; None is SQLite under ``var/``.
        redis_url: locks, deduplication and limits across processes; None keeps them in process.
    """

    host: str = "127.0.0.1"
    port: int = 5005
    auth_token: str | None = None
    workers: int = 1
    db_url: str | None = None
    redis_url: str | None = None

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read and check the environment.

        Raises:
            SettingError: in one clear sentence.
        """
        settings = cls(
            host=os.environ.get("HOST") or "127.0.0.1",
            port=_number("PORT", 5005, 1, 65535),
            auth_token=os.environ.get("AUTH_TOKEN") or None,
            workers=_number("WORKERS", 1, 1, 64),
            db_url=os.environ.get("DB_URL") or None,
            redis_url=os.environ.get("REDIS_URL") or None,
        )
        if settings.workers > 1 and not (settings.redis_url and settings.db_url):
            raise SettingError(
                f"WORKERS={settings.workers} 需要同时设置 REDIS_URL（锁）和 DB_URL（对话），"
                "否则几个进程会各记各的；单进程请去掉 WORKERS。"
            )
        return settings


def _number(name: str, default: int, low: int, high: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{name}={text} 不对：应为 {low} 到 {high} 之间的整数。")
    return int(text)
