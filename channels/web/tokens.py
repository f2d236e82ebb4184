"""Session tokens: a random conversation id and its time of issue, signed by the server."""

import hashlib
import hmac
import re
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable

import msgspec

_FORM = re.compile(r"([A-Za-z0-9_-]{22})\.([0-9]{1,11})\.([A-Za-z0-9_-]{43})", re.ASCII)
# A clock of another machine may be ahead by so many seconds.
_AHEAD = 300


class Session(msgspec.Struct, frozen=True):
    """What a valid token says.

    Attributes:
        identity: the random part of the conversation id.
        issued: seconds since 1970.
    """

    identity: str
    issued: int

    @property
    def conversation(self) -> str:
        """The conversation id, with the channel's prefix."""
        return f"web:{self.identity}"


class Tokens:
    """Makes and checks tokens; nothing is stored, the signature is the proof."""

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        """Take the key and a clock in seconds since 1970."""
        self._key = key
        self._clock = clock

    def issue(self, identity: str | None = None) -> str:
        """A token issued now.

        Args:
            identity: to go on with a conversation; None begins one.
        """
        body = f"{identity or secrets.token_urlsafe(16)}.{int(self._clock())}"
        return f"{body}.{self._sign(body)}"

    def read(self, token: str, lifetime: float) -> Session | None:
        """The session of a token, or None if it is altered, foreign or expired.

        Args:
            token: what the client sent.
            lifetime: seconds from its issue.
        """
        match = _FORM.fullmatch(token)
        if not match:
            return None
        identity, issued, signature = match.groups()
        if not hmac.compare_digest(signature, self._sign(f"{identity}.{issued}")):
            return None
        age = self._clock() - int(issued)
        if not -_AHEAD <= age < lifetime:
            return None
        return Session(identity, int(issued))

    def is_ageing(self, session: Session, lifetime: float) -> bool:
        """Whether a token is in the second half of its life and should be renewed."""
        return self._clock() - session.issued > lifetime / 2

    def _sign(self, body: str) -> str:
        digest = hmac.new(self._key, body.encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")
