"""The desk on a real socket: Rasa's application, a database, versions, and a workshop that says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desk.desk import Desk, opened
from tests.server.conftest import postgres

__all__ = ["postgres"]


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    async with opened(tmp_path, monkeypatch) as desk:
        yield desk
