"""What each kind of WeChat message means to the bot: a question, a fixed sentence, or nothing."""

import hashlib
import re
from collections.abc import Callable

import msgspec
from wechatpy import parse_message
from wechatpy.messages import BaseMessage, UnknownMessage

from channels.wechat.envelope import Opened, Refused

# OpenIDs and WeCom's user ids; what goes back into XML and into keys.
_IDENTITY = re.compile(r"[\w@.+-]{1,128}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,20}")
GREETED = ("subscribe", "subscribe_scan", "scan")
# Words for what the bot cannot read; every other kind is said to be unreadable too.
SENTENCES = {
    "image": "wechat_image",
    "video": "wechat_video",
    "shortvideo": "wechat_video",
    "link": "wechat_link",
}


class Ask(msgspec.Struct, frozen=True):
    """Something for the bot to answer, as if it had been typed.

    Attributes:
        text: the words.
        whole: whether it is complete in itself, such as a tap; words may go on in the next message.
    """

    text: str
    whole: bool = False


class Say(msgspec.Struct, frozen=True):
    """A fixed sentence of ``data/wechat/answers.yml``."""

    sentence: str


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A message or event of one person.

    Attributes:
        person: OpenID, or WeCom's user id.
        account: the account it was sent to.
        key: the same for every delivery of the same message.
        meaning: what to do; None if nothing is to be said.
        agent: WeCom's AgentID.
        is_event: whether it is no message but a tap or the like.
    """

    person: str
    account: str
    key: str
    meaning: Ask | Say | None
    agent: str = ""
    is_event: bool = False


def incoming(opened: Opened, region_of: Callable[[str], str]) -> Incoming:
    """Understand an opened request.

    Args:
        opened: the message.
        region_of: finds the region in an address; empty if there is none.

    Raises:
        Refused: if a field that every message has is missing or odd.
    """
    fields = opened.fields
    person, account = fields.get("FromUserName", ""), fields.get("ToUserName", "")
    if not _IDENTITY.fullmatch(person) or not _IDENTITY.fullmatch(account):
        raise Refused(400, "sender or receiver is missing")
    if not _NUMBER.fullmatch(fields.get("CreateTime", "")):
        raise Refused(400, "CreateTime is missing")
    if not fields.get("MsgType"):
        raise Refused(400, "MsgType is missing")
    try:
        message = parse_message(opened.xml)
        meaning = _meaning(message, fields, region_of)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(400, f"message refused: {type(error).__name__}") from None
    return Incoming(
        person=person,
        account=account,
        key=key_of(fields),
        meaning=meaning,
        agent=fields.get("AgentID", ""),
        is_event=fields["MsgType"].lower() == "event",
    )


def key_of(fields: dict[str, str]) -> str:
    """What tells a message from all others: MsgId, or what makes an event unique."""
    number = fields.get("MsgId", "")
    if _NUMBER.fullmatch(number):
        return number
    names = ("FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Content", "MediaId")
    parts = "\0".join(fields.get(name, "") for name in names)
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _meaning(
    message: BaseMessage, fields: dict[str, str], region_of: Callable[[str], str]
) -> Ask | Say | None:
    if fields["MsgType"].lower() == "event":
        return _meaning_of_event(message)
    if message.type == "text":
        return Ask(_text(message.content))
    if message.type == "voice":
        words = _text(message.recognition).strip().rstrip("。")
        return Ask(words) if words else Say("wechat_voice")
    if message.type == "location":
        region = region_of(_text(message.label))
        return Ask(region, whole=True) if region else Say("wechat_location")
    return Say(SENTENCES.get(message.type, "wechat_other"))


def _meaning_of_event(message: BaseMessage) -> Ask | Say | None:
    if isinstance(message, UnknownMessage):
        return None
    if message.event in GREETED:
        return Say("wechat_greeting")
    if message.event == "click" and message.key:
        # A menu entry's key is the question itself; see menu.yml.
        return Ask(_text(message.key), whole=True)
    return None


def _text(value: object) -> str:
    """A field's text; an element with others inside is no text."""
    if value is not None and not isinstance(value, str):
        raise ValueError("a text with elements in it")
    return value or ""
