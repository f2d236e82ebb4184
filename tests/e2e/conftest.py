"""Real PostgreSQL and Redis for the tests that need them."""

from tests.server.conftest import postgres, redis_server

__all__ = ["postgres", "redis_server"]
