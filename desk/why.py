"""为什么: messages replayed as a job with progress, so that no request waits for a model."""

import asyncio
import shutil
import time
from contextlib import suppress
from typing import Any

from sanic.response import HTTPResponse

from desk.channel import Denied, Entry, Visit, go
from desk.jobs import LOOK_AGAIN, Busy, Jobs, Say
from desk.meanings import spelled_out
from desk.pages import names_of, workshop
from desk.store import fingerprint
from desk.talks import PAGE, talk

MOST = 20
# Seconds that what somebody has replayed is kept.
KEPT = 86_400.0
CHANNELS = ("web", "wechat", "rest")


def jobs_of(visit: Visit) -> Jobs:
    """The replays of who asks: nobody waits for another's, or for the draft."""
    return Jobs(visit.desk.folder / "why" / fingerprint(visit.user.name)[:16])


async def why(visit: Visit) -> HTTPResponse:
    """What was read, which rule won, what would be said now."""
    state = jobs_of(visit).state()
    names = await names_of(visit)
    said = [{**each, "why": spelled_out(each["why"], names)} for each in state.get("said", ())]
    page = visit.page(
        "why.html",
        job=state,
        texts="\n".join(state.get("texts", ())),
        channel=state.get("channel", PAGE),
        channels=CHANNELS,
        said=said,
    )
    if state.get("state") == "running":
        page.headers["Refresh"] = LOOK_AGAIN
    return page


async def replay(visit: Visit) -> HTTPResponse:
    """Begin it."""
    lines = (line.strip() for line in visit.get("texts").splitlines())
    texts = [line for line in lines if line][:MOST]
    channel = visit.get("channel") if visit.get("channel") in CHANNELS else "rest"
    shop = workshop(visit)
    current = shop.releases.current()
    if current is None:
        raise Denied("not_ready", 503)
    if not texts:
        return go("/desk/why")

    async def work(say: Say) -> dict[str, Any]:
        told = talk(texts, channel)
        home = f"，没说地方的按{told.home}答" if told.home else ""
        say(f"用第 {current.number} 版重放 {len(texts)} 句{home}；先要装模型……")
        data, model = shop.releases.data(current), shop.releases.model(current)
        (said,) = await shop.rehearse(data, model, [told])
        return {"said": said}

    await asyncio.to_thread(_forget_old, visit)
    try:
        given = {"texts": texts, "channel": channel}
        jobs_of(visit).begin("why", visit.user.name, work, given)
    except Busy:
        raise Denied("why_busy", 409) from None
    return go("/desk/why")


def _forget_old(visit: Visit) -> None:
    for state in (visit.desk.folder / "why").glob("*/job.json"):
        with suppress(OSError):
            if time.time() - state.stat().st_mtime > KEPT:
                shutil.rmtree(state.parent)


VIEWS: tuple[Entry, ...] = (
    ("/why", "GET", why, "reader"),
    ("/why", "POST", replay, "reader"),
)
