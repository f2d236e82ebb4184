"""Every page of the desk in a real browser, with something on it: readable, and free of faults."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize, async_playwright

from channels.web.feedback import store as store_vote
from desk.channel import views
from tests.desk.desk import NAMES, PASSWORD, Desk, message_id
from tests.desk.test_turns import NOT_UNDERSTOOD, OUTSIDE, answered, done_form
from tests.widget.conftest import ARGUMENTS, CHROMIUM, axe

__all__ = ["axe"]
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed")
FILE, FACT, OTHER = "credit/facts/anhui.yml", "F-AH-01", "G-BB-01"
WIDE = ViewportSize(width=1200, height=800)
NARROW = ViewportSize(width=390, height=844)
Looks = tuple[tuple[Literal["light", "dark"], ViewportSize], ...]
SOME: Looks = (("light", WIDE), ("dark", NARROW))
ALL: Looks = (*SOME, ("dark", WIDE), ("light", NARROW))
# What pages are asked for besides being opened as they are.
QUERIES = {
    "/unanswered": ("", "?show=outside", "?show=done", "?channel=web&days=7"),
    "/sentences": ("", "?q=" + quote("备案"), "?q=" + quote("跨省去看病多数人都要备案")),
    "/facts": ("", "?region=" + quote("安徽"), "?only=overdue"),
    "/entry": (f"?file={FILE}&key={FACT}", f"?file={FILE}", f"?file={FILE}&line=9"),
    "/conversation": ("?id=web%3A1",),
}
# What is not made of HTML.
FILES = ("/unanswered.csv", "/patch")
PAGES = tuple(
    f"/desk{path}{query}"
    for path, method, _, _ in views()
    if method == "GET" and path not in FILES
    for query in QUERIES.get(path, ("",))
)


async def fill(desk: Desk) -> None:
    """Have people ask and vote; publish, replay, edit, and check a draft that has a mistake."""
    await desk.ask("web:1", "骑车摔了能报吗", NOT_UNDERSTOOD)
    await desk.ask("web:1", "上海75岁返多少", answered("credit_amount", "F-SH-01"))
    await desk.ask("web:2", "骑车摔伤了能报吗", NOT_UNDERSTOOD)
    await desk.ask("web:3", "养老金几号发", OUTSIDE)
    await desk.ask("wechat:4", "圆滚滚的荷包啥光景", NOT_UNDERSTOOD)
    reply = f"{message_id('web:1', '上海75岁返多少')}.1"
    await store_vote(desk.bot, "web:1", reply, "down", "看不懂")
    await desk.log_in()
    form = done_form(await desk.see("/desk/unanswered"), "圆滚滚的荷包啥光景")
    await desk.send("/desk/done", **form)
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    await desk.send("/desk/draft", action="publish", note="安徽涨了")
    assert "做好了" in await desk.done()
    await desk.edit(FILE, FACT, "amount: 71", "amount: 72")
    await desk.send("/desk/example", text="每月那笔钱打多少呀您说", intent="credit_amount")


async def spoil(desk: Desk) -> None:
    await desk.edit(FILE, OTHER, "firmness: state", "firmness: perhaps")
    await desk.send("/desk/draft", action="check")
    assert "没有通过" in await desk.done()


@asynccontextmanager
async def visiting(desk: Desk, **options: Any) -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(
            base_url=desk.client.url, locale="zh-CN", reduced_motion="reduce", **options
        )
        context.set_default_timeout(120_000)
        try:
            yield context
        finally:
            await browser.close()


async def log_in(page: Page, role: str) -> None:
    await page.goto("/desk/login")
    await page.get_by_label("名字").fill(NAMES[role])
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.wait_for_url("**/desk/unanswered")


async def faults(page: Page, looks: Looks) -> list[str]:
    """What axe-core finds, and whether something is cut off."""
    found = []
    for scheme, size in looks:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size(size)
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{size['width']}: wider than the window")
        said = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        for each in said["violations"]:
            where = each["nodes"][0]["html"][:200]
            found.append(f"{scheme} {size['width']}: {each['id']} {where}")
    return found


async def opened_page(page: Page, path: str) -> str:
    """Open a page and what is folded up on it; the heading."""
    answer = await page.goto(path)
    assert answer, path
    assert answer.status == 200, path
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    return await page.locator("h1, h2").first.inner_text()


# Readers and editors see less of the same pages.
@pytest.mark.parametrize(
    ("role", "looks"), [("reader", SOME), ("editor", SOME), ("publisher", ALL)]
)
async def test_every_page_can_be_read_by_everybody(
    desk: Desk, axe: str, role: str, looks: Looks
) -> None:
    await fill(desk)
    await desk.log_in(role)
    await desk.send("/desk/why", texts="上海75岁返多少\n北京呢")
    assert "做好了" in await desk.done("/desk/why")
    async with visiting(desk, bypass_csp=True) as context:
        await context.add_init_script(axe)
        page = await context.new_page()
        await page.goto("/desk/login")
        found = {"/desk/login": await faults(page, looks)}
        await log_in(page, role)
        for path in PAGES:
            assert await opened_page(page, path), path
            found[path] = await faults(page, looks)
        # The draft in its other states: what a preview shows, what a check has found.
        await desk.log_in()
        await desk.send("/desk/draft", action="preview")
        assert "71 元" in await desk.done()
        await opened_page(page, "/desk/draft")
        found["preview"] = await faults(page, looks)
        await desk.log_in()
        await spoil(desk)
        for path in ("/desk/draft", "/desk/facts", f"/desk/entry?file={FILE}&key={OTHER}"):
            await opened_page(page, path)
            found[f"{path} spoilt"] = await faults(page, looks)
        await page.goto("/desk/conversation?id=nobody")
        found["problem"] = await faults(page, looks)
    assert {path: each for path, each in found.items() if each} == {}
