"""Changing the draft, and putting it into service."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from sanic.response import HTTPResponse

from desk.channel import HEADERS, Denied, Entry, Visit, go
from desk.draft import Draft, DraftError, Part, data_files, part_at, part_of, parts_of, patch
from desk.edits import edits, take_back
from desk.facts import fact_of, populations, said_of
from desk.filters import place_of
from desk.jobs import LOOK_AGAIN, Say, Work
from desk.meanings import chosen
from desk.pages import data_of, names_of, turns, workshop
from desk.publishing import Publishing
from policy.yamlfile import DataError, Document

WEEK = 7
ACTIONS = {"check": "editor", "preview": "editor", "discard": "editor", "publish": "publisher"}
LONGEST_NOTE = 200
# Edits of one file that are shown each by itself.
MOST_EDITS = 60


def draft_of(visit: Visit) -> Draft:
    """The draft that all share."""
    return Draft(visit.desk.folder / "draft")


async def entry(visit: Visit) -> HTTPResponse:
    """A fact, an answer or a whole file, to be edited."""
    folder = data_of(visit)
    line = visit.get("line")
    if line.isdecimal():
        part = await asyncio.to_thread(part_at, folder, visit.get("file"), int(line[:9]))
    else:
        part = await asyncio.to_thread(part_of, folder, visit.get("file"), visit.get("key"))
    if part is None:
        raise Denied("missing", 404)
    parts = [] if part.key else await asyncio.to_thread(parts_of, folder, part.file)
    return visit.page(
        "entry.html",
        part=part,
        parts=parts,
        marked=_marked(part, line),
        problems=await asyncio.to_thread(_problems, visit, folder, part),
        can=visit.user.may("editor"),
        each=await asyncio.to_thread(fact_of, folder, part.key),
        populations=await asyncio.to_thread(populations, folder),
    )


def _problems(visit: Visit, folder: Any, part: Part) -> list[str]:
    """What is known to be wrong with a part: what keeps its file from being read, else the check's.

    What a check has found of a draft that was edited since stands elsewhere by now.
    """
    if wrong := unreadable(folder, part.file):
        return [said_of(folder, wrong)]
    mine, job = draft_of(visit), visit.desk.jobs.state()
    if not mine.exists or job.get("ended", 0.0) < mine.changed:
        return []
    last = part.line + part.text.count("\n")
    found = []
    for said in job.get("lines", ()):
        at = place_of(said)
        if at and at[0] == part.file and part.line <= int(at[1]) <= last:
            found.append(said)
    return found


def _marked(part: Part, line: str) -> int:
    """The line of a part that somebody was led to; 0 for none."""
    last = part.line + part.text.count("\n")
    return min(max(int(line[:9]), part.line), last) if line.isdecimal() else 0


def unreadable(folder: Any, name: str) -> DataError | None:
    """What keeps a file from being read at all."""
    try:
        Document(folder / name)
    except DataError as error:
        return error
    return None


async def save_entry(visit: Visit) -> HTTPResponse:
    """Write it into the draft."""
    seen = visit.get("seen").replace("\r\n", "\n")
    part = Part(file=visit.get("file"), key=visit.get("key"), line=0, text=seen)

    def save(draft: Draft) -> None:
        if part.file not in data_files(draft.data):
            raise Denied("missing", 404)
        draft.save(part, visit.get("text"), visit.user.name)

    draft = await _change(visit, save)
    await visit.note("edit", f"data/{part.file} {part.key}")
    wrong = await asyncio.to_thread(unreadable, draft.data, part.file)
    if wrong:
        return go(f"/desk/entry?{urlencode({'file': part.file, 'line': wrong.line})}")
    return go("/desk/draft")


async def undo(visit: Visit) -> HTTPResponse:
    """Take back one edit of the draft, or all of a file."""
    if not draft_of(visit).exists:
        raise DraftError("no_draft")
    file = visit.get("file")

    def undone(draft: Draft) -> None:
        base = _base(visit)
        take_back(draft, base, file, visit.get("edit"), visit.user.name)
        if not draft.patch(base):
            draft.discard()

    await _change(visit, undone, begins=False)
    await visit.note("undo", f"data/{file}")
    visit.desk.jobs.clear()
    return go("/desk/draft")


async def add_example(visit: Visit) -> HTTPResponse:
    """Give a question its meaning."""
    text, intent = visit.get("text"), chosen(visit.get("intent"), await names_of(visit))
    await _change(visit, lambda draft: draft.add_example(text, intent, visit.user.name))
    await visit.note("example", f"{intent}：{text}")
    return go("/desk/draft")


async def _change(visit: Visit, change: Callable[[Draft], Any], begins: bool = True) -> Draft:
    """Change the draft; nobody does while it is being published.

    Args:
        visit: of whom.
        change: what to do with it.
        begins: whether it is begun if there is none; to take something back needs one.
    """
    draft, releases = draft_of(visit), workshop(visit).releases
    current = releases.current()
    if current is None:
        raise Denied("not_ready", 503)

    def alone() -> None:
        with draft.alone():
            if visit.desk.jobs.is_running:
                raise Denied("busy", 409)
            if begins:
                draft.begin(releases.data(current), current.name)
            change(draft)

    await asyncio.to_thread(alone)
    return draft


async def draft(visit: Visit) -> HTTPResponse:
    """What the draft changes, and what was found when it was checked."""
    mine, job = draft_of(visit), visit.desk.jobs.state()
    changed = await asyncio.to_thread(edits, _base(visit), mine.data) if mine.exists else {}
    page = visit.page(
        "draft.html",
        edits=changed,
        most=MOST_EDITS,
        about=mine.about(),
        job=job,
        stale=mine.exists and "ended" in job and job["ended"] < mine.changed,
        names=await names_of(visit),
        may_edit=visit.user.may("editor"),
        may_publish=visit.user.may("publisher"),
    )
    if job.get("state") == "running":
        page.headers["Refresh"] = LOOK_AGAIN
    return page


def _base(visit: Visit) -> Any:
    """The data that the draft was begun from, or that in service if it is gone."""
    releases = workshop(visit).releases
    base = releases.get(draft_of(visit).about().base) or releases.current()
    return releases.data(base)


async def act(visit: Visit) -> HTTPResponse:
    """Check, preview, publish or discard the draft."""
    action = visit.get("action")
    role: Any = ACTIONS.get(action)
    if role is None:
        raise Denied("missing", 404)
    if not visit.user.may(role):
        raise Denied("role", 403)
    mine = draft_of(visit)
    if not mine.exists:
        raise DraftError("no_draft")
    if action == "discard":
        await _change(visit, Draft.discard, begins=False)
        visit.desk.jobs.clear()
        await visit.note("discard")
        return go("/desk/draft")
    note = visit.get("note").strip()[:LONGEST_NOTE]
    # Kept, so that it is still there after a check, or when somebody else's work comes first.
    await asyncio.to_thread(_keep_note, mine, note)
    publishing = Publishing(workshop(visit), mine, visit.desk.settings.worst_drop)
    if action == "check":
        work = publishing.check()
    elif action == "preview":
        work = publishing.preview(await turns(visit, WEEK))
    else:
        work = publishing.publish(visit.user.name, note)
    _begin(visit, action, work)
    await visit.note(action, note)
    return go("/desk/draft")


def _begin(visit: Visit, kind: str, work: Work) -> None:
    """Start work whose end is written into the audit log."""
    jobs, name, store = visit.desk.jobs, visit.user.name, visit.desk.store(visit.request)

    def ended(_: Any) -> None:
        state = jobs.state()
        if kind in ("publish", "rollback"):
            action = "published" if state.get("state") == "done" else "failed"
            detail = str(state.get("release") or "；".join(state.get("lines", [])[-1:]))
            asyncio.get_running_loop().run_in_executor(None, store.note, name, action, detail)

    async def settled(say: Say) -> dict[str, Any]:
        # Edits that began before the work did are finished first; later ones are refused.
        await asyncio.to_thread(_wait, draft_of(visit))
        return await work(say)

    jobs.begin(kind, name, settled).add_done_callback(ended)


def _wait(draft: Draft) -> None:
    with draft.alone():
        pass


def _keep_note(draft: Draft, note: str) -> None:
    with draft.alone():
        if draft.exists:
            draft.keep_note(note)


async def draft_patch(visit: Visit) -> HTTPResponse:
    """The draft as a patch, or what one version changed against another."""
    releases = workshop(visit).releases
    name = visit.get("release")
    if name:
        release = releases.get(name)
        older = [each for each in releases.all() if release and each.number < release.number]
        if release is None or not older:
            raise Denied("missing", 404)
        text = await asyncio.to_thread(patch, releases.data(older[0]), releases.data(release))
    else:
        mine = draft_of(visit)
        if not mine.exists:
            raise DraftError("no_draft")
        text = await asyncio.to_thread(mine.patch, _base(visit))
    await visit.note("export", f"patch {name}")
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name or "draft"}.patch"'}
    return HTTPResponse(text, 200, headers, "text/plain; charset=utf-8")


async def versions(visit: Visit) -> HTTPResponse:
    """Every version, the one in service marked."""
    releases = workshop(visit).releases
    job = visit.desk.jobs.state()
    page = visit.page(
        "versions.html",
        releases=releases.all(),
        current=releases.current(),
        workers=releases.workers(),
        job=job,
        may=visit.user.may("publisher"),
    )
    if job.get("state") == "running":
        page.headers["Refresh"] = LOOK_AGAIN
    return page


async def roll_back(visit: Visit) -> HTTPResponse:
    """Go back to a version."""
    release = workshop(visit).releases.get(visit.get("release"))
    if release is None:
        raise Denied("missing", 404)
    publishing = Publishing(workshop(visit), draft_of(visit), visit.desk.settings.worst_drop)
    _begin(visit, "rollback", publishing.restore(release))
    await visit.note("rollback", release.name)
    return go("/desk/versions")


VIEWS: tuple[Entry, ...] = (
    ("/entry", "GET", entry, "reader"),
    ("/entry", "POST", save_entry, "editor"),
    ("/undo", "POST", undo, "editor"),
    ("/example", "POST", add_example, "editor"),
    ("/draft", "GET", draft, "reader"),
    ("/draft", "POST", act, "editor"),
    ("/patch", "GET", draft_patch, "reader"),
    ("/versions", "GET", versions, "reader"),
    ("/versions", "POST", roll_back, "publisher"),
)
