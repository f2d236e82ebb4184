"""Versions of what the bot tells: each a folder with its data and model, one of them in service.

::

    SHARED_DIR/releases/
      current            the version in service; changed in one step, seen by all workers
      wanted             one that all workers are to load, before it is put into service
      promised           one that the data folder is being brought to
      workers/<name>     what a worker has loaded; its age tells whether it lives
      models/            models by what they were trained on
      <version>/about.json, data/
"""

import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path

import msgspec

from channels.settingsfile import SHARED
from policy.topics import DATA
from server.training import fingerprint

logger = logging.getLogger(__name__)
FOLDER = SHARED / "releases"
MOST_KEPT = 20
# Seconds without a sign of life after which a worker counts as gone.
ALIVE = 10.0


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One version.

    Attributes:
        name: of its folder.
        number: counted from 1.
        time: seconds since 1970.
        by: who put it together.
        note: what for.
        model: name of its model's file.
        content: digest of its data.
        disk: digest of the data folder when it was made; another one means somebody edited it.
    """

    name: str
    number: int
    time: float
    by: str
    note: str
    model: str
    content: str
    disk: str


class Releases:
    """The folder of versions."""

    def __init__(self, folder: Path = FOLDER, source: Path = DATA) -> None:
        """Take the folder, and the data folder that people edit."""
        self.folder = folder
        self.source = source

    def data(self, release: Release) -> Path:
        """The data of a version."""
        return self.folder / release.name / "data"

    def model(self, release: Release) -> Path:
        """The model of a version."""
        return self.models / release.model

    @property
    def models(self) -> Path:
        """Where the models are."""
        return self.folder / "models"

    def current(self) -> Release | None:
        """The version in service."""
        name = _read(self.folder / "current")
        return self.get(name) if name else None

    def mark(self) -> int:
        """Something that changes when another version is put into service; costs one stat."""
        try:
            return os.stat(self.folder / "current").st_mtime_ns
        except OSError:
            return 0

    def get(self, name: str) -> Release | None:
        """A version by name; None if there is none or it is damaged."""
        about = self.folder / Path(name).name / "about.json"
        try:
            release = msgspec.json.decode(about.read_bytes(), type=Release)
        except (OSError, msgspec.MsgspecError):
            return None
        # A folder that was being made when its server died is called otherwise than its version.
        is_whole = release.name == about.parent.name and self.model(release).exists()
        return release if is_whole else None

    def all(self) -> list[Release]:
        """Every version, newest first."""
        found = [self.get(about.parent.name) for about in self.folder.glob("*/about.json")]
        return sorted((each for each in found if each), key=lambda each: -each.number)

    def is_edited(self) -> bool:
        """Whether somebody has changed the data folder since the version in service was made."""
        current = self.current()
        return current is None or current.disk != digest(self.source)

    def add(
        self,
        data: Path,
        model: Path,
        by: str,
        note: str,
        model_name: str | None = None,
        disk: str | None = None,
    ) -> Release:
        """Make a version; it is not in service yet.

        Args:
            data: folder that is copied.
            model: file that is linked or copied.
            by: who makes it.
            note: what for.
            model_name: what the model's file is called here; its own name if None.
            disk: digest of the data folder that it goes with; as the folder is now if None.
        """
        name = model_name or model.name
        self.models.mkdir(parents=True, exist_ok=True)
        _link(model, self.models / name)
        content = digest(data)
        number = max((each.number for each in self.all()), default=0) + 1
        release = Release(
            name=f"{number:04d}-{content[:8]}",
            number=number,
            time=time.time(),
            by=by,
            note=note,
            model=name,
            content=content,
            disk=disk or digest(self.source),
        )
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=self.folder))
        shutil.copytree(data, unfinished / "data")
        (unfinished / "about.json").write_bytes(msgspec.json.encode(release))
        try:
            os.replace(unfinished, self.folder / release.name)
        except OSError:
            # Another server that shares the folder has just made the very same version.
            shutil.rmtree(unfinished)
        self._tidy()
        return release

    def drop(self, release: Release) -> None:
        """Remove a version that is not in service."""
        if _read(self.folder / "current") != release.name:
            shutil.rmtree(self.folder / release.name, ignore_errors=True)

    def put_into_service(self, release: Release) -> None:
        """Make a version the one that answers, for every worker at once."""
        write(self.folder / "current", release.name)

    def keep_disk(self, release: Release) -> None:
        """Note that the data folder has been brought to what a version says."""
        noted = msgspec.structs.replace(release, disk=digest(self.source))
        write(self.folder / release.name / "about.json", msgspec.json.encode(noted).decode())

    def promise(self, release: Release | None) -> None:
        """Note, before a version is put into service, that the data folder is to follow it.

        Args:
            release: None if it is not to follow any.
        """
        write(self.folder / "promised", release.name if release else "")

    def write_back(self, release: Release) -> bool:
        """Bring the data folder to what a version says.

        Returns:
            False if the folder can't be written to; the version is served all the same.
        """
        self.promise(release)
        before = digest(self.source)
        try:
            self._bring(release, set(files(self.data(release))) | set(files(self.source)))
        except OSError:
            if digest(self.source) == before:
                self.promise(None)
            return False
        self.keep_disk(release)
        self.promise(None)
        return True

    def finish(self) -> None:
        """Go on with what a server was doing to the data folder when it died.

        A file that no version has was edited since by somebody, and stays.
        """
        current = self.current()
        if current is None or current.name != _read(self.folder / "promised"):
            return
        known = [self.data(each) for each in self.all()]
        names = set(files(self.data(current))) | set(files(self.source))
        ours = {name for name in names if any(_same(self.source, each, name) for each in known)}
        try:
            self._bring(current, ours)
        except OSError:
            return
        if digest(self.source) == current.content:
            self.keep_disk(current)
        self.promise(None)

    def _bring(self, release: Release, names: set[str]) -> None:
        data = self.data(release)
        for name in sorted(names):
            if _same(data, self.source, name):
                continue
            if (data / name).exists():
                write(self.source / name, (data / name).read_bytes().decode("utf-8"))
            else:
                (self.source / name).unlink()

    # Workers.

    def want(self, release: Release | None) -> None:
        """Ask all workers to load a version; None calls it off."""
        write(self.folder / "wanted", release.name if release else "")

    def wanted(self) -> Release | None:
        """What workers are to load."""
        name = _read(self.folder / "wanted")
        return self.get(name) if name else None

    def report(self, worker: str, loaded: str, problem: str = "") -> None:
        """Say what a worker has loaded; also its sign of life."""
        folder = self.folder / "workers"
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / worker, json.dumps({"loaded": loaded, "problem": problem}))

    def forget(self, worker: str) -> None:
        """A worker ends."""
        (self.folder / "workers" / worker).unlink(missing_ok=True)

    def workers(self) -> dict[str, dict[str, str]]:
        """What each living worker has loaded."""
        found = {}
        for file in (self.folder / "workers").glob("[!.]*"):
            try:
                if time.time() - file.stat().st_mtime < ALIVE:
                    found[file.name] = json.loads(file.read_text())
                else:
                    file.unlink(missing_ok=True)
            except (OSError, ValueError):
                continue
        return found

    def _tidy(self) -> None:
        """Remove the oldest versions, and models that none of the others has."""
        current = _read(self.folder / "current")
        for old in self.all()[MOST_KEPT:]:
            if old.name != current:
                shutil.rmtree(self.folder / old.name, ignore_errors=True)
        used = {each.model for each in self.all()}
        for model in self.models.glob("*.tar.gz"):
            if model.name not in used:
                model.unlink(missing_ok=True)


def begin(releases: Releases, model: Path, is_given: bool) -> Release:
    """The version that a server starts with.

    What was published goes on being served, unless the data folder has been edited since: then
    that is a version of its own, as is another model.

    Args:
        releases: the versions.
        model: of the data folder.
        is_given: whether an operator has named it, so that its name says nothing.
    """
    releases.folder.mkdir(parents=True, exist_ok=True)
    name = f"given-{_content(model)}.tar.gz" if is_given else model.name
    current = releases.current()
    if current is not None and current.disk == digest(releases.source):
        is_same = current.content == current.disk
        trained = f"yibao-{fingerprint(data=releases.data(current))}.tar.gz"
        if current.model == (name if is_same or is_given else trained):
            return current
        if not is_same:
            logger.warning("version %s is not in the data folder, which is served", current.name)
    release = releases.add(releases.source, model, "", "", name)
    releases.put_into_service(release)
    return release


def _content(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def files(folder: Path) -> list[str]:
    """The data files below a folder, as they are named in a patch."""
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*.yml"))


def digest(folder: Path) -> str:
    """A name for the content of a data folder."""
    found = hashlib.sha256()
    for file in files(folder):
        found.update(file.encode() + b"\0")
        found.update((folder / file).read_bytes() + b"\0")
    return found.hexdigest()


def _same(one: Path, other: Path, name: str) -> bool:
    """Whether two folders have the same file, or both have none of that name."""
    first, second = one / name, other / name
    if not (first.exists() and second.exists()):
        return first.exists() == second.exists()
    return first.read_bytes() == second.read_bytes()


def write(file: Path, text: str) -> None:
    """Write a file so that whoever reads it finds all of it or what was there before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".", dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
    if file.exists():
        os.chmod(draft, file.stat().st_mode & 0o777)
    else:
        os.chmod(draft, 0o644)
    os.replace(draft, file)


def _link(source: Path, target: Path) -> None:
    if target.exists():
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.link(source, draft)
    except OSError:
        shutil.copyfile(source, draft)
    os.replace(draft, target)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
