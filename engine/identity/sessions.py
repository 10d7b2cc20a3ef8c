"""Sessions: each begins with a proof of who somebody is, under an id of its own, and ends with the next one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.clock import Clock
from engine.core.refusals import Refusal
from engine.core.warrants import SESSION
from engine.identity.visit import SignedIn, digest_of, principal_of
from engine.warranting import stated
from engine.writer import Writer
from models import account_reading as reading
from models import records
from models.database import Database
from rules.offices import Office

IDLE = timedelta(minutes=30)
LASTS = timedelta(hours=12)
"""A session ends so long after the person was last proven, however busy it is."""
REMEMBERED = timedelta(days=1)
"""How long it is known whose session lapsed, so that what they had typed is kept for them."""
SEEN_EVERY = timedelta(seconds=60)
"""A session is written at most this often; idleness is therefore measured up to a minute too strictly."""
BROWSERS_MAX = 20
"""Browsers that are kept of one account; the longest unused is forgotten first."""
TOKEN_LENGTH_MAX = 200


@dataclass(slots=True)
class Sessions:
    """The sessions of an office; times are real, whatever the clock of the house says."""

    database: Database
    writer: Writer
    clock: Clock
    office: Office
    idle: timedelta = IDLE
    lasts: timedelta = LASTS

    def open(
        self,
        row: Any,
        means: str,
        browser: str | None = None,
        *,
        instead_of: str | None = None,
        spend: Callable[[Connection], None] | None = None,
        vouched: Mapping[str, Any] | None = None,
    ) -> SignedIn:
        """A fresh session of the account of that row, with an entry.

        `browser` is the token of the browser that is remembered for it. `instead_of` is the token of the session that
        the new one takes the place of: it is over, and raises `authentication_required` where it was so before, as does one
        that takes no place where the account is not as it was proven any more. `spend`
        uses up the code that was shown, in the same transaction. `vouched` is how the provider of single sign-on names
        person and session; what takes the place of a session is named like it.
        """
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), self.clock.real_now()
        fresh = {
            "token_digest": digest_of(token),
            "office_id": self.office.office_id,
            "login_key": row.login_key,
            "csrf": csrf,
            "language": None,
            "created_at": now,
            "seen_at": now,
            "ended": False,
            "means": means,
        }

        def write(connection: Connection) -> None:
            names = vouched
            if instead_of is not None:
                if reading.end_session(connection, digest_of(instead_of)) is None:
                    raise Refusal("authentication_required")
                names = reading.vouched_of(connection, digest_of(instead_of))
            else:
                still_as_proven(connection, row, by_code=spend is not None)
            if spend is not None:
                spend(connection)
            records.add(connection, reading.SESSION, [fresh])
            if names:
                known = {name: fresh[name] for name in ("token_digest", "office_id")}
                records.add(connection, reading.VOUCHED, [known | dict(names)])
            if browser is not None:
                self._remember(connection, row.login_key, digest_of(browser), now)
            act = "session.open" if instead_of is None else "session.step_up"
            told = stated(connection, {SESSION: [fresh["token_digest"]]})
            self.enter(connection, act, row.login, {"means": means, **told})

        self.writer.submit(write, always=True)
        return SignedIn(token, csrf, principal_of(row))

    def alive(self, connection: Connection, token: str) -> Any:
        """The row of the session and its account; None when it ended, was idle or lasted too long, or is nobody's."""
        if not token or len(token) > TOKEN_LENGTH_MAX:
            return None
        row, now = reading.session_and_user(connection, digest_of(token)), self.clock.real_now()
        if row is None or row.ended or row.disabled:
            return None
        return None if now - row.seen_at > self.idle or now - row.opened_at > self.lasts else row

    def lapsed(self, connection: Connection, token: str) -> Any:
        """The row of a session that only idleness or its length ended within a day; None for every other."""
        if not token or len(token) > TOKEN_LENGTH_MAX or self.alive(connection, token) is not None:
            return None
        row, now = reading.session_and_user(connection, digest_of(token)), self.clock.real_now()
        gone = row is None or row.ended or row.disabled or now - row.seen_at > REMEMBERED
        return None if gone else row

    def seen(self, token: str, row: Any) -> None:
        """The session counts as used now."""
        now = self.clock.real_now()
        if now - row.seen_at < SEEN_EVERY:
            return
        try:
            self._change(token, {"seen_at": now})
        except Refusal:
            return  # on a read-only disk the session lives on until it counts as idle

    def end(self, token: str) -> None:
        """The session is over."""
        digest = digest_of(token)

        def write(connection: Connection) -> None:
            key = reading.end_session(connection, digest)
            if key is not None:
                self.enter(connection, "session.end", key, {})

        self.writer.submit(write, always=True)

    def end_others(self, login: str, token: str) -> int:
        """Every session of the person but this one is over; how many were."""

        def write(connection: Connection) -> int:
            ended = reading.end_sessions_of(connection, login.casefold(), but=digest_of(token))
            self.enter(connection, "session.end_others", login, {"ended": ended})
            return ended

        return self.writer.submit(write, always=True)

    def end_vouched(self, subject: str | None, provider_session: str | None) -> int:
        """Every session that the provider vouched for under these names is over, with an entry each; how many were."""

        def write(connection: Connection) -> int:
            keys = reading.end_vouched(connection, subject, provider_session)
            for key in keys:
                self.enter(connection, "session.end_by_provider", key, {})
            return len(keys)

        return self.writer.submit(write, always=True)

    def of(self, login: str, token: str) -> list[dict[str, Any]]:
        """The open sessions of the person: `opened_at`, `seen_at`, `means`, and which one is `this`."""
        now, mine = self.clock.real_now(), digest_of(token)
        with self.database.read() as connection:
            rows = reading.open_sessions(connection, login.casefold(), now - self.idle)
        return [
            {"opened_at": row.created_at, "seen_at": row.seen_at, "means": row.means}
            | {"this": row.token_digest == mine}
            for row in rows
            if now - row.created_at <= self.lasts
        ]

    def enter(self, connection: Connection, action: str, login: str, detail: Mapping[str, Any]) -> None:
        """What the person did with their account stands in the record of administration."""
        enter(connection, self.office.office_id, action, login, {"login": login, **detail}, self.clock.now())

    def _change(self, token: str, values: Mapping[str, Any]) -> None:
        digest = digest_of(token)
        self.writer.submit(lambda connection: reading.change_session(connection, digest, values), always=True)

    def _remember(self, connection: Connection, login_key: str, digest: str, now: datetime) -> None:
        """The browser is known for the account."""
        reading.forget_browsers(connection, login_key, [digest])
        row = {"login_key": login_key, "digest": digest, "office_id": self.office.office_id, "seen_at": now}
        records.add(connection, reading.BROWSER, [row])
        surplus = reading.browsers_of(connection, login_key)[BROWSERS_MAX:]
        if surplus:
            reading.forget_browsers(connection, login_key, surplus)


def still_as_proven(connection: Connection, row: Any, *, by_code: bool) -> None:
    """Returns where the account is as it was proven, and holds it so; else raises `authentication_required`.

    Proving takes a moment. Who was disabled, or got another password or a second factor meanwhile, whose sessions are all
    over, would go on in a session that is opened after these were ended.
    """
    now = reading.held_user(connection, row.login_key)
    if now is None or now.disabled or now.password_hash != row.password_hash:
        raise Refusal("authentication_required")
    factor = None if by_code else reading.second_factor(connection, row.login_key)
    if factor is not None and factor.confirmed_at is not None:
        raise Refusal("authentication_required")
