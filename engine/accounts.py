"""Who somebody is: sign-in, sessions and bearer tokens, with the rights of this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.clock import Clock
from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.core.warrants import PASSWORD as PASSWORD_STANDS
from engine.delegation_reader import lent_now
from engine.identity.owed import OWED
from engine.identity.password_rules import check_chosen
from engine.identity.passwords import hash_password
from engine.identity.prover import Prover
from engine.identity.provider import Vouched
from engine.identity.sealer import Sealer, SealerFault
from engine.identity.second_factors import SecondFactors
from engine.identity.sessions import Sessions, still_as_proven
from engine.identity.tokens import Tokens
from engine.identity.visit import (
    PASSWORD,
    SECOND_FACTOR,
    SINGLE_SIGN_ON,
    SignedIn,
    Visit,
    digest_of,
    principal_of,
)
from engine.natural_persons import person_for, persons_known
from engine.warranting import stated
from engine.writer import Writer
from models import account_reading as reading
from models import records
from models.database import Database
from rules.offices import Office

TICKET, TICKET_LASTS = "second step of signing in", timedelta(minutes=5)


@dataclass(slots=True)
class Accounts:
    """Tells who signs in or shows a token; wrong, unknown and disabled are refused alike."""

    database: Database
    writer: Writer
    clock: Clock
    office: Office
    sessions: Sessions
    prover: Prover
    tokens: Tokens

    def verify(self, login: str, password: str, code: str = "") -> Principal:
        """The person with that login and password, who acts once and has no session.

        Raises `authentication_required`, or `not_yours` while they owe something first.
        """
        proof = self.prover.proven(login, password, code)
        if proof.spend is not None:
            self.writer.submit(proof.spend, always=True)
        owes = self.prover.owed(proof.row, proof.factor is not None)
        if owes is not None:
            raise Refusal("not_yours", detail=OWED[owes])
        with self.database.read() as connection:
            return self._with_rights(connection, proof.row)

    def sign_in(
        self, login: str, password: str, address: str = "", browser: str = "", *, code: str = ""
    ) -> SignedIn:
        """A fresh session; raises `authentication_required`, or `rate_limited` after too many failures.

        `browser` is the token of the browser that asks, where it has one.
        """
        with self.prover.guessing(login, address, browser):
            proof = self.prover.proven(login, password, code)
            return self.sessions.open(proof.row, proof.means, spend=proof.spend)

    def first_step(
        self, login: str, password: str, address: str, browser: str, remember: str
    ) -> SignedIn | str:
        """A fresh session, or, where the account has a second factor, a ticket for `second_step`; raises the same.

        `remember` is the token by which the browser is known for this account once it has signed in.
        """
        with self.prover.guessing(login, address, browser) as guess:
            proof = self.prover.proven(login, password, None)
            if proof.factor is None:
                return self.sessions.open(proof.row, PASSWORD, remember)
            guess.leave_open()
        return self._ticket(proof.row)

    def vouched_for(self, vouched: Vouched, remember: str) -> SignedIn | str:
        """A fresh session of the account whose login the provider of single sign-on vouches for, or a ticket.

        Raises `authentication_required` where there is no such account, or it is disabled: none is ever made.
        """
        login, row = vouched.login, self.prover.account(vouched.login)
        if row is None or row.disabled or (login != row.login and not login.isascii()):
            self.prover.failures.add(None if row is None else login)
            raise Refusal("authentication_required")
        if self.prover.asks_code(login):
            return self._ticket(row, vouched.names())
        return self.sessions.open(row, SINGLE_SIGN_ON, remember, vouched=vouched.names())

    def _ticket(self, row: Any, vouched: Mapping[str, str | None] | None = None) -> str:
        """What `second_step` wants beside the code."""
        until = self.clock.real_now() + TICKET_LASTS
        said = {"login": row.login, "hash": digest_of(row.password_hash), "until": until.isoformat()}
        return self.prover.factors.sealer.ticket({**said, "vouched": vouched}, TICKET)

    def second_step(self, ticket: str, code: str, address: str, browser: str, remember: str) -> SignedIn:
        """A fresh session by the code that the ticket of `first_step` waits for; raises the same.

        A ticket is worth nothing without a code, for five minutes, and until the password changes.
        """
        try:
            said = self.prover.factors.sealer.read_ticket(ticket, TICKET)
        except SealerFault as fault:
            raise Refusal("authentication_required") from fault
        row = self.prover.account(said["login"])
        late = self.clock.real_now() > datetime.fromisoformat(said["until"])
        if late or row is None or row.disabled or digest_of(row.password_hash) != said["hash"]:
            raise Refusal("authentication_required")
        with self.prover.guessing(row.login, address, browser):
            proof = self.prover.with_code(row, code)
            vouched = said["vouched"]
            return self.sessions.open(row, SECOND_FACTOR, remember, spend=proof.spend, vouched=vouched)

    def step_up(self, who: Principal, token: str, password: str | None, code: str | None) -> SignedIn:
        """The person of the open session was proven again, by password or code; the session has another id.

        Raises `authentication_required`, or `rate_limited` after too many failures within this session.
        """
        with self.prover.guessing(who.login, "", session=token):
            if code is None:
                row = self.prover.known(who.login, password or "")
                return self.sessions.open(row, PASSWORD, instead_of=token)
            row = self.prover.account(who.login)
            proof = self.prover.with_code(row, code)
            return self.sessions.open(row, SECOND_FACTOR, instead_of=token, spend=proof.spend)

    def drop_second_factor(self, who: Principal, token: str, password: str, code: str) -> None:
        """The person has no second factor any more, having shown both; raises as `step_up`."""
        with self.prover.guessing(who.login, "", session=token):
            proof = self.prover.proven(who.login, password, code)
            if proof.spend is None:
                raise Refusal("authentication_required")
            self.writer.submit(proof.spend, always=True)
        self.prover.factors.take_away(who.login, token)

    def change_password(self, who: Principal, token: str, password: str, chosen: str) -> SignedIn:
        """The person has the password that they chose, in a fresh session, and no other session is left.

        Raises `authentication_required` for a wrong present password, `rate_limited`, or `facts_invalid`.
        """
        check_chosen(chosen, password, who.login, who.name, self.office)
        with self.prover.guessing(who.login, "", session=token):
            row = self.prover.known(who.login, password)
        hashed = hash_password(chosen)

        def write(connection: Connection) -> None:
            still_as_proven(connection, row, by_code=True)
            reading.change_user(connection, row.login_key, {"password_hash": hashed, "must_change": False})
            reading.end_sessions_of(connection, row.login_key, but=digest_of(token))
            told = stated(connection, {PASSWORD_STANDS: [row.login_key]})
            self.sessions.enter(connection, "password.change", row.login, told)

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
        has = row.second_factor_since is not None
        owes = self.prover.owed(row, has)
        return Visit(who, "write", row.csrf, proven_at=row.opened_at, has_second_factor=has, owes=owes)

    def by_lapsed_session(self, token: str) -> Visit | None:
        """Whose session it was that idleness ended within a day: enough to keep a draft for them, and for nothing else."""
        with self.database.read() as connection:
            row = self.sessions.lapsed(connection, token)
            who = None if row is None else self._with_rights(connection, row)
        return None if who is None else Visit(who, "read", row.csrf)

    def by_token(self, token: str) -> Visit | None:
        """Whose bearer token it is, unless it was revoked, expired, or the account is disabled."""
        with self.database.read() as connection:
            row = self.tokens.holding(connection, token)
            if row is None:
                return None
            who = self._with_rights(connection, row)
        self.tokens.used(row)
        return Visit(who, row.scope, scopes=tuple(row.scopes) if row.scopes else None)

    def directory(self, logins: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Name, department, unit, title and phone of those logins that exist, by login folded to lower case."""
        shown = ("login", "name", "department", "unit", "title", "phone", "certificate_no")
        with self.database.read() as connection:
            rows = reading.users_named(connection, logins) if logins else []
        return {row.login_key: {name: getattr(row, name) for name in shown} for row in rows}

    def named(self, login: str) -> Principal | None:
        """The person of that login, unless there is none or the account is disabled."""
        row = self.prover.account(login)
        if row is None or row.disabled:
            return None
        with self.database.read() as connection:
            return self._with_rights(connection, row)

    def users(self) -> list[dict[str, Any]]:
        """Every account as `user list` shows it."""
        with self.database.read() as connection:
            rows = reading.users(connection, self.office.office_id)
        shown = ("login", "name", "department", "unit", "roles", "disabled", "person")
        return [{name: getattr(row, name) for name in shown} for row in rows]

    def _with_rights(self, connection: Connection, row: Any, language: str = "zh") -> Principal:
        """The person of an account row with every right of this moment: those of the account, and those lent to it."""
        lent = lent_now(connection, self.office, row, civil_date(self.clock.now()))
        known = persons_known(connection, self.office.office_id)
        return replace(principal_of(row, language), acting_for=lent, register=known)


def open_accounts(database: Database, writer: Writer, clock: Clock, office: Office, key: Path) -> Accounts:
    """The accounts of the office, whose second factors are sealed with the key in that file."""
    sessions = Sessions(database, writer, clock, office)
    prover = Prover(database, writer, office, SecondFactors(sessions, Sealer(key)))
    return Accounts(database, writer, clock, office, sessions, prover, Tokens(sessions))


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
        "person": person_for(connection, office.office_id, detail),
        **kept,
    }
    records.add(connection, records.USER, [row])
