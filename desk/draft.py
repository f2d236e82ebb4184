"""The draft: a copy of the data that editors change together before it is checked and published."""

import difflib
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from channels.masking import MASK, mask
from policy.yamlfile import DataError, Document

# What would be taken for Rasa's entity markup or YAML, and is never needed in a question.
_MARKUP = frozenset("[]{}()\\`|")
# A stretch of lines by its first and last.
_WINDOW = re.compile(r"@(\d+)-(\d+)")
# Lines around one that has to be mended, and of a part that is edited as a whole for it.
AROUND = 8
LONGEST_PART = 60
# Signs of what is saved at once, more than our longest file has.
LONGEST_TEXT = 300_000
_MASKED_SIGNS = (MASK, "＊")


class DraftError(Exception):
    """An edit that can't be made; ``code`` names the sentence in ``desk/words.yml``."""

    def __init__(self, code: str) -> None:
        """Take the name of the sentence."""
        super().__init__(code)
        self.code = code


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a file that is edited as a whole: a fact, an answer, a source.

    Attributes:
        file: as in a patch, without ``data/``.
        key: its name; empty for the whole file.
        line: its first line, from 1.
        text: its lines.
    """

    file: str
    key: str
    line: int
    text: str


class About(msgspec.Struct, kw_only=True):
    """What is known of a draft.

    Attributes:
        base: name of the version that it was begun from.
        authors: who has changed something.
        examples: questions that were given a meaning, with it.
        note: what the version is to say of itself.
    """

    base: str = ""
    authors: list[str] = []
    examples: list[tuple[str, str]] = []
    note: str = ""


class Draft:
    """The draft folder; ``about.json`` says which version it was begun from and by whom."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it need not be there."""
        self.folder = folder
        self.data = folder / "data"

    @property
    def exists(self) -> bool:
        """Whether anybody has changed anything."""
        return (self.folder / "about.json").exists()

    @property
    def changed(self) -> float:
        """When somebody changed it last."""
        return (self.folder / "about.json").stat().st_mtime

    def about(self) -> About:
        """What is known of it; nothing if there is none."""
        try:
            return msgspec.json.decode((self.folder / "about.json").read_bytes(), type=About)
        except (OSError, msgspec.MsgspecError):
            return About()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Change it while nobody else does, in whatever process: waits for who came first."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with (self.folder.parent / "draft.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def begin(self, data: Path, base: str) -> None:
        """Copy the version in service, unless there is a draft."""
        if self.exists:
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".draft-", dir=self.folder.parent))
        shutil.copytree(data, fresh / "data")
        (fresh / "about.json").write_bytes(msgspec.json.encode(About(base=base)))
        shutil.rmtree(self.folder, ignore_errors=True)
        os.replace(fresh, self.folder)

    def discard(self) -> None:
        """Throw the draft away: all of it goes at once, whoever is reading in it."""
        if not self.folder.exists():
            return
        aside = Path(tempfile.mkdtemp(prefix=".gone-", dir=self.folder.parent))
        os.replace(self.folder, aside)
        shutil.rmtree(aside, ignore_errors=True)

    def save(self, part: Part, text: str, author: str) -> None:
        """Write a changed part.

        Args:
            part: as the editor saw it.
            text: what it is to be.
            author: who changes it.

        Raises:
            DraftError: ``moved`` if it is not there any more as it was seen.
        """
        if not text.strip():
            raise DraftError("empty")
        if len(text) > LONGEST_TEXT:
            raise DraftError("too_long")
        now = part_of(self.data, part.file, part.key)
        if now is None or now.text != part.text:
            raise DraftError("moved")
        file = self.data / part.file
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        start = now.line - 1
        length = len(now.text.splitlines())
        # Whatever counts as the end of a line somewhere is one, so that git agrees.
        fresh = [f"{line}\n" for line in text.rstrip().splitlines()]
        self.write(part.file, "".join([*lines[:start], *fresh, *lines[start + length :]]), author)

    def write(self, name: str, text: str, author: str) -> None:
        """Write a whole file; an example that is gone was given no meaning any more."""
        _replace(self.data / name, text.encode())
        self._note(author)
        about, there = self.about(), self._examples()
        about.examples = [each for each in about.examples if f"    - {each[0]}" in there]
        self._write(about)

    def _examples(self) -> set[str]:
        files = (self.data / name for name in _example_files(self.data))
        return {line for file in files for line in file.read_text("utf-8").splitlines()}

    def add_example(self, text: str, intent: str, author: str) -> str:
        """Make a question a training example that a person has confirmed.

        Args:
            text: the question, without anything personal.
            intent: what it means.
            author: who says so.

        Returns:
            The file it went into.

        Raises:
            DraftError: if it can't be one.
        """
        text = " ".join(text.split())
        if not text:
            raise DraftError("empty")
        if any(sign in text for sign in _MASKED_SIGNS) or mask(text).kinds or _MARKUP & set(text):
            raise DraftError("personal")
        place = example_places(self.data).get(intent)
        if place is None:
            raise DraftError("no_intent")
        name, line = place
        file = self.data / name
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        entry = f"    - {text}\n"
        if entry.rstrip("\n") in self._examples():
            raise DraftError("known")
        _replace(file, "".join([*lines[:line], entry, *lines[line:]]).encode())
        self._note(author, example=(text, intent))
        return name

    def patch(self, base: Path) -> str:
        """What the draft changes, as ``git apply`` takes it."""
        return patch(base, self.data)

    def keep_note(self, note: str) -> None:
        """Keep what the version is to say of itself."""
        self._write(msgspec.structs.replace(self.about(), note=note))

    def _note(self, author: str, example: tuple[str, str] | None = None) -> None:
        about = self.about()
        about.authors = list(dict.fromkeys([*about.authors, author]))
        if example:
            about.examples.append(example)
        self._write(about)

    def _write(self, about: About) -> None:
        _replace(self.folder / "about.json", msgspec.json.encode(about))


def _replace(file: Path, content: bytes) -> None:
    """Write a file so that whoever reads it, and whoever comes after a crash, finds all of it."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_bytes(content)
    os.replace(fresh, file)


def patch(before: Path, after: Path) -> str:
    """The difference of two data folders in git's format."""
    found = []
    for name in sorted(set(data_files(before)) | set(data_files(after))):
        one, other = (
            folder.joinpath(name).read_text("utf-8") if (folder / name).exists() else None
            for folder in (before, after)
        )
        if one == other:
            continue
        found.append(f"diff --git a/data/{name} b/data/{name}\n")
        lines = difflib.unified_diff(
            (one or "").splitlines(keepends=True),
            (other or "").splitlines(keepends=True),
            f"a/data/{name}" if one is not None else "/dev/null",
            f"b/data/{name}" if other is not None else "/dev/null",
        )
        for line in lines:
            found.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(found)


def data_files(folder: Path) -> list[str]:
    """The data files below a folder."""
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*.yml"))


def parts_of(folder: Path, name: str) -> list[Part]:
    """The facts, or the entries, of a file; none where only the whole file can be edited."""
    file = folder / name
    try:
        document = Document(file)
    except DataError:
        return []
    data = document.data
    starts: list[tuple[int, str]] = []
    if isinstance(data, dict) and isinstance(data.get("facts"), list):
        for index, fact in enumerate(data["facts"]):
            name_of = str(fact.get("id")) if isinstance(fact, dict) else f"facts.{index}"
            starts.append((document.lines["facts", index], name_of))
    elif isinstance(data, dict) and "nlu" not in data:
        starts = [(document.lines[(key,)], key) for key in data]
    if not starts:
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    ends = [line - 1 for line, _ in starts[1:]] + [len(lines)]
    found = []
    for (line, key), end in zip(starts, ends, strict=True):
        own = lines[line - 1 : end]
        while own and (not own[-1].strip() or own[-1].startswith("#")):
            own.pop()
        found.append(Part(file=name, key=key, line=line, text="\n".join(own)))
    return found


def part_of(folder: Path, name: str, key: str) -> Part | None:
    """A part by its name; the whole file for an empty one; None if there is none."""
    if name not in data_files(folder):
        return None
    if not key:
        return Part(file=name, key="", line=1, text=(folder / name).read_text("utf-8").rstrip("\n"))
    if window := _WINDOW.fullmatch(key):
        first, last = map(int, window.groups())
        lines = (folder / name).read_text("utf-8").splitlines()[first - 1 : last]
        return Part(file=name, key=key, line=first, text="\n".join(lines)) if lines else None
    return next((part for part in parts_of(folder, name) if part.key == key), None)


def part_at(folder: Path, name: str, line: int) -> Part | None:
    """What is edited to mend a line: its fact or entry, else the lines around it; None of no file.

    That also works in a file that can't be read as YAML.
    """
    if name not in data_files(folder):
        return None
    for part in parts_of(folder, name):
        length = part.text.count("\n") + 1
        if part.line <= line < part.line + length and length <= LONGEST_PART:
            return part
    last = len((folder / name).read_text("utf-8").splitlines())
    line = min(max(line, 1), last)
    return part_of(folder, name, f"@{max(1, line - AROUND)}-{min(last, line + AROUND)}")


def example_places(folder: Path) -> dict[str, tuple[str, int]]:
    """For each intent the file of its examples and the line after the last of them."""
    places: dict[str, tuple[str, int]] = {}
    for name in _example_files(folder):
        intent, is_listing = "", False
        for number, line in enumerate((folder / name).read_text("utf-8").splitlines(), 1):
            plain = line.strip()
            if plain.startswith("- intent:"):
                intent, is_listing = plain.partition(":")[2].strip(), False
            elif plain == "examples: |":
                is_listing = True
            elif is_listing and plain.startswith("- "):
                if places.get(intent, (name, 0))[0] == name:
                    places[intent] = (name, number)
            elif plain and not plain.startswith("#"):
                is_listing = False
    return places


def _example_files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.glob("*/nlu*.yml"))
