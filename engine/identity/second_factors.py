"""The second factor of an account: set up, shown at sign-in, taken away."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine.core.refusals import FieldError, Refusal
from engine.core.warrants import FACTOR
from engine.identity.one_time_codes import (
    address_of,
    new_recovery_codes,
    new_secret,
    picture_of,
    plain,
    step_shown,
)
from engine.identity.sealer import Sealer, SealerFault
from engine.identity.sessions import Sessions
from engine.identity.visit import digest_of
from engine.warranting import stated
from models import account_reading as reading
from models import records

WRONG_CODE = "验证码不对或者已用过，请用下一个", "the code is wrong or was used before; take the next one"
RECOVERY = "recovery code"
RETRY_SECONDS = 60
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A code that was right when it was looked at: the period it is of, or which recovery code it is."""

    step: int | None = None
    recovery: str | None = None


@dataclass(slots=True)
class SecondFactors:
    """What accounts show beside their passwords; secrets are sealed, recovery codes kept as digests."""

    sessions: Sessions
    sealer: Sealer

    def of(self, login_key: str) -> Any:
        """The row of that account's second factor, or None."""
        with self.sessions.database.read() as connection:
            return reading.second_factor(connection, login_key)

    def begin(self, login: str) -> dict[str, str]:
        """A fresh secret that waits for its first code: `secret`, `address` (otpauth:) and `picture` (SVG).

        One that waited before counts no more: whoever was shown that one may have been somebody else. Raises `step_shut`
        where a second factor is in use.
        """
        secret, key, now = new_secret(), login.casefold(), self.sessions.clock.real_now()
        row = {
            "login_key": key,
            "office_id": self.sessions.office.office_id,
            "secret": self.sealer.seal(secret.encode(), _about(key)),
            "recovery": [],
            "last_step": 0,
            "begun_at": now,
            "confirmed_at": None,
        }

        def write(connection: Connection) -> None:
            before = reading.second_factor(connection, key, lock=True)
            if before is not None and before.confirmed_at is not None:
                raise Refusal("step_shut", detail="验证码已启用 · a second factor is in use")
            reading.remove_second_factor(connection, key)
            records.insert_once(connection, reading.SECOND_FACTOR, row)

        self.sessions.writer.submit(write)
        return self.waiting(login)

    def waiting(self, login: str) -> dict[str, str]:
        """The secret that waits for its first code, as it was shown before; raises `not_found` where none does."""
        row = self.of(login.casefold())
        if row is None or row.confirmed_at is not None:
            raise Refusal("not_found")
        secret = self._secret(row)
        if secret is None:
            raise Refusal("not_ready", retry_after=RETRY_SECONDS)
        address = address_of(secret, login)
        return {"secret": secret, "address": address, "picture": picture_of(address)}

    def confirm(self, login: str, code: str, token: str) -> list[str]:
        """The second factor is in use from now on, other sessions are over; told are the recovery codes, this once.

        Raises `facts_invalid` for a wrong code, `not_found` where none was begun.
        """
        row = self.of(login.casefold())
        if row is None or row.confirmed_at is not None:
            raise Refusal("not_found")
        now = self.sessions.clock.real_now()
        step = step_shown(self._secret(row), plain(code), now)
        if step is None:
            raise Refusal("facts_invalid", errors=[FieldError("/code", "inconsistent", *WRONG_CODE)])
        codes = new_recovery_codes()
        kept = [self._digest(row.login_key, one) for one in codes]

        def write(connection: Connection) -> None:
            values = {"confirmed_at": now, "last_step": step, "recovery": kept}
            if reading.change_second_factor(connection, row.login_key, row.last_step, values) != 1:
                raise Refusal("not_found")
            reading.end_sessions_of(connection, row.login_key, but=digest_of(token))
            told = stated(connection, {FACTOR: [row.login_key]})
            self.sessions.enter(connection, "second_factor.on", login, told)

        self.sessions.writer.submit(write)
        return codes

    def take_away(self, login: str, token: str) -> None:
        """The account has no second factor any more; other sessions are over."""

        def write(connection: Connection) -> None:
            reading.remove_second_factor(connection, login.casefold())
            reading.end_sessions_of(connection, login.casefold(), but=digest_of(token))
            told = stated(connection, {FACTOR: [login.casefold()]})
            self.sessions.enter(connection, "second_factor.off", login, told)

        self.sessions.writer.submit(write)

    def look(self, row: Any, code: str) -> Shown | None:
        """What the code is of that second factor; of None it is nothing, after the same work."""
        said = plain(code)
        step = step_shown(self._secret(row), said, self.sessions.clock.real_now())
        used: list[str] = []
        if row is not None and row.recovery:
            digest = self._digest(row.login_key, said)
            used = [one for one in row.recovery if hmac.compare_digest(one, digest)]
        if row is not None and step is not None and step > row.last_step:
            return Shown(step=step)
        return Shown(recovery=used[0]) if used else None

    def spending(self, row: Any, shown: Shown) -> Callable[[Connection], None]:
        """The act by which the code is used up; raises `authentication_required` where somebody was faster."""

        def write(connection: Connection) -> None:
            fresh = reading.second_factor(connection, row.login_key, lock=True)
            if fresh is None:
                raise Refusal("authentication_required")
            left = [one for one in fresh.recovery if one != shown.recovery]
            used = shown.recovery is not None and len(left) == len(fresh.recovery)
            if used or (shown.step is not None and shown.step <= fresh.last_step):
                raise Refusal("authentication_required")
            values = {"recovery": left, "last_step": max(fresh.last_step, shown.step or 0)}
            reading.change_second_factor(connection, row.login_key, fresh.last_step, values)
            if shown.recovery is not None:
                self.sessions.enter(connection, "second_factor.recovery", row.login_key, {"left": len(left)})

        return write

    def _secret(self, row: Any) -> Any:
        """The secret of the row; None of None, and where the key is another one than it was sealed with."""
        try:
            return None if row is None else self.sealer.open(row.secret, _about(row.login_key)).decode()
        except SealerFault as fault:
            _log.error("a second factor cannot be opened: %s is not the key it was sealed with", fault)
            return None

    def _digest(self, login_key: str, code: str) -> str:
        return self.sealer.digest(code, f"{RECOVERY} of {login_key}")


def _about(login_key: str) -> str:
    return f"second factor of {login_key}"
