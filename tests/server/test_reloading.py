"""Edited data are taken over when they have changed and then been left alone."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from server import reloading


async def test_a_change_is_taken_over_once_it_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "answers.yml"
    file.write_text("a: 1")
    taken: list[str] = []

    async def reload(_: object) -> None:
        taken.append(file.read_text())

    monkeypatch.setattr(reloading, "reload", reload)
    monkeypatch.setattr(reloading, "LOOK_EVERY", 0.05)
    workshop = SimpleNamespace(releases=SimpleNamespace(source=tmp_path))
    app = SimpleNamespace(ctx=SimpleNamespace(workshop=workshop))
    watching = asyncio.ensure_future(reloading._watch(app))
    try:
        await asyncio.sleep(0.3)
        assert taken == [], "nothing has changed"
        for number in range(20):
            # Somebody is still writing.
            file.write_text(f"a: {number}")
            await asyncio.sleep(0.01)
        for _ in range(100):
            await asyncio.sleep(0.05)
            if taken and taken[-1] == "a: 19":
                break
        await asyncio.sleep(0.3)
        assert taken[-1] == "a: 19"
        assert taken.count("a: 19") == 1
    finally:
        watching.cancel()
