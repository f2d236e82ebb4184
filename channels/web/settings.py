"""``settings/web.yml``: how the chat page looks and who may embed it."""

import re
from pathlib import Path
from typing import Any

import msgspec

from channels.settingsfile import SettingsFile, check_region, folder

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")
_FRAME = re.compile(r"\*|'self'|'none'|(?:https?://)?(?:\*\.)?[A-Za-z0-9.\-\[\]]+(?::(?:\d+|\*))?")
LOGO_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card under the greeting.

    Attributes:
        title: short words on the card.
        ask: the question that a tap sends.
    """

    title: str
    ask: str


class WebSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator may set; every field can be left out.

    Attributes:
        title: on top of the page.
        colour: of buttons and bars, ``#rrggbb``.
        logo: file name in the settings folder, or "" for none.
        greeting: the bot's first words.
        disclaimer: the small line below.
        topics: cards under the greeting.
        voice: whether questions may be spoken; the browser writes them down.
        home_region: assumed unless another region is named; "" for none.
        frame_ancestors: sites that may embed the page (CSP ``frame-ancestors``).
        allowed_origins: foreign sites whose own scripts may call the API.
        session_days: how long a browser may go on with its conversation.
    """

    title: str = ""
    colour: str = "#0b6e63"
    logo: str = ""
    greeting: str = ""
    disclaimer: str = ""
    topics: tuple[Topic, ...] = ()
    voice: bool = True
    home_region: str = ""
    frame_ancestors: tuple[str, ...] = ("'self'",)
    allowed_origins: tuple[str, ...] = ()
    session_days: int = 90

    def __post_init__(self) -> None:
        """Check what types do not say; these values end up in HTTP headers.

        Raises:
            ValueError: naming the field.
        """
        if not _COLOUR.fullmatch(self.colour):
            raise ValueError("colour: #rrggbb")
        if self.logo and (
            Path(self.logo).name != self.logo or _suffix(self.logo) not in LOGO_TYPES
        ):
            raise ValueError("logo: svg/png/jpg/webp, a file name without a folder")
        for name, form in (("frame_ancestors", _FRAME), ("allowed_origins", _ORIGIN)):
            wrong = [value for value in getattr(self, name) if not form.fullmatch(value)]
            if wrong:
                raise ValueError(f"{name}: {wrong[0]}")
        if self.session_days < 1:
            raise ValueError("session_days: 1 or more")

    @property
    def session_seconds(self) -> float:
        """How long a token is valid."""
        return self.session_days * 86_400.0

    def public(self, longest_message: int) -> dict[str, Any]:
        """What the page gets from ``/chat/config``."""
        return {
            "title": self.title,
            "colour": self.colour,
            "logo": "/chat/logo" if self.logo else None,
            "greeting": self.greeting,
            "topics": [msgspec.to_builtins(topic) for topic in self.topics],
            "disclaimer": self.disclaimer,
            "home_region": {"name": self.home_region} if self.home_region else None,
            "voice": self.voice,
            "limits": {"message": longest_message},
        }


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def web_settings() -> SettingsFile[WebSettings]:
    """The settings of the web channel.

    Raises:
        DataError: naming what does not fit.
    """
    checks = {"home_region": check_region, "logo": check_logo}
    return SettingsFile(folder() / "web.yml", WebSettings, "WEB_", checks=checks)


def check_logo(name: str) -> str:
    """What is wrong with a picture in the settings folder: it is not there.

    Args:
        name: of the file; "" for none.
    """
    file = folder() / name
    return f"{file} 不存在" if name and not file.is_file() else ""
