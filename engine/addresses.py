"""Where the house may call: the addresses behind a URL, private ones only where a system is allowed to have one."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

Resolver = Callable[[str, int], Awaitable[list[str]]]
SCHEMES = ("http", "https")
PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
UNICAST = ipaddress.IPv6Network("2000::/3")
"""What is given out to machines of the world; elsewhere lie site-local, compatible and translated addresses."""


class AddressRefused(Exception):
    """The house does not call there; the words say why."""


def check_url(url: str, allow_private: bool) -> None:
    """Returns when the URL is one the house may call as far as its text tells; raises AddressRefused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as fault:
        raise AddressRefused("no URL") from fault
    if parts.scheme not in SCHEMES or not host or port == 0:
        raise AddressRefused("http or https with a host expected")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused("no user, password or fragment in the URL")
    if is_literal(host):
        check_address(host, allow_private)


def check_address(address: str, allow_private: bool) -> None:
    """Returns when the address is public, or private ones are allowed; raises AddressRefused."""
    real = _behind(ipaddress.ip_address(address))
    if real.is_multicast or real.is_unspecified:
        raise AddressRefused("not an address of one machine")
    if not allow_private and not (real.is_global and (real.version == 4 or real in UNICAST)):
        raise AddressRefused("a private address")


def _behind(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 one carries by a translation (mapped, 6to4, NAT64), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_literal(host: str) -> bool:
    """True when the host is an address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def addresses_of(
    url: str, allow_private: bool, resolve: Resolver, allowed: Collection[str] | None = None
) -> list[str]:
    """The addresses behind the URL, every one of them allowed; the caller connects to these and to no other."""
    check_url(url, allow_private)
    parts = urlsplit(url)
    host = parts.hostname or ""
    found = [host] if is_literal(host) else await resolve(host, parts.port or PORTS[parts.scheme])
    for address in found:
        check_address(address, allow_private)
    check_listed(host, found, allowed)
    return found


def check_listed(host: str, addresses: Collection[str], allowed: Collection[str] | None) -> None:
    """Returns when the host stands on the list, or every address lies in a network on it; None is no list."""
    if allowed is None or host.casefold() in allowed:
        return
    networks = [ipaddress.ip_network(one) for one in allowed if is_network(one)]
    for address in addresses:
        real = _behind(ipaddress.ip_address(address))
        if not any(real in network for network in networks if network.version == real.version):
            raise AddressRefused("not on the list of this system")


def is_network(text: str) -> bool:
    """True for an address, or a network such as 10.1.0.0/16."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


async def resolved(host: str, port: int) -> list[str]:
    """What the name service says of the host, in its order."""
    answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]).split("%")[0] for answer in answers))
