"""The account's menu: ``python -m channels.wechat.menu`` shows it, ``--send`` publishes it."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import typer

from channels.wechat.api import Api, ApiError
from channels.wechat.settings import WeChatSettings
from policy.yamlfile import DataError, Document
from server.settings import SettingError

FILE = Path(__file__).with_name("menu.yml")
MOST_ENTRIES, MOST_BELOW = 3, 5
LONGEST_NAME, LONGEST_NAME_BELOW = 16, 60
LONGEST_KEY = 128
app = typer.Typer(add_completion=False)


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the menu: a question, a page, or further lines."""

    name: str
    ask: str = ""
    url: str = ""
    entries: "list[Entry]" = []


class Menu(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``menu.yml``."""

    menu: list[Entry]


def read(file: Path = FILE) -> dict[str, Any]:
    """The menu in the form that the API takes.

    Raises:
        DataError: naming file, line and field of what WeChat would refuse.
    """
    document = Document(file)
    entries = document.convert(document.data, Menu).menu
    if not 1 <= len(entries) <= MOST_ENTRIES:
        raise document.error(("menu",), f"应有 1–{MOST_ENTRIES} 个一级菜单")
    return {"button": [_button(document, ("menu", i), entry) for i, entry in enumerate(entries)]}


def _button(document: Document, at: tuple[str | int, ...], entry: Entry) -> dict[str, Any]:
    below = len(at) > 2
    longest = LONGEST_NAME_BELOW if below else LONGEST_NAME
    if not 1 <= len(entry.name.encode()) <= longest:
        raise document.error((*at, "name"), f"名称不能空，也不能超过 {longest} 个字节")
    if sum(map(bool, (entry.ask, entry.url, entry.entries))) != 1:
        raise document.error(at, "ask、url、entries 三样写一样")
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
        menu = read(file)
        typer.echo(json.dumps(menu, ensure_ascii=False, indent=2))
        if not send:
            typer.echo("以上只是预览，没有发布。要发布，加 --send。", err=True)
            return
        settings = WeChatSettings.read(None, os.environ)
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
