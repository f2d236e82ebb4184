"""Settings: what cannot work or would be ignored stops the start in one clear sentence."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from server import launch
from server.folder import claim, leave, served_by
from server.settings import ROOT, SettingError, Settings

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


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WORKER", "2", "WORKERS"),
        ("DB_URI", "sqlite://", "DB_URL"),
        ("REDIS_ULR", "redis://x", "REDIS_URL"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT"),
        ("REDIS_URL", "redis://:pa/ss:w0rd@host:6379/0", "REDIS_URL"),
        ("REDIS_URL", "redis://:secret@host:99999999/0", "REDIS_URL"),
    ],
)
def test_nothing_is_silently_ignored_and_no_password_told(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingError, match=told) as said:
        Settings.from_environment({name: value})
    assert "secret" not in str(said.value)
    assert "w0rd" not in str(said.value)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="VAR="):
        claim(tmp_path / "file" / "var")


def test_a_folder_is_for_one_server(tmp_path: Path) -> None:
    first = claim(tmp_path)
    with pytest.raises(SettingError, match=f"进程 {os.getpid()}"):
        claim(tmp_path)
    assert served_by(tmp_path) == os.getpid()
    leave(first)
    claim(tmp_path).close()


def test_the_number_of_a_dead_server_is_no_server(tmp_path: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    (tmp_path / "server.lock").write_text(f"{dead.pid}\n")
    with pytest.raises(SettingError, match=f"没有服务在跑.*{dead.pid}"):
        served_by(tmp_path)
    holds = f"import sys, time; held = open({str(tmp_path / 'server.lock')!r}); time.sleep(60)"
    with claim(tmp_path) as mine, subprocess.Popen([sys.executable, "-c", holds]) as worker:
        wait_until_open(worker.pid, tmp_path / "server.lock")
        # Its workers are still there; whoever has its number is not told.
        mine.truncate(0)
        mine.write(f"{dead.pid}\n")
        mine.flush()
        for look in (served_by, claim):
            with pytest.raises(
                SettingError, match=f"{dead.pid}.*已经不在了.*先停掉它们：kill {worker.pid}"
            ):
                look(tmp_path)
        worker.kill()


def test_a_server_in_a_terminal_is_not_ended_by_telling_it(tmp_path: Path) -> None:
    terminal, inside = pty.openpty()
    program = (
        "import signal, sys; from pathlib import Path; from server.folder import claim; "
        f"held = claim(Path({str(tmp_path)!r})); print('ready', flush=True); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=inside, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout
        server.stdout.readline()
        done = subprocess.run(
            [sys.executable, "-m", "server", "reload"],
            cwd=ROOT, env={**os.environ, "VAR": str(tmp_path)}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        is_alive = server.poll() is None
        server.kill()
    os.close(terminal)
    os.close(inside)
    assert is_alive
    assert done.returncode == 2
    assert f"进程 {server.pid}" in done.stderr
    assert "Ctrl-C" in done.stderr


def wait_until_open(pid: int, file: Path) -> None:
    """Wait until a process has a file open."""
    while not any(
        each.samefile(file) for each in Path(f"/proc/{pid}/fd").glob("*") if each.exists()
    ):
        time.sleep(0.05)


def test_a_locale_of_old_starts_all_the_same(tmp_path: Path) -> None:
    program = (
        "from server.__main__ import settle; settle(); print('好', __import__('time').tzname[0])"
    )
    found = subprocess.run(
        [sys.executable, "-X", "utf8=1", "-c", program], cwd=ROOT, capture_output=True, check=False
    )
    assert found.stdout.decode().split() == ["好", "CST"]
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    helped = subprocess.run(
        [sys.executable, "-m", "server", "--help"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert helped.returncode == 0, helped.stderr
    assert "训练" in helped.stdout.decode()
