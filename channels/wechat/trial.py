"""Trying the channel on one's own machine: ``python -m channels.wechat.trial``.

Plays WeChat's part against a running bot: signed, encrypted messages, five seconds' patience,
three deliveries; prints the conversation.
"""

import os
import secrets
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Literal

import requests
import typer
from wechatpy.crypto import WeChatCrypto

from channels.wechat.envelope import Envelope, Query, Refused
from channels.wechat.settings import WeChatSettings
from channels.wechat.signature import signature
from channels.wechat.words import heard
from channels.wechat.xml import BadXml, fields
from server.settings import SettingError, Settings

ADDRESS = "http://127.0.0.1:{port}/webhooks/wechat/webhook"
ACCOUNT = "gh_trial"
PATIENCE, DELIVERIES = 5.0, 3
app = typer.Typer(add_completion=False)
Sealing = Literal["plain", "safe"]


class TrialError(Exception):
    """Why the conversation cannot go on, in words for an operator."""


class Phone:
    """One person with a phone."""

    def __init__(self, settings: WeChatSettings, address: str, sealing: Sealing) -> None:
        """Take the account's settings and the bot's address."""
        self.person = f"otrial{secrets.token_hex(8)}"
        self._settings = settings
        self._address = address
        self._sealing = sealing
        self._envelope = Envelope(settings, time.time)
        self._session = requests.Session()

    def send(self, text: str) -> str:
        """Send a text and return the reply, as WeChat would show it.

        Raises:
            TrialError: if there is none.
        """
        number = secrets.randbelow(2**62)
        xml = (
            f"<xml><ToUserName>{ACCOUNT}</ToUserName><FromUserName>{self.person}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType>"
            f"<Content><![CDATA[{text.replace(']]>', ']]＞')}]]></Content>"
            f"<MsgId>{number}</MsgId></xml>"
        )
        for _ in range(DELIVERIES):
            try:
                return self._deliver(xml)
            except requests.Timeout:
                continue
            except requests.ConnectionError:
                raise TrialError(f"连不上 {self._address}：机器人启动了吗？（make run）") from None
        raise TrialError("三次都没有等到回答。微信里会显示“该公众号暂时无法提供服务”。")

    def _deliver(self, xml: str) -> str:
        token = self._settings.token
        timestamp, nonce = str(int(time.time())), secrets.token_hex(5)
        query = {"timestamp": timestamp, "nonce": nonce, "openid": self.person}
        if self._settings.kind == "official":
            query["signature"] = signature(token, timestamp, nonce)
        if self._sealing == "safe":
            crypto = WeChatCrypto(token, self._settings.aes_key, self._settings.app_id)
            xml = crypto.encrypt_message(xml, nonce, timestamp)
            query |= {"encrypt_type": "aes"}
            query["msg_signature"] = signature(token, timestamp, nonce, fields(xml)["Encrypt"])
        answer = self._session.post(
            self._address, params=query, data=xml.encode(), timeout=PATIENCE
        )
        if answer.status_code == 404:
            raise TrialError("微信渠道没有开：启动机器人前要设 WECHAT_TOKEN（见 docs/wechat.md）。")
        if answer.status_code != 200:
            raise TrialError(
                f"机器人拒收（{answer.status_code}）：两边的 WECHAT_ 环境变量要完全一样。"
            )
        return self._shown(answer.content)

    def _shown(self, body: bytes) -> str:
        if body in (b"", b"success"):
            return "（没有回复）"
        try:
            text = body.decode()
            found = fields(text)
            if "Encrypt" in found:
                query = Query(
                    msg_signature=found["MsgSignature"],
                    timestamp=found["TimeStamp"],
                    nonce=found["Nonce"],
                )
                found = self._envelope.open(query, body).fields
            return found["Content"]
        except (BadXml, KeyError, Refused) as error:
            raise TrialError(f"回答看不懂：{error}") from None


def lines(messages: list[str]) -> Iterator[str]:
    """What to send: the arguments, else what is typed or piped in, else the demonstration."""
    source: Iterable[str] = messages or heard().trial
    if messages == ["-"]:
        source = sys.stdin
    for line in source:
        if line.strip():
            yield line.strip()


@app.command(help="扮演微信，和正在运行的机器人说几句")
def main(
    messages: list[str] = typer.Argument(None, help="要发的话；写 - 就从键盘或管道读"),
    url: str = typer.Option("", help="机器人的回调地址；不写就是本机的 PORT（没设是 5005）"),
    plain: bool = typer.Option(False, "--plain", help="用明文模式（默认有密钥就加密）"),
) -> None:
    """Send messages to the bot and print the conversation."""
    try:
        settings = WeChatSettings.read(None, os.environ)
        url = url or ADDRESS.format(port=Settings.from_environment().port)
        if settings is None:
            raise SettingError("先设 WECHAT_TOKEN 等环境变量，要和启动机器人时的一样。")
        sealing: Sealing = "safe" if settings.aes_key and not plain else "plain"
        typer.echo(f"（{'加密' if sealing == 'safe' else '明文'}模式，{url}）")
        phone = Phone(settings, url, sealing)
        for line in lines(messages or []):
            started = time.monotonic()
            typer.echo(f"\n我：{line}")
            reply = phone.send(line)
            typer.echo(f"公众号（{time.monotonic() - started:.2f} 秒）：{reply}")
    except (SettingError, TrialError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
