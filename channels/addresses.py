"""Whose address a request has: the client's, seen through the proxies that are trusted."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from sanic.request import Request

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# A home has a whole /64 of IPv6.
_HOME_V6 = 64
# What one party can have for the asking: a /48 of IPv6, a /24 of IPv4.
_PARTY = {6: 48, 4: 24}


@lru_cache(maxsize=64)
def networks(written: tuple[str, ...]) -> tuple[Network, ...]:
    """Networks from ``10.0.0.0/8`` or single addresses.

    Raises:
        ValueError: if one is neither.
    """
    return tuple(ipaddress.ip_network(each, strict=False) for each in written)


@lru_cache(maxsize=256)
def parsed(text: str) -> Address | None:
    """An address, also with a port or in brackets; None if it is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def within(address: Address | None, several: Iterable[Network]) -> bool:
    """Whether an address is in one of the networks."""
    return address is not None and any(
        address.version == network.version and address in network for network in several
    )


def client_address(request: Request, trusted: tuple[Network, ...]) -> str:
    """The address that a request comes from.

    ``X-Forwarded-For`` counts only as far as trusted proxies wrote it: read from its end, the
    first address that is no trusted proxy is the client.

    Returns:
        The address, or "" if it is not known (a Unix socket).
    """
    address = parsed(request.ip or "")
    if not within(address, trusted):
        return str(address or "")
    hops = ",".join(request.headers.getall("x-forwarded-for", [])).split(",")
    for hop in reversed(hops):
        further = parsed(hop)
        if further is None:
            break
        address = further
        if not within(address, trusted):
            break
    return str(address or "")


def household(address: str) -> str:
    """What limits count as one client: an IPv4 address, or the /64 of an IPv6 one."""
    known = parsed(address)
    if known is None or known.version == 4:
        return address
    return str(ipaddress.ip_network((known, _HOME_V6), strict=False).network_address)


def party(address: str) -> str:
    """The network around an address that one party may have all to itself; "" if unknown."""
    known = parsed(address)
    if known is None:
        return ""
    return str(ipaddress.ip_network((known, _PARTY[known.version]), strict=False))
