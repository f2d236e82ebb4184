"""``make check`` names every mistake at once, each with file, line and field."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from policy.topics import DATA
from server.settings import ROOT

# File, what stands there, what is written instead (where it stands first), and what is named.
WRONG = (
    ("credit/facts/anhui.yml", "firmness: state", "firmness: perhaps", "facts.0.firmness"),
    ("credit/facts/anhui.yml", "  also:", "  alsoo:", "facts.0.alsoo"),
    ("credit/facts/anhui.yml", "region: '340300'", "region: '349999'", "facts.1.region"),
    ("filing/answers.yml", "  lead:", "  laed:", "filing_need.laed"),
    ("filing/answers.yml", "ask_region: true", "ask_region: perhaps", "filing_need.ask_region"),
    ("sharing/topic.yml", "order: 4", "order: first", "order"),
    ("usage/nlu.yml", "- intent:", "- intend:", "nlu.0"),
    ("balance/answers.yml", "  lead: ", "  lead: a: ", "不是合法的 YAML"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    shutil.copytree(ROOT / "settings", tmp_path / "settings")
    return tmp_path


def check(folder: Path) -> tuple[int, str]:
    """Exit code and errors of ``make check``."""
    environment = {"DATA_DIR": str(folder / "data"), "SETTINGS_DIR": str(folder / "settings")}
    done = subprocess.run(
        [sys.executable, "-m", "server", "check"],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def write(file: Path, old: str, new: str) -> int:
    """Write something wrong; the line where it stands."""
    text = file.read_text(encoding="utf-8")
    assert old in text, (file, old)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_every_mistake_is_named_with_file_line_and_field(folder: Path) -> None:
    lines = [write(folder / "data" / name, old, new) for name, old, new, _ in WRONG]
    write(folder / "settings" / "gate.yml", 'home_region: ""', "home_region: 火星")
    code, said = check(folder)
    assert code
    for (name, _, _, field), line in zip(WRONG, lines, strict=True):
        named = [each for each in said.splitlines() if f"data/{name}:" in each and field in each]
        assert len(named) == 1, (name, field, said)
        number = int(named[0].partition(f"data/{name}:")[2].split("，")[0].split("：")[0])
        # What is missing or misspelt in a list is named where its entry begins.
        assert abs(number - line) <= 1, named
    assert "gate.yml" in said
    assert "火星" in said
    assert "Traceback" not in said
