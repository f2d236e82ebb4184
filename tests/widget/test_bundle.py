"""What is served: small, from one host, in keeping with a strict policy."""

import gzip
import re
from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.widget.chat import COMPARE, FIGURE, STEPS, Chat

STATIC = Path(__file__).parent.parent.parent / "channels" / "web" / "static"
# Bytes of everything that is served, and of what every page of a host loads.
BUDGET = 80 * 1024
LOADER_BUDGET = 4_000


def squeezed(*names: str) -> int:
    """Bytes of some files after gzip."""
    return sum(
        len(gzip.compress(path.read_bytes())) for name in names for path in STATIC.glob(name)
    )


def test_all_that_is_served_is_small():
    assert 10_000 < squeezed("index.html", "*.js", "assets/*.js", "assets/*.css") <= BUDGET


def test_the_loader_is_tiny():
    assert 0 < squeezed("widget.js") <= LOADER_BUDGET


def test_the_page_has_no_inline_script_or_style():
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
    assert not re.search(r"(src|href)=\"(?!chat/|tel:|\")", page)


def test_the_bundle_names_no_foreign_host():
    known = ("http://www.w3.org/",)
    for path in [*STATIC.glob("assets/*.js"), *STATIC.glob("assets/*.css"), STATIC / "widget.js"]:
        for address in re.findall(
            r"(?:https?:)?//[\w.-]+\.\w{2,}[^\s\"'`)]*", path.read_text("utf-8")
        ):
            assert address.startswith(known), (path.name, address)


def test_the_licences_of_what_is_bundled_go_along():
    text = (STATIC / "assets" / "licences.txt").read_text(encoding="utf-8")
    for name in ("preact", "@chatui/core", "lean-qr"):
        assert name in text


def test_no_request_leaves_the_host(context: BrowserContext, open_chat, page_url: str):
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    chat: Chat = open_chat(context)
    for question in (FIGURE, COMPARE, STEPS):
        chat.ask(question)
    chat.more.click()
    assert asked
    assert [url for url in asked if not url.startswith(f"{page_url}/chat")] == []


def test_the_page_sets_no_cookie(context: BrowserContext, open_chat):
    open_chat(context).ask(FIGURE)
    assert context.cookies() == []
