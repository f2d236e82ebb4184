"""Training the model when something that it is made of has changed, and only then."""

import fcntl
import hashlib
import os
import shutil
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from channels.settingsfile import SHARED
from policy.topics import DATA
from server.settings import MODELS, ROOT

MADE_OF = (
    "config.yml",
    "domain.yml",
    "nlu",
    "policy/gazetteer",
    "policy/regions.py",
    "server/importer.py",
)
EXAMPLES = ("*/nlu*.yml", "*/topic.yml")
SUFFIXES = {".yml", ".yaml", ".json", ".py"}
LOCK = "training.lock"
# Models of published versions (server/releases.py).
PUBLISHED = SHARED / "releases" / "models"
# Seconds between signs of life: on a terminal in one line, elsewhere a line each, so seldom.
HEARTBEAT = {True: 1.0, False: 60.0}


def fingerprint(root: Path = ROOT, data: Path = DATA) -> str:
    """A name for the present state of everything that the model is made of.

    Args:
        root: of the program.
        data: the folder of topics.
    """
    digest = hashlib.sha256()
    for file in sorted(file for pattern in EXAMPLES for file in data.glob(pattern)):
        digest.update(str(file.relative_to(data)).encode())
        digest.update(file.read_bytes())
    for part in MADE_OF:
        paths = sorted(root.glob(part))
        files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
        for file in sorted(files):
            if file.is_file() and file.suffix in SUFFIXES:
                digest.update(str(file.relative_to(root)).encode())
                digest.update(file.read_bytes())
    lock = root / "uv.lock"
    if lock.exists():
        digest.update(lock.read_bytes())
    return digest.hexdigest()[:12]


def model_path(models: Path = MODELS) -> Path:
    """Where the model of the present data is, or would be."""
    return models / f"yibao-{fingerprint()}.tar.gz"


def ensure_model(models: Path = MODELS, force: bool = False) -> Path:
    """The model of the present data, trained now if no version that was published has it.

    Returns:
        Its path.
    """
    target = model_path(models)
    if target.exists() and not force:
        return target
    with _alone(models):
        # Another process may have trained it meanwhile.
        if target.exists() and not force:
            return target
        published = PUBLISHED / target.name
        if published.exists() and not force:
            # What the desk has published is not trained again at the next start.
            unfinished = target.with_suffix(f".{os.getpid()}")
            shutil.copyfile(published, unfinished)
            unfinished.replace(target)
            return target
        _say("数据或程序有变化，正在训练（一般一两分钟）……")
        started = time.monotonic()
        stop = threading.Event()
        beating = threading.Thread(target=_heartbeat, args=(started, stop), daemon=True)
        beating.start()
        try:
            _train(target)
        finally:
            stop.set()
            beating.join()
        _say(f"训练好了，用时 {time.monotonic() - started:.0f} 秒：{target.name}")
    return target


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    """Keep other processes from training the same model."""
    models.mkdir(parents=True, exist_ok=True)
    with open(models / LOCK, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _say("另一个进程正在训练，等它训练好……")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _say(line: str, end: str = "\n") -> None:
    print(line, end=end, file=sys.stderr, flush=True)


def _heartbeat(started: float, stop: threading.Event) -> None:
    """Show that it goes on: one line that counts on a terminal, else a line now and then."""
    terminal = sys.stderr.isatty()
    while not stop.wait(HEARTBEAT[terminal]):
        line = f"  还在训练，已用 {time.monotonic() - started:.0f} 秒……"
        _say(f"\r{line}" if terminal else line, end="" if terminal else "\n")
    if terminal:
        # Erase it.
        _say("\r\033[K", end="")


def _silence_progress_bars() -> None:
    """Keep Rasa's progress bars from filling the screen; our own heartbeat shows that it goes on.

    Rasa sets ``disable`` itself, so that tqdm's own environment variable has no effect.
    """
    import tqdm

    original = tqdm.tqdm.__init__

    def quiet(self: tqdm.tqdm, *args: Any, **options: Any) -> None:
        original(self, *args, **{**options, "disable": True})

    tqdm.tqdm.__init__ = quiet


def _train(target: Path) -> None:
    from server.slim import prepare

    prepare()
    _silence_progress_bars()
    # Rasa says so of every bot with slots of its own; it is no fault of anybody's data.
    warnings.filterwarnings("ignore", message="Slot auto-fill has been removed")
    from rasa.model_training import train

    result = train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(DATA)],
        output=str(target.parent),
        force_training=True,
        fixed_model_name=f"unfinished-{os.getpid()}",
    )
    if result.code != 0 or not result.model:
        raise RuntimeError("训练没有成功，原因见上面几行。")
    # Whoever finds the file finds all of it.
    os.replace(result.model, target)
    for old in target.parent.glob("yibao-*.tar.gz"):
        if old != target:
            old.unlink()
