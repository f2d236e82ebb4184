"""What was asked: read from SQLite and PostgreSQL, judged, grouped, counted, exported."""

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain

from channels.web.feedback import store as store_vote
from desk.turns import desk_words, read_turns
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
        found = read_turns(conversations.engine, desk_words(), 30)
        assert [(turn.channel, turn.text, turn.troubles) for turn in found] == [
            ("web", "上海75岁返多少", ("denied",)),
            ("web", "不是这个意思", ("unsure",)),
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


async def test_filters_by_channel_topic_and_region(desk: Desk) -> None:
    await desk.ask("web:1", "上海返多少", answered("credit_amount"))
    await desk.ask("rest:1", "骑车摔了能报吗", NOT_UNDERSTOOD)
    await desk.log_in("reader")
    for query, seen in (
        ("channel=web", "上海返多少"),
        ("topic=credit", "上海返多少"),
        ("region=%E4%B8%8A%E6%B5%B7", "上海返多少"),
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
