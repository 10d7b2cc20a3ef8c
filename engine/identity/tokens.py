"""Bearer tokens: issued, shown once, used, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.core.warrants import TOKEN
from engine.identity.scopes import FINER, coarse
from engine.identity.sessions import TOKEN_LENGTH_MAX, Sessions
from engine.identity.visit import digest_of
from engine.warranting import stated
from models import account_reading as reading
from models import records
from rules.offices import Office

LASTS_MAX = timedelta(days=366)
"""The longest that a token may last which two administrators issue."""
MAY_REVOKE = "security_admin"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of an office."""

    sessions: Sessions

    def holding(self, connection: Connection, token: str) -> Any:
        """The row of the token and its account; None when it was revoked, expired, or the account is disabled."""
        if not token or len(token) > TOKEN_LENGTH_MAX:
            return None
        row = reading.token_and_user(connection, digest_of(token))
        if row is None or row.revoked or row.disabled or row.expires_at <= self.sessions.clock.now():
            return None
        return row

    def used(self, row: Any) -> None:
        """The token counts as used on this day; nothing finer is kept."""
        today = civil_date(self.sessions.clock.real_now())
        if row.last_used_on == today:
            return
        try:
            self.sessions.writer.submit(
                lambda connection: reading.change_token(connection, row.token_id, {"last_used_on": today})
            )
        except Refusal:
            return  # on a read-only disk nobody learns when it was used

    def listed(self, login: str | None = None) -> list[dict[str, Any]]:
        """Every token, or those of that login, the latest first: never the token itself."""
        with self.sessions.database.read() as connection:
            rows = reading.tokens(connection, self.sessions.office.office_id, login and login.casefold())
        return [
            {
                "id": row.id,
                "login": row.login_key,
                "scope": list(row.scopes or [row.scope]),
                "issued": row.issued_at,
                "expires": row.expires_at,
                "last_used_on": row.last_used_on,
                "revoked": row.revoked,
            }
            for row in rows
        ]

    def revoke(self, id: str, who: Principal) -> None:
        """The token opens nothing from now on; its bearer may do so, and any security administrator.

        Raises `not_found` for everybody else too, so that nobody learns of other people's tokens.
        """

        def write(connection: Connection) -> None:
            row = reading.token_row(connection, id)
            mine = row is not None and row.login_key == who.login.casefold()
            if row is None or row.revoked or not (mine or MAY_REVOKE in who.roles):
                raise Refusal("not_found")
            reading.change_token(connection, id, {"revoked": True})
            told = {"id": id, "of": row.login_key, **stated(connection, {TOKEN: [id]})}
            self.sessions.enter(connection, "token.revoke", who.login, told)

        self.sessions.writer.submit(write)


def issue_token(
    connection: Connection, office: Office, detail: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """A fresh bearer token as {"token", "id", "expires"}; the token is told this once.

    `scope` of the detail is one scope or several; with finer ones among them nothing but these is allowed.
    """
    token, id, asked = f"bht_{secrets.token_urlsafe(32)}", str(uuid7()), scopes_of(detail)
    finer = [name for name in asked if name in FINER]
    row = {
        "id": id,
        "office_id": office.office_id,
        "token_digest": digest_of(token),
        "login_key": detail["login"].casefold(),
        "scope": coarse(asked),
        "scopes": finer or None,
        "expires_at": datetime.fromisoformat(detail["expires"]),
        "issued_at": now,
        "revoked": False,
    }
    records.add(connection, reading.TOKEN, [row])
    return {"token": token, "id": id, "expires": detail["expires"]}


def scopes_of(detail: Mapping[str, Any]) -> list[str]:
    """The scopes that the detail names."""
    said = detail["scope"]
    return [said] if isinstance(said, str) else list(said)
