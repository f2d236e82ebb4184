"""Settings of a running server, from environment variables; a wrong one stops the start.

``docs/deploy.md`` lists them.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "models"
# Where a server keeps its files: conversations, secret, counters.
VAR = Path(os.environ.get("VAR") or ROOT / "var")
SHORTEST_TOKEN = 16
# Settings of Rasa and Sanic that would be ignored here, and what to write instead.
_NOT_HERE = {
    "SANIC_WORKERS": "WORKERS",
    "POSTGRESQL_SCHEMA": "DB_URL（在地址后面加 ?options=-csearch_path=名称）",
    "POSTGRESQL_POOL_SIZE": "WORKERS（每个进程固定用几个连接）",
    "POSTGRESQL_MAX_OVERFLOW": "WORKERS（每个进程固定用几个连接）",
}
# Long enough that nothing else is called so by chance.
_NAMES = (
    *("WORKERS", "DB_URL", "REDIS_URL", "WEB_SECRET", "AUTH_TOKEN", "LOG_LEVEL", "LOG_FORMAT"),
    *("FULL_RASA", "SETTINGS_DIR", "REST_KEYS", "HANDOVER_SECRET"),
    *("DATA_DIR", "SHARED_DIR", "RELOAD_ON_CHANGE"),
)
_CHOICES = {"LOG_LEVEL": ("DEBUG", "INFO", "WARNING", "ERROR"), "LOG_FORMAT": ("JSON", "TEXT")}


class SettingError(Exception):
    """A setting that cannot work; the text says which and what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the environment says.

    Attributes:
        host: address to bind; loopback unless told otherwise.
        port: TCP port.
        auth_token: opens Rasa's own HTTP API to whoever has it; None keeps it off.
        workers: processes behind the port.
        db_url: SQLAlchemy address of the conversations; None is SQLite under ``VAR``.
        redis_url: locks, deduplication and limits across processes; None keeps them in process.
        model: a trained model to serve as it is; None trains when the data has changed.
    """

    host: str = "127.0.0.1"
    port: int = 5005
    auth_token: str | None = None
    workers: int = 1
    db_url: str | None = None
    redis_url: str | None = None
    model: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check the environment.

        Raises:
            SettingError: in one clear sentence.
        """
        for name, instead in _NOT_HERE.items():
            if environment.get(name):
                raise SettingError(f"{name} 在这里不起作用，请去掉；要改请用 {instead}。")
        _check_names(environment)
        settings = cls(
            host=environment.get("HOST") or "127.0.0.1",
            port=_number(environment, "PORT", 5005, 1, 65535),
            auth_token=environment.get("AUTH_TOKEN") or None,
            workers=_number(environment, "WORKERS", 1, 1, 64),
            db_url=environment.get("DB_URL") or None,
            redis_url=environment.get("REDIS_URL") or None,
            model=Path(environment["MODEL"]) if environment.get("MODEL") else None,
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Check what belongs together.

        Raises:
            SettingError: in one clear sentence.
        """
        if self.auth_token and len(self.auth_token) < SHORTEST_TOKEN:
            raise SettingError(
                f"AUTH_TOKEN 太短：它打开所有人的对话记录，至少要 {SHORTEST_TOKEN} 个字符。"
            )
        if self.redis_url and not self.redis_url.startswith(("redis://", "rediss://", "unix://")):
            raise SettingError("REDIS_URL 应以 redis://、rediss:// 或 unix:// 开头。")
        if self.redis_url and not _is_address(self.redis_url):
            raise SettingError(
                "REDIS_URL 写得不对；密码里的 / : @ # % 要写成 %2F %3A %40 %23 %25。"
            )
        if self.model and not self.model.is_file():
            raise SettingError(f"MODEL={self.model} 不是一个模型文件；去掉它会自动训练。")
        if self.workers == 1:
            return
        if not (self.redis_url and self.db_url):
            raise SettingError(
                f"WORKERS={self.workers} 需要同时设置 REDIS_URL（锁）和 DB_URL（对话），"
                "否则几个进程会各记各的；单进程请去掉 WORKERS。"
            )
        if self.db_url.startswith("sqlite"):
            raise SettingError(
                f"WORKERS={self.workers} 不能用 SQLite，请把 DB_URL 换成 postgresql:// 开头的地址。"
            )


def check_folder(environment: Mapping[str, str] = os.environ) -> None:
    """Refuse a data folder that was named and is none.

    Raises:
        SettingError: in one clear sentence.
    """
    named = environment.get("DATA_DIR")
    if named and not (Path(named) / "service" / "answers.yml").is_file():
        raise SettingError(f"DATA_DIR={named} 不是资料文件夹（里面要有 service/answers.yml）。")


def _check_names(environment: Mapping[str, str]) -> None:
    """Refuse what is written almost like one of our names, and values that would be ignored."""
    for name in environment:
        meant = difflib.get_close_matches(name, _NAMES, 1, cutoff=0.83)
        if meant and name not in _NAMES and name not in _NOT_HERE:
            raise SettingError(f"没有 {name} 这个设置，是不是 {meant[0]}？不是的话请去掉它。")
    for name, values in _CHOICES.items():
        given = environment.get(name, "")
        if given and given.upper() not in values:
            raise SettingError(f"{name}={given} 不对：可以是 {'、'.join(values)}。")


def _is_address(url: str) -> bool:
    """Whether an address can be taken apart; what is wrong with it may quote the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
        return parts.scheme == "unix" or bool(parts.hostname and port != 0)
    except ValueError:
        return False


def _number(environment: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SettingError(f"{name}={text} 不对：应为 {low} 到 {high} 之间的整数。")
    return int(text)
