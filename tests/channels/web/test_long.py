"""A conversation of 5,000 turns costs no more to look at than a short one; nothing is repeated."""

import json
import threading
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from channels.web import WebChannel
from server.trackers import Conversations
from tests.channels.online import Bot, gate_with, online, sql_store
from tests.channels.web.browser import Browser

TURNS = 5_000


def fill(store: Conversations, conversation: str, turns: int) -> list[str]:
    """Store turns as the bot does, quickly; returns the ids of the messages."""
    ids = [str(uuid.uuid4()) for _ in range(turns)]
    events = sa.Table("events", sa.MetaData(), autoload_with=store.engine)
    named = sa.Table("message_ids", sa.MetaData(), autoload_with=store.engine)
    rows, names = [], []
    for number, each in enumerate(ids):
        user = {"event": "user", "text": f"第{number}问", "message_id": each, "timestamp": number}
        user["parse_data"] = {"intent": {}, "entities": [], "text": user["text"]}
        bot = {"event": "bot", "text": f"第{number}答", "data": {}, "timestamp": number}
        for event in ({"event": "action", "name": "action_listen"}, user, bot):
            rows.append({"event": event, "type": event["event"], "time": number})
        names.append({"sender_id": conversation, "message_id": each, "last_event": len(rows)})
    with store.engine.begin() as connection:
        connection.execute(
            events.insert(),
            [
                {
                    "id": at,
                    "sender_id": conversation,
                    "type_name": row["type"],
                    "timestamp": row["time"],
                    "action_name": row["event"].get("name"),
                    "data": json.dumps(row["event"], ensure_ascii=False),
                }
                for at, row in enumerate(rows, 1)
            ],
        )
        connection.execute(named.insert(), names)
    return ids


async def test_history_and_thumbs_read_a_page_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = Bot(sql_store(tmp_path))
    read: list[int] = []
    beside: list[bool] = []
    apart = bot.tracker_store._database.read_apart

    def counted(statement: str, **parameters: object) -> list:
        rows = apart(statement, **parameters)
        read.append(len(rows))
        beside.append(threading.current_thread() is not threading.main_thread())
        return rows

    async with online(bot, gate_with(tmp_path), WebChannel()) as client:
        browser = await Browser.new(client)
        await browser.say("我来了")
        [(conversation, _)] = bot.asked
        await bot.tracker_store.retrieve(conversation)
        with bot.tracker_store.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM events"))
            connection.execute(sa.text("DELETE FROM message_ids"))
        ids = fill(bot.tracker_store, conversation, TURNS)
        monkeypatch.setattr(bot.tracker_store._database, "read_apart", counted)
        monkeypatch.delattr(Conversations, "retrieve_full_tracker")
        seen, before = [], None
        for _ in range(4):
            page = (await browser.history(before)).data
            assert page["more"]
            seen = page["turns"] + seen
            before = seen[0]["id"]
        assert [turn["text"] for turn in seen][-2:] == ["第4999问", "第4999答"]
        assert len({turn["id"] for turn in seen}) == len(seen) == 200
        liked = await browser.call(
            "POST", "/chat/feedback", json={"reply": f"{ids[7]}.1", "value": "up"}
        )
        assert liked.status == 204
        again = await browser.say("第3问", ids[3])
        assert again.data["replies"][0]["text"] == "第3答"
        assert len(bot.asked) == 1, "an old message was answered anew"
    assert max(read) <= 80
    assert all(beside), "everybody waits while somebody's history is read"


async def test_paging_ends_at_the_first_turn(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, sender_per_minute=0)
    async with online(Bot(sql_store(tmp_path)), gate, WebChannel()) as client:
        browser = await Browser.new(client)
        for number in range(60):
            await browser.say(f"第{number}问")
        seen, before, more = [], None, True
        while more:
            page = (await browser.history(before)).data
            seen, more = page["turns"] + seen, page["more"]
            before = seen[0]["id"]
        asked = [turn["text"] for turn in seen if turn["from"] == "user"]
        assert asked == [f"第{number}问" for number in range(60)]
        assert len(seen) == 120


async def test_a_message_is_stored_once_though_two_processes_answer_it(tmp_path: Path) -> None:
    """Neither has an answer in memory; the second finds the constraint of the database."""
    sent = str(uuid.uuid4())
    async with online(Bot(sql_store(tmp_path)), gate_with(tmp_path), WebChannel()) as client:
        browser = await Browser.new(client)
        first = await browser.say("余额怎么查", sent)
    hasty = Bot(sql_store(tmp_path))

    async def knows_nothing(*_: object) -> bool:
        return False

    hasty.tracker_store.knows = knows_nothing
    async with online(hasty, gate_with(tmp_path), WebChannel()) as client:
        assert (await Browser(client, browser.token).say("余额怎么查", sent)).status == 500
        history = (await Browser(client, browser.token).history()).data
    assert [turn["id"] for turn in history["turns"]] == [sent, first.data["replies"][0]["id"]]
