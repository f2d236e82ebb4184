"""Whatever comes in over the socket: no process hangs, none dies, nothing is a server error."""

import os
from pathlib import Path

import requests

from tests.channels.wechat.keys import SERVER_ENVIRONMENT
from tests.desk.desk import write_users
from tests.e2e.fuzz import fuzz
from tests.services import running


def test_1500_broken_requests_leave_it_answering(model: Path, tmp_path: Path) -> None:
    write_users(tmp_path / "settings")
    settings = {"SETTINGS_DIR": str(tmp_path / "settings")}
    with running(model, tmp_path, **SERVER_ENVIRONMENT, **settings) as server:
        pid = server.process.pid
        sent, wrong = fuzz(server.url, seed=13, seconds=300, most=1500)
        assert wrong == []
        assert sent == 1500
        assert server.process.poll() is None
        os.kill(pid, 0)
        assert requests.get(f"{server.url}/ready", timeout=10).status_code == 200
        assert server.ask("after-the-fuzz", "医保卡余额怎么查")[0]["custom"]["status"] == "answered"
        assert "Traceback" not in server.said()
        assert "uncaught" not in server.said()
