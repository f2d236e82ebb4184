"""Late answers through the API, within what WeChat allows."""

import logging
import time
from collections.abc import Callable

from channels.wechat.api import Api, ApiError
from channels.wechat.inbox import Inbox, Person

logger = logging.getLogger(__name__)
# What WeChat allows after a message, and after a tap, a scan or a subscription.
AFTER_MESSAGE = (5, 48 * 60 * 60.0)
AFTER_EVENT = (3, 60.0)


class Allowance:
    """Counts the API messages that a person's own messages allow."""

    def __init__(self, inbox: Inbox, now: Callable[[], float] = time.time) -> None:
        """Take the records and a clock of seconds since 1970."""
        self._inbox = inbox
        self._now = now

    async def refill(self, conversation: str, is_event: bool) -> None:
        """A person wrote or tapped something."""
        count, seconds = AFTER_EVENT if is_event else AFTER_MESSAGE

        def change(person: Person) -> None:
            now = self._now()
            left = person.allowance if person.until > now else 0
            person.allowance = max(left, count)
            person.until = max(person.until, now + seconds)

        await self._inbox.change_person(conversation, change)

    async def spend(self, conversation: str) -> bool:
        """Take one message out of the allowance; False if nothing is left."""

        def change(person: Person) -> bool:
            if person.allowance < 1 or person.until <= self._now():
                return False
            person.allowance -= 1
            return True

        return await self._inbox.change_person(conversation, change)


async def push(
    api: Api, allowance: Allowance | None, conversation: str, person: str, agent: str, content: str
) -> bool:
    """Send a late answer; False if it has to wait for the person's next message.

    Args:
        api: of the account.
        allowance: counts; None where no such limit exists (WeCom).
        conversation: for the count, without the person's id.
        person: OpenID, or WeCom's user id.
        agent: WeCom's AgentID.
        content: what to say.
    """
    if allowance and not await allowance.spend(conversation):
        return False
    try:
        await api.send_text(person, content, agent)
    except ApiError as error:
        logger.warning("a late answer waits: %s", error)
        return False
    return True
