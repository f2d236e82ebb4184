"""Building and running the server: Rasa's own application, with only our routes on it."""

import asyncio
import logging
import sys
from functools import partial
from pathlib import Path
from typing import Any

from server.settings import ROOT, VAR, Settings
from server.slim import prepare

logger = logging.getLogger(__name__)


def endpoints(settings: Settings) -> Any:
    """Rasa's endpoints: those of ``endpoints.yml``, completed by the environment."""
    prepare()
    from rasa.core.utils import AvailableEndpoints

    from server.actions import InProcessActions

    found = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    if found.action is None:
        found.action = InProcessActions()
    VAR.mkdir(exist_ok=True)
    return found


def application(settings: Settings, model: Path) -> Any:
    """The Sanic application with our channels; the model is loaded when it starts.

    Rasa's own HTTP API stays off unless an auth token is set.
    """
    prepare()
    from rasa.core.run import close_resources, configure_app, create_http_input_channels
    from rasa.core.run import load_agent_on_start

    found = endpoints(settings)
    channels = create_http_input_channels(None, str(ROOT / "credentials.yml"))
    app = configure_app(
        channels,
        cors=None,
        auth_token=settings.auth_token,
        enable_api=settings.auth_token is not None,
        port=settings.port,
        endpoints=found,
    )
    app.config.REQUEST_MAX_SIZE = 1_000_000
    app.ctx.settings = settings
    app.register_listener(
        partial(load_agent_on_start, str(model), found, None), "before_server_start"
    )
    app.register_listener(_warm, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    return app


async def _warm(app: Any, _: asyncio.AbstractEventLoop) -> None:
    """Answer once before the first person asks, so that nothing is loaded on their time."""
    from actions.assistant import assistant

    assistant()
    if app.ctx.agent and app.ctx.agent.is_ready():
        await app.ctx.agent.parse_message("医保卡余额怎么查")


def serve(settings: Settings, model: Path) -> None:
    """Serve until stopped, and say in one line when it is ready."""
    app = application(settings, model)

    @app.after_server_start
    async def _ready(*_: Any) -> None:
        address = f"http://{settings.host}:{settings.port}"
        print(f"好了：{address}/chat （网页） {address}/webhooks/rest/webhook （REST）", flush=True)

    app.run(
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        motd=False,
    )
    sys.exit(0)
