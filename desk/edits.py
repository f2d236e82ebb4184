"""What a draft changes, one edit after the other, and taking a single one back."""

import hashlib
from difflib import SequenceMatcher
from pathlib import Path

import msgspec

from desk.draft import Draft, DraftError, data_files, parts_of

# Unchanged lines between two changes that still belong together: a figure and its dates.
TOGETHER = 3


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """Lines that the draft has instead of others.

    Attributes:
        file: as in a patch, without ``data/``.
        line: where it begins in the draft, from 1.
        part: the fact or entry it lies in; "" where none can be told.
        before, after: the lines.
    """

    file: str
    line: int
    part: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def key(self) -> str:
        """What tells it from every other, and from what it was before somebody changed it."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]

    @property
    def diff(self) -> list[str]:
        """Its lines as in a patch; those that both have are in it, too."""
        found = []
        for tag, i, j, k, m in SequenceMatcher(None, self.before, self.after, False).get_opcodes():
            if tag == "equal":
                found += [f" {line}" for line in self.before[i:j]]
                continue
            found += [f"-{line}" for line in self.before[i:j]]
            found += [f"+{line}" for line in self.after[k:m]]
        return found


def edits(base: Path, draft: Path) -> dict[str, list[Edit]]:
    """The edits of each file that differs.

    Args:
        base: the data that the draft was begun from.
        draft: its data.
    """
    found = {name: edits_of(base, draft, name) for name in data_files(draft)}
    return {name: changed for name, changed in found.items() if changed}


def edits_of(base: Path, draft: Path, name: str) -> list[Edit]:
    """The edits of one file, in its order."""
    old, new = _lines(base / name), _lines(draft / name)
    if old == new:
        return []
    parts = parts_of(draft, name)
    found = []
    for i, j, k, m in _stretches(old, new):
        part = next((each.key for each in reversed(parts) if each.line <= k + 1), "")
        before, after = tuple(old[i:j]), tuple(new[k:m])
        found.append(Edit(file=name, line=k + 1, part=part, before=before, after=after))
    return found


def take_back(draft: Draft, base: Path, name: str, key: str, author: str) -> None:
    """Put back what stood there before.

    Args:
        draft: the draft.
        base: the data that it was begun from.
        name: of the file.
        key: of the edit; "" for all of the file.
        author: who does so.

    Raises:
        DraftError: ``moved`` if the edit is not there any more.
    """
    changed = edits_of(base, draft.data, name) if name in data_files(draft.data) else []
    wanted = [edit for edit in changed if key in ("", edit.key)]
    if not wanted:
        raise DraftError("moved")
    lines = _lines(draft.data / name)
    for edit in reversed(wanted):
        start = edit.line - 1
        lines[start : start + len(edit.after)] = edit.before
    draft.write(name, "".join(f"{line}\n" for line in lines), author)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _stretches(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Where two texts differ: begin and end in the old one and in the new one."""
    found: list[tuple[int, int, int, int]] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if tag == "insert" and all(line.startswith("    - ") for line in new[k:m]):
            # Examples, each of them given its meaning by itself.
            found += [(i, i, place, place + 1) for place in range(k, m)]
        elif found and i - found[-1][1] <= TOGETHER and found[-1][0] < found[-1][1]:
            found[-1] = (found[-1][0], j, found[-1][2], m)
        else:
            found.append((i, j, k, m))
    return found
