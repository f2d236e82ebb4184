"""The server's secret: given, or made once for its owner only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from channels.secret import pseudonym, read_secret
from channels.settingsfile import SettingMistake


def test_it_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "var" / "web-secret"
    secret = read_secret(file, {})
    assert len(secret) >= 32
    assert read_secret(file, {}) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["web-secret"]


@pytest.mark.parametrize("attempt", range(20))
def test_those_who_start_together_agree(tmp_path: Path, attempt: int) -> None:
    file = tmp_path / "web-secret"
    together = Barrier(8)

    def read(_: int) -> bytes:
        together.wait()
        return read_secret(file, {})

    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(read, range(8)))
    assert len(secrets) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["web-secret"]


def test_the_environment_goes_first(tmp_path: Path) -> None:
    given = "0123456789abcdefghij0123456789abcdefghij"
    assert read_secret(tmp_path / "none", {"WEB_SECRET": given}) == given.encode()
    assert not (tmp_path / "none").exists()


NO_SECRETS = [
    *("short", " " * 34, "a" * 40, "ab" * 20, "change-me-change-me-change-me-change-me"),
    # Long and of many signs, but from an example.
    *("change-me-0f8e7d6c5b4a39281706f5e4d3c2", "0f8e7d6c5b4a3928-EXAMPLE-1706f5e4d3c2"),
]


@pytest.mark.parametrize("given", NO_SECRETS)
def test_what_is_no_secret_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingMistake, match="WEB_SECRET"):
        read_secret(tmp_path / "none", {"WEB_SECRET": given})


@pytest.mark.parametrize("kept", ["", "\n", *NO_SECRETS])
def test_a_file_that_holds_no_secret_is_refused(tmp_path: Path, kept: str) -> None:
    (tmp_path / "web-secret").write_text(kept)
    with pytest.raises(SettingMistake, match="web-secret"):
        read_secret(tmp_path / "web-secret", {})


def test_a_pseudonym_is_the_same_for_the_same_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pseudonym("13812345678") == pseudonym("13812345678") != pseudonym("13812345679")
