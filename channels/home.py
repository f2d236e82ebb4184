"""The place that is assumed of whoever names none: what holds for a channel, for all who ask."""

import os
from functools import lru_cache

from channels.gate import GateSettings, gate_settings
from channels.settingsfile import SettingsFile
from channels.web.settings import WebSettings, web_settings


@lru_cache(maxsize=1)
def _files() -> tuple[SettingsFile[GateSettings], SettingsFile[WebSettings]]:
    return gate_settings(), web_settings()


def home_region(channel: str) -> str:
    """The home region of a channel as its visitors get it; "" for none.

    Args:
        channel: its name; an unknown one has what ``gate.yml`` says.
    """
    gate, web = _files()
    own = {
        "web": web.current().home_region,
        "wechat": os.environ.get("WECHAT_HOME_REGION", "").strip(),
    }
    return own.get(channel) or gate.current().home_region
