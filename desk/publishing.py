"""What is done with a draft: check it, see what it would say, publish it, go back."""

import asyncio
import time
from pathlib import Path
from typing import Any, Protocol

import yaml

from desk.draft import Draft, patch
from desk.jobs import Say, Work
from desk.probes import probes
from desk.talks import PAGE, Talk, talk
from desk.turns import Asked

CONVERSATIONS = Path(__file__).parent.parent / "tests" / "conversations"
# Questions of the last week that a preview replays, newest first.
MOST_QUESTIONS = 300
MOST_SHOWN = 60


class Refusal(Exception):
    """A draft that may not be published, and why."""

    def __init__(self, *lines: str) -> None:
        """Take the reasons."""
        super().__init__("\n".join(lines))
        self.lines = list(lines)


class ReleaseLike(Protocol):
    """What is known of a version (``server.releases.Release``)."""

    name: str
    number: int
    time: float
    by: str
    note: str


class ReleasesLike(Protocol):
    """Where versions are (``server.releases.Releases``)."""

    def current(self) -> Any:
        """The version in service."""

    def is_edited(self) -> bool:
        """Whether the data folder has been changed by hand since."""

    def all(self) -> list[Any]:
        """Every version, newest first."""

    def get(self, name: str) -> Any:
        """A version by name."""

    def data(self, release: Any) -> Path:
        """Its data."""

    def model(self, release: Any) -> Path:
        """Its model."""


class WorkshopLike(Protocol):
    """What the server does with data (``server.workshop.Workshop``)."""

    releases: ReleasesLike

    async def check(self, data: Path) -> None:
        """Check a folder."""

    async def model(self, data: Path) -> Path:
        """Its model, trained if need be."""

    async def measure(self, data: Path, model: Path) -> Any:
        """How well a model understands."""

    async def rehearse(
        self, data: Path, model: Path, talks: list[Talk]
    ) -> list[list[dict[str, Any]]]:
        """What would be said."""

    async def publish(self, data: Path, model: Path, by: str, note: str) -> tuple[Any, bool]:
        """Put a folder into service."""

    async def restore(self, release: Any) -> bool:
        """Put a version into service again."""


class Publishing:
    """Work for ``Jobs`` on one draft."""

    def __init__(self, workshop: WorkshopLike, draft: Draft, worst_drop: float) -> None:
        """Take the draft, and by how many points understanding may fall."""
        self._workshop = workshop
        self._draft = draft
        self._worst_drop = worst_drop

    def check(self) -> Work:
        """Look for mistakes."""

        async def work(say: Say) -> dict[str, Any]:
            say("检查字段、来源、日期、年龄段、地区、意图和回答……")
            await self._workshop.check(self._draft.data)
            say("没有错误。")
            return {}

        return work

    def preview(self, lately: list[Asked]) -> Work:
        """Find every reply that the draft changes.

        Args:
            lately: what people asked, replayed message by message, each on its own.
        """

        async def work(say: Say) -> dict[str, Any]:
            base, model = await self._ready(say)
            asked = [(turn.text, turn.channel) for turn in sorted(lately, key=lambda t: -t.time)]
            questions = list(dict.fromkeys(asked))[:MOST_QUESTIONS]
            mine = [text for text, _ in self._draft.about().examples]
            served = self._workshop.releases.data(base)
            about = await asyncio.to_thread(probes, served, self._draft.data)
            asked = [*((text, PAGE) for text in (*mine, *about)), *questions]
            singles = [([text], channel) for text, channel in dict.fromkeys(asked)]
            talks = [talk(*each) for each in singles] + [talk(each) for each in conversations()]
            say(f"把 {len(talks)} 段对话各说两遍：现在的版本、草稿……")
            old = await self._workshop.rehearse(served, self._workshop.releases.model(base), talks)
            new = await self._workshop.rehearse(self._draft.data, model, talks)
            changed = changes(old, new)
            say(f"{len(changed)} 句回答变了。")
            return {"changes": changed[:MOST_SHOWN], "number": len(changed)}

        return work

    def publish(self, by: str, note: str) -> Work:
        """Check, train, measure, and put into service."""

        async def work(say: Say) -> dict[str, Any]:
            if await asyncio.to_thread(self._workshop.releases.is_edited):
                raise Refusal(
                    "data/ 里有人直接改过文件，还没有换上；现在发布会把那些改动盖掉。"
                    "请管服务器的人先让它们生效（kill -HUP）或者改回去，再发布。"
                )
            base, model = await self._ready(say)
            await self._guard(base, model, say)
            say("让每个进程先装好，再一起换上……")
            release, written = await self._workshop.publish(self._draft.data, model, by, note)
            with self._draft.alone():
                self._draft.discard()
            say(f"第 {release.number} 版在用了。")
            if not written:
                say("数据文件夹只读，没有写回去：请下载补丁，用 git apply 收进仓库。")
            return {"release": release.name}

        return work

    def restore(self, release: Any) -> Work:
        """Go back to a version."""

        async def work(say: Say) -> dict[str, Any]:
            say(f"换回第 {release.number} 版……")
            written = await self._workshop.restore(release)
            say("换好了。" if written else "换好了；data/ 只读，或者有人直接改过，没有写回去。")
            return {"release": release.name}

        return work

    async def _ready(self, say: Say) -> tuple[Any, Path]:
        """The version in service, and the model of a draft that is free of mistakes."""
        base = self._workshop.releases.current()
        if base and not patch(self._workshop.releases.data(base), self._draft.data):
            raise Refusal("草稿和现在用的版本一样，可以丢掉。")
        if base is None or base.name != self._draft.about().base:
            raise Refusal(
                "草稿是从旧版本开始改的，现在用的版本已经变了。请下载补丁，丢掉草稿后重做。"
            )
        say("检查字段、来源、日期、年龄段、地区、意图和回答……")
        await self._workshop.check(self._draft.data)
        say("需要的话重新训练（一两分钟）……")
        began = time.monotonic()
        model = await self._workshop.model(self._draft.data)
        say(f"模型好了（{time.monotonic() - began:.0f} 秒）。")
        return base, model

    async def _guard(self, base: Any, model: Path, say: Say) -> None:
        """Refuse a model that understands less.

        Raises:
            Refusal: if it falls by more than is allowed.
        """
        before = self._workshop.releases.model(base)
        if model == before:
            say("模型没有变，不用重新量。")
            return
        data = self._workshop.releases.data(base)
        old = await self._workshop.measure(data, before)
        new = await self._workshop.measure(self._draft.data, model)
        line = f"守住的 {new.of} 个问法：原来对 {old.percent:.1f}%，草稿对 {new.percent:.1f}%。"
        say(line)
        if new.percent < old.percent - self._worst_drop:
            raise Refusal(f"听懂得少了，降了不止 {self._worst_drop:g} 个百分点，没有发布。")


def changes(
    old: list[list[dict[str, Any]]], new: list[list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """The replies that differ, each change once.

    Args:
        old: what is said now, by conversation and message.
        new: what the draft would say.

    Returns:
        ``before`` and ``after`` with the ``texts`` of the messages that they answer.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for was, now in zip(old, new, strict=True):
        for one, other in zip(was, now, strict=True):
            if one["reply"] != other["reply"]:
                key = (one["reply"], other["reply"])
                change = {"texts": [], "before": one["reply"], "after": other["reply"]}
                texts = found.setdefault(key, change)["texts"]
                if one["text"] not in texts:
                    texts.append(one["text"])
    return list(found.values())


def conversations(folder: Path = CONVERSATIONS) -> list[list[str]]:
    """The messages of the conversation tests; none where an image goes without them."""
    found = []
    for file in sorted(folder.rglob("*.yml")):
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        texts = [str(turn["user"]) for turn in content or () if "user" in turn]
        if texts:
            found.append(texts)
    return found
