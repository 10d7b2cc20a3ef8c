"""Passwords are kept as argon2id hashes, and looking one up costs the same whether the account exists or not."""

from __future__ import annotations

import os
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from engine.core.refusals import FieldError, Refusal

PASSWORD_LENGTH_MAX = 1000

# OWASP's least cost for argon2id: 19 MiB, two passes. Each sign-in holds that much memory, so few run at once.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_HASHING = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
"""Verified against when there is no such account, so that the answer takes the same work."""


def hash_password(password: str) -> str:
    """The argon2id hash to be stored; raises `facts_invalid` for an empty or endless password."""
    if not password or len(password) > PASSWORD_LENGTH_MAX:
        code = "missing" if not password else "range"
        raise Refusal("facts_invalid", errors=[FieldError("/password", code)])
    with _HASHING:
        return _HASHER.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """True when the password is the one behind the hash; of None it never is, after the same work."""
    with _HASHING:
        right = matches(stored or _NOBODY, password[: PASSWORD_LENGTH_MAX + 1])
    return right and stored is not None


def matches(stored: str, password: str) -> bool:
    """True when the hash was made of the password."""
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
