"""What somebody may try at the desk, on purpose or by mistake: nothing breaks, nothing is lost."""

import asyncio
import shutil
import threading
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from desk.draft import Draft, DraftError, Part, part_at, part_of, parts_of
from desk.edits import edits
from desk.facts import known, populations
from desk.meanings import meanings
from desk.sentences import sentences
from policy.topics import DATA
from tests.desk.desk import Desk
from tests.desk.test_access import FORMS, PAGES, QUERIES

FILE, FACT = "credit/facts/anhui.yml", "F-AH-01"
# Every way to be YAML, or none, that a reader of facts, answers or sentences may not expect.
ODD = (
    "just words",
    "- a\n- b",
    "facts: words",
    "facts: [words, 1, null]",
    "facts: {a: {b: c}}",
    "facts:\n- {id: [a]}",
    "nlu: {}",
    "nlu:\n- words",
    "a: &a [*a]",
    "? [a]\n: b",
    "a: x\n---\nb: y",
    "a:\n  " + "- " * 100_000 + "x",
    "a: '",
    "sources: [x]\nfacts: []",
    "populations: 7\nsentences: [a]",
)
# Files of every kind.
KINDS = (FILE, "credit/answers.yml", "credit/nlu.yml", "service/templates.yml")


@pytest.mark.parametrize("file", KINDS)
def test_whatever_is_saved_can_be_read_around(tmp_path: Path, file: str) -> None:
    for name in KINDS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA / name, tmp_path / name)
    for text in ODD:
        (tmp_path / file).write_text(text, encoding="utf-8")
        known(tmp_path, date.today())
        meanings(tmp_path)
        populations(tmp_path)
        sentences(tmp_path)
        parts_of(tmp_path, file)
        assert part_at(tmp_path, file, 3), text
        assert edits(DATA, tmp_path)[file], text


@pytest.mark.parametrize("file", [FILE, "service/templates.yml"])
async def test_with_a_broken_file_every_page_opens_and_it_can_be_taken_back(
    desk: Desk, file: str
) -> None:
    await desk.log_in("editor")
    await desk.edit(FILE, "G-BB-01", "amount: 70", "amount: 71")
    draft = Draft(desk.folder / "desk" / "draft")
    seen = part_of(draft.data, file, "")
    assert seen
    form = {"file": file, "key": "", "seen": seen.text, "text": "facts: [words, 1, null]"}
    assert (await desk.send("/desk/entry", **form)).status == 303
    pages = [path + QUERIES.get(path, "") for path in PAGES if path != "/desk/conversation"]
    for page in (*pages, f"/desk/entry?file={file}", f"/desk/entry?file={file}&line=3"):
        answer = await desk.client.call("GET", page, allow_redirects=False)
        assert answer.status in (200, 303), page
    assert (await desk.send("/desk/undo", file=file)).status == 303


async def test_a_forged_session_is_a_strangers(desk: Desk) -> None:
    await desk.log_in()
    known = next(iter(desk.client.http.cookie_jar)).value
    desk.client.http.cookie_jar.clear()
    for token in (known[:-1], known + "x", known.swapcase(), "' OR 1=1 --", "x" * 5000, "%00"):
        headers = {"Cookie": f"yibao_desk={token}"}
        for path in ("/desk/log", "/desk/patch"):
            answer = await desk.client.call("GET", path, headers=headers, allow_redirects=False)
            assert (answer.status, answer.headers["Location"]) == (303, "/desk/login"), token[:20]
    fine = {"Cookie": f"yibao_desk={known}"}
    assert (await desk.client.call("GET", "/desk/log", headers=fine)).status == 200


async def test_every_form_needs_the_token_of_the_session(desk: Desk) -> None:
    await desk.log_in()
    for path in FORMS:
        for data in ({}, {"csrf": "guessed"}):
            answer = await desk.client.call("POST", path, data=data, allow_redirects=False)
            assert answer.status == 403, path


@pytest.mark.parametrize(
    "name", ["../model.tar.gz", "../../settings/desk.yml", "/etc/passwd", "..", ".", "", "credit"]
)
async def test_no_name_leads_out_of_the_data_or_the_versions(desk: Desk, name: str) -> None:
    await desk.log_in()
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    for path in (f"/desk/entry?file={quote(name)}", f"/desk/entry?file={quote(name)}&line=1"):
        assert (await desk.client.call("GET", path)).status == 404
    form = {"file": name, "seen": "", "text": "x"}
    assert (await desk.send("/desk/entry", **form)).status == 404
    assert (await desk.send("/desk/undo", file=name)).status == 409
    assert (await desk.send("/desk/versions", release=name)).status == 404
    if name:
        answer = await desk.client.call("GET", f"/desk/patch?release={quote(name)}")
        assert answer.status == 404


async def test_an_edit_of_five_megabytes_is_refused_and_nothing_is_saved(desk: Desk) -> None:
    await desk.log_in("editor")
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    before = (desk.folder / "desk" / "draft" / "data" / FILE).read_bytes()
    form = {"file": FILE, "key": "", "seen": before.decode().rstrip("\n"), "text": "x" * 5_000_000}
    answer = await desk.send("/desk/entry", **form)
    assert (answer.status, "太长" in answer.body.decode()) == (409, True)
    assert (desk.folder / "desk" / "draft" / "data" / FILE).read_bytes() == before
    assert "草稿" in await desk.see("/desk/draft")


async def test_bytes_that_are_no_text_are_no_error_of_ours(desk: Desk) -> None:
    await desk.log_in("editor")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in FORMS:
        for body in (b"csrf=%ff%ed%a0%80", b"\xff\xfe", b"csrf=" + b"%" * 99):
            answer = await desk.client.call("POST", path, data=body, headers=headers)
            assert answer.status in (400, 403), (path, body)
    for path in PAGES:
        for query in ("?page=-1", "?page=9999999999999999999999", "?line=%d9%a3", "?days=²"):
            answer = await desk.client.call("GET", path + query, allow_redirects=False)
            assert answer.status < 500, path + query


async def test_work_that_is_under_way_bars_other_work_and_every_edit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.log_in()
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    go_on = asyncio.Event()

    async def slow(data: Path) -> None:
        await go_on.wait()

    monkeypatch.setattr(desk.workshop, "check", slow)
    before = desk.workshop.releases.current()
    tries = (desk.send("/desk/draft", action="publish") for _ in range(5))
    found = [answer.status for answer in await asyncio.gather(*tries)]
    assert sorted(found) == [303, 409, 409, 409, 409]
    assert (await desk.send("/desk/versions", release=before.name)).status == 409
    assert (await desk.send("/desk/draft", action="discard")).status == 409
    assert (await desk.send("/desk/undo", file=FILE)).status == 409
    assert (await desk.edit(FILE, FACT, "amount: 71", "amount: 72")).status == 409
    go_on.set()
    assert "做好了" in await desk.done()
    assert desk.workshop.releases.current().number == before.number + 1


async def test_of_two_who_edit_the_same_one_is_told(desk: Desk) -> None:
    await desk.log_in("editor")
    await desk.edit(FILE, "G-BB-01", "amount: 70", "amount: 75")
    tries = (desk.edit(FILE, FACT, "amount: 70", f"amount: {n}") for n in range(71, 77))
    found = [answer.status for answer in await asyncio.gather(*tries)]
    assert sorted(found) == [303, 409, 409, 409, 409, 409]


def test_edits_that_come_at_once_are_all_kept_or_refused(tmp_path: Path) -> None:
    served = tmp_path / "served"
    (served / "credit").mkdir(parents=True)
    (served / "credit" / "facts.yml").write_text(
        "".join(f"one{n}: {n}\n" for n in range(20)), encoding="utf-8"
    )
    draft, kept = Draft(tmp_path / "draft"), []
    start = threading.Barrier(20)

    def edit(n: int) -> None:
        start.wait()
        mine = Draft(tmp_path / "draft")
        with mine.alone():
            mine.begin(served, "one")
            part = Part(
                file="credit/facts.yml", key=f"one{n // 2}", line=0, text=f"one{n // 2}: {n // 2}"
            )
            with suppress(DraftError):
                mine.save(part, f"one{n // 2}: by{n}", f"somebody {n}")
                kept.append(n)

    threads = [threading.Thread(target=edit, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Of each two who changed the same line one has; none of them has undone another's.
    assert sorted(n // 2 for n in kept) == list(range(10))
    text = (draft.data / "credit" / "facts.yml").read_text(encoding="utf-8")
    assert all(f"one{n // 2}: by{n}\n" in text for n in kept)
    assert set(draft.about().authors) == {f"somebody {n}" for n in kept}


async def test_an_edit_that_has_begun_is_in_what_is_published(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.log_in()
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    begun, go_on = threading.Event(), threading.Event()
    save = Draft.save

    def slow(self: Draft, *given: Any) -> None:
        begun.set()
        go_on.wait(60)
        save(self, *given)

    monkeypatch.setattr(Draft, "save", slow)
    late = asyncio.ensure_future(desk.edit(FILE, FACT, "amount: 71", "amount: 72"))
    await asyncio.to_thread(begun.wait, 60)
    publish = asyncio.ensure_future(desk.send("/desk/draft", action="publish"))
    # Long enough to overtake the edit, were it not waited for.
    await asyncio.sleep(1)
    go_on.set()
    assert (await late).status == 303
    assert (await publish).status == 303
    assert "做好了" in await desk.done()
    data = desk.workshop.releases.data(desk.workshop.releases.current())
    assert "amount: 72" in (data / FILE).read_text(encoding="utf-8")


async def test_every_sign_that_ends_a_line_somewhere_ends_one(desk: Desk) -> None:
    from tests.desk.test_mending import git_apply

    await desk.log_in("editor")
    await desk.edit(FILE, FACT, "amount: 70,", "amount: 70, # one\u2028# two\x0c# three\x85\n   ")
    patch = await desk.see("/desk/patch")
    tree = desk.folder / "tree"
    tree.mkdir()
    (tree / "data" / "credit" / "facts").mkdir(parents=True)
    (tree / "data" / FILE).write_bytes((desk.folder / "data" / FILE).read_bytes())
    git_apply(tree, patch)
    draft = desk.folder / "desk" / "draft" / "data" / FILE
    assert (tree / "data" / FILE).read_bytes() == draft.read_bytes()
