"""Who somebody is: sign-in, sessions and bearer tokens, with the rights of this moment."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine.clock import Clock
from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.fact_types import CONTROL
from engine.core.refusals import Refusal
from engine.delegation_reader import lent_now
from engine.throttle import Throttle
from engine.writer import Writer
from models import account_reading as reading
from models import records
from models.columns import ID_LENGTH
from models.database import Database
from rules.offices import Office

IDLE = timedelta(minutes=30)
FAILURES_MAX = 10
"""Failed sign-ins of one login from one address within the window."""
FAILURES_WINDOW_SECONDS = 300
SEEN_EVERY = timedelta(seconds=60)
"""A session is written at most this often; idleness is therefore measured up to a minute too strictly."""
PASSWORD_LENGTH_MAX = 1000
TOKEN_LENGTH_MAX = 200
LANGUAGES = ("zh", "en")
SCOPES = ("read", "write")

# OWASP's least cost for argon2id: 19 MiB, two passes. Each sign-in holds that much memory, so few run at once.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_HASHING = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
"""Verified against when there is no such account, so that the answer takes the same work."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request whose sender is known: the principal, and how it showed who it is."""

    principal: Principal
    scope: str
    csrf: str | None = None
    """What unsafe requests of a session must carry; None for bearer tokens."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the cookie's token, which is nowhere stored, and the CSRF value."""

    token: str
    csrf: str
    principal: Principal


def hash_password(password: str) -> str:
    """The argon2id hash to be stored; raises `facts_invalid` for an empty or endless password."""
    if not password or len(password) > PASSWORD_LENGTH_MAX:
        from engine.core.refusals import FieldError

        raise Refusal(
            "facts_invalid", errors=[FieldError("/password", "missing" if not password else "range")]
        )
    with _HASHING:
        return _HASHER.hash(password)


def digest_of(token: str) -> str:
    """SHA-256 (hex) of a token, by which it is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class Accounts:
    """Tells who signs in or shows a token; wrong, unknown and disabled are refused alike."""

    database: Database
    writer: Writer
    clock: Clock
    office: Office
    idle: timedelta = IDLE
    throttle: Throttle = field(default_factory=lambda: Throttle(FAILURES_MAX, FAILURES_WINDOW_SECONDS))

    def verify(self, login: str, password: str) -> Principal:
        """The person with that login and password; raises `authentication_required`."""
        row = self._account(login)
        with _HASHING:
            right = _matches(row.password_hash if row else _NOBODY, password[: PASSWORD_LENGTH_MAX + 1])
        if row is None or not right or row.disabled:
            raise Refusal("authentication_required")
        with self.database.read() as connection:
            return self._with_rights(connection, row)

    def sign_in(self, login: str, password: str, address: str = "") -> SignedIn:
        """A fresh session; raises `authentication_required`, or `rate_limited` after too many failures."""
        key = (login.casefold()[:ID_LENGTH], address)
        self.throttle.begin(key)
        who = self.verify(login, password)
        self.throttle.succeeded(key)
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), self.clock.real_now()
        row = {
            "token_digest": digest_of(token),
            "office_id": self.office.office_id,
            "login_key": who.login.casefold(),
            "csrf": csrf,
            "language": None,
            "created_at": now,
            "seen_at": now,
            "ended": False,
        }
        self.writer.submit(lambda connection: records.add(connection, reading.SESSION, [row]), always=True)
        return SignedIn(token, csrf, who)

    def by_session(self, token: str) -> Visit | None:
        """Whose session it is, unless it ended, was idle too long, or the account is disabled."""
        if not token or len(token) > TOKEN_LENGTH_MAX:
            return None
        digest, now = digest_of(token), self.clock.real_now()
        with self.database.read() as connection:
            row = reading.session_and_user(connection, digest)
            if row is None or row.ended or row.disabled or now - row.seen_at > self.idle:
                return None
            who = self._with_rights(connection, row, row.language or "zh")
        if now - row.seen_at >= SEEN_EVERY:
            self._seen(digest, now)
        return Visit(who, "write", row.csrf)

    def by_token(self, token: str) -> Visit | None:
        """Whose bearer token it is, unless it was revoked, expired, or the account is disabled."""
        if not token or len(token) > TOKEN_LENGTH_MAX:
            return None
        with self.database.read() as connection:
            row = reading.token_and_user(connection, digest_of(token))
            if row is None or row.revoked or row.disabled or row.expires_at <= self.clock.now():
                return None
            return Visit(self._with_rights(connection, row), row.scope)

    def sign_out(self, token: str) -> None:
        """The session is over."""
        digest = digest_of(token)
        self.writer.submit(
            lambda connection: reading.change_session(connection, digest, {"ended": True}), always=True
        )

    def set_language(self, token: str, language: str) -> None:
        """Pages of the session speak this language."""
        digest = digest_of(token)
        if language in LANGUAGES:
            self.writer.submit(
                lambda connection: reading.change_session(connection, digest, {"language": language}),
                always=True,
            )

    def directory(self, logins: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Name, department, unit, title and phone of those logins that exist, by login folded to lower case."""
        shown = ("login", "name", "department", "unit", "title", "phone", "certificate_no")
        with self.database.read() as connection:
            rows = reading.users_named(connection, logins) if logins else []
        return {row.login_key: {name: getattr(row, name) for name in shown} for row in rows}

    def named(self, login: str) -> Principal | None:
        """The person of that login, unless there is none or the account is disabled."""
        row = self._account(login)
        if row is None or row.disabled:
            return None
        with self.database.read() as connection:
            return self._with_rights(connection, row)

    def users(self) -> list[dict[str, Any]]:
        """Every account as `user list` shows it."""
        with self.database.read() as connection:
            rows = reading.users(connection, self.office.office_id)
        shown = ("login", "name", "department", "unit", "roles", "disabled")
        return [{name: getattr(row, name) for name in shown} for row in rows]

    def _with_rights(self, connection: Connection, row: Any, language: str = "zh") -> Principal:
        """The person of an account row with every right of this moment: those of the account, and those lent to it."""
        lent = lent_now(connection, self.office, row, civil_date(self.clock.now()))
        return replace(principal_of(row, language), acting_for=lent)

    def _account(self, login: str) -> Any:
        """The row of that login, compared without case; what cannot be a login is nobody's."""
        if not login or len(login) > ID_LENGTH or CONTROL.search(login):
            return None
        with self.database.read() as connection:
            return records.user_row(connection, login)

    def _seen(self, digest: str, now: datetime) -> None:
        try:
            self.writer.submit(
                lambda connection: reading.change_session(connection, digest, {"seen_at": now}), always=True
            )
        except Refusal:
            return  # on a read-only disk the session lives on until it counts as idle


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


def add_user(connection: Connection, office: Office, detail: Mapping[str, Any], now: datetime) -> None:
    """The account is there; `detail` has login, name, department, roles, password_hash and maybe more."""
    kept = {name: detail.get(name) for name in ("unit", "certificate_no", "title", "phone")}
    row = {
        "login_key": detail["login"].casefold(),
        "login": detail["login"],
        "office_id": office.office_id,
        "name": detail["name"],
        "department": detail["department"],
        "roles": list(detail["roles"]),
        "password_hash": detail["password_hash"],
        "disabled": False,
        "created_at": now,
        **kept,
    }
    records.add(connection, records.USER, [row])


def issue_token(
    connection: Connection, office: Office, detail: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """A fresh bearer token as {"token", "id", "expires"}; the token is told this once."""
    token, id = f"bht_{secrets.token_urlsafe(32)}", str(uuid7())
    row = {
        "id": id,
        "office_id": office.office_id,
        "token_digest": digest_of(token),
        "login_key": detail["login"].casefold(),
        "scope": detail["scope"],
        "expires_at": datetime.fromisoformat(detail["expires"]),
        "issued_at": now,
        "revoked": False,
    }
    records.add(connection, reading.TOKEN, [row])
    return {"token": token, "id": id, "expires": detail["expires"]}


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
