"""The server's secret, from which session tokens and other keys are made."""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from channels.settingsfile import VAR, SettingMistake

FILE = VAR / "web-secret"
_SHORTEST, _FEWEST_SIGNS = 32, 10
_EXAMPLES = (b"change-me", b"changeme", b"example", b"secret", b"password", b"12345678901234567890")
_NEEDED = f"至少要 {_SHORTEST} 个字符，不能太简单，也不能照抄例子"


def read_secret(file: Path = FILE, environment: Mapping[str, str] = os.environ) -> bytes:
    """The secret: ``WEB_SECRET``, or made once and kept in a file that only its owner can read.

    Raises:
        SettingMistake: if variable or file hold no secret.
    """
    given = environment.get("WEB_SECRET")
    if given is not None and given != "":
        if not is_secret(given.encode()):
            raise SettingMistake("WEB_SECRET", _NEEDED)
        return given.encode()
    if not file.exists():
        _make(file)
    kept = file.read_bytes()
    if not is_secret(kept):
        raise SettingMistake("WEB_SECRET", f"（存在 {file}，删掉这个文件会重新生成）{_NEEDED}")
    return kept


def is_secret(text: bytes) -> bool:
    """Whether a text can be a secret: long enough, of many signs, and not an example's."""
    return (
        len(text.strip()) >= _SHORTEST
        and len(set(text)) >= _FEWEST_SIGNS
        and not any(example in text.lower() for example in _EXAMPLES)
    )


def _make(file: Path) -> None:
    """Write a new secret; of several processes or threads that start together one wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp: a draft of its own for every caller, readable by its owner only.
    descriptor, draft = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(secrets.token_urlsafe(48).encode())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        os.unlink(draft)


@lru_cache
def key_for(purpose: str) -> bytes:
    """A key of its own for each purpose, 32 bytes."""
    return hmac.new(read_secret(), purpose.encode(), hashlib.sha256).digest()


def pseudonym(name: str) -> str:
    """What stands for a name that must not be stored; the same for the same name."""
    digest = hmac.new(key_for("pseudonym"), name.encode(), hashlib.sha256)
    return digest.hexdigest()[:32]
