"""The draft: edits and examples, the patch, what may be published, and going back."""

import asyncio
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from channels import home
from desk.probes import probes
from desk.talks import Talk
from policy.facts import FactBook
from tests.desk.desk import Desk

FILE = "credit/facts/anhui.yml"
FACT = "F-AH-01"


async def test_an_edit_changes_the_draft_and_nothing_else(desk: Desk) -> None:
    await desk.log_in("editor")
    assert (await desk.edit(FILE, FACT, "amount: 70", "amount: 71")).status == 303
    page = await desk.see("/desk/draft")
    assert "+  - {amount: 71, unit: 元, period: 月, kind: gross}" in page
    served = desk.workshop.releases.data(desk.workshop.releases.current())
    assert FactBook.load(served).facts[FACT].values[0].spoken() == "70"
    assert FactBook.load(desk.folder / "data").facts[FACT].values[0].spoken() == "70"


def git_apply(tree: Path, patch: str) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tree, check=True, input=patch.encode())


async def test_git_takes_the_patch(desk: Desk) -> None:
    await desk.log_in("editor")
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    await desk.send("/desk/example", text="每月那笔钱打多少呀您说", intent="credit_amount")
    patch = await desk.see("/desk/patch")
    tree = desk.folder / "tree"
    shutil.copytree(desk.folder / "data", tree / "data")
    git_apply(tree, patch)
    assert FactBook.load(tree / "data").facts[FACT].values[0].spoken() == "71"
    draft = desk.folder / "desk" / "draft" / "data"
    for name in (FILE, "credit/nlu.yml"):
        assert (tree / "data" / name).read_text() == (draft / name).read_text()


async def test_an_edit_of_what_has_changed_meanwhile_is_refused(desk: Desk) -> None:
    await desk.log_in("editor")
    seen = "- id: F-AH-01\n  something: else"
    answer = await desk.send("/desk/entry", file=FILE, key=FACT, seen=seen, text="x")
    assert answer.status == 409


async def test_no_file_outside_the_data_can_be_reached(desk: Desk) -> None:
    await desk.log_in("editor")
    for name in ("../model.tar.gz", "../settings/desk.yml", "/etc/passwd"):
        path = f"/desk/entry?file={name}"
        assert (await desk.client.call("GET", path, allow_redirects=False)).status == 404
        assert (await desk.send("/desk/entry", file=name, seen="", text="x")).status == 404


async def test_a_question_with_somebodys_number_becomes_no_example(desk: Desk) -> None:
    await desk.log_in("editor")
    for text in ("我手机13812345678余额多少", "我身份证*** 返多少", "", "[上海](region)返多少"):
        answer = await desk.send("/desk/example", text=text, intent="credit_amount")
        assert answer.status == 409, text
    answer = await desk.send("/desk/example", text="随便问问", intent="no_such_thing")
    assert answer.status == 409


async def test_a_confirmed_question_stands_among_the_examples_of_its_meaning(desk: Desk) -> None:
    await desk.log_in("editor")
    await desk.send("/desk/example", text="每月那笔钱打多少呀您说", intent="credit_amount")

    file = desk.folder / "desk" / "draft" / "data" / "credit" / "nlu.yml"
    entries = yaml.safe_load(file.read_text())["nlu"]
    with_it = [e["intent"] for e in entries if "- 每月那笔钱打多少呀您说\n" in str(e["examples"])]
    assert with_it == ["credit_amount"]
    again = await desk.send("/desk/example", text="每月那笔钱打多少呀您说", intent="credit_what")
    assert again.status == 409


async def test_a_preview_shows_every_reply_that_changes(desk: Desk) -> None:
    from tests.desk.test_turns import NOT_UNDERSTOOD

    await desk.ask("web:1", "安徽退休返多少", NOT_UNDERSTOOD)
    base = desk.workshop.releases.data(desk.workshop.releases.current())
    await desk.log_in("editor")
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    # Also what nobody has asked lately is asked for the place, people and aspect of the fact.
    asked = probes(base, desk.folder / "desk" / "draft" / "data")
    assert "安徽退休人员医保每月返多少钱" in asked
    await desk.send("/desk/draft", action="preview")
    page = await desk.done()
    assert "安徽退休返多少" in page
    assert "70 元" in page
    assert "71 元" in page


async def test_a_mistake_is_refused_with_file_line_and_field(desk: Desk) -> None:
    await desk.log_in()
    await desk.edit(FILE, FACT, "firmness: state", "firmness: perhaps")
    before = desk.workshop.releases.current()
    await desk.send("/desk/draft", action="publish", note="错的")
    page = await desk.done()
    assert "没有通过" in page
    assert f"data/{FILE}:" in page
    assert "facts.0.firmness" in page
    assert desk.workshop.releases.current() == before


async def test_a_model_that_understands_less_is_refused(desk: Desk) -> None:
    await desk.log_in()
    await desk.send("/desk/example", text="每月那笔钱打多少呀您说", intent="credit_amount")
    before = desk.workshop.releases.current()
    desk.workshop.trains, desk.workshop.understood = True, [97, 95]
    await desk.send("/desk/draft", action="publish")
    page = await desk.done()
    assert "97.0%" in page
    assert "95.0%" in page
    assert "没有通过" in page
    assert desk.workshop.releases.current() == before
    desk.workshop.understood = [97, 96]
    await desk.send("/desk/draft", action="publish")
    assert "做好了" in await desk.done()
    assert desk.workshop.releases.current() != before


async def test_published_served_written_back_and_one_click_away_from_before(desk: Desk) -> None:
    await desk.log_in()
    releases = desk.workshop.releases
    old = releases.current()
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    await desk.send("/desk/draft", action="publish", note="安徽涨了")
    assert "做好了" in await desk.done()
    new = releases.current()
    assert (new.number, new.note) == (old.number + 1, "安徽涨了")
    assert FactBook.load(desk.folder / "data").facts[FACT].values[0].spoken() == "71"
    assert "安徽涨了" in await desk.see("/desk/versions")
    assert (await desk.see(f"/desk/patch?release={new.name}")).count("+  - {amount: 71") == 1
    await desk.send("/desk/versions", release=old.name)
    await desk.done()
    assert releases.current().name == old.name
    assert FactBook.load(desk.folder / "data").facts[FACT].values[0].spoken() == "70"
    log = await desk.see("/desk/log")
    assert "发布成功" in log
    assert "退回旧版本" in log


async def test_a_draft_of_an_older_version_is_not_published_over_a_newer_one(desk: Desk) -> None:
    await desk.log_in()
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    releases = desk.workshop.releases
    newer = releases.add(desk.folder / "data", desk.workshop.file, "", "")
    releases.put_into_service(newer)
    await desk.send("/desk/draft", action="publish")
    assert "丢掉草稿后重做" in await desk.done()
    assert releases.current().name == newer.name


async def test_a_meaning_is_offered_and_taken_in_chinese(desk: Desk) -> None:
    from tests.desk.test_turns import NOT_UNDERSTOOD

    await desk.ask("web:1", "圆滚滚的荷包啥光景", NOT_UNDERSTOOD)
    await desk.log_in("editor")
    page = await desk.see("/desk/unanswered")
    offered = re.findall(r'<option value="([^"]*)（(\w+)）">', page)
    ask = {intent: name for name, intent in offered}["credit_amount"]
    assert ask == "医保每月返多少钱"
    # What has no question of its own is offered by an example.
    assert all(name and "[" not in name for name, _ in offered)
    for number, given in enumerate((f"{ask}（credit_amount）", ask, "credit_amount")):
        text = f"每月那笔钱打多少呀您说{number}"
        assert (await desk.send("/desk/example", text=text, intent=given)).status == 303
    page = await desk.see("/desk/draft")
    assert page.count(f"→ {ask}（credit_amount）") == 3
    answer = await desk.send("/desk/example", text="随便问问", intent="没有的意思")
    assert answer.status == 409
    assert "打两个字" in answer.body.decode()


async def test_nothing_can_be_typed_on_a_page_that_renews_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.log_in()
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    go_on = asyncio.Event()

    async def slow(data: Path) -> None:
        await go_on.wait()

    monkeypatch.setattr(desk.workshop, "check", slow)
    await desk.send("/desk/draft", action="check", note="安徽涨了")
    for path in ("/desk/draft", "/desk/versions"):
        answer = await desk.client.call("GET", path)
        assert answer.headers["Refresh"]
        main = answer.body.decode().partition("<main")[2]
        assert "<input" not in main
        assert "<button" not in main
    # Whoever comes second keeps what they have typed, too.
    second = await desk.send("/desk/draft", action="publish", note="安徽涨到 71")
    assert second.status == 409
    go_on.set()
    page = await desk.done()
    assert 'value="安徽涨到 71"' in page
    for path in ("/desk/draft", "/desk/versions"):
        assert "Refresh" not in (await desk.client.call("GET", path)).headers


async def test_the_evidence_stands_beside_what_is_edited(desk: Desk) -> None:
    await desk.log_in("editor")
    page = await desk.see(f"/desk/entry?file={FILE}&key={FACT}")
    for part in ("70 元/月", "蚌埠市龙子湖区人民政府", "转载", "直说"):
        assert part in page, part
    for key in ("credit_amount", ""):
        assert 'aria-label="依据"' not in await desk.see(
            f"/desk/entry?file=credit/answers.yml&key={key}"
        )


async def test_facts_are_found_by_place_word_source_and_kind(desk: Desk) -> None:
    await desk.log_in("reader")
    everything = await desk.see("/desk/facts")
    total = int(re.search(r"<p>(\d+) 条 ", everything).group(1))  # type: ignore[union-attr]
    assert everything.count("<article") == 50
    last = await desk.see(f"/desk/facts?page={-(-total // 50)}")
    assert last.count("<article") == (total - 1) % 50 + 1
    for query, seen, unseen in (
        ("region=合肥", "F-AH-01", "G-BB-01"),  # the province's holds there, another city's doesn't
        ("region=安徽", "G-BB-01", "F-SH-01"),
        ("q=蚌埠", "G-BB-01", "F-AH-01"),
        ("source=龙子湖&topic=credit", "F-AH-01", "F-SH-01"),
    ):
        page = await desk.see(f"/desk/facts?{quote(query, safe='=&')}")
        assert f"<h2>{seen} " in page, query
        assert f"<h2>{unseen} " not in page, query
    weak = await desk.see("/desk/facts?only=weak")
    assert weak.count("来源弱</span>") == weak.count("<article") > 0


async def test_what_somebody_has_edited_by_hand_is_not_overwritten(desk: Desk) -> None:
    await desk.log_in()
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    before = desk.workshop.releases.current()
    file = desk.folder / "data" / FILE
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "# by hand\n", encoding="utf-8")
    await desk.send("/desk/draft", action="publish")
    assert "直接改过文件" in await desk.done()
    assert desk.workshop.releases.current() == before
    assert file.read_text(encoding="utf-8").endswith("# by hand\n")
    file.write_text(text, encoding="utf-8")
    await desk.send("/desk/draft", action="publish")
    assert "做好了" in await desk.done()


async def test_why_names_meanings_as_people_do(desk: Desk) -> None:
    await desk.log_in("reader")
    assert (await desk.send("/desk/why", texts="单看：credit_amount 1.00，ask")).status == 303
    page = await desk.done("/desk/why")
    assert "<pre>单看：「医保每月返多少钱」 1.00，ask</pre>" in page


async def test_why_and_preview_are_told_what_visitors_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.desk.test_turns import NOT_UNDERSTOOD

    settings = desk.folder / "settings"
    (settings / "gate.yml").write_text("home_region: 阜阳\n", encoding="utf-8")
    (settings / "web.yml").write_text("home_region: 扬州\n", encoding="utf-8")
    monkeypatch.setenv("WECHAT_HOME_REGION", "合肥")
    home._files.cache_clear()
    await desk.ask("rest:1", "退休每月返多少", NOT_UNDERSTOOD)
    await desk.log_in("editor")
    places = {"web": "扬州", "rest": "阜阳", "wechat": "合肥", "cmdline": "阜阳"}
    for channel, place in places.items():
        await desk.send("/desk/why", texts="退休每月返多少", channel=channel)
        page = await desk.done("/desk/why")
        assert f"<pre>退休每月返多少 {place}</pre>" in page, channel
        assert f"没说地方的按{place}答" in page
    told: list[Talk] = []
    rehearse = desk.workshop.rehearse

    async def noting(data: Path, model: Path, talks: list[Talk]) -> Any:
        told.extend(talks)
        return await rehearse(data, model, talks)

    monkeypatch.setattr(desk.workshop, "rehearse", noting)
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    await desk.send("/desk/draft", action="preview")
    assert "做好了" in await desk.done()
    assert Talk(["退休每月返多少"], "阜阳") in told
    assert Talk(["安徽退休人员医保每月返多少钱"], "扬州") in told
    home._files.cache_clear()


async def test_nobody_waits_for_why_and_it_waits_for_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.log_in()
    go_on = asyncio.Event()
    rehearse = desk.workshop.rehearse

    async def slow(data: Path, model: Path, talks: list[Talk]) -> Any:
        await go_on.wait()
        return await rehearse(data, model, talks)

    monkeypatch.setattr(desk.workshop, "rehearse", slow)
    await desk.send("/desk/why", texts="余额怎么查")
    answer = await desk.client.call("GET", "/desk/why")
    assert answer.headers["Refresh"]
    assert "重放 1 句" in answer.body.decode()
    assert (await desk.send("/desk/why", texts="余额")).status == 409
    # The draft is nobody's business meanwhile, nor are others who ask why.
    assert (await desk.edit(FILE, FACT, "amount: 70", "amount: 71")).status == 303
    await desk.send("/desk/draft", action="check")
    assert "做好了" in await desk.done()
    await desk.log_in("reader")
    assert "余额怎么查" not in await desk.see("/desk/why")
    assert (await desk.send("/desk/why", texts="余额")).status == 303
    go_on.set()
    assert "<pre>余额</pre>" in await desk.done("/desk/why")
    await desk.log_in()
    page = await desk.done("/desk/why")
    assert "<pre>余额怎么查</pre>" in page
    assert "余额怎么查</textarea>" in page
