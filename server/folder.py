"""The folder of a server's own files: makable, private, and for one server at a time."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from server.settings import SettingError

LOCK = "server.lock"


def claim(folder: Path) -> IO[str]:
    """Make the folder and keep every other server out of it.

    Args:
        folder: ``VAR``.

    Returns:
        The locked file; the claim lasts until ``leave``, or until the process and its workers end.

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
        whose = _noted(file)
        file.close()
        raise SettingError(_taken(folder, whose)) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def leave(claimed: IO[str]) -> None:
    """Give the folder back; the number of a process that has ended says nothing any more."""
    claimed.truncate(0)
    claimed.close()


def served_by(folder: Path) -> int:
    """The process that serves in a folder.

    Raises:
        SettingError: if there is none, or only its workers are left; it says what to do.
    """
    try:
        with open(folder / LOCK, "r+", encoding="utf-8") as file:
            whose = _noted(file)
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                if whose and _is_alive(whose):
                    return whose
                raise SettingError(_taken(folder, whose)) from None
    except FileNotFoundError:
        whose = None
    left = f"（{LOCK} 里的 {whose} 是上一次的，已经不在了，不用管它）" if whose else ""
    raise SettingError(f"{folder} 里没有服务在跑{left}。改过的资料，下次 make run 时检查、换上。")


def is_on_terminal(number: int) -> bool:
    """Whether a process was started in a terminal, as far as this system tells."""
    with suppress(OSError):
        return os.readlink(f"/proc/{number}/fd/0").startswith(("/dev/pts/", "/dev/tty"))
    return False


def _noted(file: IO[str]) -> int | None:
    file.seek(0)
    said = file.read().strip()
    return int(said) if said.isdecimal() else None


def _taken(folder: Path, whose: int | None) -> str:
    if whose and _is_alive(whose):
        return f"{folder} 里已经有一个服务在跑（进程 {whose}）；再开一个请用 VAR= 换个文件夹。"
    held = _holders(folder / LOCK)
    stop = f"kill {' '.join(map(str, held))}" if held else "重启这台机器"
    return (
        f"{folder} 里的服务（进程 {whose or '?'}）已经不在了，它留下的进程还占着。"
        f"先停掉它们：{stop}，再 make run。"
    )


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _holders(lock: Path) -> list[int]:
    """The processes that have a file open, as far as this system tells."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if each.samefile(lock):
                found.add(int(each.parts[2]))
    return sorted(found - {os.getpid()})
