"""One message, one turn: run once, however often the client sends it."""

import asyncio
import math
from typing import Any

from sanic import Sanic

from channels.gate import Gate, Passed
from channels.history import answered, reply_of, stored
from channels.outgoing import SLOWEST_TURN, Handler, TurnFailed, is_ready, run_turn
from channels.web.replies import Replies, Reply

# Seconds between looks at what another process is working on.
_LOOK_AGAIN = 0.25


class NotNow(Exception):
    """A message that gets no reply now; the client may send it again.

    Attributes:
        code: ``rate_limited``, ``closed``, ``not_ready`` or ``failed``.
        status: of the HTTP response.
        message: a sentence for the person.
        retry_after: seconds, if known.
    """

    def __init__(
        self, code: str, status: int, message: str, retry_after: int | None = None
    ) -> None:
        """Say why."""
        super().__init__(code)
        self.code = code
        self.status = status
        self.message = message
        self.retry_after = retry_after


class Turns:
    """Answers messages of the web channel."""

    def __init__(self, handler: Handler, replies: Replies) -> None:
        """Take Rasa's handler and the place for replies already given."""
        self._handler = handler
        self._replies = replies
        self._running: dict[tuple[str, str], asyncio.Task[Reply]] = {}

    async def answer(
        self,
        app: Sanic,
        conversation: str,
        message_id: str,
        text: str,
        address: str,
        home: str = "",
    ) -> Reply:
        """The reply to a message: ``id``, ``replies`` and perhaps ``note``.

        The turn goes on when the client hangs up; its next try gets the same reply.

        Args:
            app: the server.
            conversation: of the token.
            message_id: the client's id of the message.
            text: what was typed.
            address: of the client.
            home: region assumed unless another is named.

        Raises:
            NotNow: if there is no reply.
        """
        given = await self._replies.get(conversation, message_id)
        if given is not None:
            return given
        key = (conversation, message_id)
        task = self._running.get(key)
        if task is None:
            turn = self._turn(app, conversation, message_id, text, address, home)
            task = asyncio.ensure_future(turn)
            self._running[key] = task
            task.add_done_callback(lambda done: self._done(key, done))
        return await asyncio.shield(task)

    async def settle(self, conversation: str) -> None:
        """Wait for the turns of a conversation that is about to be deleted."""
        running = [task for key, task in self._running.items() if key[0] == conversation]
        if running:
            await asyncio.wait(running)

    async def forget(self, conversation: str) -> None:
        """Forget the replies of a conversation that was deleted."""
        await self._replies.forget(conversation)

    def _done(self, key: tuple[str, str], task: "asyncio.Task[Reply]") -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            # Looked at here, since the client that would have heard of it may be gone.
            task.exception()

    async def _turn(
        self, app: Sanic, conversation: str, message_id: str, text: str, address: str, home: str
    ) -> Reply:
        gate = Gate.of(app)
        passed = await gate.admit(conversation, text, address)
        if passed.refusal is not None:
            return self._refused(message_id, passed)
        if not is_ready(app):
            raise NotNow("not_ready", 503, gate.words("error"))
        before = await self._before(app, gate, conversation, message_id)
        if before is None:
            before = await self._others(gate, conversation, message_id)
        if before is not None:
            return before
        metadata: dict[str, Any] = {"note": passed.reason} if passed.note else {}
        if home:
            metadata["home_region"] = home
        try:
            said = await run_turn(
                self._handler,
                conversation,
                passed.text,
                message_id=message_id,
                metadata=metadata or None,
            )
            replies = [reply_of(message_id, number, each) for number, each in enumerate(said, 1)]
            reply = _reply(message_id, replies, passed.note)
            await self._replies.put(conversation, message_id, reply)
        except TurnFailed:
            raise NotNow("failed", 500, gate.words("error")) from None
        finally:
            await self._replies.release(conversation, message_id)
        return reply

    async def _before(
        self, app: Sanic, gate: Gate, conversation: str, message_id: str
    ) -> Reply | None:
        """The reply as it is stored: from before a restart, or long ago."""
        store = app.ctx.agent.tracker_store
        knows = getattr(store, "knows", None)
        if knows is not None and not await knows(conversation, message_id):
            return None
        replies, metadata = answered(await stored(store, conversation, message_id), message_id)
        if not replies:
            return None
        note = gate.words("masked") if metadata.get("note") == "masked" else None
        reply = _reply(message_id, replies, note)
        await self._replies.put(conversation, message_id, reply)
        return reply

    async def _others(self, gate: Gate, conversation: str, message_id: str) -> Reply | None:
        """The reply that another process gives meanwhile; None if this one is to give it."""
        for _ in range(math.ceil(SLOWEST_TURN / _LOOK_AGAIN)):
            if await self._replies.claim(conversation, message_id):
                given = await self._replies.get(conversation, message_id)
                if given is not None:
                    await self._replies.release(conversation, message_id)
                return given
            await asyncio.sleep(_LOOK_AGAIN)
        raise NotNow("failed", 500, gate.words("error"))

    @staticmethod
    def _refused(message_id: str, passed: Passed) -> Reply:
        """What the gate says instead of an answer."""
        sentence = passed.refusal or ""
        if passed.status >= 400:
            code = passed.reason or "refused"
            raise NotNow(code, passed.status, sentence, passed.retry_after)
        return _reply(message_id, [reply_of(message_id, 1, {"text": sentence})], None)


def _reply(message_id: str, replies: list[Reply], note: str | None) -> Reply:
    reply: Reply = {"id": message_id, "replies": replies}
    return {**reply, "note": note} if note else reply
