"""The built front end: served from ``static/``, compressed, cached by the hash in its names."""

import gzip
import hashlib
import mimetypes
import re
from pathlib import Path

import msgspec
from sanic.request import Request
from sanic.response import HTTPResponse

STATIC = Path(__file__).with_name("static")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
# Vite puts eight signs of a hash before the suffix.
_HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+")
_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/json"}
_TEXT = ("text/", "application/json", "image/svg")


class Asset(msgspec.Struct, frozen=True):
    """A file, as it is sent.

    Attributes:
        changed: time of the last change, in nanoseconds.
        body: the bytes.
        packed: the bytes compressed, or b"" where that gains nothing.
        kind: content type.
        tag: ETag.
    """

    changed: int
    body: bytes
    packed: bytes
    kind: str
    tag: str


class Assets:
    """The files of a folder, read once and again when they change."""

    def __init__(self, folder: Path = STATIC) -> None:
        """Take the folder; it may be empty until the front end is built."""
        self._folder = folder
        self._known: dict[Path, Asset] = {}

    def find(self, *parts: str) -> Asset | None:
        """A file by the parts of its path; None if there is none."""
        if not all(_PLAIN_NAME.fullmatch(part) for part in parts):
            return None
        return self.load(self._folder.joinpath(*parts))

    def load(self, file: Path) -> Asset | None:
        """A file that the server itself names."""
        try:
            changed = file.stat().st_mtime_ns
            known = self._known.get(file)
            if known is None or known.changed != changed:
                known = _read(file, changed)
                self._known[file] = known
        except OSError:
            return None
        return known


def _read(file: Path, changed: int) -> Asset:
    body = file.read_bytes()
    suffix = file.suffix.lower()
    kind = _TYPES.get(suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    is_text = kind.startswith(_TEXT)
    packed = gzip.compress(body, 9, mtime=0) if is_text else b""
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Asset(changed, body, packed if len(packed) < len(body) else b"", kind, tag)


def is_hashed(name: str) -> bool:
    """Whether a name has a hash of the content, so that it never stands for anything else."""
    return _HASHED.search(name) is not None


def send(
    request: Request, asset: Asset, headers: dict[str, str], forever: bool = False
) -> HTTPResponse:
    """An asset as a response.

    Args:
        request: whose ``If-None-Match`` and ``Accept-Encoding`` count.
        asset: the file.
        headers: further headers.
        forever: whether its address never stands for anything else.
    """
    sent = {
        **headers,
        "Cache-Control": _FOREVER if forever else "no-cache",
        "ETag": asset.tag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if asset.tag in request.headers.get("if-none-match", ""):
        return HTTPResponse(status=304, headers=sent)
    body = asset.body
    if asset.packed and "gzip" in request.headers.get("accept-encoding", ""):
        body, sent["Content-Encoding"] = asset.packed, "gzip"
    return HTTPResponse(body, headers=sent, content_type=asset.kind)
