"""The web channel: the chat page, its loader for other sites, and the API behind them."""

from channels.web.channel import WebChannel

__all__ = ["WebChannel"]
