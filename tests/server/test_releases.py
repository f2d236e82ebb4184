"""Versions: what a server starts with, what is kept, and exchanging them in several workers."""

import asyncio
import shutil
import sqlite3
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import server.releases
from desk.archive import Archive
from desk.jobs import Jobs
from desk.turns import desk_words
from server import reloading
from server.releases import MOST_KEPT, Release, Releases, begin, digest
from server.swap import SwapFailed, Swapper, swap
from server.workshop import Refused, Workshop
from tests.channels.online import Bot, sql_store
from tests.desk.desk import Desk, opened


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "credit"
    folder.mkdir(parents=True)
    (folder / "nlu.yml").write_text("a: 1\n")
    (folder / "answers.yml").write_text("b: 1\n")
    (tmp_path / "one.tar.gz").write_bytes(b"one")
    return tmp_path / "data"


@pytest.fixture
def releases(source: Path, tmp_path: Path) -> Releases:
    return Releases(tmp_path / "releases", source)


def edit(source: Path, text: str) -> None:
    (source / "credit" / "answers.yml").write_text(text)


def test_a_start_with_the_same_data_is_the_same_version(
    releases: Releases, source: Path, tmp_path: Path
) -> None:
    first = begin(releases, tmp_path / "one.tar.gz", True)
    assert begin(releases, tmp_path / "one.tar.gz", True) == first
    edit(source, "b: 2\n")
    second = begin(releases, tmp_path / "one.tar.gz", True)
    assert (second.number, releases.current()) == (2, second)
    (tmp_path / "one.tar.gz").write_bytes(b"another")
    assert begin(releases, tmp_path / "one.tar.gz", True).number == 3


def test_what_was_published_is_served_after_a_restart_though_it_could_not_be_written_back(
    releases: Releases, source: Path, tmp_path: Path
) -> None:
    begin(releases, tmp_path / "one.tar.gz", True)
    draft = tmp_path / "draft"
    shutil.copytree(source, draft)
    edit(draft, "b: 9\n")
    published = releases.add(draft, releases.model(releases.current()), "x", "y")
    releases.put_into_service(published)
    assert begin(releases, tmp_path / "one.tar.gz", True) == published
    edit(source, "b: 5\n")
    assert begin(releases, tmp_path / "one.tar.gz", True) != published


def test_writing_back_brings_the_folder_to_the_version(
    releases: Releases, source: Path, tmp_path: Path
) -> None:
    first = begin(releases, tmp_path / "one.tar.gz", True)
    edit(source, "b: 2\n")
    (source / "credit" / "more.yml").write_text("c: 1\n")
    begin(releases, tmp_path / "one.tar.gz", True)
    assert releases.write_back(first)
    assert digest(source) == first.content
    assert not (source / "credit" / "more.yml").exists()


class Died(BaseException):
    """A server is killed."""


@pytest.fixture
def published(releases: Releases, source: Path, tmp_path: Path) -> Release:
    """A version in service whose two files the data folder has not got yet."""
    (source / "credit" / "gone.yml").write_text("c: 1\n")
    begin(releases, tmp_path / "one.tar.gz", True)
    draft = tmp_path / "draft"
    shutil.copytree(source, draft)
    (draft / "credit" / "nlu.yml").write_text("a: 9\n")
    edit(draft, "b: 9\n")
    (draft / "credit" / "gone.yml").unlink()
    made = releases.add(draft, releases.model(releases.current()), "x", "y")
    releases.promise(made)
    releases.put_into_service(made)
    return made


@pytest.mark.parametrize("files_written", [0, 1, 2])
def test_a_server_that_dies_while_it_writes_back_goes_on_with_it(
    releases: Releases, source: Path, published: Release, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, files_written: int,
) -> None:  # fmt: skip
    die_after(monkeypatch, releases, published, files_written)
    again = Releases(releases.folder, source)
    again.finish()
    assert digest(source) == published.content
    assert begin(again, tmp_path / "one.tar.gz", True).name == published.name
    # Done once: what somebody goes back to by hand is left alone.
    edit(source, "b: 1\n")
    again.finish()
    assert (source / "credit" / "answers.yml").read_text() == "b: 1\n"


def test_what_somebody_has_edited_after_a_death_stays(
    releases: Releases, source: Path, published: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_after(monkeypatch, releases, published, 0)
    edit(source, "b: by hand\n")
    releases.finish()
    assert (source / "credit" / "answers.yml").read_text() == "b: by hand\n"
    assert (source / "credit" / "nlu.yml").read_text() == "a: 9\n"
    assert releases.is_edited()


def die_after(
    monkeypatch: pytest.MonkeyPatch, releases: Releases, release: Release, files_written: int
) -> None:
    """Write a version back, and die after some files."""
    whole, written = server.releases.write, []

    def write(file: Path, text: str) -> None:
        if file.is_relative_to(releases.source):
            if len(written) == files_written:
                raise Died
            written.append(file)
        whole(file, text)

    with monkeypatch.context() as dying:
        dying.setattr("server.releases.write", write)
        dying.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(Died))
        with pytest.raises(Died):
            releases.write_back(release)


def test_a_rollback_whose_server_dies_is_still_one_after_the_restart(
    releases: Releases, source: Path, published: Release, tmp_path: Path
) -> None:
    releases.finish()
    first = releases.all()[-1]
    releases.promise(first)
    releases.put_into_service(first)
    releases.finish()
    assert begin(releases, tmp_path / "one.tar.gz", True).name == first.name
    assert digest(source) == first.content


def test_a_version_whose_server_died_while_making_it_is_none(
    releases: Releases, tmp_path: Path
) -> None:
    first = begin(releases, tmp_path / "one.tar.gz", True)
    shutil.copytree(releases.folder / first.name, releases.folder / ".unfinished-x")
    assert releases.get(".unfinished-x") is None
    assert releases.all() == [first]


def test_only_the_newest_are_kept_and_the_one_in_service(
    releases: Releases, source: Path, tmp_path: Path
) -> None:
    served = begin(releases, tmp_path / "one.tar.gz", True)
    for number in range(MOST_KEPT + 3):
        edit(source, f"b: {number + 10}\n")
        releases.add(source, releases.model(served), "", "")
    numbers = [each.number for each in releases.all()]
    assert numbers[0] == MOST_KEPT + 4
    assert served.number in numbers
    assert len(numbers) == MOST_KEPT + 1


class FakeBot:
    """Loads what it is given; a damaged model can't be."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.before_turn: Any = None

    def make_processor(self, model: Path) -> bytes:
        content = model.read_bytes()
        if content == b"damaged":
            raise ValueError("damaged")
        return content

    def take(self, processor: Any, assistant: Any) -> None:
        self.taken.append(processor)


@pytest.fixture
def workers(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[Swapper, FakeBot]]:
    monkeypatch.setattr("server.swap.Assistant.load", lambda folder: None)
    monkeypatch.setattr("server.swap.replace_assistant", lambda assistant: None)
    monkeypatch.setattr("server.swap.LOOK_EVERY", 0.02)
    first = begin(releases, tmp_path / "one.tar.gz", True)
    found = []
    for number in range(2):
        bot = FakeBot()
        swapper = Swapper(releases, bot, first.name)
        swapper.worker = f"worker-{number}"
        found.append((swapper, bot))
    return found


async def test_workers_load_first_and_then_change_together(
    releases: Releases, source: Path, tmp_path: Path, workers: list[tuple[Swapper, FakeBot]]
) -> None:
    for swapper, _ in workers:
        swapper.start()
    await asyncio.sleep(0.1)
    edit(source, "b: 2\n")
    (tmp_path / "two.tar.gz").write_bytes(b"two")
    release = releases.add(source, tmp_path / "two.tar.gz", "", "")
    await swap(releases, release)
    # Whoever makes a turn now makes it with the new one, without waiting for the next look.
    for swapper, bot in workers:
        bot.before_turn()
        assert (bot.taken, swapper.serving) == ([b"two"], release.name)
        swapper.stop()


async def test_a_version_that_one_worker_cant_load_changes_nothing(
    releases: Releases, source: Path, tmp_path: Path, workers: list[tuple[Swapper, FakeBot]]
) -> None:
    for swapper, _ in workers:
        swapper.start()
    await asyncio.sleep(0.1)
    before = releases.current()
    (tmp_path / "bad.tar.gz").write_bytes(b"damaged")
    edit(source, "b: 3\n")
    release = releases.add(source, tmp_path / "bad.tar.gz", "", "")
    with pytest.raises(SwapFailed):
        await swap(releases, release)
    assert releases.current() == before
    for swapper, bot in workers:
        bot.before_turn()
        assert bot.taken == []
        swapper.stop()


async def test_what_operate_md_says_to_back_up_is_enough_to_go_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path / "here", monkeypatch) as desk:
        await _use(desk)
        archive = tmp_path / "backup.tgz"
        with tarfile.open(archive, "w:gz") as packed:
            for name in ("data", "settings", "releases"):
                packed.add(desk.folder / name, name)
        copy = sqlite3.connect(tmp_path / "backup.db")
        with sqlite3.connect(desk.folder / "conversations.db") as live:
            live.backup(copy)
        copy.close()
        served = desk.workshop.releases.current()
    there = tmp_path / "there"
    with tarfile.open(archive) as packed:
        packed.extractall(there)
    shutil.copy(tmp_path / "backup.db", there / "conversations.db")
    restored = Releases(there / "releases", there / "data")
    assert restored.current() == served
    assert begin(restored, restored.model(served), False) == served
    store = sql_store(there)
    found = Archive(store.engine, desk_words()).turns(30)
    assert [turn.text for turn in found] == ["安徽退休返多少"]
    assert Bot(store).is_ready()


class SlowWorkshop(Workshop):
    """Somebody edits while it checks."""

    def __init__(self, releases: Releases, model: Path) -> None:
        super().__init__(releases)
        self.file = model
        self.meanwhile: list[str] = []
        self.checked: list[str] = []

    async def check(self, data: Path) -> None:
        self.checked.append((data / "credit" / "answers.yml").read_text())
        if self.meanwhile:
            edit(self.releases.source, self.meanwhile.pop())
        if "wrong" in self.checked[-1]:
            raise Refused(["data/credit/answers.yml:1"])

    async def model(self, data: Path) -> Path:
        return self.file


@pytest.fixture
def reloadable(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SimpleNamespace:
    begin(releases, tmp_path / "one.tar.gz", True)

    async def quick_swap(releases: Releases, release: Any) -> None:
        releases.put_into_service(release)

    monkeypatch.setattr("server.workshop.swap", quick_swap)
    monkeypatch.setattr(reloading, "SHARED", tmp_path)
    monkeypatch.setattr(reloading, "WAIT", 0.02)
    workshop = SlowWorkshop(releases, releases.model(releases.current()))
    return SimpleNamespace(ctx=SimpleNamespace(workshop=workshop))


async def test_what_is_edited_during_a_reload_is_checked_before_it_answers(
    reloadable: SimpleNamespace, releases: Releases, source: Path
) -> None:
    edit(source, "b: 2\n")
    reloadable.ctx.workshop.meanwhile = ["b: wrong\n"]
    await reloading.reload(reloadable)
    served = releases.data(releases.current()) / "credit" / "answers.yml"
    assert served.read_text() == "b: 2\n"
    assert (source / "credit" / "answers.yml").read_text() == "b: wrong\n"
    await reloading.reload(reloadable)
    assert reloadable.ctx.workshop.checked == ["b: 2\n", "b: wrong\n"]
    assert served.read_text() == "b: 2\n"
    # What is served and on the disk alike needs no reload.
    edit(source, "b: 2\n")
    await reloading.reload(reloadable)
    assert len(reloadable.ctx.workshop.checked) == 2


async def test_a_reload_waits_for_the_work_under_way(
    reloadable: SimpleNamespace, releases: Releases, source: Path, tmp_path: Path
) -> None:
    ends = asyncio.Event()

    async def work(say: Any) -> dict[str, Any]:
        await ends.wait()
        return {}

    under_way = Jobs(tmp_path / "desk").begin("check", "x", work)
    edit(source, "b: 2\n")
    reload = asyncio.ensure_future(reloading.reload(reloadable))
    await asyncio.sleep(0.1)
    assert reloadable.ctx.workshop.checked == []
    ends.set()
    await under_way
    await reload
    served = releases.data(releases.current()) / "credit" / "answers.yml"
    assert served.read_text() == "b: 2\n"


async def test_a_version_that_cannot_be_loaded_is_none_to_go_back_to(
    reloadable: SimpleNamespace,
    releases: Releases,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = releases.current()

    async def failing(releases: Releases, release: Any) -> None:
        raise SwapFailed("no")

    monkeypatch.setattr("server.workshop.swap", failing)
    edit(source, "b: 2\n")
    await reloading.reload(reloadable)
    with pytest.raises(SwapFailed):
        await reloadable.ctx.workshop.publish(source, releases.model(before), "x", "y")
    assert releases.all() == [before] == [releases.current()]


async def test_going_back_leaves_alone_what_was_edited_by_hand(
    reloadable: SimpleNamespace, releases: Releases, source: Path
) -> None:
    first = releases.current()
    edit(source, "b: 2\n")
    await reloading.reload(reloadable)
    edit(source, "b: 3\n")
    assert not await reloadable.ctx.workshop.restore(first)
    assert (source / "credit" / "answers.yml").read_text() == "b: 3\n"
    edit(source, "b: 2\n")
    releases.put_into_service(releases.all()[0])
    assert await reloadable.ctx.workshop.restore(first)
    assert (source / "credit" / "answers.yml").read_text() == "b: 1\n"


async def _use(desk: Desk) -> None:
    """Somebody asks, and a figure is mended and published."""
    await desk.ask("web:1", "安徽退休返多少", {"text": "没听懂", "custom": {"status": "unsure"}})
    await desk.log_in()
    await desk.edit("credit/facts/anhui.yml", "F-AH-01", "amount: 70", "amount: 71")
    await desk.send("/desk/draft", action="publish")
    assert "做好了" in await desk.done()
