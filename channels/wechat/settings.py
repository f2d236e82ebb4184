"""Settings of the WeChat channel, from ``credentials.yml`` or the environment."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

from channels.settingsfile import SettingMistake, check_names
from server.settings import SettingError

Kind = Literal["official", "wecom"]
Mode = Literal["any", "safe"]
API = {"official": "https://api.weixin.qq.com", "wecom": "https://qyapi.weixin.qq.com"}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{3,64}")
_PAGE = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


class WeChatSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How one account is connected.

    Attributes:
        token: the Token of the console, which signs every request.
        app_id: AppID of a 公众号, CorpID of a WeCom company.
        aes_key: the EncodingAESKey, 43 characters; empty for plain mode only.
        app_secret: opens the API for late answers; empty leaves them to the next message.
        kind: whose rules apply.
        mode: ``safe`` takes encrypted messages only, as is usual with a key; ``any`` both.
        max_age: seconds that a request's timestamp may be off.
        patience: seconds in which an answer must be out; WeChat gives up after five.
        api_url: where the API is.
        redis_url: shares deduplication between processes; empty keeps it in this one.
        gather: seconds that a message waits for the next piece of it; 0 for not at all.
        home_region: assumed unless a person names another; empty leaves it to ``gate.yml``.
        page_url: the chat page as people reach it, for what needs a screen; empty for none.
    """

    token: str
    app_id: str = ""
    aes_key: str = ""
    app_secret: str = ""
    kind: Kind = "official"
    mode: Mode = "any"
    max_age: float = 300
    patience: float = 4.5
    api_url: str = ""
    redis_url: str = ""
    gather: float = 1.5
    home_region: str = ""
    page_url: str = ""

    @classmethod
    def read(
        cls, credentials: Mapping[str, Any] | None, environment: Mapping[str, str]
    ) -> "WeChatSettings | None":
        """Put the settings together; what ``credentials.yml`` says outranks the environment.

        Args:
            credentials: the channel's entry, with the names of the attributes.
            environment: ``WECHAT_`` and the upper-case name; ``REDIS_URL`` as for all parts.

        Returns:
            None without a token: the channel is off.

        Raises:
            SettingError: naming the variable that cannot work.
        """
        given = {name: str(value) for name, value in (credentials or {}).items()}

        def text(name: str) -> str:
            found = given.get(name) or environment.get(f"WECHAT_{name.upper()}") or ""
            return found.strip()

        names = (f"WECHAT_{name.upper()}" for name in cls.__struct_fields__)
        try:
            check_names("WECHAT_", names, environment)
        except SettingMistake as error:
            raise SettingError(str(error)) from None
        token, app_id, aes_key = text("token"), text("app_id"), text("aes_key")
        if not token:
            return None
        _need(_TOKEN.fullmatch(token), "WECHAT_TOKEN 应为 3–32 个英文字母或数字，和后台填的一样")
        kind = text("kind") or ("wecom" if app_id.startswith("ww") else "official")
        _need(kind in get_args(Kind), "WECHAT_KIND 只能是 official（公众号）或 wecom（企业微信）")
        mode = text("mode") or ("safe" if aes_key else "any")
        _need(mode in get_args(Mode), "WECHAT_MODE 只能是 safe（只收加密消息），或者不设")
        _need(not aes_key or is_aes_key(aes_key), "WECHAT_AES_KEY 应为后台里那 43 个字符")
        _need(not aes_key or app_id, "设了 WECHAT_AES_KEY，还要设 WECHAT_APP_ID")
        page = text("page_url").rstrip("/")
        _need(not page or _PAGE.fullmatch(page), "WECHAT_PAGE_URL 应像 https://您的域名/chat")
        _need(_is_place(text("home_region")), "WECHAT_HOME_REGION 不认识这个地方，或有几个同名的")
        needs_key = mode == "safe" or kind == "wecom"
        _need(aes_key or not needs_key, "安全模式和企业微信都要设 WECHAT_AES_KEY")
        _need(app_id or not text("app_secret"), "设了 WECHAT_APP_SECRET，还要设 WECHAT_APP_ID")
        return cls(
            token=token,
            app_id=app_id,
            aes_key=aes_key,
            app_secret=text("app_secret"),
            kind="wecom" if kind == "wecom" else "official",
            mode="safe" if needs_key else "any",
            max_age=_seconds("max_age", text("max_age"), 300, 30, 3600),
            patience=_seconds("patience", text("patience"), 4.5, 0.02, 4.8),
            api_url=(text("api_url") or API[kind]).rstrip("/"),
            redis_url=given.get("redis_url") or environment.get("REDIS_URL") or "",
            gather=_seconds("gather", text("gather"), 1.5, 0, 3),
            home_region=text("home_region"),
            page_url=page,
        )


def is_aes_key(text: str) -> bool:
    """Whether a text is an EncodingAESKey: 43 characters that hold 32 bytes."""
    if not _AES_KEY.fullmatch(text):
        return False
    try:
        return len(base64.b64decode(text + "=")) == 32
    except binascii.Error:
        return False


def _is_place(text: str) -> bool:
    """Whether a text names exactly one place; nothing is no mistake."""
    if not text:
        return True
    from dialogue.assistant import assistant

    found = assistant().policy.regions.find(text)
    return len(found) == 1 and len(found[0].candidates) == 1


def _need(holds: object, otherwise: str) -> None:
    if not holds:
        raise SettingError(f"{otherwise}。")


def _seconds(name: str, text: str, default: float, low: float, high: float) -> float:
    try:
        value = float(text or default)
    except ValueError:
        value = float("nan")
    _need(low <= value <= high, f"WECHAT_{name.upper()}={text} 应为 {low:g}–{high:g} 秒")
    return value
