"""Who gets in, and who may do what."""

import asyncio
import os
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from typer.testing import CliRunner

from desk.channel import views
from desk.store import MOST_ALONE, MOST_FAILURES, DeskStore
from desk.users import app, desk_settings, fits
from server.trackers import Conversations
from tests.channels.online import SLOTS, Bot, gate_with, online, sql_store
from tests.desk.desk import NAMES, PASSWORD, Desk, _WithWorkshop, opened, write_users
from tests.services import Postgres

PAGES = tuple(f"/desk{path}" for path, method, _, _ in views() if method == "GET")
FORMS = {f"/desk{path}": role for path, method, _, role in views() if method == "POST"}
# What a page needs to be told, and what it answers where there is nothing to show.
QUERIES = {"/desk/conversation": "?id=web:1", "/desk/entry": "?file=credit/answers.yml"}
STATUS = {"/desk/": 303, "/desk/patch": 409}


async def test_a_stranger_sees_nothing(desk: Desk) -> None:
    for path in PAGES:
        answer = await desk.client.call("GET", path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/desk/login"), path
    for path in FORMS:
        answer = await desk.client.call("POST", path, data={"csrf": "x"}, allow_redirects=False)
        assert answer.status == 403, path


async def test_every_page_opens_for_a_reader_and_no_form_does(desk: Desk) -> None:
    await desk.ask("web:1", "你好", {"text": "您好"})
    assert (await desk.log_in("reader")).status == 303
    for path in PAGES:
        page = path + QUERIES.get(path, "")
        answer = await desk.client.call("GET", page, allow_redirects=False)
        assert answer.status == STATUS.get(path, 200), path
    forms = [path for path, role in FORMS.items() if role != "reader"]
    assert len(forms) > 5
    for path in forms:
        assert (await desk.send(path, action="publish", text="x")).status == 403, path


async def test_an_editor_may_not_publish_nor_go_back(desk: Desk) -> None:
    await desk.log_in("editor")
    assert (await desk.edit("credit/facts/anhui.yml", "F-AH-01", "70", "71")).status == 303
    assert (await desk.send("/desk/draft", action="publish")).status == 403
    release = desk.workshop.releases.current()
    assert (await desk.send("/desk/versions", release=release.name)).status == 403


async def test_a_form_needs_the_sessions_own_token(desk: Desk) -> None:
    await desk.log_in()
    for token in ("", "guessed"):
        form = {"csrf": token, "action": "discard"}
        answer = await desk.client.call("POST", "/desk/draft", data=form, allow_redirects=False)
        assert answer.status == 403
    await desk.edit("credit/facts/anhui.yml", "F-AH-01", "70", "71")
    assert (await desk.send("/desk/draft", action="discard")).status == 303


async def test_a_draft_that_is_put_away_while_pages_read_it_breaks_none(desk: Desk) -> None:
    await desk.log_in()
    for _ in range(5):
        await desk.edit("credit/facts/anhui.yml", "F-AH-01", "70", "71")
        pages = [desk.client.call("GET", "/desk/draft") for _ in range(4)]
        away = desk.send("/desk/draft", action="discard")
        answers = await asyncio.gather(*pages[:2], away, *pages[2:])
        assert {answer.status for answer in answers} <= {200, 303}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_another_site_sends_no_forms(desk: Desk, headers: dict[str, str]) -> None:
    form = {"name": NAMES["reader"], "password": PASSWORD}
    answer = await desk.client.call(
        "POST", "/desk/login", data=form, headers=headers, allow_redirects=False
    )
    assert answer.status == 403


async def test_the_cookie_is_out_of_reach_and_ends_with_the_session(desk: Desk) -> None:
    answer = await desk.log_in()
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/desk" in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    assert (await desk.send("/desk/logout")).status == 303
    stolen = {"Cookie": f"yibao_desk={token}"}
    again = await desk.client.call("GET", "/desk/log", headers=stolen, allow_redirects=False)
    assert again.status == 303


async def test_a_changed_password_ends_the_sessions_begun_with_the_old_one(desk: Desk) -> None:
    from desk.users import DeskSettings, User, hashed

    await desk.log_in("reader")
    assert "日志" in await desk.see("/desk/log")
    file = desk.folder / "settings" / "desk.yml"
    user = User(name=NAMES["reader"], role="reader", password=hashed("another-password"))
    import msgspec

    file.write_bytes(msgspec.yaml.encode(DeskSettings(users=(user,))))
    answer = await desk.client.call("GET", "/desk/log", allow_redirects=False)
    assert answer.status == 303


async def test_guessing_is_stopped_even_for_the_right_password(desk: Desk) -> None:
    for _ in range(MOST_FAILURES):
        assert (await desk.log_in("editor", "wrong")).status == 403
    assert (await desk.log_in("editor")).status == 429


async def test_one_who_forgot_bars_neither_colleagues_nor_the_same_name_elsewhere(
    desk: Desk,
) -> None:
    for _ in range(MOST_FAILURES + 1):
        answer = await _guess(desk, NAMES["editor"], "203.0.113.5")
    assert answer == 429
    assert await _guess(desk, NAMES["publisher"], "203.0.113.5", PASSWORD) == 303
    assert await _guess(desk, NAMES["editor"], "203.0.113.6", PASSWORD) == 303


async def test_one_name_is_not_guessed_from_many_addresses(desk: Desk) -> None:
    name = NAMES["editor"]
    assert await _guess(desk, name, "203.0.113.5", PASSWORD) == 303
    found = [await _guess(desk, name, f"198.51.100.{n}") for n in range(MOST_ALONE + 1)]
    assert found == [403] * MOST_ALONE + [429]
    assert await _guess(desk, name, "192.0.2.1", PASSWORD) == 429
    # Guessing from elsewhere keeps nobody out of where they work; there, too, five are the end.
    assert await _guess(desk, name, "203.0.113.5", PASSWORD) == 303
    found = [await _guess(desk, name, "203.0.113.5") for _ in range(MOST_FAILURES + 1)]
    assert found == [403] * MOST_FAILURES + [429]


async def test_names_are_not_tried_one_after_another(desk: Desk) -> None:
    assert await _guess(desk, NAMES["reader"], "203.0.113.5", PASSWORD) == 303
    found = [await _guess(desk, f"somebody {n}", "203.0.113.5") for n in range(MOST_ALONE + 1)]
    assert found == [403] * MOST_ALONE + [429]
    assert await _guess(desk, NAMES["publisher"], "203.0.113.5", PASSWORD) == 429
    assert await _guess(desk, NAMES["reader"], "203.0.113.5", PASSWORD) == 303


async def test_a_right_password_puts_away_the_slips_before_it(desk: Desk) -> None:
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            assert (await desk.log_in("editor", "wrong")).status == 403
        assert (await desk.log_in("editor")).status == 303


async def test_guesses_that_come_at_once_are_all_counted(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.log_in("editor", f"guess {n}") for n in range(20)))
    found = [answer.status for answer in answers]
    assert (found.count(403), found.count(429)) == (MOST_FAILURES, 20 - MOST_FAILURES)


async def test_a_household_of_ipv6_is_one_address(desk: Desk) -> None:
    found = [
        await _guess(desk, NAMES["editor"], f"2001:db8::{n + 1:x}")
        for n in range(MOST_FAILURES + 1)
    ]
    assert found == [403] * MOST_FAILURES + [429]


async def _guess(desk: Desk, name: str, address: str, password: str = "wrong") -> int:
    """The answer to a login through a proxy."""
    answer = await desk.client.call(
        "POST",
        "/desk/login",
        data={"name": name, "password": password},
        headers={"X-Forwarded-For": address},
        allow_redirects=False,
    )
    return int(answer.status)


async def test_a_long_form_of_a_stranger_is_not_read(desk: Desk) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await desk.client.call("POST", "/desk/login", data=b"b" * 20_000, headers=headers)
    assert answer.status == 413
    assert (await desk.log_in()).status == 303


async def test_a_name_that_no_database_stores_is_a_wrong_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    store = Conversations(Domain.from_yaml(SLOTS), host=postgres.url)
    async with opened(tmp_path, monkeypatch, store) as desk:
        form = {"name": "a\0b", "password": "guess"}
        assert (await desk.client.call("POST", "/desk/login", data=form)).status == 403
        await desk.log_in("reader")
        found = await desk.client.call("GET", "/desk/conversation?id=web:%00")
        assert found.status == 404
    store.engine.dispose()


async def test_the_log_says_who_did_what(desk: Desk) -> None:
    await desk.log_in("editor", "wrong")
    await desk.log_in("editor")
    await desk.edit("credit/facts/anhui.yml", "F-AH-01", "70", "71")
    entries = DeskStore(desk.bot.tracker_store.engine).log()
    found = [(entry.name, entry.action) for entry in entries]
    name = NAMES["editor"]
    assert found == [(name, "edit"), (name, "login"), (name, "refused")]
    assert "anhui.yml F-AH-01" in await desk.see("/desk/log")


async def test_without_users_there_is_no_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings").mkdir()
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path / "settings"))
    bot = Bot(sql_store(tmp_path))
    async with online(bot, gate_with(tmp_path), _WithWorkshop()) as client:
        for path in ("/desk", "/desk/login", "/desk/log"):
            assert (await client.call("GET", path)).status == 404


async def test_no_page_may_be_framed_stored_or_run_scripts(desk: Desk) -> None:
    answer = await desk.client.call("GET", "/desk/login")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    write_users(desk.folder / "settings")


def test_people_are_added_listed_and_removed_in_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path))
    typed: list[str] = []
    prompts: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: prompts.append(prompt) or typed.pop(0))

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, result.output

    for wrong in (["short"], [PASSWORD, PASSWORD + "x"]):
        typed[:] = wrong
        assert run("add", "张发", "publisher")[0] == 1
    assert "至少 10 个字符" in prompts[0]
    assert run("add", "张发", "boss")[0] == 1
    assert not (tmp_path / "desk.yml").exists()
    typed[:] = [PASSWORD, PASSWORD]
    assert "重启一次" in run("add", "张发", "publisher")[1]
    typed[:] = [PASSWORD, PASSWORD]
    assert "不用重启" in run("add", "王看")[1]
    assert run("list")[1] == "张发（publisher）\n王看（reader）\n"
    assert fits(desk_settings().current().user("张发"), PASSWORD)
    assert run("remove", "王看")[0] == 0
    assert run("remove", "王看")[0] == 1
    assert run("list")[1] == "张发（publisher）\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_file_of_users_stays_whose_it_is_and_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path))
    file = tmp_path / "desk.yml"
    for name in ("张发", "王看"):
        CliRunner().invoke(app, ["add", name, "reader", "--password", PASSWORD])
        found = file.stat()
        assert found.st_mode & 0o777 == 0o600
        assert found.st_uid == (0 if name == "张发" else 10001)
        os.chown(file, 10001, 10001)
