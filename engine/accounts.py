"""Who somebody is: sign-in, sessions and bearer tokens, with the rights of this moment."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine.administrative_record import enter
from engine.clock import Clock
from engine.core.calendar import civil_date
from engine.core.commands import CLOCK_LOGIN, Principal
from engine.core.fact_types import CONTROL
from engine.core.refusals import Refusal
from engine.delegation_reader import lent_now
from engine.identity.failures import Failures, told
from engine.identity.lockout import Lockout
from engine.identity.owed import OWED
from engine.identity.password_rules import check_chosen
from engine.identity.passwords import hash_password, is_password
from engine.identity.sessions import TOKEN_LENGTH_MAX, Sessions
from engine.identity.visit import PASSWORD, SignedIn, Visit, digest_of, principal_of
from engine.writer import Writer
from models import account_reading as reading
from models import records
from models.columns import ID_LENGTH
from models.database import Database
from rules.offices import Office

SCOPES = ("read", "write")
NOT_PROVEN = (
    "登录名或者口令不对，或者账号已停用；启用了验证码的，须同时填写验证码（code）。"
    " · The login or the password is wrong, or the account is disabled; with a second factor, its code goes along."
)


@dataclass(slots=True)
class Accounts:
    """Tells who signs in or shows a token; wrong, unknown and disabled are refused alike."""

    database: Database
    writer: Writer
    clock: Clock
    office: Office
    sessions: Sessions
    lockout: Lockout = field(default_factory=Lockout)
    failures: Failures = field(default_factory=Failures)

    def verify(self, login: str, password: str) -> Principal:
        """The person with that login and password, who acts once and has no session.

        Raises `authentication_required`, or `not_yours` while somebody else knows the password.
        """
        row = self._proven(login, password)
        if row.must_change:
            raise Refusal("not_yours", detail=OWED[PASSWORD])
        with self.database.read() as connection:
            return self._with_rights(connection, row)

    def sign_in(
        self, login: str, password: str, address: str = "", browser: str = "", *, remember: str | None = None
    ) -> SignedIn:
        """A fresh session; raises `authentication_required`, or `rate_limited` after too many failures.

        `browser` is the token of the browser that asks, where it has one; `remember` the token by which it is known for
        this account from now on.
        """
        with self.guessing(login, address, browser):
            row = self._proven(login, password)
        return self.sessions.open(row, PASSWORD, remember)

    def guessing(self, login: str, address: str, browser: str = "", session: str = "") -> Guess:
        """What is done within counts as a failed proof of that login when it raises.

        Within an open session, named by its token, failures count for that session alone.
        """
        return Guess(self, login, address, browser, session)

    def change_password(self, who: Principal, token: str, password: str, chosen: str) -> SignedIn:
        """The person has the password that they chose, in a fresh session, and no other session is left.

        Raises `authentication_required` for a wrong present password, `rate_limited`, or `facts_invalid`.
        """
        check_chosen(chosen, password, who.login, who.name, self.office)
        with self.guessing(who.login, "", session=token):
            row = self._proven(who.login, password)
        hashed = hash_password(chosen)

        def write(connection: Connection) -> None:
            reading.change_user(connection, row.login_key, {"password_hash": hashed, "must_change": False})
            reading.end_sessions_of(connection, row.login_key, but=digest_of(token))
            self.sessions.enter(connection, "password.change", row.login, {})

        self.writer.submit(write)
        return self.sessions.open(row, PASSWORD, instead_of=token)

    def by_session(self, token: str) -> Visit | None:
        """Whose session it is, unless it ended, was idle or lasted too long, or the account is disabled."""
        with self.database.read() as connection:
            row = self.sessions.alive(connection, token)
            if row is None:
                return None
            who = self._with_rights(connection, row, row.language or "zh")
        self.sessions.seen(token, row)
        return Visit(
            who,
            "write",
            row.csrf,
            proven_at=row.opened_at,
            has_second_factor=row.second_factor_since is not None,
            owes=PASSWORD if row.must_change else None,
        )

    def by_token(self, token: str) -> Visit | None:
        """Whose bearer token it is, unless it was revoked, expired, or the account is disabled."""
        if not token or len(token) > TOKEN_LENGTH_MAX:
            return None
        with self.database.read() as connection:
            row = reading.token_and_user(connection, digest_of(token))
            if row is None or row.revoked or row.disabled or row.expires_at <= self.clock.now():
                return None
            return Visit(self._with_rights(connection, row), row.scope)

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

    def write_failures(self) -> None:
        """Sign-ins that failed since this was last done stand in the record of administration, in one entry."""
        counted, others = self.failures.taken()
        if not counted and not others:
            return

        def write(connection: Connection) -> None:
            existing = {row.login_key: row.login for row in reading.users_named(connection, list(counted))}
            detail, now = told(counted, others, existing), self.clock.now()
            enter(connection, self.office.office_id, "session.failed", CLOCK_LOGIN, detail, now)

        self.writer.submit(write)

    def knows(self, login: str, browser: str) -> bool:
        """True when that login has signed in from the browser of that token."""
        key = login.casefold()
        if not browser or len(browser) > TOKEN_LENGTH_MAX or not _may_be_login(key):
            return False
        with self.database.read() as connection:
            return reading.knows_browser(connection, key, digest_of(browser))

    def _proven(self, login: str, password: str) -> Any:
        """The row of the enabled account with that login and password; raises `authentication_required`."""
        row = self._account(login)
        right = is_password(row.password_hash if row else None, password)
        if row is None or not right or row.disabled:
            raise Refusal("authentication_required", detail=NOT_PROVEN)
        return row

    def _with_rights(self, connection: Connection, row: Any, language: str = "zh") -> Principal:
        """The person of an account row with every right of this moment: those of the account, and those lent to it."""
        lent = lent_now(connection, self.office, row, civil_date(self.clock.now()))
        return replace(principal_of(row, language), acting_for=lent)

    def _account(self, login: str) -> Any:
        """The row of that login, compared without case; what cannot be a login is nobody's."""
        if not _may_be_login(login):
            return None
        with self.database.read() as connection:
            return records.user_row(connection, login)


@dataclass(slots=True)
class Guess:
    """A try to prove who somebody is, as a context: what raises within it is a failure, and is counted."""

    accounts: Accounts
    login: str
    address: str
    browser: str
    session: str
    _attempt: Any = None

    def __enter__(self) -> None:
        by_session, by_browser = self.session, self.browser
        if not by_session and not self.accounts.knows(self.login, by_browser):
            by_browser = ""
        known = digest_of(by_session or by_browser) if by_session or by_browser else None
        try:
            self._attempt = self.accounts.lockout.begin(self.login, self.address, known)
        except Refusal:
            self.accounts.failures.add(self.login)
            raise

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.accounts.lockout.succeeded(self._attempt)
        elif issubclass(kind, Refusal):
            self.accounts.failures.add(self.login)


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
        "must_change": bool(detail.get("must_change")),
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


def _may_be_login(login: str) -> bool:
    return bool(login) and len(login) <= ID_LENGTH and not CONTROL.search(login)
