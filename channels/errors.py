"""What is wrong with a request, as a code for programs and a sentence for people."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from policy.yamlfile import Document

FILE = Path(__file__).with_name("errors.yml")
# Far above the longest message; a longer body is not read as one.
LARGEST_BODY = 64 * 1024


class RequestError(Exception):
    """A request that cannot be answered.

    Attributes:
        code: a key of ``errors.yml``.
        status: of the HTTP response.
    """

    def __init__(self, code: str, status: int = 400) -> None:
        """Name the mistake."""
        super().__init__(code)
        self.code = code
        self.status = status

    @property
    def message(self) -> str:
        """The sentence for people."""
        return error_sentences()[self.code]


@lru_cache
def error_sentences() -> dict[str, str]:
    """The sentences by code."""
    document = Document(FILE)
    return document.convert(document.data, dict[str, str])


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a request's body.

    Raises:
        RequestError: if it is too large, no JSON or no object.
    """
    if len(body) > LARGEST_BODY:
        raise RequestError("too_large", 413)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError("not_json") from None
    if not isinstance(data, dict):
        raise RequestError("not_object")
    return data
