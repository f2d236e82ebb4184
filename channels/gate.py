"""The gate before every public channel: what comes in is plain, short and free of personal data."""

import logging
import math
import os
from pathlib import Path

import msgspec
from sanic import Sanic
from sanic.request import Request

from channels import metrics
from channels.addresses import client_address, household, networks, parsed, party, within
from channels.limits import Limit, Limiter, MemoryLimiter, make_limiter
from channels.masking import mask
from channels.settingsfile import VAR, SettingsFile, check_region, folder
from nlu.surface import printed, without_slash

logger = logging.getLogger(__name__)
# Sentences of data/service/answers.yml that the channels may have to say.
SENTENCES = ("error", "not_text", "too_long", "masked", "rate_limited", "closed")
# Said when a message was nothing but a number; made of both lines of ``masked``.
MASKED_ONLY = "masked_only"
CLOSED_FILE = VAR / "closed"
_CLOSED_RETRY = 300
# Messages within a minute that are no flood.
LIGHT = 5


class GateSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``settings/gate.yml``; a limit of 0 is no limit.

    Attributes:
        closed: whether the maintenance sentence answers everything.
        longest_message: characters of one message.
        sender_per_minute: messages of one conversation.
        address_per_minute: messages of one client address.
        network_per_minute: messages of one network (/24 of IPv4, /48 of IPv6).
        total_per_minute: messages of everybody; who has hardly written goes on up to twice that.
        calls_per_minute: other requests of one client address (history, session, thumbs).
        sessions_per_minute: new web conversations of one client address.
        trusted_proxies: networks whose ``X-Forwarded-For`` counts.
        exempt_addresses: networks without a limit per address.
        retention_days: after so many days without a message a conversation is deleted; 0 never.
        home_region: assumed on every channel unless a person names another; "" for none.
    """

    closed: bool = False
    longest_message: int = 500
    sender_per_minute: int = 15
    address_per_minute: int = 60
    network_per_minute: int = 600
    total_per_minute: int = 3000
    calls_per_minute: int = 120
    sessions_per_minute: int = 30
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    exempt_addresses: tuple[str, ...] = ("127.0.0.0/8", "::1")
    retention_days: int = 30
    home_region: str = ""

    def __post_init__(self) -> None:
        """Check what types do not say.

        Raises:
            ValueError: for an address or a number that cannot be meant.
        """
        networks((*self.trusted_proxies, *self.exempt_addresses))
        numbers = [value for value in msgspec.structs.astuple(self) if isinstance(value, int)]
        if min(numbers) < 0 or not 1 <= self.longest_message <= 5000:
            raise ValueError("a limit is below 0, or longest_message is not between 1 and 5000")


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate makes of a message.

    Attributes:
        text: what NLU, tracker and log may see.
        refusal: said instead of an answer; None if the message may pass.
        note: said before the answer.
        status: HTTP status of a refusal.
        reason: name of the sentence in refusal or note.
        retry_after: seconds after which a refused message may come again.
    """

    text: str = ""
    refusal: str | None = None
    note: str | None = None
    status: int = 200
    reason: str | None = None
    retry_after: int | None = None


class Gate:
    """Checks a message before anything else sees it."""

    def __init__(
        self,
        words: dict[str, str],
        settings: SettingsFile[GateSettings] | None = None,
        limiter: Limiter | None = None,
        closed_file: Path = CLOSED_FILE,
    ) -> None:
        """Take the sentences it may have to say, and the settings.

        Args:
            words: by the names in ``SENTENCES``, and ``masked_only``.
            settings: None reads ``settings/gate.yml``.
            limiter: None counts in this process.
            closed_file: while it exists, the maintenance sentence answers everything.
        """
        self._words = words
        self._settings = settings or gate_settings()
        self._limiter = limiter or MemoryLimiter()
        self._closed_file = closed_file

    @staticmethod
    def of(app: Sanic) -> "Gate":
        """The gate of a server."""
        if not hasattr(app.ctx, "gate"):
            limiter = make_limiter(os.environ.get("REDIS_URL"))
            app.ctx.gate = Gate(sentences(), gate_settings(), limiter)
        gate: Gate = app.ctx.gate
        return gate

    @property
    def settings(self) -> GateSettings:
        """The settings as they are now."""
        return self._settings.current()

    def home(self) -> dict[str, str]:
        """What is stored with a message about the place that is assumed, if one is set."""
        region = self.settings.home_region
        return {"home_region": region} if region else {}

    def words(self, name: str) -> str:
        """A sentence by its name in the reply files."""
        return self._words[name]

    def address(self, request: Request) -> str:
        """The address a request comes from, seen through trusted proxies; "" if unknown."""
        return client_address(request, networks(self.settings.trusted_proxies))

    async def admit(self, conversation: str, text: str, address: str) -> Passed:
        """Look at a message.

        Args:
            conversation: id with the channel's prefix.
            text: what the person sent.
            address: of the client, from ``address()``; "" if the channel does not know it.
        """
        metrics.message(conversation)
        settings = self.settings
        if settings.closed or self._closed_file.exists():
            return self._refused(conversation, "closed", status=503, retry_after=_CLOSED_RETRY)
        wait = await self._wait(conversation, address)
        if wait:
            return self._refused(conversation, "rate_limited", status=429, retry_after=wait)
        plain = cleaned(text)
        if not plain:
            return self._refused(conversation, "not_text")
        if len(plain) > settings.longest_message:
            return self._refused(conversation, "too_long")
        masked = mask(plain)
        if not masked.kinds:
            return Passed(text=plain)
        metrics.masked(masked.kinds)
        if masked.nothing_else:
            return self._refused(conversation, MASKED_ONLY)
        return Passed(text=masked.text, note=self.words("masked"), reason="masked")

    async def _wait(self, conversation: str, address: str) -> int:
        """Count a message; seconds to wait if there are too many.

        Once everybody's limit is used up, those who used it up wait: whoever has hardly written
        in this minute, neither they nor their network, still gets in, up to twice the limit.
        """
        if self._own_program(conversation, address):
            return 0
        settings = self.settings
        own = [
            Limit(f"sender:{conversation}", settings.sender_per_minute),
            *self._address_limit("messages", address, settings.address_per_minute),
            *self._network_limit(address, settings.network_per_minute),
        ]
        own = [limit for limit in own if limit.most]
        total = settings.total_per_minute
        wait = await self._limiter.take([*own, Limit("total", total)] if total else own)
        if wait and total and not await self._limiter.take([*map(_light, own), _twice(total)]):
            wait = 0.0
        return math.ceil(wait)

    async def allow(self, address: str) -> int:
        """Count a request that is no message.

        Args:
            address: of the client.

        Returns:
            Seconds to wait; 0 if it may go on.
        """
        limits = self._address_limit("calls", address, self.settings.calls_per_minute)
        return math.ceil(await self._limiter.take(limits))

    async def allow_session(self, address: str) -> int:
        """Count a new conversation (see ``allow``): each would have a limit of its own."""
        limits = self._address_limit("sessions", address, self.settings.sessions_per_minute)
        return math.ceil(await self._limiter.take(limits))

    def _own_program(self, conversation: str, address: str) -> bool:
        """Whether REST is called from an exempt address: the operator's own program, no person."""
        known = parsed(address)
        exempt = networks(self.settings.exempt_addresses)
        return conversation.startswith("rest:") and known is not None and within(known, exempt)

    def _address_limit(self, kind: str, address: str, most: int) -> list[Limit]:
        known = parsed(address)
        exempt = networks(self.settings.exempt_addresses)
        if known is None or not most or within(known, exempt):
            return []
        return [Limit(f"{kind}:{household(address)}", most)]

    def _network_limit(self, address: str, most: int) -> list[Limit]:
        if not self._address_limit("network", address, most):
            return []
        return [Limit(f"network:{party(address)}", most)]

    def _refused(
        self, conversation: str, reason: str, status: int = 200, retry_after: int | None = None
    ) -> Passed:
        metrics.refusal(conversation, reason)
        return Passed(
            refusal=self.words(reason), status=status, reason=reason, retry_after=retry_after
        )


def _light(limit: Limit) -> Limit:
    """The limit under which somebody has hardly written."""
    return Limit(limit.key, min(limit.most, LIGHT))


def _twice(total: int) -> Limit:
    return Limit("total", 2 * total)


def cleaned(text: str) -> str:
    """A text without signs that nobody sees, and without a leading slash."""
    return without_slash(printed(text)).rstrip()


def sentences() -> dict[str, str]:
    """The gate's sentences from the reply files."""
    from dialogue.assistant import assistant

    wording = assistant().wording
    words = {name: wording.lead(name) for name in SENTENCES}
    # The second line alone would not do: it says that the number is hidden already.
    words[MASKED_ONLY] = wording.lead("masked") + wording.answers["masked"].extra
    return words


def gate_settings() -> SettingsFile[GateSettings]:
    """The settings of the gate.

    Raises:
        DataError: naming what does not fit.
    """
    checks = {"home_region": check_region}
    return SettingsFile(folder() / "gate.yml", GateSettings, "GATE_", checks=checks)
