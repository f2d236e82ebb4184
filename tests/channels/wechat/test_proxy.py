"""WeChat's API is reached through a proxy where that is the only way out."""

import asyncio

import pytest

from channels.wechat.api import Api, ApiError
from channels.wechat.settings import WeChatSettings


async def test_the_api_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    proxy = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    for name in ("no_proxy", "NO_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    settings = WeChatSettings(
        token="t" * 8, app_id="wx-test", app_secret="s", api_url="https://api.weixin.qq.com"
    )
    api = Api(settings)
    try:
        with pytest.raises(ApiError):
            await api.send_text("oPerson", "好", "")
    finally:
        await api.close()
        proxy.close()
    assert asked[0].startswith(b"CONNECT api.weixin.qq.com:443 ")
