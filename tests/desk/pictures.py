"""Takes the desk's pictures of docs/images: ``python -m tests.desk.pictures [folder]``.

With a folder it puts every page there, as wide as a desk and as wide as a phone, to be looked at.
"""

import re
import shutil
import sys
import tempfile
import uuid
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from policy.topics import DATA
from server.training import ensure_model
from tests.desk.desk import NAMES, PASSWORD, write_users
from tests.services import BotServer, running
from tests.widget.conftest import ARGUMENTS, CHROMIUM, PHONE
from tests.widget.screenshots import IMAGES

# Milliseconds.
PATIENCE = 600_000
DESK = {"width": 1100, "height": 720}
FILE, FACT = "credit/facts/anhui.yml", "F-AH-01"
# What people have asked, a conversation each.
ASKED = (
    ("骑电动车摔伤能报吗", "不是这个意思"),
    ("骑电动车摔伤了能报吗",),
    ("骑电瓶车摔伤能报吗",),
    ("圆滚滚的荷包啥光景",),
    ("安徽退休每月返多少", "余额怎么查"),
    ("合肥退休每月返多少",),
    ("我妈75岁在上海退休，医保每年打多少钱", "北京呢"),
    ("异地就医怎么备案",),
    ("岳父能用我的医保吗",),
)
VOTES = {"返的钱为什么比以前少": "看不懂", "医保卡的钱能买什么": "没答到"}
# Every page, and those of them that the documents show.
PAGES = (
    "unanswered",
    "feedback",
    "unanswered?show=outside",
    "unanswered?show=done",
    "sentences?q=急诊 备案",
    "numbers",
    "log",
)
SHOWN = ("unanswered", "facts", "draft", "versions", "numbers")


class Camera:
    """Takes a page where it stands.

    Args:
        page: of somebody who has logged in.
        folder: for every page; None takes those alone that the documents show.
    """

    def __init__(self, page: Page, folder: Path | None) -> None:
        self.page, self.folder = page, folder

    def take(self, name: str) -> None:
        """Save it as it is, without the ring around what was typed last."""
        self.page.evaluate("document.activeElement.blur()")
        if self.folder is None:
            if name in SHOWN:
                self.page.screenshot(path=IMAGES / f"desk-{name}.png", full_page=name == "draft")
            return
        for kind, size in (("desk", DESK), ("phone", PHONE)):
            self.page.set_viewport_size(size)
            self.page.screenshot(path=self.folder / f"{kind}-{name}.png", full_page=True)
        self.page.set_viewport_size(DESK)


def talk(server: BotServer) -> None:
    """Let people ask, and vote."""
    for number, texts in enumerate(ASKED):
        for text in texts:
            server.ask(f"picture-{number}", text)
    for text, reason in VOTES.items():
        token = requests.post(f"{server.url}/chat/session", json={}, timeout=30).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        body = {"id": str(uuid.uuid4()), "text": text}
        said = requests.post(f"{server.url}/chat/message", json=body, headers=headers, timeout=60)
        vote = {"reply": said.json()["replies"][0]["id"], "value": "down", "reason": reason}
        requests.post(f"{server.url}/chat/feedback", json=vote, headers=headers, timeout=30)


def ended(page: Page) -> None:
    """Wait until the work under way has ended well."""
    heading = page.locator("main section[aria-live] h2").first
    expect(heading).to_have_text(re.compile("做好了"), timeout=PATIENCE)


def walk(camera: Camera) -> None:
    """Go through the desk's pages: look, edit, preview, publish."""
    page = camera.page
    page.goto("/desk/login")
    camera.take("login")
    page.get_by_label("名字").fill(NAMES["publisher"])
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    for path in PAGES:
        page.goto(f"/desk/{path}")
        if path == "unanswered":
            page.locator("article summary").first.click()
        camera.take(re.sub(r"\W+", "-", path))
    page.goto("/desk/unanswered")
    page.get_by_role("button", name=re.compile("处理好了")).last.click()
    page.goto("/desk/unanswered?show=done")
    camera.take("unanswered-done")
    page.get_by_role("button", name=re.compile("放回去")).click()
    page.goto("/desk/unanswered")
    page.locator("article summary").first.click()
    page.get_by_role("link", name="看整段对话").first.click()
    camera.take("conversation")
    page.goto("/desk/why")
    page.get_by_role("textbox").fill("\n".join(ASKED[6]))
    page.get_by_role("button", name="重放").click()
    ended(page)
    camera.take("why")
    page.goto("/desk/facts")
    camera.take("facts-all")
    page.goto("/desk/facts?region=安徽")
    camera.take("facts")
    page.goto(f"/desk/entry?file={FILE}&key={FACT}")
    camera.take("entry")
    spoil(camera)
    page.goto(f"/desk/entry?file={FILE}&key={FACT}")
    field = page.get_by_label("内容")
    field.fill(field.input_value().replace("amount: 70", "amount: 75"))
    page.get_by_role("button", name="存进草稿").click()
    page.goto("/desk/draft")
    page.get_by_role("button", name="预览回答").click()
    ended(page)
    page.get_by_label("这一版改了什么").fill("安徽退休人员 70 改 75")
    camera.take("draft")
    page.get_by_role("button", name="发布").click()
    ended(page)
    camera.take("published")
    page.goto("/desk/versions")
    camera.take("versions")


def spoil(camera: Camera) -> None:
    """Make two mistakes, see them named at their lines, and take the edit back."""
    page = camera.page
    page.goto(f"/desk/entry?file={FILE}&key={FACT}")
    field = page.get_by_label("内容")
    text = field.input_value()
    field.fill(text.replace("firmness: state", "firmness: perhaps").replace("also:", "alsoo:"))
    page.get_by_role("button", name="存进草稿").click()
    page.get_by_role("button", name="检查").click()
    refused = page.locator("main section[aria-live] h2")
    expect(refused).to_have_text(re.compile("没有通过"), timeout=PATIENCE)
    camera.take("refused")
    page.get_by_role("link", name=re.compile("^改第")).first.click()
    camera.take("mend")
    field = page.get_by_label("内容")
    field.fill(field.input_value().replace("region: '3", 'region: "3'))
    page.get_by_role("button", name="存进草稿").click()
    camera.take("unreadable")
    page.goto("/desk/draft")
    page.get_by_role("button", name=re.compile("全改回去")).first.click()
    expect(page.get_by_text("没有草稿")).to_be_visible()


def take(browser: Browser, folder: Path | None) -> None:
    """Start a server on a copy of the data, let people talk, and take the pictures."""
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        shutil.copytree(DATA, here / "data")
        write_users(here / "settings")
        environment = {"DATA_DIR": str(here / "data"), "SETTINGS_DIR": str(here / "settings")}
        with running(ensure_model(), here, **environment) as server:
            talk(server)
            page = browser.new_context(base_url=server.url, locale="zh-CN").new_page()
            page.set_default_timeout(PATIENCE)
            page.set_viewport_size(DESK)
            walk(Camera(page, folder))


def main() -> None:
    """Take the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        take(browser, folder)
        browser.close()


if __name__ == "__main__":
    main()
