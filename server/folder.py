"""The folder of a server's own files: makable, private, and for one server at a time."""

import fcntl
import os
from pathlib import Path
from typing import IO

from server.settings import SettingError

LOCK = "server.lock"


def claim(folder: Path) -> IO[str]:
    """Make the folder and keep every other server out of it.

    Args:
        folder: ``VAR``.

    Returns:
        The locked file; the claim lasts until it is closed or the process and its workers end.

    Raises:
        SettingError: if the folder cannot be used, or another server is in it.
    """
    # Conversations and the secret are nobody else's business.
    os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / LOCK, "a+", encoding="utf-8")  # noqa: SIM115 held as long as it serves
    except OSError as error:
        raise SettingError(
            f"{folder} 用不了（{error.strerror}）：请用 VAR= 换一个能写的文件夹。"
        ) from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        whose = file.read().strip() or "?"
        file.close()
        raise SettingError(
            f"{folder} 里已经有一个服务在跑（进程 {whose}）；再开一个请用 VAR= 换个文件夹。"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
