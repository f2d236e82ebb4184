"""The envelope of the protocol: who signed it, what is inside, and the reply's own."""

import binascii
import secrets
import struct
from collections.abc import Callable

import msgspec
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException

from channels.wechat import signature
from channels.wechat.settings import WeChatSettings
from channels.wechat.xml import BadXml, document, fields

# A text message has at most 2 KB; encryption and the other fields add little.
LARGEST_BODY = 64 * 1024


class Refused(Exception):
    """A request that is not answered: HTTP status and the reason, without its content."""

    def __init__(self, status: int, reason: str) -> None:
        """Take the status and what is logged."""
        super().__init__(reason)
        self.status = status


class Query(msgspec.Struct, frozen=True):
    """The query string of a callback; what is missing is empty."""

    signature: str = ""
    msg_signature: str = ""
    timestamp: str = ""
    nonce: str = ""
    encrypt_type: str = ""
    echostr: str = ""


class Opened(msgspec.Struct, frozen=True):
    """What was in a request.

    Attributes:
        xml: the message, in plain text.
        fields: its elements.
        sealed: whether it came encrypted, and the reply must go so.
    """

    xml: str
    fields: dict[str, str]
    sealed: bool


class Envelope:
    """Opens requests and seals replies for one account."""

    def __init__(self, settings: WeChatSettings, now: Callable[[], float]) -> None:
        """Take the account's settings and a clock of seconds since 1970."""
        self._settings = settings
        self._now = now
        self._crypto = (
            WeChatCrypto(settings.token, settings.aes_key, settings.app_id)
            if settings.aes_key
            else None
        )

    def verify(self, query: Query) -> str:
        """Answer the console's check of the address.

        Returns:
            What proves that we know the token (and, for WeCom, the key).

        Raises:
            Refused: if the request is not the console's.
        """
        self.check(query)
        if query.signature:
            return query.echostr
        return self._decrypted(query.echostr, query)

    def check(self, query: Query) -> None:
        """Check what can be checked before the body is read.

        Raises:
            Refused: 400 if something is missing, 403 if it is forged or stale.
        """
        if not query.nonce or not (query.signature or query.msg_signature):
            raise Refused(400, "signature or nonce is missing")
        if not signature.is_fresh(query.timestamp, self._now(), self._settings.max_age):
            raise Refused(403, "timestamp is too old or no number")
        if query.signature:
            parts = (self._settings.token, query.timestamp, query.nonce)
            if not signature.matches(query.signature, *parts):
                raise Refused(403, "signature is wrong")

    def open(self, query: Query, body: bytes) -> Opened:
        """Take the message out of a request that passed ``check``.

        Raises:
            Refused: if it is malformed, not signed as it must be, or not for this account.
        """
        try:
            text = document(body.decode())
            found = fields(text)
            sealed = "Encrypt" in found and (self._crypto is not None or "MsgType" not in found)
            if sealed:
                text = document(self._decrypted(found["Encrypt"], query))
                return Opened(text, fields(text), True)
        except UnicodeDecodeError:
            raise Refused(400, "body is not UTF-8") from None
        except BadXml as error:
            raise Refused(400, f"XML refused: {error}") from None
        if self._settings.mode == "safe":
            raise Refused(403, "plain message in safe mode")
        if not query.signature:
            raise Refused(403, "plain message without its signature")
        return Opened(text, found, False)

    def seal(self, xml: str, sealed: bool) -> str:
        """The reply's body: encrypted if the message was."""
        if not sealed or self._crypto is None:
            return xml
        timestamp = str(int(self._now()))
        return str(self._crypto.encrypt_message(xml, secrets.token_hex(8), timestamp))

    def _decrypted(self, text: str, query: Query) -> str:
        if self._crypto is None:
            raise Refused(400, "encrypted message, but WECHAT_AES_KEY is not set")
        parts = (self._settings.token, query.timestamp, query.nonce, text)
        if not signature.matches(query.msg_signature, *parts):
            raise Refused(403, "msg_signature is wrong")
        try:
            return str(
                self._crypto.decrypt_message(
                    {"Encrypt": text}, query.msg_signature, query.timestamp, query.nonce
                )
            )
        except WeChatException:
            raise Refused(403, "message for another account") from None
        except (ValueError, IndexError, struct.error, binascii.Error):
            raise Refused(400, "message cannot be decrypted") from None
