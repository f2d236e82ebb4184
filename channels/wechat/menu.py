"""The account's menu, made from the topics and ``menu.yml``.

``python -m channels.wechat.menu`` shows it, ``--send`` publishes it.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import typer

from channels.wechat.api import Api, ApiError
from channels.wechat.settings import WeChatSettings
from dialogue.wording import Wording
from policy.topics import topics
from policy.yamlfile import DataError, Document
from server.settings import SettingError

FILE = Path(__file__).with_name("menu.yml")
MOST_ENTRIES, MOST_BELOW = 3, 5
LONGEST_NAME, LONGEST_NAME_BELOW = 16, 60
LONGEST_KEY = 128
app = typer.Typer(add_completion=False)


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the menu: a question, a page, or further lines.

    Attributes:
        name: what is read.
        ask: sent as if it had been typed.
        url: opened.
        page: whether it opens the chat page; left out while nobody has said where that is.
        topics: whether it shows its share of the topics.
        entries: the lines below it.
    """

    name: str
    ask: str = ""
    url: str = ""
    page: bool = False
    topics: bool = False
    entries: "list[Entry]" = []


class Menu(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``menu.yml``."""

    menu: list[Entry]


def read(file: Path = FILE, page_url: str = "", wording: Wording | None = None) -> dict[str, Any]:
    """The menu in the form that the API takes.

    Args:
        file: ``menu.yml``.
        page_url: of the chat page; "" leaves its entries out.
        wording: where the topics' questions stand; None reads the project's.

    Raises:
        DataError: naming file, line and field of what WeChat would refuse.
    """
    document = Document(file)
    entries = document.convert(document.data, Menu).menu
    entries = [entry for entry in entries if page_url or not entry.page]
    shares = _shares(sum(entry.topics for entry in entries), wording)
    entries = [_filled(entry, page_url, shares) for entry in entries]
    if not 1 <= len(entries) <= MOST_ENTRIES:
        raise document.error(("menu",), f"应有 1–{MOST_ENTRIES} 个一级菜单")
    return {"button": [_button(document, ("menu", i), entry) for i, entry in enumerate(entries)]}


def _shares(number: int, wording: Wording | None) -> Iterator[list[Entry]]:
    """The topics in so many even shares, in their order."""
    if not number:
        return
    known = wording or Wording.load()
    names = [topic.name for topic in topics().by_key.values()]
    lines = [
        Entry(name=name, ask=known.answers[key].ask)
        for name, key in zip(names, known.menu(), strict=True)
    ]
    size = -(-len(lines) // number)
    yield from (lines[start : start + size] for start in range(0, size * number, size))


def _filled(entry: Entry, page_url: str, shares: Iterator[list[Entry]]) -> Entry:
    """An entry with what stands elsewhere: its share of the topics, the page's address."""
    if entry.topics and not entry.entries:
        return msgspec.structs.replace(entry, topics=False, entries=next(shares))
    below = [each for each in entry.entries if page_url or not each.page]
    below = [_filled(each, page_url, shares) for each in below]
    if entry.page and not entry.url:
        return msgspec.structs.replace(entry, page=False, url=page_url)
    return msgspec.structs.replace(entry, entries=below)


def _button(document: Document, at: tuple[str | int, ...], entry: Entry) -> dict[str, Any]:
    below = len(at) > 2
    longest = LONGEST_NAME_BELOW if below else LONGEST_NAME
    if not 1 <= len(entry.name.encode()) <= longest:
        raise document.error((*at, "name"), f"名称不能空，也不能超过 {longest} 个字节")
    said = (entry.ask, entry.url, entry.entries, entry.page, entry.topics)
    if sum(map(bool, said)) != 1:
        raise document.error(at, "ask、url、page、topics、entries 里写一样")
    if entry.entries:
        if below or len(entry.entries) > MOST_BELOW:
            raise document.error((*at, "entries"), f"最多两级，二级最多 {MOST_BELOW} 个")
        lines = enumerate(entry.entries)
        found = [_button(document, (*at, "entries", i), each) for i, each in lines]
        return {"name": entry.name, "sub_button": found}
    if entry.url:
        return {"type": "view", "name": entry.name, "url": entry.url}
    if len(entry.ask.encode()) > LONGEST_KEY:
        raise document.error((*at, "ask"), f"不能超过 {LONGEST_KEY} 个字节")
    return {"type": "click", "name": entry.name, "key": entry.ask}


async def publish(settings: WeChatSettings, menu: dict[str, Any], agent: str) -> None:
    """Replace the account's menu.

    Raises:
        ApiError: if it was not taken.
    """
    api = Api(settings)
    try:
        await api.create_menu(menu, agent)
    finally:
        await api.close()


@app.command(help="查看或发布公众号菜单")
def main(
    send: bool = typer.Option(False, "--send", help="真的发布；不加只看一遍"),
    file: Path = typer.Option(FILE, help="菜单文件"),
    agent: str = typer.Option("", help="企业微信应用的 AgentId"),
) -> None:
    """Show the menu, or publish it."""
    try:
        settings = WeChatSettings.read(None, os.environ)
        menu = read(file, os.environ.get("WECHAT_PAGE_URL", ""))
        typer.echo(json.dumps(menu, ensure_ascii=False, indent=2))
        if not send:
            typer.echo("以上只是预览，没有发布。要发布，加 --send。", err=True)
            return
        if settings is None or not settings.app_secret:
            raise SettingError("发布要先设 WECHAT_TOKEN、WECHAT_APP_ID 和 WECHAT_APP_SECRET。")
        if settings.kind == "wecom" and not agent:
            raise SettingError("企业微信还要 --agent：应用的 AgentId。")
        asyncio.run(publish(settings, menu, agent))
        typer.echo("菜单已发布。手机上重新关注一次，马上能看到。")
    except (ApiError, DataError, SettingError) as error:
        typer.echo(f"菜单没有发布：{error}", err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
