"""Short codes on paper: whoever can write one down has opened the bundle that it was printed in.

Sixteen characters of Crockford's base32 in groups of four: 75 bits of an HMAC, and a check character by Luhn's rule over
32 letters, which finds every single wrong letter and almost every pair that changed places.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
GROUP = 4
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})
LABEL = b"bihuan-carrier-code-1"
CODED_KINDS = ("signed_for", "accepted")
"""Receipts that may come back as a code."""


def code_for(secret: bytes, message_id: str, kind: str) -> str:
    """The code of that kind of receipt to that message, under the bundle's own secret."""
    digest = hmac.new(
        secret, b"\0".join((LABEL, kind.encode(), message_id.encode())), hashlib.sha256
    ).digest()
    bits = int.from_bytes(digest, "big") >> (256 - 5 * (LENGTH - 1))
    letters = "".join(ALPHABET[(bits >> 5 * place) & 31] for place in reversed(range(LENGTH - 1)))
    return letters + _check(letters)


def shown(code: str) -> str:
    """The code in groups, as it is printed."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def typed(text: str) -> str | None:
    """The code that somebody typed, whatever gaps, case and look-alike letters; None where it cannot be one."""
    plain = unicodedata.normalize("NFKC", text[: 4 * LENGTH]).upper()
    letters = "".join(one for one in plain if one not in " \t-_.—–").translate(MISREAD)
    if len(letters) != LENGTH or any(one not in ALPHABET for one in letters):
        return None
    return letters if _check(letters[:-1]) == letters[-1] else None


def same(one: str, other: str) -> bool:
    """True when the codes are the same; takes as long when they are not."""
    return hmac.compare_digest(one.encode(), other.encode())


def _check(letters: str) -> str:
    total, factor = 0, 2
    for letter in reversed(letters):
        added = factor * ALPHABET.index(letter)
        total += added // 32 + added % 32
        factor = 3 - factor
    return ALPHABET[-total % 32]
