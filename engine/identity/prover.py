"""Proving who somebody is: the same work and the same answer whoever asks, and no more often than is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.core.commands import CLOCK_LOGIN
from engine.core.fact_types import CONTROL
from engine.core.refusals import Refusal
from engine.identity.failures import Failures, told
from engine.identity.lockout import Lockout
from engine.identity.passwords import is_password
from engine.identity.second_factors import SecondFactors
from engine.identity.sessions import TOKEN_LENGTH_MAX
from engine.identity.visit import PASSWORD, SECOND_FACTOR, digest_of
from engine.writer import Writer
from models import account_reading as reading
from models import records
from models.columns import ID_LENGTH
from models.database import Database
from rules.offices import Office

NOT_PROVEN = (
    "登录名或者口令不对，或者账号已停用；启用了验证码的，须同时填写验证码（code）。"
    " · The login or the password is wrong, or the account is disabled; with a second factor, its code goes along."
)


@dataclass(frozen=True, slots=True)
class Proof:
    """An account that was proven; `spend` uses up the code by which it was."""

    row: Any
    factor: Any = None
    spend: Callable[[Connection], None] | None = None

    @property
    def means(self) -> str:
        """How it was proven."""
        return PASSWORD if self.spend is None else SECOND_FACTOR


@dataclass(slots=True)
class Prover:
    """Tells whether somebody is who they say; wrong, unknown and disabled are refused alike."""

    database: Database
    writer: Writer
    office: Office
    factors: SecondFactors
    lockout: Lockout = field(default_factory=Lockout)
    failures: Failures = field(default_factory=Failures)

    def guessing(self, login: str, address: str, browser: str = "", session: str = "") -> Guess:
        """What is done within counts as a failed proof of that login when it raises.

        Within an open session, named by its token, failures count for that session alone.
        """
        return Guess(self, login, address, browser, session)

    def known(self, login: str, password: str) -> Any:
        """The row of the enabled account with that login and password; raises `authentication_required`."""
        row = self.account(login)
        right = is_password(row.password_hash if row else None, password)
        if row is None or not right or row.disabled:
            raise Refusal("authentication_required", detail=NOT_PROVEN)
        return row

    def proven(self, login: str, password: str, code: str | None) -> Proof:
        """The account with that login and password, and with that code where it has a second factor.

        None asks for no code yet. The work is the same whoever it is and whatever is wrong; raises
        `authentication_required`, or `rate_limited` after too many wrong codes with the right password.
        """
        factor = self._factor(login.casefold())
        self.factors.look(factor, code or "")
        row = self.known(login, password)
        if factor is None or code is None:
            return Proof(row, factor)
        if not code:
            raise Refusal("authentication_required", detail=NOT_PROVEN)
        return self.with_code(row, code)

    def with_code(self, row: Any, code: str) -> Proof:
        """The account, whose code is right and is used up with what it opens; raises the same."""
        factor = self._factor(row.login_key)
        self.lockout.codes.begin(row.login_key)
        shown = self.factors.look(factor, code)
        if shown is None:
            raise Refusal("authentication_required", detail=NOT_PROVEN)
        self.lockout.codes.succeeded(row.login_key)
        return Proof(row, factor, self.factors.spending(factor, shown))

    def _factor(self, login_key: str) -> Any:
        """The second factor in use of that account, or None."""
        row = self.factors.of(login_key) if _may_be_login(login_key) else None
        return row if row is not None and row.confirmed_at is not None else None

    def owed(self, row: Any, has_second_factor: bool) -> str | None:
        """What the person of the account must do before anything else."""
        if row.must_change:
            return PASSWORD
        asked = not set(self.office.proving.second_factor_roles).isdisjoint(row.roles)
        return SECOND_FACTOR if asked and not has_second_factor else None

    def asks_code(self, login: str) -> bool:
        """True when that account has a second factor in use; nothing that answers others may tell it."""
        return self._factor(login.casefold()) is not None

    def account(self, login: str) -> Any:
        """The row of that login, compared without case; what cannot be a login is nobody's."""
        if not _may_be_login(login):
            return None
        with self.database.read() as connection:
            return records.user_row(connection, login)

    def knows(self, login: str, browser: str) -> bool:
        """True when that login has signed in from the browser of that token."""
        key = login.casefold()
        if not browser or len(browser) > TOKEN_LENGTH_MAX or not _may_be_login(key):
            return False
        with self.database.read() as connection:
            return reading.knows_browser(connection, key, digest_of(browser))

    def write_failures(self) -> None:
        """Sign-ins that failed since this was last done stand in the record of administration, in one entry."""
        counted, others = self.failures.taken()
        if not counted and not others:
            return

        def write(connection: Connection) -> None:
            existing = {row.login_key: row.login for row in reading.users_named(connection, list(counted))}
            detail, now = told(counted, others, existing), self.factors.sessions.clock.now()
            enter(connection, self.office.office_id, "session.failed", CLOCK_LOGIN, detail, now)

        self.writer.submit(write)


@dataclass(slots=True)
class Guess:
    """A try to prove who somebody is, as a context: what raises within it is a failure, and is counted."""

    prover: Prover
    login: str
    address: str
    browser: str
    session: str
    _attempt: Any = None
    _open: bool = False

    def __enter__(self) -> Guess:
        by_session, by_browser = self.session, self.browser
        if not by_session and not self.prover.knows(self.login, by_browser):
            by_browser = ""
        known = digest_of(by_session or by_browser) if by_session or by_browser else None
        try:
            self._attempt = self.prover.lockout.begin(self.login, self.address, known)
        except Refusal:
            self._failed()
            raise
        return self

    def leave_open(self) -> None:
        """The password was right and more is asked: neither a failure, nor a success by which a place is known."""
        self._open = True

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            lockout = self.prover.lockout
            (lockout.undecided if self._open else lockout.succeeded)(self._attempt)
        elif issubclass(kind, Refusal):
            self._failed()

    def _failed(self) -> None:
        self.prover.failures.add(self.login if _may_be_login(self.login) else None)


def _may_be_login(login: str) -> bool:
    return bool(login) and len(login) <= ID_LENGTH and not CONTROL.search(login)
