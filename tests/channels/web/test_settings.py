"""Settings that would be ignored, or that name what is not there, end the start in one sentence."""

from pathlib import Path

import pytest

from channels.gate import GateSettings, gate_settings
from channels.settingsfile import SettingMistake, SettingsFile, check_folder
from channels.web.settings import web_settings
from policy.yamlfile import DataError


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


@pytest.mark.parametrize(("field", "value"), [("home_region", "火星"), ("logo", "none.svg")])
def test_what_is_named_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str, value: str
) -> None:
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path))
    file = tmp_path / "web.yml"
    file.write_text(f"title: 医保\n{field}: {value}\n", encoding="utf-8")
    with pytest.raises(DataError, match=f"web.yml:2，字段 {field}.*{value}"):
        web_settings()
    file.write_text("title: 医保\n", encoding="utf-8")
    monkeypatch.setenv(f"WEB_{field.upper()}", value)
    with pytest.raises(SettingMistake, match=f"WEB_{field.upper()} .*{value}"):
        web_settings()


def test_a_region_and_a_picture_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path))
    (tmp_path / "logo.svg").write_text("<svg/>")
    (tmp_path / "web.yml").write_text("home_region: 扬州\nlogo: logo.svg\n", encoding="utf-8")
    assert web_settings().current().home_region == "扬州"


def test_a_place_misspelt_while_running_is_reported_and_the_old_one_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path))
    file = tmp_path / "gate.yml"
    file.write_text("home_region: 扬州\n", encoding="utf-8")
    settings = gate_settings()
    file.write_text("closed: false\nhome_region: 火星市\n", encoding="utf-8")
    assert settings.current().home_region == "扬州"
    assert "gate.yml:2" in caplog.text
    assert "火星市" in caplog.text
    file.write_text("home_region: 苏州\n", encoding="utf-8")
    assert settings.current().home_region == "苏州"
