"""Operator settings: a YAML file under ``settings/``, overridden by environment variables.

The file is looked at again whenever it changes, so that a limit or a title needs no restart.
"""

import difflib
import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args, get_origin

import msgspec

from policy.yamlfile import DataError, Document, in_chinese

logger = logging.getLogger(__name__)
ROOT = Path(__file__).parent.parent
VAR = Path(os.environ.get("VAR") or ROOT / "var")
# What several servers may share: versions of the data, and the desk's draft.
SHARED = Path(os.environ.get("SHARED_DIR") or VAR)
T = TypeVar("T", bound=msgspec.Struct)
# From what a field holds to what is wrong with it, in words; "" if nothing is.
Check = Callable[[Any], str]


class SettingMistake(DataError):
    """An environment variable, or a file as a whole, that does not fit."""

    def __init__(self, name: str, problem: str) -> None:
        """Say which and what is wrong."""
        what = name if "/" in name else f"环境变量 {name} "
        Exception.__init__(self, f"{what}填得不对：{problem}")


def folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the settings are: ``SETTINGS_DIR``, or ``settings/`` of the project."""
    return Path(environment.get("SETTINGS_DIR") or ROOT / "settings")


class SettingsFile(Generic[T]):
    """The settings of one file, as they are now."""

    def __init__(
        self,
        file: Path,
        kind: type[T],
        prefix: str,
        environment: Mapping[str, str] | None = None,
        checks: Mapping[str, Check] | None = None,
    ) -> None:
        """Read the file; it may be missing, then the defaults hold.

        Args:
            file: the YAML file.
            kind: a msgspec struct with a default for every field.
            prefix: of the environment variables, for example ``GATE_``.
            environment: the variables; None takes those of the process.
            checks: by field, of what can only be seen from outside of the file.

        Raises:
            DataError: naming file, line and field, or the variable, that does not fit.
        """
        check_folder(file.parent)
        self.file = file
        self._kind = kind
        self._prefix = prefix
        self._checks = checks or {}
        self._overrides = overrides(
            kind, prefix, os.environ if environment is None else environment
        )
        self._seen = self._state()
        self._current = self._read()

    def current(self) -> T:
        """The settings; a file that has become wrong is reported and the last good one holds."""
        state = self._state()
        if state != self._seen:
            self._seen = state
            try:
                self._current = self._read()
            except (DataError, OSError) as error:
                logger.error("settings not taken over: %s", error)
        return self._current

    def _state(self) -> tuple[int, int]:
        """Something that changes with the file."""
        try:
            status = self.file.stat()
        except OSError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_size)

    def _read(self) -> T:
        settings = self._kind()
        document = Document(self.file) if self.file.exists() else None
        if document:
            settings = document.convert(document.data or {}, self._kind)
        try:
            whole = msgspec.convert(msgspec.to_builtins(settings) | self._overrides, self._kind)
        except msgspec.ValidationError as error:
            raise SettingMistake(f"{self._prefix}*", _said(error)) from None
        for field, check in self._checks.items():
            problem = check(getattr(whole, field))
            if problem and document and field not in self._overrides:
                raise document.error((field,), problem)
            if problem:
                raise SettingMistake(f"{self._prefix}{field.upper()}", problem)
        return whole


def check_folder(place: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Refuse a settings folder that was named and is not there.

    Raises:
        SettingMistake: then the defaults would hold, and nobody would know.
    """
    if environment.get("SETTINGS_DIR") and not place.is_dir():
        raise SettingMistake("SETTINGS_DIR", f"没有 {place} 这个文件夹")


def check_region(name: str) -> str:
    """What is wrong with a home region: nobody knows it, or it could be several.

    Otherwise everybody would be answered for nowhere.

    Args:
        name: of the region; "" for none.
    """
    if not name:
        return ""
    from policy.regions import Regions

    found = Regions.load().find(name)
    one = len(found) == 1 and len(found[0].candidates) == 1
    return "" if one else f"不认识「{name}」这个地方"


# Variables with a prefix of a file that are read elsewhere.
_ELSEWHERE = ("WEB_SECRET", "WEB_CONCURRENCY", "HANDOVER_SECRET")
# What Kubernetes sets for every service of a namespace.
_KUBERNETES = re.compile(r".*_(?:SERVICE_(?:HOST|PORT)|PORT)(?:_.*)?")


def check_names(prefix: str, known: Iterable[str], environment: Mapping[str, str]) -> None:
    """Refuse variables with a prefix of ours that no setting has.

    Raises:
        SettingMistake: naming the one that was probably meant.
    """
    names = set(known)
    for name in sorted(environment):
        if name.startswith(prefix) and name not in names and not _KUBERNETES.fullmatch(name):
            meant = difflib.get_close_matches(name, names, 1)
            hint = f"，是不是 {meant[0]}？" if meant else "，请去掉"
            raise SettingMistake(name, f"没有这一项{hint}")


def overrides(kind: type[Any], prefix: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """The fields that environment variables set; lists are written with commas.

    Raises:
        SettingMistake: naming the variable.
    """
    known = [prefix + field.name.upper() for field in msgspec.structs.fields(kind)]
    check_names(prefix, [*known, *_ELSEWHERE], environment)
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        name = prefix + field.name.upper()
        if not environment.get(name):
            continue
        value: Any = environment[name]
        if get_origin(field.type) is tuple:
            if get_args(field.type)[0] is not str:
                continue
            value = [part.strip() for part in value.split(",") if part.strip()]
        try:
            found[field.name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError as error:
            raise SettingMistake(name, _said(error)) from None
    return found


def _said(error: msgspec.ValidationError) -> str:
    """What does not fit, and where in it."""
    problem, _, where = str(error).partition(" - at `$")
    field = where.strip("`.")
    return f"{field}：{in_chinese(problem)}" if field else in_chinese(problem)
