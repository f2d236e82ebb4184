"""WeChat's and WeCom's own API: a token, a text to one person, the menu."""

import json
import logging
import time
from typing import Any

import aiohttp

from channels.wechat.settings import WeChatSettings

logger = logging.getLogger(__name__)
TIMEOUT = aiohttp.ClientTimeout(total=10)
# Renew a token this many seconds before it ends.
MARGIN = 300
EXPIRED = (40001, 40014, 42001)
# What operators meet most, in words.
MEANINGS = {
    40001: "AppSecret 不对，或者令牌已失效",
    40013: "AppID 不对",
    40125: "AppSecret 不对",
    40164: "这台机器的 IP 不在后台的白名单里",
    45015: "这位用户超过 48 小时没有来过消息",
    45047: "给这位用户的客服消息已到上限",
    48001: "这个账号没有这个接口的权限（多半要先认证）",
    60020: "这台机器的 IP 不在企业可信 IP 里",
}


class ApiError(Exception):
    """The API refused, or could not be reached.

    Attributes:
        code: its errcode; 0 if it could not be reached.
    """

    def __init__(self, code: int, text: str) -> None:
        """Take the code and what it said."""
        super().__init__(f"{MEANINGS.get(code, text)}（{code}）" if code else text)
        self.code = code


class Api:
    """Calls the API of one account."""

    def __init__(self, settings: WeChatSettings) -> None:
        """Take an account with an AppSecret."""
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._token = ""
        self._until = 0.0

    async def send_text(self, person: str, content: str, agent: str) -> None:
        """Send a text to one person.

        Args:
            person: OpenID, or WeCom's user id.
            content: at most 2048 bytes.
            agent: WeCom's AgentID; ignored elsewhere.

        Raises:
            ApiError: if it was not sent.
        """
        message: dict[str, Any] = {"touser": person, "msgtype": "text"}
        message["text"] = {"content": content}
        if self._settings.kind == "wecom":
            await self._call("/cgi-bin/message/send", {**message, "agentid": int(agent or 0)})
        else:
            await self._call("/cgi-bin/message/custom/send", message)

    async def create_menu(self, menu: dict[str, Any], agent: str = "") -> None:
        """Replace the account's menu.

        Raises:
            ApiError: if the menu was not taken.
        """
        await self._call("/cgi-bin/menu/create", menu, **({"agentid": agent} if agent else {}))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _call(self, path: str, payload: dict[str, Any], **query: str) -> None:
        for attempt in (1, 2):
            token = await self._access_token(anew=attempt > 1)
            try:
                await self._request("POST", path, payload, access_token=token, **query)
                return
            except ApiError as error:
                if attempt == 2 or error.code not in EXPIRED:
                    raise

    async def _access_token(self, anew: bool) -> str:
        if anew or time.monotonic() >= self._until:
            settings = self._settings
            if settings.kind == "wecom":
                query = {"corpid": settings.app_id, "corpsecret": settings.app_secret}
                found = await self._request("GET", "/cgi-bin/gettoken", None, **query)
            else:
                # The stable token may be asked for again without ending the one in use, so
                # several processes and other programs of the operator do not disturb each other.
                asked = {
                    "grant_type": "client_credential",
                    "appid": settings.app_id,
                    "secret": settings.app_secret,
                }
                found = await self._request("POST", "/cgi-bin/stable_token", asked)
            self._token = str(found.get("access_token") or "")
            self._until = time.monotonic() + max(60, int(found.get("expires_in") or 0) - MARGIN)
        return self._token

    async def _request(
        self, method: str, path: str, payload: dict[str, Any] | None, **query: str
    ) -> dict[str, Any]:
        if self._session is None:
            # HTTPS_PROXY, where the server reaches the world only through one.
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True)
        # WeChat shows \\u escapes as they are, so Chinese has to go out as itself.
        body = None if payload is None else json.dumps(payload, ensure_ascii=False).encode()
        url = self._settings.api_url + path
        try:
            async with self._session.request(method, url, params=query, data=body) as response:
                found = json.loads(await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # The error's own text may hold the address with the token in it.
            raise ApiError(0, f"接口没有应答：{type(error).__name__}") from None
        if not isinstance(found, dict):
            raise ApiError(0, "接口的应答看不懂")
        if found.get("errcode"):
            raise ApiError(int(found["errcode"]), str(found.get("errmsg") or "").split(" rid")[0])
        return found
