"""One turn with a person: the bot's answer, joined with what is still due to them."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.gate import Gate, Passed
from channels.outgoing import SLOWEST_TURN, Handler, TurnFailed, TurnRepeated, run_turn
from channels.wechat.desk import Desk, Turned
from channels.wechat.inbox import Person
from channels.wechat.messages import Ask, Say
from channels.wechat.pieces import Pieces
from channels.wechat.replies import Said, as_text, first_piece
from channels.wechat.screen import link_to
from channels.wechat.settings import WeChatSettings
from channels.wechat.store import StoreDown
from channels.wechat.words import Words, asked_in
from dialogue.acts.picking import ordinal

logger = logging.getLogger(__name__)
LAST_DIGIT = 9
Given = Callable[[str, str], Awaitable[list[dict[str, Any]]]]


class Talk:
    """Knows the bot, the gate and the words; the records are the desk's."""

    def __init__(
        self, handler: Handler, gate: Gate, words: Words, given: Given, settings: WeChatSettings
    ) -> None:
        """Make it.

        Args:
            handler: hands a message to the bot.
            gate: checks what people write.
            words: the channel's own sentences.
            given: finds the stored replies to a message of a conversation.
            settings: of the account.
        """
        self._handler = handler
        self._settings = settings
        self._pieces = Pieces(settings.gather)
        self._given = given
        self._gate = gate
        self._words = words

    async def turn(self, desk: Desk, key: str, conversation: str, meaning: Ask | Say) -> Turned:
        """Answer a message, with every answer that is still due to the person.

        Args:
            desk: where the records are.
            key: of the message.
            conversation: whose it is.
            meaning: what the message means.
        """
        text, passed = "", None
        if isinstance(meaning, Ask):
            text = meaning.text
            whole = meaning.whole or self._words.is_poke(text)
            if await self._pieces.wait_for(desk.inbox, conversation, whole):
                passed = await self._admitted(conversation, text)
                if passed.refusal is None:
                    joined = await self._pieces.joined(desk.inbox, conversation, key, passed)
                    if joined is None:
                        return Turned("", [])
                    passed, text = joined, joined.text
        person = await self._known(desk, conversation)
        waiting = await self._waiting(desk, person, key)
        rest, listed = "", list[str]()
        if isinstance(meaning, Say):
            new = [self._words.said(meaning.sentence)]
            listed = new[0].choices
        elif waiting and (self._words.is_poke(text) or self._asks_again(text, person, waiting)):
            await desk.settled(waiting, SLOWEST_TURN)
            new = []
        elif person.rest and self._continues(text):
            new, rest = [], person.rest
        elif self._words.wants_more(text) and not person.rest:
            new = [Said(self._words.line("wechat_no_more"))]
        else:
            passed = passed or await self._admitted(conversation, picked(text, person.listed))
            new = await self._asked(conversation, key, passed)
        late = await self._late(desk, conversation, key)
        said = self._joined(late, new, rest)
        whole_text = as_text(said, self._words.line("wechat_choices"))
        content, remaining = first_piece(whole_text, self._words.line("wechat_more"))
        await self._remember(desk, conversation, person, remaining, listed)
        return Turned(content, said)

    @staticmethod
    def _asks_again(text: str, person: Person, waiting: list[str]) -> bool:
        """Whether a message asks what a late answer is about: that answer is enough."""
        asked = asked_in(text)
        return bool(asked) and any(person.asked.get(key) == asked for key in waiting)

    def _continues(self, text: str) -> bool:
        """Whether a message asks for the rest: by word, or by a number whose list is in it."""
        number = ordinal(text)
        return self._words.wants_more(text) or (number is not None and number <= LAST_DIGIT)

    def _joined(self, late: list[Said], new: list[Said], rest: str) -> list[Said]:
        said = list(new)
        if rest:
            said.append(Said(rest))
        if late:
            said = [Said(self._words.line("wechat_late")), *late, *said]
        return said or [Said(self._gate.words("error"))]

    async def _admitted(self, conversation: str, text: str) -> Passed:
        """What the gate makes of a text."""
        # All requests come from WeChat's own servers; the person's address is unknown.
        return await self._gate.admit(conversation, text, "")

    async def _asked(self, conversation: str, key: str, passed: Passed) -> list[Said]:
        """What the bot says to what the gate let through; never nothing."""
        if passed.refusal is not None:
            return [Said(passed.refusal)]
        try:
            message = hashlib.sha256(key.encode()).hexdigest()[:32]
            messages = await run_turn(
                self._handler,
                conversation,
                passed.text,
                message_id=message,
                metadata=self._home(),
            )
        except TurnRepeated:
            # From before a restart, which our own records did not outlive.
            messages = await self._given(conversation, message)
        except TurnFailed:
            return [Said(self._gate.words("error"))]
        said = [self._from_bot(each) for each in messages]
        said = [each for each in said if each.text or each.choices]
        said = said or [Said(self._gate.words("error"))]
        return [Said(passed.note), *said] if passed.note else said

    def _home(self) -> dict[str, Any] | None:
        """The place that is meant where none is named: the account's, else the operator's."""
        if self._settings.home_region:
            return {"home_region": self._settings.home_region}
        return self._gate.home() or None

    def _from_bot(self, message: dict[str, Any]) -> Said:
        """One of the bot's messages, with the page's address if it needs a screen."""
        said = from_bot(message)
        link = link_to(self._settings.page_url, message.get("custom"))
        if link:
            said.text += f"\n{self._words.line('wechat_page')}{link}"
        return said

    async def _known(self, desk: Desk, conversation: str) -> Person:
        try:
            return await desk.inbox.person(conversation)
        except StoreDown:
            return Person()

    async def _waiting(self, desk: Desk, person: Person, key: str) -> list[str]:
        try:
            return await desk.inbox.due(person, key)
        except StoreDown:
            return []

    async def _late(self, desk: Desk, conversation: str, key: str) -> list[Said]:
        try:
            return await desk.inbox.collect(conversation, key)
        except StoreDown:
            return []

    async def _remember(
        self, desk: Desk, conversation: str, before: Person, rest: str, listed: list[str]
    ) -> None:
        if (before.rest, before.listed) == (rest, listed):
            return

        def change(person: Person) -> None:
            person.rest, person.listed = rest, listed

        try:
            await desk.inbox.change_person(conversation, change)
        except StoreDown as error:
            logger.error("the rest of a WeChat answer is lost: %s", error)


def picked(text: str, listed: list[str]) -> str:
    """The choice that a bare number means, if the channel's own list was the last one shown."""
    number = ordinal(text)
    return listed[number - 1] if number and number <= len(listed) else text


def from_bot(message: dict[str, Any]) -> Said:
    """One of the bot's messages; a button's words are also what it sends."""
    titles = [str(button["title"]) for button in message.get("buttons") or []]
    return Said(str(message.get("text") or ""), titles)
