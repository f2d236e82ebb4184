"""Settings: what cannot work or would be ignored stops the start in one clear sentence."""

from pathlib import Path

import pytest
import yaml

from server import launch
from server.settings import SettingError, Settings

FULL = {"DB_URL": "postgresql://u:p@db/x", "REDIS_URL": "redis://r"}


def test_the_default_is_one_process_on_loopback() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 5005, 1)
    assert settings.auth_token is None


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "x"}, "PORT=x"),
        ({"PORT": "70000"}, "PORT=70000"),
        ({"WORKERS": "0"}, "WORKERS=0"),
        ({"WORKERS": "2"}, "REDIS_URL"),
        ({"WORKERS": "2", "REDIS_URL": "redis://r"}, "DB_URL"),
        ({"WORKERS": "2", "DB_URL": FULL["DB_URL"]}, "REDIS_URL"),
        ({**FULL, "WORKERS": "2", "DB_URL": "sqlite:///x.db"}, "SQLite"),
        ({"REDIS_URL": "localhost:6379"}, "redis://"),
        ({"AUTH_TOKEN": "short"}, "AUTH_TOKEN"),
        ({"SANIC_WORKERS": "4"}, "SANIC_WORKERS"),
        ({"POSTGRESQL_SCHEMA": "x"}, "POSTGRESQL_SCHEMA"),
        ({"MODEL": "/no/such/model.tar.gz"}, "MODEL"),
    ],
)
def test_what_cannot_work_is_said(environment: dict[str, str], named: str) -> None:
    with pytest.raises(SettingError, match=named) as error:
        Settings.from_environment(environment)
    assert "\n" not in str(error.value)


def test_several_workers_with_all_they_need() -> None:
    assert Settings.from_environment({**FULL, "WORKERS": "4"}).workers == 4


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(launch, "ROOT", tmp_path)
    monkeypatch.setattr(launch, "VAR", tmp_path / "var")
    (tmp_path / "credentials.yml").write_text("channels.rest.RestChannel:\n")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "settings", "named"),
    [
        ({"nlu": {"url": "http://x"}}, {}, "nlu"),
        ({"models": {"url": "http://x"}}, {}, "models"),
        ({"tracker_store": {"type": "mongod"}}, {"db_url": FULL["DB_URL"]}, "DB_URL"),
        ({"lock_store": {"type": "redis"}}, {"redis_url": "redis://r"}, "REDIS_URL"),
    ],
)
def test_file_and_environment_may_not_contradict(
    project: Path, file: dict[str, object], settings: dict[str, str], named: str
) -> None:
    (project / "endpoints.yml").write_text(yaml.safe_dump(file))
    with pytest.raises(SettingError, match=named):
        launch.endpoints(Settings(**settings))


def test_the_environment_completes_the_file(project: Path) -> None:
    (project / "endpoints.yml").write_text("{}")
    plain = launch.endpoints(Settings())
    assert plain.tracker_store.url == f"sqlite:///{project}/var/conversations.db"
    assert plain.lock_store.type == "server.locks.LocalLocks"
    wide = launch.endpoints(Settings(db_url=FULL["DB_URL"], redis_url=FULL["REDIS_URL"]))
    assert wide.tracker_store.url == FULL["DB_URL"]
    assert (wide.lock_store.type, wide.lock_store.url) == (launch.LOCKS[1], "redis://r")


@pytest.mark.parametrize(
    ("endpoints", "credentials", "expected"),
    [
        ("", "channels.rest.RestChannel:", True),
        ("tracker_store: {type: server.trackers.Conversations}", "channels.x.X:", True),
        ("tracker_store: {type: mongod}", "channels.x.X:", False),
        ("event_broker: {type: pika}", "channels.x.X:", False),
        ("action_endpoint: {url: 'http://x'}", "channels.x.X:", True),
        ("", "telegram: {access_token: x}", False),
    ],
)
def test_rasas_own_parts_are_left_out_only_if_none_is_used(
    project: Path, endpoints: str, credentials: str, expected: bool
) -> None:
    (project / "endpoints.yml").write_text(endpoints)
    (project / "credentials.yml").write_text(credentials)
    assert launch.only_ours() is expected
