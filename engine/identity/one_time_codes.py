"""Codes by time (RFC 6238) and codes for the day on which the telephone is lost."""

from __future__ import annotations

import hmac
import io
import secrets
from datetime import datetime

import pyotp
import segno

PERIOD_SECONDS = 30
DRIFT = 1
"""Periods by which the telephone's clock may be off, either way."""
DIGITS = 6
ISSUER = "闭环 Bihuan"
RECOVERY_CODES = 10
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without letters and digits that are taken for one another when they are read from paper."""
RECOVERY_LENGTH = 10
_NOBODY = pyotp.random_base32()
"""Codes of it are counted where there is no second factor, so that the answer takes the same work."""


def new_secret() -> str:
    """A fresh secret of 160 bits in base32."""
    return pyotp.random_base32()


def address_of(secret: str, login: str) -> str:
    """The otpauth: address that an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def picture_of(address: str) -> str:
    """The address as a QR code in SVG, drawn with attributes alone, for a page without inline styles."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=4, border=4, xmldecl=False, svgns=True, nl=False, light="#fff", svgclass="qr"
    )
    return drawn.getvalue().decode()


def step_of(moment: datetime) -> int:
    """The period of the moment."""
    return int(moment.timestamp()) // PERIOD_SECONDS


def step_shown(secret: str | None, code: str, moment: datetime) -> int | None:
    """The period of which the code is, among the present one and its neighbours; None when it is of none.

    Without a secret it is of none, after the same work. Every period is compared, in constant time each.
    """
    counted, now, found = pyotp.TOTP(secret or _NOBODY), step_of(moment), None
    for step in range(max(now - DRIFT, 0), now + DRIFT + 1):
        if hmac.compare_digest(counted.generate_otp(step).encode(), code.encode("utf-8", "surrogatepass")):
            found = step
    return found if secret is not None else None


def new_recovery_codes() -> list[str]:
    """Fresh codes, each good for one sign-in."""
    return ["".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]


def plain(code: str) -> str:
    """The code as it is counted: without blanks and hyphens, in capitals."""
    return "".join(letter for letter in code.upper() if letter not in " -\u3000")[: 2 * RECOVERY_LENGTH]
