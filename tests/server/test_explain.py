"""A conversation held again is told what its channel would be told."""

import json
import os
import subprocess
import sys
from pathlib import Path

from server.guard import rehearsed
from server.settings import ROOT

QUESTION = "退休每月返多少"


def test_the_home_region_is_assumed_as_a_channel_assumes_it(model: Path) -> None:
    talks = [{"texts": [QUESTION], "home": home} for home in ("", "扬州", "上海")]
    nowhere, yangzhou, shanghai = (turns[0]["reply"] for turns in rehearsed(model, talks))
    assert "扬州" in yangzhou
    assert "上海" in shanghai
    assert "扬州" not in nowhere


def test_make_explain_assumes_the_home_region(model: Path, tmp_path: Path) -> None:
    (tmp_path / "gate.yml").write_text("home_region: 扬州\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "server", "explain", QUESTION],
        cwd=ROOT, env={**os.environ, "SETTINGS_DIR": str(tmp_path)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    remembered = next(line for line in done.stdout.splitlines() if "记得：" in line)
    person = json.loads(remembered.partition("：")[2])["people"]
    assert "321000" in json.dumps(person)
    assert "扬州" in done.stdout
