"""What the chat page does, without a page."""

import uuid
from dataclasses import dataclass
from typing import Any

from tests.channels.online import Answer, Client


@dataclass
class Browser:
    """A client of the web channel with a token of its own."""

    client: Client
    token: str

    @classmethod
    async def new(cls, client: Client) -> "Browser":
        """Begin a session."""
        answer = await client.call("POST", "/chat/session", json={})
        assert answer.status == 200, answer.body
        return cls(client, answer.data["token"])

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        """A request with the token."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return await self.client.call(method, path, headers=headers, **options)

    async def say(self, text: object, message_id: str | None = None, **options: Any) -> Answer:
        """Send a message."""
        body = {"id": message_id or str(uuid.uuid4()), "text": text}
        return await self.call("POST", "/chat/message", json=body, **options)

    async def history(self, before: str | None = None) -> Answer:
        """The turns so far."""
        return await self.call("GET", "/chat/history", params={"before": before} if before else {})
