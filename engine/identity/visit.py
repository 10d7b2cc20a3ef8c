"""A request whose sender is known, and what a fresh proof of identity gives."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.commands import Principal

PASSWORD, SECOND_FACTOR, SINGLE_SIGN_ON = "password", "second_factor", "single_sign_on"
"""How somebody was proven."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request whose sender is known: the principal, and how it showed who it is."""

    principal: Principal
    scope: str
    """`write`, or `read` for tokens that change nothing."""
    csrf: str | None = None
    """What unsafe requests of a session must carry; None for bearer tokens."""
    proven_at: datetime | None = None
    """When the person of a session was last proven, in real time; None for bearer tokens."""
    has_second_factor: bool = False
    scopes: tuple[str, ...] | None = None
    """Finer scopes of a token, of which one must cover the request; None where it has none."""
    owes: str | None = None
    """What the person must do before anything else: `password` or `second_factor`."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the cookie's token, which is nowhere stored, and the CSRF value."""

    token: str
    csrf: str
    principal: Principal


def digest_of(token: str) -> str:
    """SHA-256 (hex) of a token, by which it is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def principal_of(row: Any, language: str = "zh") -> Principal:
    """The person of an account row with the rights of its own."""
    return Principal(
        login=row.login,
        name=row.name,
        roles=frozenset(row.roles),
        department=row.department,
        unit=row.unit,
        certificate_no=row.certificate_no,
        language=language,
    )
