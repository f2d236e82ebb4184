"""Checking, training, measuring and rehearsing a folder of data, each in a process of its own.

So a draft never touches what is loaded here, and no turn waits for a training.
"""

import asyncio
import logging
import os
import re
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from desk.talks import Talk
from policy.yamlfile import shown
from server.releases import Release, Releases, digest
from server.settings import ROOT
from server.swap import SwapFailed, swap
from server.training import fingerprint

logger = logging.getLogger(__name__)
# Seconds.
SLOWEST = 1800.0
_REMINDER = "提醒："
_LINE = re.compile(r":\d+")
_MISTAKE = re.compile(r"^data/.*\.ya?ml:\d+|^不能继续|Traceback|^\w*Error")
MOST_LINES = 40
# What a version made from files edited by hand says of itself.
EDITED = "直接改的文件"


class Refused(Exception):
    """A draft that can't go on; ``lines`` say why: file, line and field where they are known."""

    def __init__(self, lines: list[str]) -> None:
        """Take the reasons."""
        super().__init__("\n".join(lines))
        self.lines = lines


class Measured(msgspec.Struct, frozen=True):
    """How many of the guarded questions are understood, and of how many."""

    right: int
    of: int

    @property
    def percent(self) -> float:
        """0 to 100; 100 of none."""
        return 100 * self.right / self.of if self.of else 100.0


class Workshop:
    """What the desk lets the server do with data."""

    def __init__(self, releases: Releases) -> None:
        """Take the versions."""
        self.releases = releases

    async def check(self, data: Path) -> None:
        """``make check`` on a folder.

        Mistakes that the version in service has too are no reason to keep a better one back.

        Raises:
            Refused: with every new mistake.
        """
        code, _, errors = await self._run("check", data)
        if not code:
            return
        found = _mistakes(errors, data)
        current = self.releases.current()
        if current is not None:
            served = self.releases.data(current)
            _, _, old = await self._run("check", served)
            known = {_LINE.sub("", line) for line in _mistakes(old, served)}
            found = [line for line in found if _LINE.sub("", line) not in known]
        if found:
            raise Refused(found)

    async def model(self, data: Path) -> Path:
        """The model for a folder: one that there is, or one trained now.

        Raises:
            Refused: if training fails.
        """
        current = self.releases.current()
        name = f"yibao-{fingerprint(data=data)}.tar.gz"
        if current is not None:
            known = self.releases.data(current)
            if fingerprint(data=known) == fingerprint(data=data):
                return self.releases.model(current)
        there = self.releases.models / name
        if there.exists():
            return there
        self.releases.models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.releases.folder) as folder:
            code, _, errors = await self._run("train", data, "--models", folder)
            # The lock of the training lies beside what was trained.
            trained = [name for name in os.listdir(folder) if name.endswith(".tar.gz")]
            if code or not trained:
                raise Refused(_mistakes(errors, data))
            os.replace(os.path.join(folder, trained[0]), there)
        return there

    async def measure(self, data: Path, model: Path) -> Measured:
        """How well a model understands the guarded questions."""
        code, said, errors = await self._run("measure", data, str(model))
        if code:
            raise Refused(_mistakes(errors, data))
        measured: Measured = _result(said, Measured)
        return measured

    async def rehearse(
        self, data: Path, model: Path, talks: list[Talk]
    ) -> list[list[dict[str, Any]]]:
        """What would be said in some conversations.

        Args:
            data: folder.
            model: its model.
            talks: messages, and the place that is assumed of whoever writes them.

        Returns:
            For each message its ``reply``, ``facts``, and ``why`` in words.
        """
        given = msgspec.json.encode(talks)
        code, said, errors = await self._run("rehearse", data, str(model), given=given)
        if code:
            raise Refused(_mistakes(errors, data))
        rehearsed: list[list[dict[str, Any]]] = _result(said, list[list[dict[str, Any]]])
        return rehearsed

    async def publish(self, data: Path, model: Path, by: str, note: str) -> tuple[Release, bool]:
        """Make a version of a folder and put it into service everywhere at once.

        Returns:
            The version, and whether the data folder could be brought to it.

        Raises:
            SwapFailed: if a worker can't load it.
        """
        release = await asyncio.to_thread(self.releases.add, data, model, by, note)
        self.releases.promise(release)
        await self._swap(release)
        return release, await asyncio.to_thread(self.releases.write_back, release)

    async def take_over(self, copy: Path, model: Path) -> Release:
        """Make a version of a copy of the data folder, and put it into service everywhere at once.

        Raises:
            SwapFailed: if a worker can't load it.
        """
        add = partial(self.releases.add, copy, model, "", EDITED, disk=digest(copy))
        release = await asyncio.to_thread(add)
        await self._swap(release)
        return release

    async def _swap(self, release: Release) -> None:
        """Put a new version into service; nobody can go back to one that could not be loaded."""
        try:
            await swap(self.releases, release)
        except SwapFailed:
            await asyncio.to_thread(self.releases.drop, release)
            raise

    async def restore(self, release: Release) -> bool:
        """Put a version into service again.

        Returns:
            Whether the data folder was brought to it; what somebody has edited there stays.

        Raises:
            SwapFailed: if a worker can't load it.
        """
        is_edited = await asyncio.to_thread(self.releases.is_edited)
        self.releases.promise(None if is_edited else release)
        await swap(self.releases, release)
        if is_edited:
            return False
        return await asyncio.to_thread(self.releases.write_back, release)

    async def _run(
        self, command: str, data: Path, *arguments: str, given: bytes = b""
    ) -> tuple[int, bytes, str]:
        environment = {**os.environ, "DATA_DIR": str(data), "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
        with tempfile.TemporaryDirectory(prefix="yibao-") as folder:
            result = Path(folder) / "result"
            process = await asyncio.create_subprocess_exec(
                *("nice", sys.executable, "-m", "server", command, *arguments),
                cwd=ROOT,
                env={**environment, "RESULT_FILE": str(result)},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                _, errors = await asyncio.wait_for(process.communicate(given), SLOWEST)
            except (asyncio.TimeoutError, asyncio.CancelledError):
                process.kill()
                raise
            said = result.read_bytes() if result.exists() else b""
        return process.returncode or 0, said, errors.decode(errors="replace")


def _result(said: bytes, kind: Any) -> Any:
    """What a command has printed, as a type.

    Raises:
        Refused: if it is no such thing.
    """
    try:
        return msgspec.json.decode(said, type=kind)
    except msgspec.MsgspecError as error:
        logger.error("no result in %d bytes: %s", len(said), error)
        raise Refused(["没有得到结果，请再试一次。"]) from None


def _mistakes(errors: str, data: Path) -> list[str]:
    """The lines of a command's errors that name a mistake, with paths as in the repository."""
    lines = errors.replace(f"{shown(data)}/", "data/").splitlines()
    lines = [line for line in lines if line.strip() and not line.startswith(_REMINDER)]
    return [line for line in lines if _MISTAKE.search(line)] or lines[-MOST_LINES:]
