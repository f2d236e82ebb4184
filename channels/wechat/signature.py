"""Signatures of WeChat's requests: constant-time comparison, and an age limit."""

import hashlib
import hmac
import re

_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def signature(*parts: str) -> str:
    """The signature over some parts: SHA-1 of them sorted and joined, in hex."""
    return hashlib.sha1("".join(sorted(parts)).encode(errors="replace")).hexdigest()


def matches(given: str, *parts: str) -> bool:
    """Whether a signature is right; takes as long for a wrong one as for a right one."""
    return hmac.compare_digest(given.encode(errors="replace"), signature(*parts).encode())


def is_fresh(timestamp: str, now: float, max_age: float) -> bool:
    """Whether a request's timestamp is a number and near enough.

    Args:
        timestamp: seconds since 1970, as text.
        now: the same of our own clock.
        max_age: seconds it may be off, either way.
    """
    if not _TIMESTAMP.fullmatch(timestamp):
        return False
    return abs(now - int(timestamp)) <= max_age
