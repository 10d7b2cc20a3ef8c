"""How guessing is slowed down so that nobody can shut the true person out by guessing.

Failures are counted apart for a browser or an address from which that person has signed in before, and for the rest of
the world together (OWASP's device cookies). Whoever guesses from elsewhere shuts elsewhere.
"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from engine.core.refusals import Refusal
from engine.throttle import Throttle
from models.columns import ID_LENGTH

FAILURES_MAX = 10
"""Failed sign-ins of one login from one browser or address within the window."""
FAILURES_WINDOW_SECONDS = 300
STRANGERS_MAX = 50
"""Failed sign-ins of one login from everywhere that is not known of it."""
STRANGERS_WINDOW_SECONDS = 900
CODES_MAX = 10
"""Wrong codes after the right password, from wherever."""
CODES_WINDOW_SECONDS = 3600
PLACES_MAX = 10_000
NETWORK_BITS = 64
"""Whoever has one address of version 6 has all of its network."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: what it counts for."""

    login: str
    place: Hashable
    known: bool


@dataclass(slots=True)
class Lockout:
    """Failed sign-ins of the last minutes, in this process; what is remembered is bounded."""

    places: Throttle = field(default_factory=lambda: Throttle(FAILURES_MAX, FAILURES_WINDOW_SECONDS))
    strangers: Throttle = field(default_factory=lambda: Throttle(STRANGERS_MAX, STRANGERS_WINDOW_SECONDS))
    codes: Throttle = field(default_factory=lambda: Throttle(CODES_MAX, CODES_WINDOW_SECONDS))
    _known: OrderedDict[bytes, None] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, login: str, address: str, device: str | None) -> Attempt:
        """The try counts as failed until it succeeds; raises `rate_limited` after too many.

        `device` names the open session, or the browser where that login has signed in from it before, else it is None.
        """
        login = login.casefold()[:ID_LENGTH]
        place = (login, "browser", device) if device else (login, "address", network_of(address))
        attempt = Attempt(login, place, device is not None or self._is_known(place))
        if not attempt.known:
            self.strangers.begin(login)
        try:
            self.places.begin(place)
        except Refusal:
            if not attempt.known:
                self.strangers.withdraw(login)  # it was not tried
            raise
        return attempt

    def succeeded(self, attempt: Attempt) -> None:
        """It was the person: what failed there before is forgotten, and that place is known from now on."""
        self.places.succeeded(attempt.place)
        if not attempt.known:
            self.strangers.withdraw(attempt.login)
        with self._lock:
            self._known[_digest(attempt.place)] = None
            self._known.move_to_end(_digest(attempt.place))
            if len(self._known) > PLACES_MAX:
                self._known.popitem(last=False)

    def undecided(self, attempt: Attempt) -> None:
        """It did not fail, and was not enough: the place is not known by it, and what failed there before still counts."""
        self.places.withdraw(attempt.place)
        if not attempt.known:
            self.strangers.withdraw(attempt.login)

    def _is_known(self, place: Hashable) -> bool:
        with self._lock:
            return _digest(place) in self._known


def network_of(address: str) -> str:
    """The address, or of version 6 the network that it stands in."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address[:ID_LENGTH]
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is None:
        return str(ipaddress.ip_network((read, NETWORK_BITS), strict=False))
    return str(read)


def _digest(place: Hashable) -> bytes:
    """Sixteen bytes for the place, so that what is remembered is bounded."""
    return hashlib.sha256(repr(place).encode("utf-8", "surrogatepass")).digest()[:16]
