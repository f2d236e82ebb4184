"""The 公众号 channel: WeChat's and WeCom's callback protocol in front of the bot.

``credentials.yml`` names ``channels.wechat.WeChatChannel``; the class is imported when asked
for, so that the command-line tools beside it start without Rasa.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from channels.wechat.channel import WeChatChannel

__all__ = ["WeChatChannel"]


def __getattr__(name: str) -> Any:
    """Import the channel at first use."""
    if name == "WeChatChannel":
        from channels.wechat.channel import WeChatChannel

        return WeChatChannel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
