"""What was asked: read from SQLite and PostgreSQL, judged, grouped, counted, exported."""

import json
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rapidfuzz import fuzz
from rasa.shared.core.domain import Domain

from channels.web.feedback import store as store_vote
from desk.archive import Archive
from desk.filters import lies_in
from desk.groups import ALIKE, grouped
from desk.turns import Asked, desk_words, turns_of
from server.trackers import Conversations
from tests.channels.online import SLOTS, sql_store
from tests.desk.desk import Desk, message_id, opened

NOT_UNDERSTOOD = {"text": "没听懂", "custom": {"status": "unsure", "answers": []}}


def answered(intent: str, *facts: str) -> dict[str, Any]:
    answer = {"intent": intent, "facts": list(facts), "assumed": "上海、75岁"}
    return {"text": "答", "custom": {"status": "answered", "answers": [answer]}}


@pytest.fixture(params=["sqlite", "postgresql"])
def conversations(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "sqlite":
        yield sql_store(tmp_path)
        return
    store = Conversations(Domain.from_yaml(SLOTS), host=request.getfixturevalue("postgres").url)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM events")
    yield store
    store.close()


async def test_both_databases_tell_the_same(
    conversations: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch, conversations) as desk:
        await desk.ask("web:1", "上海75岁返多少", answered("credit_amount", "F-SH-01"))
        await desk.ask("web:1", "不是这个意思", NOT_UNDERSTOOD)
        await desk.ask("web:2", "骑车摔了能报吗", NOT_UNDERSTOOD)
        reply = f"{message_id('web:2', '骑车摔了能报吗')}.1"
        await store_vote(desk.bot, "web:2", reply, "down", "没答到")
        found = Archive(conversations.engine, desk_words()).turns(30)
        assert [(turn.channel, turn.text, turn.troubles) for turn in found] == [
            ("web", "上海75岁返多少", ("denied",)),
            ("web", "不是这个意思", ()),
            ("web", "骑车摔了能报吗", ("unsure", "down")),
        ]
        first = found[0]
        assert (first.topic, first.region, first.facts) == ("credit", "上海", ("F-SH-01",))
        assert (await desk.log_in("reader")).status == 303
        page = await desk.see("/desk/feedback")
        assert "骑车摔了能报吗" in page
        assert "没答到" in page


async def test_like_questions_are_one_group_with_their_number(desk: Desk) -> None:
    for number, text in enumerate(("骑电动车摔伤能报吗", "骑电动车摔伤了能报吗", "退休金几号发")):
        await desk.ask(f"web:{number}", text, NOT_UNDERSTOOD)
    await desk.ask("web:9", "上海返多少", answered("credit_amount", "F-SH-01"))
    await desk.log_in("reader")
    page = await desk.see("/desk/unanswered")
    assert "2 组" in page
    assert "<strong>2 次</strong>" in page
    assert "<strong>1 次</strong>" in page
    assert "上海返多少" not in page
    only = await desk.see("/desk/unanswered?trouble=down")
    assert "0 组" in only


OUTSIDE = {"text": "这个不归我答", "custom": {"status": "rejected", "answers": []}}


def done_form(page: str, text: str) -> dict[str, str]:
    """The form that sets a group aside, or puts it back."""
    (group,) = [each for each in page.split("<article") if f"<h2>{text}</h2>" in each]
    form = group.partition('action="/desk/done"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    del fields["csrf"]
    return {name: unescape(value) for name, value in fields.items()}


async def test_what_is_not_ours_stands_apart(desk: Desk) -> None:
    await desk.ask("web:1", "养老金几号发", OUTSIDE)
    await desk.ask("web:2", "骑车摔了能报吗", NOT_UNDERSTOOD)
    await desk.ask("web:3", "失业金怎么领", OUTSIDE)
    await desk.ask("web:3", "不是这个意思", NOT_UNDERSTOOD)
    await desk.log_in("reader")
    page = await desk.see("/desk/unanswered")
    assert "<h2>养老金几号发</h2>" not in page
    # Who says that they meant something else may well have been ours.
    assert "<h2>失业金怎么领</h2>" in page
    assert "<h2>骑车摔了能报吗</h2>" in page
    assert "不归它答的 1 组" in page
    assert "<h2>养老金几号发</h2>" in await desk.see("/desk/unanswered?show=outside")
    assert "养老金" not in await desk.see("/desk/unanswered.csv")
    assert "养老金" in await desk.see("/desk/unanswered.csv?show=outside")
    assert "/desk/done" not in page


async def test_a_group_set_aside_comes_back_with_a_new_example_or_by_hand(
    conversations: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch, conversations) as desk:
        await desk.ask("web:1", "骑电动车摔伤能报吗", NOT_UNDERSTOOD)
        await desk.ask("web:2", "骑电动车摔伤了能报吗", NOT_UNDERSTOOD)
        await desk.log_in("editor")
        page = await desk.see("/desk/unanswered?days=9")
        form = done_form(page, "骑电动车摔伤了能报吗")
        answer = await desk.send("/desk/done", **form)
        assert answer.headers["Location"] == "/desk/unanswered?days=9"
        assert "骑电动车" not in await desk.see("/desk/unanswered")
        page = await desk.see("/desk/unanswered?show=done")
        again = done_form(page, "骑电动车摔伤了能报吗")
        await desk.send("/desk/done", **again)
        page = await desk.see("/desk/unanswered")
        await desk.send("/desk/done", **done_form(page, "骑电动车摔伤了能报吗"))
        assert "骑电动车" not in await desk.see("/desk/unanswered")
        # The same wording from somebody new, after it was set aside.
        await desk.ask("web:3", "骑电动车摔伤能报吗", NOT_UNDERSTOOD)
        page = await desk.see("/desk/unanswered")
        assert "<strong>3 次</strong>" in page
        # What has come since the page was shown is not swallowed with it.
        form = done_form(page, "骑电动车摔伤能报吗")
        await desk.ask("web:4", "骑电动车摔伤能报吗", NOT_UNDERSTOOD)
        await desk.send("/desk/done", **form)
        assert "<strong>4 次</strong>" in await desk.see("/desk/unanswered")
        log = await desk.see("/desk/log")
        assert "标了处理好了" in log
        assert "放回没答好的" in log
        await desk.log_in("reader")
        assert (await desk.send("/desk/done", **form)).status == 403


async def test_filters_by_channel_topic_and_region(desk: Desk) -> None:
    await desk.ask("web:1", "上海返多少", answered("credit_amount"))
    await desk.ask("rest:1", "骑车摔了能报吗", NOT_UNDERSTOOD)
    await desk.log_in("reader")
    for query, seen in (
        ("channel=web", "上海返多少"),
        ("topic=credit", "上海返多少"),
        ("region=%E4%B8%8A%E6%B5%B7", "上海返多少"),
        ("region=%E4%B8%8A%E6%B5%B7%E5%B8%82", "上海返多少"),
        ("channel=rest", "骑车摔了能报吗"),
        ("trouble=no_fact", "上海返多少"),
    ):
        page = await desk.see(f"/desk/unanswered?{query}")
        assert "1 组" in page, query
        assert seen in page, query


async def test_the_table_holds_no_formulas(desk: Desk) -> None:
    await desk.ask("web:1", "=HYPERLINK(1)", NOT_UNDERSTOOD)
    await desk.log_in("reader")
    table = await desk.see("/desk/unanswered.csv")
    assert "'=HYPERLINK(1)" in table
    assert ",=HYPERLINK" not in table


async def test_what_people_write_is_never_markup(desk: Desk) -> None:
    await desk.ask("web:1", "<script>alert(1)</script>", NOT_UNDERSTOOD)
    await desk.log_in("reader")
    for path in ("/desk/unanswered", "/desk/conversation?id=web:1"):
        page = await desk.see(path)
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


async def test_the_figures_count_how_it_ended_and_what_came_next(desk: Desk) -> None:
    await desk.ask("web:1", "上海返多少", answered("credit_amount", "F-SH-01"))
    await desk.ask("web:1", "去北京看病要备案吗", answered("filing_need", "F-1"))
    await desk.ask("web:2", "啊", NOT_UNDERSTOOD)
    await desk.log_in("reader")
    page = await desk.see("/desk/numbers")
    assert "<strong>3</strong> 句，<strong>2</strong> 段对话" in page
    assert "66.7" in page
    assert "33.3" in page
    assert "每月返多少钱 → " in page


def say(conversations: Any, sender: str, text: str, place: str = "", assumed: str = "") -> None:
    """Store a message and its answer."""
    entities = [{"entity": "region", "value": place}] if place else []
    parsed = {"intent": {"name": "credit_amount", "confidence": 1.0}, "entities": entities}
    answer = {"intent": "credit_amount", "facts": [], "assumed": assumed}
    reply = {"custom": {"status": "answered", "answers": [answer]}}
    events = [
        ("user", {"event": "user", "text": text, "message_id": text, "parse_data": parsed}),
        ("bot", {"event": "bot", "text": "答", "data": reply}),
    ]
    query = sa.text(
        "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (:s, :k, :t, :d)"
    )
    with conversations.engine.begin() as connection:
        for kind, event in events:
            data = json.dumps(event, ensure_ascii=False)
            values = {"s": sender, "k": kind, "t": time.time(), "d": data}
            connection.execute(query, values)


def test_only_what_is_new_is_read_and_what_is_deleted_is_forgotten(
    conversations: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counting(rows: Any, words: Any) -> Any:
        read.extend(sorted({row[0] for row in rows}))
        return turns_of(rows, words)

    monkeypatch.setattr("desk.archive.turns_of", counting)
    archive = Archive(conversations.engine, desk_words())
    for number in range(3):
        say(conversations, f"web:{number}", f"问{number}")
    assert [turn.text for turn in archive.turns(30)] == ["问0", "问1", "问2"]
    say(conversations, "web:1", "又问")
    say(conversations, "web:3", "问3")
    read.clear()
    assert [turn.text for turn in archive.turns(30)][-2:] == ["又问", "问3"]
    assert read == ["web:1", "web:3"]
    with conversations.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM events WHERE sender_id = 'web:1'"))
    assert [turn.text for turn in archive.turns(30)] == ["问0", "问2", "问3"]


def test_what_is_left_out_is_counted(conversations: Any) -> None:
    for number in range(5):
        say(conversations, f"web:{number}", f"问{number}")
    archive = Archive(conversations.engine, desk_words(), most=2)
    assert [turn.text for turn in archive.turns(30)] == ["问3", "问4"]
    assert archive.left_out == 3


async def test_a_page_says_that_older_conversations_are_left_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await desk.ask(f"web:{number}", f"骑车摔了{number}", NOT_UNDERSTOOD)
    await desk.log_in("reader")
    assert "没有算在内" not in await desk.see("/desk/numbers")
    monkeypatch.setattr(Archive.__init__, "__defaults__", (1,))
    for page in ("numbers", "unanswered"):
        # A desk of its own has nothing in memory yet.
        async with opened(desk.folder / page, monkeypatch, desk.bot.tracker_store) as other:
            await other.log_in("reader")
            assert "更早的 2 段对话没有算在内" in await other.see(f"/desk/{page}")


def test_places_are_named_and_people_are_none(conversations: Any) -> None:
    say(conversations, "web:1", "合肥返多少", place="340100")
    say(conversations, "web:2", "我妈返多少", assumed="您母亲、75岁")
    say(conversations, "web:3", "那返多少", assumed="您母亲、上海、75岁")
    found = Archive(conversations.engine, desk_words()).turns(30)
    assert [turn.region for turn in found] == ["合肥", "", "上海"]
    anhui = [turn.region for turn in found if lies_in(turn.place, "安徽")]
    assert anhui == ["合肥"]


def test_a_number_that_was_stored_unmasked_is_not_shown(conversations: Any) -> None:
    say(conversations, "web:1", "我手机13812345678返多少")
    (turn,) = Archive(conversations.engine, desk_words()).turns(30)
    assert "13812345678" not in turn.text


async def test_many_groups_are_shown_a_page_at_a_time_and_exported_whole(desk: Desk) -> None:
    words = [
        f"{chr(0x4E00 + 37 * n)}{chr(0x5000 + 91 * n)}{chr(0x6000 + 53 * n)}" for n in range(60)
    ]
    for number, text in enumerate(words):
        await desk.ask(f"web:{number}", text, NOT_UNDERSTOOD)
    await desk.log_in("reader")
    first = await desk.see("/desk/unanswered?channel=web")
    second = await desk.see("/desk/unanswered?channel=web&page=2")
    assert "60 组" in first
    assert (first.count("<article"), second.count("<article")) == (50, 10)
    assert 'href="?channel=web&amp;page=2"' in first
    shown = [text for text in words if text in first] + [text for text in words if text in second]
    assert sorted(shown) == sorted(words)
    table = await desk.see("/desk/unanswered.csv")
    assert [text for text in words if text not in table] == []
    assert "网页" in table


async def test_reasons_of_votes_are_counted_and_the_talk_around_is_one_click_away(
    desk: Desk,
) -> None:
    for number in range(3):
        sender, text = f"web:{number}", f"骑车摔了能报吗{number}"
        await desk.ask(sender, text, answered("credit_amount", "F-SH-01"))
        reply = f"{message_id(sender, text)}.1"
        await store_vote(desk.bot, sender, reply, "down", "没答到" if number else "看不懂")
    await desk.log_in("reader")
    page = await desk.see("/desk/feedback")
    assert "没答到 2 次；看不懂 1 次" in page
    assert page.count('href="/desk/facts?q=F-SH-01"') == 3
    assert 'href="/desk/conversation?id=web%3A1"' in page
    assert "骑车摔了能报吗1" in await desk.see("/desk/conversation?id=web%3A1")
    assert "骑车摔了" not in await desk.see("/desk/feedback?value=up")


def test_groups_are_the_same_in_blocks_as_one_by_one() -> None:
    texts = [
        f"骑{a}车摔了{b}能报吗{c}" for a in "电动自" for b in "腿手头" for c in "呢啊" for _ in "12"
    ]
    texts += [f"{chr(0x4E00 + 37 * n)}{chr(0x5000 + 41 * n)}怎么办" for n in range(300)]
    turns = [
        Asked(conversation="web:1", channel="web", time=float(n), said=text)
        for n, text in enumerate(texts)
    ]
    leaders: list[str] = []
    expected: dict[str, list[str]] = {}
    for turn in reversed(turns):
        alike = [one for one in leaders if fuzz.ratio(one, turn.said) >= ALIKE]
        best = max(alike, key=lambda one: fuzz.ratio(one, turn.said), default=turn.said)
        if not alike:
            leaders.append(turn.said)
        expected.setdefault(best, []).append(turn.said)
    found = {group.messages[0].said: len(group.messages) for group in grouped(turns, now=1000.0)}
    assert found == {leader: len(members) for leader, members in expected.items()}
