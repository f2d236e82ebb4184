"""Keeping people's ids out of the server's own log lines."""

import logging
import re
from typing import Any

_SECRET = re.compile(r"((?:openid|echostr|signature|msg_signature)=)[^&\s\"']+")
LOGGERS = ("sanic.root", "sanic.error", "sanic.access")


class HideQuery(logging.Filter):
    """Blanks the query values that WeChat adds to every request: the OpenID and signatures.

    Sanic writes whole addresses to its access log, and for every dropped connection.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; always let it pass."""
        message = record.getMessage()
        hidden = hide(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        request: Any = getattr(record, "request", None)
        if isinstance(request, str):
            record.request = hide(request)
        return True


def hide(text: str) -> str:
    """The text with the values blanked."""
    return _SECRET.sub(r"\1…", text)


def install() -> None:
    """Put the filter on Sanic's loggers, once."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, HideQuery) for each in logger.filters):
            logger.addFilter(HideQuery())
