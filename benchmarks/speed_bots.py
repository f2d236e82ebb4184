"""The two bots of ``make bench``: trained on the same examples, started, measured, stopped."""

import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
import yaml

from policy.topics import DATA
from server.importer import example_files, written
from server.settings import ROOT

STOCK = Path(__file__).parent / "stock"
SEED = 1
DOMAIN = "domain.yml"
# The newest that rasa 3.6.21 allows, which is what pip and uv take.
STOCK_JSONSCHEMA = "4.17.3"
SLOWEST_START = 300.0
# The same for both: nothing but warnings, no reports to anybody, compiled modules kept.
ENVIRONMENT = {
    "LOG_LEVEL": "WARNING",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONPYCACHEPREFIX": f"{sys.prefix}/pycache",
    "PYTHONDONTWRITEBYTECODE": "",
}
NO_LIMITS = dict.fromkeys(
    ("GATE_SENDER_PER_MINUTE", "GATE_ADDRESS_PER_MINUTE", "GATE_TOTAL_PER_MINUTE"), "0"
)
_TRAIN_OURS = """
import sys
from server.slim import prepare
prepare()
from rasa.model_training import train
domain, config, data, folder = sys.argv[1:]
sys.exit(train(domain, config, [data], folder, force_training=True, fixed_model_name="m").code)
"""


class Contestant(ABC):
    """A bot in processes of its own, all on one core.

    Attributes:
        name: in files and tables.
        stored: where it keeps conversations, in words.
    """

    name: str
    stored: str

    def __init__(self, folder: Path, data: Path, core: int | None) -> None:
        """Take a place to work in.

        Args:
            folder: empty; for this bot alone.
            data: training data, the same for all.
            core: on which its processes run; None for any.
        """
        self.folder = folder
        self.data = data
        self.core = core
        self.model = folder / "m.tar.gz"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._processes: list[psutil.Popen] = []
        folder.mkdir(parents=True, exist_ok=True)

    def train(self) -> float:
        """Train on the data.

        Returns:
            Seconds, from the command to the finished file.
        """
        began = time.monotonic()
        with open(self.folder / "train.log", "wb") as log:
            subprocess.run(
                self.training(),
                cwd=ROOT,
                env=os.environ | ENVIRONMENT,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=True,
            )
        return time.monotonic() - began

    @abstractmethod
    def training(self) -> Sequence[str]:
        """The command that trains."""

    @abstractmethod
    def launch(self) -> None:
        """Start the processes."""

    def start(self) -> float:
        """Start.

        Returns:
            Seconds until the first question was answered.
        """
        began = time.monotonic()
        self.launch()
        body = '{"sender": "first", "message": "医保卡余额怎么查"}'.encode()
        while True:
            request = urllib.request.Request(
                f"{self.url}/webhooks/rest/webhook",
                data=body,
                headers={"Content-Type": "application/json"},
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    if len(answer.read()) > 10:
                        return time.monotonic() - began
            except OSError:
                pass
            late = time.monotonic() - began > SLOWEST_START
            if late or any(process.poll() is not None for process in self._processes):
                self.stop()
                raise RuntimeError(f"{self.name} did not start: see {self.folder}")
            time.sleep(0.02)

    def run(self, name: str, command: Sequence[str], **environment: str) -> None:
        """Start one process on the core."""

        def pin() -> None:
            if self.core is not None:
                os.sched_setaffinity(0, {self.core})

        with open(self.folder / f"{name}.log", "ab") as log:
            process = psutil.Popen(
                command,
                cwd=ROOT,
                env=os.environ | ENVIRONMENT | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=pin,
            )
        self._processes.append(process)

    def stop(self) -> None:
        """Stop all processes."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(20)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes = []

    def memory(self) -> float:
        """Resident memory of all processes, in MB."""
        return float(sum(process.memory_info().rss for process in self._processes)) / 1e6

    def busy(self) -> float:
        """Processor seconds that the processes have used."""
        return float(sum(sum(process.cpu_times()[:2]) for process in self._processes))


class Ours(Contestant):
    """This project, as ``make run`` starts it."""

    name = "ours"
    stored = "SQLite (WAL)"
    # More environment variables of the server.
    settings: Mapping[str, str] = {}

    def training(self) -> Sequence[str]:
        """See parent class."""
        files = [str(ROOT / "domain.yml"), str(ROOT / "config.yml"), str(self.data)]
        return [sys.executable, "-c", _TRAIN_OURS, *files, str(self.folder)]

    def launch(self) -> None:
        """See parent class."""
        self.run(
            "server",
            [sys.executable, "-m", "server", "run"],
            PORT=str(self.port),
            MODEL=str(self.model),
            VAR=str(self.folder / "var"),
            **NO_LIMITS,
            **self.settings,
        )


class Stock(Contestant):
    """A stock Chinese Rasa bot with the same actions on its ordinary action server."""

    name = "stock"
    stored = "Rasa's default: memory"

    def __init__(
        self, folder: Path, data: Path, core: int, packages: Path | None, epochs: int | None = None
    ) -> None:
        """See parent class.

        Args:
            folder: empty; for this bot alone.
            data: training data, the same for all.
            core: on which its processes run.
            packages: from ``stock_packages``; None for those of this project.
            epochs: other than the stock ones only to try this program out.
        """
        super().__init__(folder, data, core)
        self.packages = packages
        self.config = folder / "config.yml"
        text = (STOCK / "config.yml").read_text(encoding="utf-8")
        if epochs:
            text = text.replace("epochs: 100", f"epochs: {epochs}")
        self.config.write_text(text, encoding="utf-8")

    def training(self) -> Sequence[str]:
        """See parent class."""
        return [
            *(sys.executable, "-m", "rasa", "train", "--force", "--fixed-model-name", "m"),
            *("--domain", str(self.data / DOMAIN), "--config", str(self.config)),
            *("--data", str(self.data), "--out", str(self.folder)),
        ]

    def launch(self) -> None:
        """See parent class."""
        actions = free_port()
        paths = {"PYTHONPATH": str(self.packages)} if self.packages else {}
        self.run(
            "actions",
            [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions)],
            SANIC_HOST="127.0.0.1",
            **paths,
        )
        self.run(
            "rasa",
            [
                *(sys.executable, "-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1"),
                *("--port", str(self.port), "--model", str(self.model)),
                *("--endpoints", str(STOCK / "endpoints.yml")),
                *("--credentials", str(STOCK / "credentials.yml")),
            ],
            ACTION_PORT=str(actions),
            **paths,
        )


def stock_packages(target: Path) -> Path | None:
    """What ``pip install rasa==3.6.21`` brings and this project pins otherwise, where it counts.

    That is jsonschema, with which Rasa checks every action's result; the lock explains the pin.

    Args:
        target: folder to install into.

    Returns:
        The folder; None if it could not be had.
    """
    uv = next((name for name in ("uv", str(ROOT / ".tools/bin/uv")) if shutil.which(name)), None)
    wanted = ["--no-deps", "--target", str(target), f"jsonschema=={STOCK_JSONSCHEMA}"]
    try:
        if uv:
            subprocess.run([uv, "pip", "install", "-q", *wanted], check=True)
        else:
            subprocess.run([sys.executable, "-m", "venv", f"{target}-pip"], check=True)
            subprocess.run([f"{target}-pip/bin/pip", "install", "-q", *wanted], check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return target


def sample(target: Path, examples: int) -> int:
    """Copy the training data with an even sample of its examples, and what follows from them.

    Each intent keeps its share, and at least two. A stock bot derives no intents and rules:
    ``domain.yml`` and ``rules.yml`` are written out, the same as our importer derives.

    Args:
        target: folder to fill.
        examples: how many in all, about.

    Returns:
        How many there are.
    """
    shutil.rmtree(target, ignore_errors=True)
    files = example_files([str(DATA)])
    read = {file: written(file) for file in files}
    entries: list[dict[str, Any]] = [entry for data in read.values() for entry in data["nlu"]]
    for entry in entries:
        if isinstance(entry["examples"], str):
            lines = entry["examples"].splitlines()
            entry["examples"] = [{"text": line[2:]} for line in lines if line.strip()]
    everything = sum(len(entry["examples"]) for entry in entries)
    chance = random.Random(SEED)
    count = 0
    # An intent may stand in several files.
    for intent in dict.fromkeys(entry["intent"] for entry in entries):
        its = [entry for entry in entries if entry["intent"] == intent]
        known = [(index, each) for index, entry in enumerate(its) for each in entry["examples"]]
        share = max(2, round(len(known) * examples / everything))
        kept = chance.sample(known, min(len(known), share))
        for index, entry in enumerate(its):
            entry["examples"] = [each for place, each in kept if place == index]
        count += len(kept)
    for data in read.values():
        data["nlu"] = [entry for entry in data["nlu"] if entry["examples"]]
    for file, data in read.items():
        copy = target / file.relative_to(DATA)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        copy.write_text(text, encoding="utf-8")
    write_derived(target)
    return count


def write_derived(folder: Path) -> None:
    """Write out the domain and the rules that our importer derives from a folder's examples."""
    from rasa.shared.core.training_data.story_writer.yaml_story_writer import YAMLStoryWriter

    from server.importer import TopicImporter

    importer = TopicImporter(
        domain_path=str(ROOT / "domain.yml"), training_data_paths=[str(folder)]
    )
    domain = importer.get_domain().as_dict()
    domain.pop("config", None)  # Rasa 2's way to fill slots: warned of when read again
    text = yaml.safe_dump(domain, allow_unicode=True, sort_keys=False)
    (folder / DOMAIN).write_text(text, encoding="utf-8")
    YAMLStoryWriter().dump(folder / "rules.yml", importer.get_stories().story_steps)


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
