"""Pages to look at: unanswered, feedback, a conversation, figures, the audit log."""

import asyncio
import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from sanic.response import HTTPResponse, redirect

from desk.channel import HEADERS, Denied, Entry, Visit
from desk.draft import Draft
from desk.filters import lies_in
from desk.groups import Group, grouped
from desk.meanings import meanings
from desk.numbers import numbers
from desk.paging import paged
from desk.turns import Asked, read_conversation
from policy.topics import topic_keys

DEFAULT_DAYS = 30
# Seconds without a look after which no conversation is kept in memory.
IDLE = 900.0
# What is wrong with a message that was only told that it is not ours.
OUTSIDE = ("rejected",)
LONGEST_TEXT = 200


async def start(visit: Visit) -> HTTPResponse:
    """To the first page."""
    return redirect("/desk/unanswered", headers=dict(HEADERS), status=303)


def days_of(visit: Visit) -> int:
    """How far to look back, 1 to 365 days."""
    text = visit.get("days")
    return min(365, max(1, int(text))) if text.isdecimal() else DEFAULT_DAYS


async def turns(visit: Visit, days: float) -> list[Asked]:
    """All messages of the last days."""
    archive = visit.desk.archive(visit.request)
    if visit.desk.idle:
        visit.desk.idle.cancel()
    visit.desk.idle = asyncio.get_running_loop().call_later(IDLE, archive.forget)
    return await asyncio.to_thread(archive.turns, days)


def filters(visit: Visit) -> dict[str, str]:
    """What the form of a page asks for."""
    names = ("channel", "topic", "region", "trouble")
    return {name: visit.get(name).strip() for name in names}


def kept(found: list[Asked], wanted: dict[str, str]) -> list[Asked]:
    """The messages that fit a form."""
    return [
        asked
        for asked in found
        if wanted["channel"] in ("", asked.channel)
        and wanted["topic"] in ("", asked.topic)
        and (not wanted["region"] or lies_in(asked.place, wanted["region"]))
        and (not wanted["trouble"] or wanted["trouble"] in asked.troubles)
    ]


class Shelves(NamedTuple):
    """Groups by who has to look at them: somebody, nobody (not ours), nobody any more."""

    open: list[Group]
    outside: list[Group]
    done: list[Group]

    def shown(self, name: str) -> list[Group]:
        """Those that a page asks for."""
        return {"outside": self.outside, "done": self.done}.get(name, self.open)


async def _shelves(visit: Visit) -> tuple[list[Asked], Shelves]:
    found = await turns(visit, days_of(visit))
    troubled = [asked for asked in kept(found, filters(visit)) if asked.troubles]
    marks = await asyncio.to_thread(visit.desk.store(visit.request).marks)

    def sorted_out() -> Shelves:
        ours = grouped(asked for asked in troubled if asked.troubles != OUTSIDE)
        outside = grouped(asked for asked in troubled if asked.troubles == OUTSIDE)
        return Shelves(
            [group for group in ours if not group.is_done(marks)],
            [group for group in outside if not group.is_done(marks)],
            [group for group in (*ours, *outside) if group.is_done(marks)],
        )

    return found, await asyncio.to_thread(sorted_out)


async def unanswered(visit: Visit) -> HTTPResponse:
    """What was not understood, answered without a fact …, grouped by likeness."""
    found, shelves = await _shelves(visit)
    show = visit.get("show")
    return visit.page(
        "unanswered.html",
        page=paged(shelves.shown(show), visit.get("page"), visit.request.query_string),
        shelves=shelves,
        show=show,
        query=visit.request.query_string,
        left_out=visit.desk.archive(visit.request).left_out,
        channels=sorted({asked.channel for asked in found}),
        topics=topic_keys(),
        wanted=filters(visit),
        days=days_of(visit),
        names=await names_of(visit),
    )


async def set_aside(visit: Visit) -> HTTPResponse:
    """Note that a group needs nobody any more, or that it does after all."""
    keys = [key for key in visit.get("keys").split(",") if key]
    try:
        until = float(visit.get("until"))
    except ValueError:
        raise Denied("missing", 404) from None
    store = visit.desk.store(visit.request)
    is_undo = visit.get("undo") == "1"
    if is_undo:
        await asyncio.to_thread(store.unmark, keys)
    else:
        await asyncio.to_thread(store.mark, keys, until)
    await visit.note("undone" if is_undo else "done", visit.get("text")[:LONGEST_TEXT])
    back = urlencode(parse_qsl(visit.get("back")))
    return redirect(f"/desk/unanswered?{back}", headers=dict(HEADERS), status=303)


async def names_of(visit: Visit) -> dict[str, str]:
    """What the meanings are called."""
    return await asyncio.to_thread(meanings, data_of(visit))


def data_of(visit: Visit) -> Path:
    """The draft's data, else that in service.

    Raises:
        Denied: if this server has no versions.
    """
    draft = Draft(visit.desk.folder / "draft")
    if draft.exists:
        return draft.data
    releases = workshop(visit).releases
    current = releases.current()
    if current is None:
        raise Denied("not_ready", 503)
    folder: Path = releases.data(current)
    return folder


def workshop(visit: Visit) -> Any:
    """What the server does with data."""
    return visit.request.app.ctx.workshop


async def unanswered_csv(visit: Visit) -> HTTPResponse:
    """The same as a table that spreadsheets open."""
    _, shelves = await _shelves(visit)
    groups = shelves.shown(visit.get("show"))
    await visit.note("export", visit.request.query_string)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(
        ["次数", "最近7天", "再前7天", "问题", "渠道", "主题", "地区", "原因", "最近一次"]
    )
    format_day = visit.desk.templates.filters["day"]
    name = visit.desk.templates.filters["topic_name"]
    for group in groups:
        newest = group.newest
        troubles = "、".join(visit.desk.words.troubles[each] for each in group.troubles)
        channel = visit.desk.words.channels.get(newest.channel, newest.channel)
        row = [newest.text, channel, name(newest.topic), newest.region, troubles]
        counts = [group.count, group.recent, group.earlier]
        table.writerow([*counts, *map(_harmless, row), format_day(newest.time)])
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="unanswered.csv"'}
    # A mark that spreadsheets need to read it as UTF-8.
    return HTTPResponse("\ufeff" + out.getvalue(), 200, headers, "text/csv; charset=utf-8")


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


async def feedback(visit: Visit) -> HTTPResponse:
    """Votes with reasons, the answer and the facts used."""
    found = await turns(visit, days_of(visit))
    voted = [asked for asked in found if asked.votes]
    wanted = visit.get("value")
    reasons = Counter(one.votes[-1].reason for one in voted if one.votes[-1].reason)
    if wanted:
        voted = [asked for asked in voted if asked.votes[-1].value == wanted]
    voted.sort(key=lambda asked: -asked.votes[-1].time)
    return visit.page(
        "feedback.html",
        page=paged(voted, visit.get("page"), visit.request.query_string),
        reasons=reasons.most_common(),
        days=days_of(visit),
        value=wanted,
    )


async def conversation(visit: Visit) -> HTTPResponse:
    """A whole conversation as it is stored, and why each answer is what it is."""
    name = visit.get("id")
    engine = visit.desk.engine(visit.request)
    found = await asyncio.to_thread(read_conversation, engine, visit.desk.words, name)
    if not found:
        raise Denied("missing", 404)
    return visit.page("conversation.html", turns=found, names=await names_of(visit))


async def figures(visit: Visit) -> HTTPResponse:
    """How many, of what, how it ended, and what came next."""
    found = await turns(visit, days_of(visit))
    shown = kept(found, filters(visit))
    return visit.page(
        "numbers.html",
        numbers=await asyncio.to_thread(numbers, shown),
        left_out=visit.desk.archive(visit.request).left_out,
        channels=sorted({asked.channel for asked in found}),
        topics=topic_keys(),
        wanted=filters(visit),
        days=days_of(visit),
    )


async def log(visit: Visit) -> HTTPResponse:
    """Who did what."""
    entries = await asyncio.to_thread(visit.desk.store(visit.request).log)
    page = paged(entries, visit.get("page"), visit.request.query_string)
    return visit.page("log.html", page=page)


VIEWS: tuple[Entry, ...] = (
    ("/", "GET", start, "reader"),
    ("/unanswered", "GET", unanswered, "reader"),
    ("/done", "POST", set_aside, "editor"),
    ("/unanswered.csv", "GET", unanswered_csv, "reader"),
    ("/feedback", "GET", feedback, "reader"),
    ("/conversation", "GET", conversation, "reader"),
    ("/numbers", "GET", figures, "reader"),
    ("/log", "GET", log, "reader"),
)
