"""What two administrators do with what people show they are with: passwords, second factors, bearer tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.act import Act
from engine.core.refusals import Faults, Refusal
from engine.core.warrants import TOKEN
from engine.identity.scopes import NAMES
from engine.identity.tokens import LASTS_MAX, issue_token, scopes_of
from engine.user_acts import SET_BY_ANOTHER, check_known_user, owner
from engine.warranting import of_password, of_second_factor, of_token
from models import account_reading as reading

if TYPE_CHECKING:
    from engine.house import House


def _passwd(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    """A new password ends every session that the old one opened."""
    key = detail["login"].casefold()
    changed = {"password_hash": detail["password_hash"], "must_change": bool(detail.get("must_change"))}
    reading.change_user(connection, key, changed)
    reading.end_sessions_of(connection, key)
    return {"login": detail["login"]}


def _reset_second_factor(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    """The person signs in with the password alone until they set up another; every session is over."""
    key = detail["login"].casefold()
    removed = reading.remove_second_factor(connection, key)
    reading.end_sessions_of(connection, key)
    return {"login": detail["login"], "removed": bool(removed)}


def _check_token(house: House, detail: Mapping[str, Any]) -> None:
    check_known_user(house, detail)
    faults = Faults()
    for name in scopes_of(detail):
        if name not in NAMES:
            faults.add("/scope", "vocabulary")
    expires, now = datetime.fromisoformat(detail["expires"]), house.clock.now()
    if expires <= now:
        faults.add("/expires", "range", "到期时间已过", "lies in the past")
    elif not house.clock.is_test and expires > now + LASTS_MAX:
        faults.add("/expires", "range", "最长一年", "a year at most")
    faults.refuse()


def _check_known_token(house: House, detail: Mapping[str, Any]) -> None:
    if not any(one["id"] == detail["id"] and not one["revoked"] for one in house.accounts.tokens.listed()):
        raise Refusal("not_found")


def _revoke(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    reading.change_token(connection, detail["id"], {"revoked": True})
    return {"id": detail["id"]}


def _issue(
    house: House, connection: Connection, detail: Mapping[str, Any], now: datetime
) -> Mapping[str, Any]:
    return issue_token(connection, house.office, detail, now)


CREDENTIAL_ACTS = (
    Act(
        "user.passwd",
        check_known_user,
        _passwd,
        concerns=owner,
        when_confirmed=SET_BY_ANOTHER,
        touches=of_password,
    ),
    Act(
        "user.reset_second_factor",
        check_known_user,
        _reset_second_factor,
        concerns=owner,
        touches=of_second_factor,
    ),
    Act("token.issue", _check_token, _issue, concerns=owner, makes=TOKEN),
    Act("token.revoke", _check_known_token, _revoke, touches=of_token),
)
