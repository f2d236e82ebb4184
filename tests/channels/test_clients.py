"""REST is for this machine; from elsewhere it takes a key, whose conversations are its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from channels import clients
from channels.clients import read_keys
from channels.rest import RestChannel, conversation_of
from channels.settingsfile import SettingMistake
from tests.channels.online import Answer, Bot, Client, gate_with, online, sql_store

KEYS = {
    "crm": "k" * 10 + "0123456789abcdefghijklmn",
    "kiosk": "q" * 10 + "9876543210zyxwvutsrqponm",
}
FAR = {"X-Forwarded-For": "203.0.113.9"}


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("REST_KEYS", ",".join(f"{name}={key}" for name, key in KEYS.items()))
    clients.known_keys.cache_clear()
    yield
    clients.known_keys.cache_clear()


@pytest.fixture
async def client(tmp_path: Path, keys: None, bot: Bot):
    async with online(bot, gate_with(tmp_path), RestChannel()) as client:
        yield client


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    return Bot(sql_store(tmp_path))


async def say(client: Client, sender: str, key: str = "", **headers: str) -> Answer:
    bearer = {"Authorization": f"Bearer {key}"} if key else {}
    return await client.say(sender, "在吗", headers={**bearer, **headers})


async def test_this_machine_needs_no_key(client: Client, bot: Bot) -> None:
    assert (await say(client, "a")).status == 200
    assert bot.asked[0][0] == "rest:a"


@pytest.mark.parametrize("key", ["", "wrong", KEYS["crm"][:-1], KEYS["crm"] + "x", "钥匙"])
async def test_strangers_are_refused(client: Client, bot: Bot, key: str) -> None:
    refused = await say(client, "a", **FAR, **({"Authorization": f"Bearer {key}"} if key else {}))
    assert refused.status == 401
    assert refused.data["error"]
    assert not bot.asked


async def test_a_guessed_sender_is_another_conversation(client: Client, bot: Bot) -> None:
    for key in ("", KEYS["crm"], KEYS["kiosk"]):
        assert (await say(client, "zhang", key, **(FAR if key else {}))).status == 200
    for forged in ("@crm:zhang", "@kiosk:zhang"):
        await say(client, forged)
    assert len({conversation for conversation, _ in bot.asked}) == 5


async def test_a_page_of_another_site_cannot_use_the_browser_of_this_machine(
    client: Client, bot: Bot
) -> None:
    assert (await say(client, "a", Origin="https://evil.example")).status == 403
    assert (await say(client, "a", Origin="null")).status == 403
    assert (await say(client, "a", Origin="http://[")).status == 403
    assert (await say(client, "a", Origin="http://localhost:8080")).status == 200
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        refused = await say(client, "a", **{"Content-Type": f"{kind}; charset=utf-8"})
        assert refused.status == 415
    assert len(bot.asked) == 1


@pytest.mark.parametrize(
    "written",
    [
        "k" * 40,
        "crm=short",
        "crm=" + "a" * 40,
        "Crm=" + KEYS["crm"],
        f"crm={KEYS['crm']},crm={KEYS['kiosk']}",
        f"a={KEYS['crm']},b={KEYS['crm']}",
    ],
)
def test_bad_keys_end_the_start(written: str) -> None:
    with pytest.raises(SettingMistake) as said:
        read_keys({"REST_KEYS": written})
    assert KEYS["crm"] not in str(said.value)


def test_no_keys_are_no_clients() -> None:
    assert read_keys({}) == {}
    assert conversation_of("", "a") != conversation_of("crm", "a")
