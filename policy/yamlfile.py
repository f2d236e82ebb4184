"""Reading a data file so that each mistake in it can be named by file, line and field.

Scalars are kept as the strings that stand in the file (a figure is never a float), and the
place of every value is remembered. msgspec checks them against a type.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import msgspec
import yaml

T = TypeVar("T")
Path_ = tuple[str | int, ...]
ROOT = Path(__file__).parent.parent
# No file of ours is nested half as deep.
DEEPEST = 20
MISTAKES = Path(__file__).with_name("mistakes.yml")


class DataError(Exception):
    """A mistake in a data file; its text names file, line and field.

    ``more`` are the others that were found with it.
    """

    more: tuple["DataError", ...] = ()

    def __init__(self, file: Path, line: int, field: str, problem: str) -> None:
        """Remember where the mistake is (line counted from 1) and what is wrong."""
        self.file, self.line, self.field, self.problem = file, line, field, problem
        where = f"，字段 {field}" if field else ""
        super().__init__(f"{shown(file)}:{line}{where}：{problem}")


class Mistakes:
    """Mistakes of things that are read one after the other, so that all are named at once."""

    def __init__(self) -> None:
        """Begin without any."""
        self.found: list[DataError] = []

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Read something; a mistake in it keeps nobody from reading the next."""
        try:
            yield
        except DataError as error:
            self.found += [error, *error.more]

    def check(self) -> None:
        """Go on if there are none.

        Raises:
            DataError: the first, with the others.
        """
        if self.found:
            first, *others = self.found
            first.more = tuple(others)
            raise first


def shown(file: Path) -> str:
    """A file as it is named to people: from the project's folder, if it lies there."""
    whole = file.absolute()
    return str(whole.relative_to(ROOT)) if whole.is_relative_to(ROOT) else str(file)


def in_chinese(message: str, kind: str = "shape") -> str:
    """What a library says of a mistake, in words for whoever edits the files.

    Args:
        message: the library's.
        kind: ``shape`` for msgspec's, ``yaml`` for libyaml's.
    """
    words = _words()
    for entry in words[kind]:
        if match := re.fullmatch(entry["like"], message, re.DOTALL):
            caught = [_typed(part, words["types"]) for part in match.groups()]
            return str(entry["say"].format(*caught))
    return message


def _typed(name: str, types: dict[str, str]) -> str:
    """A type's name in Chinese: ``int | null`` is 整数或空."""
    parts = name.split(" | ")
    known = all(part in types for part in parts)
    return "或".join(types[part] for part in parts) if known else name.strip("'")


@lru_cache(maxsize=1)
def _words() -> Any:
    return yaml.safe_load(MISTAKES.read_text(encoding="utf-8"))


class _Open:
    """A list or mapping whose end has not been read yet; ``key`` waits for its value.

    What stands for the file around its one content has no path.
    """

    def __init__(self, data: Any, path: Path_ | None) -> None:
        self.data, self.path = data, path or ()
        self.is_file = path is None
        self.key: str | None = None

    @property
    def wants_key(self) -> bool:
        return isinstance(self.data, dict) and self.key is None

    def name(self, key: str) -> Path_:
        """Take a key; its path."""
        self.key = key
        return (*self.path, key)

    def put(self, value: Any) -> Path_:
        """Take a value; its path."""
        if self.key is not None:
            path = (*self.path, self.key)
            self.data[self.key], self.key = value, None
            return path
        self.data.append(value)
        return () if self.is_file else (*self.path, len(self.data) - 1)


def _unwanted(event: yaml.NodeEvent, around: list[_Open], roots: list[Any]) -> str:
    """What is wrong with a part of a file, though it is YAML; "" for nothing.

    With references a short file could become endless.
    """
    if event.anchor is not None:
        return "不能用 & 和 * 引用别处的内容，请照样写一遍"
    if roots and len(around) == 1:
        return "一个文件里不能有两份，去掉中间的 ---"
    if around[-1].wants_key and not isinstance(event, yaml.ScalarEvent):
        return "冒号前面只能是一个名字"
    return f"套了不止 {DEEPEST} 层" if len(around) > DEEPEST else ""


def _value(event: yaml.NodeEvent) -> Any:
    """A scalar, or a list or mapping that is still empty."""
    if isinstance(event, yaml.ScalarEvent):
        empty = not event.style and event.value in ("", "~", "null")
        return None if empty else event.value
    return [] if isinstance(event, yaml.SequenceStartEvent) else {}


class Document:
    """One parsed file: plain data, and the line of each value by its path."""

    def __init__(self, file: Path) -> None:
        """Parse a file.

        Raises:
            DataError: if it is not there, may not be read, is not YAML, or names a key twice.
        """
        self.file = file
        self.lines: dict[Path_, int] = {}
        try:
            text = file.read_text(encoding="utf-8")
            self.data: Any = self._built(yaml.parse(text, Loader=yaml.CSafeLoader))
        except FileNotFoundError:
            raise DataError(file, 1, "", "没有这个文件") from None
        except PermissionError:
            raise DataError(file, 1, "", "没有权限读这个文件") from None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            if "quoted scalar" in str(getattr(error, "context", "")):
                # Where the quotes open; that they never close is seen at the end of the file.
                mark = getattr(error, "context_mark", None) or mark
            problem = getattr(error, "problem", None) or str(error)
            line = mark.line + 1 if mark else 1
            said = in_chinese(str(problem), "yaml")
            raise DataError(file, line, "", f"不是合法的 YAML：{said}") from None

    def _built(self, events: Iterable[yaml.Event]) -> Any:
        """The data of a file; without recursion, which a file nested deep enough could break."""
        roots: list[Any] = []
        around = [_Open(roots, None)]
        for event in events:
            if isinstance(event, yaml.CollectionEndEvent):
                around.pop()
            if not isinstance(event, yaml.NodeEvent):
                continue
            line = event.start_mark.line + 1 if event.start_mark else 1
            if problem := _unwanted(event, around, roots):
                raise DataError(self.file, line, "", problem)
            inner = around[-1]
            if inner.wants_key and isinstance(event, yaml.ScalarEvent):
                if event.value in inner.data:
                    raise DataError(self.file, line, event.value, "同一处写了两次")
                self.lines[inner.name(event.value)] = line
                continue
            value = _value(event)
            path = inner.put(value)
            # Where its key stands, if it has one.
            self.lines.setdefault(path, line)
            if not isinstance(event, yaml.ScalarEvent):
                around.append(_Open(value, path))
        self.lines.setdefault((), 1)
        return roots[0] if roots else {}

    def error(self, path: Path_, problem: str) -> DataError:
        """An error at a path; the nearest line known is named."""
        known = path
        while known not in self.lines:
            known = known[:-1]
        field = ".".join(str(part) for part in path)
        return DataError(self.file, self.lines[known], field, problem)

    def convert(self, data: Any, kind: type[T], at: Path_ = ()) -> T:
        """Check a part of the data against a type.

        Args:
            data: the part.
            kind: a msgspec type.
            at: the part's own path in the file, for the error.

        Raises:
            DataError: naming the line and field that does not fit; with all others in the part.
        """
        try:
            return msgspec.convert(data, kind, strict=False)
        except msgspec.ValidationError as error:
            mistakes = Mistakes()
            for name, inner, expected in _pieces(data, kind):
                with mistakes.apart():
                    self.convert(inner, expected, (*at, name))
            for name, said in _out_of_place(data, kind):
                inside = (*at, name) if name in data else at
                mistakes.found.append(self.error(inside, f"填得不对：{in_chinese(said)}"))
            mistakes.check()
            message = str(error)
        problem, _, where = message.partition(" - at `$")
        path = at + tuple(
            int(number) if number else name
            for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", where)
        )
        unknown = re.search(r"unknown field `(\w+)`", problem)
        if unknown:
            path = (*path, unknown.group(1))
        raise self.error(path, f"填得不对：{in_chinese(problem)}")


def _pieces(data: Any, kind: Any) -> Iterator[tuple[str | int, Any, Any]]:
    """The parts of something with the types that they should have, as far as that can be told.

    Args:
        data: the whole.
        kind: its type.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if isinstance(data, dict) and origin is dict:
        yield from ((name, part, inner[1]) for name, part in data.items())
    elif isinstance(data, list) and (origin is list or (origin is tuple and inner[1:] == (...,))):
        yield from ((place, part, inner[0]) for place, part in enumerate(data))
    elif isinstance(data, dict) and _is_struct(kind):
        known = {field.name: field.type for field in msgspec.structs.fields(kind)}
        yield from ((name, part, known[name]) for name, part in data.items() if name in known)


def _out_of_place(data: Any, kind: Any) -> Iterator[tuple[str, str]]:
    """The fields that a struct does not have, and those that it lacks, with what msgspec says."""
    if not isinstance(data, dict) or not _is_struct(kind):
        return
    fields = msgspec.structs.fields(kind)
    if kind.__struct_config__.forbid_unknown_fields:
        for name in data:
            if name not in {field.name for field in fields}:
                yield name, f"Object contains unknown field `{name}`"
    for field in fields:
        if field.required and field.name not in data:
            yield field.name, f"Object missing required field `{field.name}`"


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
