"""Building and running the server: Rasa's own application, with only our routes on it."""

import asyncio
import logging
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from server.folder import claim, leave
from server.heartbeat import Heart, watch
from server.releases import Releases, begin
from server.settings import ROOT, VAR, SettingError, Settings
from server.slim import prepare, seal
from server.workers import Workers, bound, run

logger = logging.getLogger(__name__)
STORE = "server.trackers.Conversations"
LOCKS = ("server.locks.LocalLocks", "server.redis_locks.RedisLocks")
# Seconds that a start waits for database and Redis to come up, and between two looks.
START_PATIENCE = 30.0
LOOK_AGAIN = 1.0
# Of Rasa's HTTP API: a model from elsewhere would replace our agent by Rasa's.
CLOSED_ROUTES = {("PUT", "model"), ("DELETE", "model"), ("POST", "model/train")}


def endpoints(settings: Settings) -> Any:
    """Rasa's endpoints: those of ``endpoints.yml``, completed by the environment.

    Raises:
        SettingError: if file and environment contradict each other, or something would be ignored.
    """
    prepare()
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from server.actions import InProcessActions

    found = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    if found.nlu or found.model:
        raise SettingError("endpoints.yml 里的 nlu 和 models 在这里不起作用，请删掉。")
    if found.action is None:
        found.action = InProcessActions()
    store = found.tracker_store
    if store is None or store.type == STORE:
        url = settings.db_url or (store.url if store else None)
        found.tracker_store = EndpointConfig(
            type=STORE, url=url or f"sqlite:///{VAR / 'conversations.db'}"
        )
    elif settings.db_url:
        raise SettingError(f"DB_URL 和 endpoints.yml 里的 tracker_store {store.type} 只能用一个。")
    locks = found.lock_store
    if locks is None or locks.type in LOCKS:
        url = settings.redis_url or (locks.url if locks else None)
        found.lock_store = EndpointConfig(type=LOCKS[1] if url else LOCKS[0], url=url)
    elif settings.redis_url:
        raise SettingError(f"REDIS_URL 和 endpoints.yml 里的 lock_store {locks.type} 只能用一个。")
    return found


def application(settings: Settings, model: Path, releases: Releases | None = None) -> Any:
    """The Sanic application with our channels; the model is loaded when it starts.

    Rasa's own HTTP API stays off unless an auth token is set.

    Args:
        settings: of the server.
        model: answers unless there are versions.
        releases: versions that can be exchanged while it runs.
    """
    prepare()
    from rasa.core.run import configure_app, create_http_input_channels
    from sanic import response

    from channels import retention
    from channels.operations import OperationsChannel
    from server import reloading, shortcuts
    from server.request_id import trace

    shortcuts.apply()
    found = endpoints(settings)
    channels = create_http_input_channels(None, str(ROOT / "credentials.yml"))
    for channel in channels:
        if isinstance(channel, OperationsChannel):
            channel.parses = settings.auth_token is None
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

    @app.on_request
    async def _instead_of_rasa(request: Any) -> Any:
        # By the route that was found: there are several ways to write a path.
        path = request.route.path if request.route else ""
        if (request.method, path.strip("/")) in CLOSED_ROUTES:
            return response.json({"error": "换模型请重新训练并重启服务。"}, status=403)
        # Rasa would greet with its name and version. Below a proxy's path the page is there, too.
        return response.redirect("chat") if request.path == "/" else None

    async def load(app: Any, loop: asyncio.AbstractEventLoop) -> None:
        # A worker that takes a dead one's place answers with what is in service now.
        current = releases.current() if releases else None
        file = releases.model(current) if releases and current else model
        app.ctx.agent = await _connected(file, found, loop)
        if releases and current:
            reloading.attach(app, releases, current)

    trace(app)
    app.register_listener(load, "before_server_start")
    app.register_listener(_warm, "before_server_start")
    app.register_listener(retention.start, "after_server_start")
    app.register_listener(reloading.start, "after_server_start")
    app.register_listener(reloading.stop, "before_server_stop")
    app.register_listener(retention.stop, "before_server_stop")
    app.register_listener(_close, "after_server_stop")
    return app


async def _connected(model: Path, found: Any, loop: asyncio.AbstractEventLoop) -> Any:
    """The bot, with database and Redis reachable; a start that cannot succeed ends here."""
    from server.bot import ModelDamaged, Unreachable, load_bot

    give_up = time.monotonic() + START_PATIENCE
    while True:
        try:
            return await load_bot(model, found, loop)
        except ModelDamaged as error:
            _stop(f"模型文件坏了（{error}）。请删掉它，再运行 make run，会重新训练。")
        except SettingError as error:
            _stop(str(error))
        except Unreachable as error:
            if time.monotonic() > give_up:
                _stop(f"{error}连不上，等了 {START_PATIENCE:.0f} 秒。请检查地址和它是否在运行。")
            logger.warning("waiting for %s", error.name)
        await asyncio.sleep(LOOK_AGAIN)


def _stop(sentence: str) -> NoReturn:
    """End the process of a server that never began, without Sanic's stack trace."""
    print(f"不能启动：{sentence}", file=sys.stderr, flush=True)
    os._exit(2)


async def _warm(app: Any, _: asyncio.AbstractEventLoop) -> None:
    """Answer once before the first person asks, so that nothing is loaded on their time."""
    from dialogue.assistant import assistant

    assistant()
    await app.ctx.agent.parse_message("医保卡余额怎么查")


async def _close(app: Any, loop: asyncio.AbstractEventLoop) -> None:
    from rasa.core.run import close_resources

    await close_resources(app, loop)
    await app.ctx.agent.close()


def only_ours() -> bool:
    """Whether channels, store, locks and broker are all ours, so that Rasa's can be left out."""
    import yaml

    named = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8")) or {}
    types = [part.get("type") for name, part in named.items() if name != "action_endpoint" and part]
    channels = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8")) or {}
    modules = [str(name).partition(".")[0] for name in (*channels, *types)]
    return all(name in ("channels", "server", "desk") for name in modules)


def serve(settings: Settings, model: Path) -> None:
    """Serve until stopped, and say in one line when it is ready."""
    claimed = claim(VAR)
    opened = bound(settings.host, settings.port)
    if settings.workers > 1:
        # prometheus-client looks at this when it is imported.
        folder = VAR / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    prepare(serving=only_ours() and settings.auth_token is None)
    from server.checking import refuse_mistakes

    refuse_mistakes()
    releases = Releases()
    begin(releases, model, settings.model is not None)
    app = application(settings, model, releases)
    seal()
    address = f"http://{settings.host}:{settings.port}"
    line = f"好了：{address}/chat （网页） {address}/webhooks/rest/webhook （REST）"
    from desk.users import desk_settings

    if desk_settings().current().users:
        line += f" {address}/desk （运营台）"
    if settings.workers > 1:
        workers = Workers(app, settings.workers, opened)
        code = workers.run(f"{line}，{settings.workers} 个进程")
        leave(claimed)
        sys.exit(code)

    @app.after_server_start
    async def _ready(*_: Any) -> None:
        print(line, flush=True)

    heart = Heart()
    heart.listen_to(app)
    watch(heart, ["-m", "server", *sys.argv[1:]])
    run(app, opened)
    leave(claimed)
    sys.exit(0)
