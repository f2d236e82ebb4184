"""What a command finds out reaches the one that started it, whatever libraries print."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from server.releases import Releases
from server.settings import ROOT
from server.workshop import Measured, Refused, Workshop

CHATTY = """
import atexit, json, os
from server.__main__ import result_alone
atexit.register(print, "goodbye")
with result_alone() as out:
    print("a log line without an end", end="")
    os.system("echo from a program")
    json.dump({"right": 1, "of": 2, "word": "好"}, out)
    print("while it is written")
print("after it")
"""


def test_only_the_result_is_printed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHATTY], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == {"right": 1, "of": 2, "word": "好"}
    errors = done.stderr.decode()
    for words in ("without an end", "from a program", "while it", "after it", "goodbye"):
        assert words in errors


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (b'{"right": 3, "of": 4}', Measured(right=3, of=4)),
        (b"", None),
        (b'{"right": 3, "o', None),
        (b'warning{"right": 3, "of": 4}', None),
        (b'{"right": "many", "of": 4}', None),
    ],
)
async def test_what_is_no_result_is_refused(
    said: bytes, found: Measured | None, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = Workshop(Releases(tmp_path / "releases", tmp_path / "data"))

    async def run(*_: object, **__: object) -> tuple[int, bytes, str]:
        return 0, said, ""

    monkeypatch.setattr(workshop, "_run", run)
    if found is None:
        with pytest.raises(Refused) as refusal:
            await workshop.measure(tmp_path, tmp_path)
        assert refusal.value.lines
    else:
        assert msgspec.to_builtins(await workshop.measure(tmp_path, tmp_path)) == {
            "right": found.right,
            "of": found.of,
        }


# The real module under another name, since a folder of that name stands before it.
OUR_PROGRAM = f"""
import importlib.util, sys
sys.path.insert(0, {str(ROOT)!r})
place = {str(ROOT / "server" / "__main__.py")!r}
spec = importlib.util.spec_from_file_location("real", place)
real = importlib.util.module_from_spec(spec)
sys.modules.pop("server", None)
spec.loader.exec_module(real)
result_alone = real.result_alone
"""


async def test_what_is_printed_before_the_command_begins_spoils_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python itself, or what an operator has installed into it, may print before our first line."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys, warnings\n"
        "print('first', flush=True)\nos.write(1, b'raw')\nwarnings.warn('careful')\n"
    )
    # Stands for the command; what it does with its result is the real thing.
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "__main__.py").write_text(
        "import json\nfrom program import result_alone\n"
        "with result_alone() as out:\n    print('noise')\n"
        "    json.dump({'right': 1, 'of': 2}, out)\n"
        "print('after')\n"
    )
    (tmp_path / "program.py").write_text(OUR_PROGRAM)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("server.workshop.ROOT", tmp_path)
    workshop = Workshop(Releases(tmp_path / "releases", tmp_path / "data"))
    assert await workshop.measure(tmp_path, tmp_path) == Measured(right=1, of=2)
