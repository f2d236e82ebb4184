"""The bill of materials is what the lock says, and a comparison that was not made says so."""

import importlib.metadata
import json
import re
import subprocess
import sys
import urllib.error
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "deploy"))
import sbom

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lock() -> dict:
    return sbom.packages((ROOT / "uv.lock").read_text(encoding="utf-8"))


def test_the_bill_holds_what_is_installed_and_no_tools(lock: dict) -> None:
    found = json.loads(json.dumps(sbom.bill(lock)))
    versions: dict[str, set[str]] = {}
    for each in found["components"]:
        versions.setdefault(each["name"], set()).add(each["version"])
    assert found["bomFormat"] == "CycloneDX"
    assert {"rasa", "sanic", "msgspec", "cryptography"} <= set(versions)
    assert not {"pytest", "ruff", "mypy", "playwright"} & set(versions)
    installed = {
        re.sub("[-_.]+", "-", each.metadata["Name"]).lower(): each.version
        for each in importlib.metadata.distributions()
    }
    here = [name for name in versions if name in installed]
    assert len(here) > 150
    assert [name for name in here if installed[name] not in versions[name]] == []
    # A name that only carries a condition of the lock has no file of its own.
    assert sum(not each["hashes"] for each in found["components"]) <= 1


def test_advisories_are_named(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(sbom, "advisories", lambda _: {"sanic 1.0": ["GHSA-x"]})
    monkeypatch.setattr(sys, "argv", ["sbom.py", "--advisories"])
    assert sbom.main() == 1
    assert "sanic 1.0: GHSA-x" in capsys.readouterr().out


def test_what_could_not_be_compared_is_not_called_safe(monkeypatch, capsys) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(sbom.urllib.request, "urlopen", nobody)
    monkeypatch.setattr(sys, "argv", ["sbom.py", "--advisories"])
    assert sbom.main() == 3
    assert "没有比成" in capsys.readouterr().err


def test_it_needs_nothing_but_python() -> None:
    command = [sys.executable, "-S", "-I", str(ROOT / "deploy" / "sbom.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["components"]
