"""Settings that would be ignored, or that name what is not there, end the start in one sentence."""

from pathlib import Path

import pytest

from channels.gate import GateSettings
from channels.settingsfile import SettingMistake, SettingsFile, check_folder
from channels.web.settings import WebSettings, check


@pytest.mark.parametrize("name", ["GATE_SENDER_PER_MINUT", "GATE_CLOSE", "GATE_X"])
def test_a_misspelt_variable_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingMistake, match=name):
        SettingsFile(tmp_path / "gate.yml", GateSettings, "GATE_", {name: "1"})


def test_what_kubernetes_sets_is_not_ours(tmp_path: Path) -> None:
    given = {"GATE_SERVICE_HOST": "10.0.0.1", "GATE_PORT_80_TCP": "x", "GATE_CLOSED": "true"}
    assert SettingsFile(tmp_path / "gate.yml", GateSettings, "GATE_", given).current().closed


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingMistake, match="SETTINGS_DIR"):
        check_folder(tmp_path / "none", {"SETTINGS_DIR": str(tmp_path / "none")})
    check_folder(tmp_path / "none", {})


@pytest.mark.parametrize(
    ("settings", "told"), [({"home_region": "火星"}, "火星"), ({"logo": "none.svg"}, "none.svg")]
)
def test_what_is_named_must_be_there(tmp_path: Path, settings: dict[str, str], told: str) -> None:
    with pytest.raises(SettingMistake, match=told):
        check(WebSettings(**settings), tmp_path)


def test_a_region_and_a_picture_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg/>")
    check(WebSettings(home_region="扬州", logo="logo.svg"), tmp_path)
