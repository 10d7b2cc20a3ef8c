"""What two administrators do with what people show they are with: passwords, second factors, bearer tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.accounts import SCOPES, issue_token
from engine.act import Act
from engine.core.refusals import Faults
from engine.user_acts import SET_BY_ANOTHER, check_known_user, owner
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
    if detail["scope"] not in SCOPES:
        faults.add("/scope", "vocabulary")
    if datetime.fromisoformat(detail["expires"]) <= house.clock.now():
        faults.add("/expires", "range", "到期时间已过", "lies in the past")
    faults.refuse()


def _issue(
    house: House, connection: Connection, detail: Mapping[str, Any], now: datetime
) -> Mapping[str, Any]:
    return issue_token(connection, house.office, detail, now)


CREDENTIAL_ACTS = (
    Act("user.passwd", check_known_user, _passwd, concerns=owner, when_confirmed=SET_BY_ANOTHER),
    Act("user.reset_second_factor", check_known_user, _reset_second_factor, concerns=owner),
    Act("token.issue", _check_token, _issue, concerns=owner),
)
