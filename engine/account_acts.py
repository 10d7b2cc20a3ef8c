"""What administrators may do with accounts and their tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.accounts import add_user
from engine.act import Act
from engine.core.commands import CLOCK_LOGIN, IMPORTER_LOGIN
from engine.core.fact_types import CONTROL
from engine.core.refusals import Faults, Refusal
from engine.identity.scopes import NAMES
from engine.identity.tokens import LASTS_MAX, MAY_REVOKE, issue_token, scopes_of
from models import account_reading as reading
from models import records
from models.columns import ID_LENGTH

if TYPE_CHECKING:
    from engine.house import House

LOGIN = re.compile(r"[\w][\w.@-]{0,63}")
NAME_LENGTH_MAX = 100
NOBODYS_ROLES = frozenset({"clock", "linked_system"})
BUILT_IN = frozenset({CLOCK_LOGIN, IMPORTER_LOGIN})


def _check_new_user(house: House, detail: Mapping[str, Any]) -> None:
    faults = Faults()
    login, name, roles = detail["login"], detail["name"], detail["roles"]
    if not LOGIN.fullmatch(login) or len(login.casefold()) > ID_LENGTH or login.casefold() in BUILT_IN:
        faults.add("/login", "format")
    elif _account(house, login) is not None:
        faults.add("/login", "inconsistent", "已有这个账号", "this login is taken")
    if not name.strip() or CONTROL.search(name):
        faults.add("/name", "missing" if not name.strip() else "format")
    elif len(name) > NAME_LENGTH_MAX:
        faults.add("/name", "range")
    _check_roles(house, roles, faults)
    _check_place(house, detail, faults)
    faults.refuse()


def _check_roles(house: House, roles: Sequence[str], faults: Faults) -> None:
    if not roles:
        faults.add("/roles", "too_few")
    known = set(house.charts.dictionary["roles"]) - NOBODYS_ROLES
    for index, role in enumerate(roles):
        if role not in known:
            faults.add(f"/roles/{index}", "vocabulary")


def _check_place(house: House, detail: Mapping[str, Any], faults: Faults) -> None:
    if detail["department"] not in house.office.departments:
        faults.add("/department", "vocabulary")
    unit = detail.get("unit")
    if unit is not None:
        known = house.office.units.get(unit)
        if known is None:
            faults.add("/unit", "vocabulary")
        elif known.department != detail["department"]:
            faults.add("/unit", "inconsistent")


def _check_known_user(house: House, detail: Mapping[str, Any]) -> None:
    if _account(house, detail["login"]) is None:
        faults = Faults()
        faults.add("/login", "vocabulary", "没有这个账号", "no such account")
        faults.refuse()


def _check_token(house: House, detail: Mapping[str, Any]) -> None:
    _check_known_user(house, detail)
    faults = Faults()
    for name in scopes_of(detail):
        if name not in NAMES:
            faults.add("/scope", "vocabulary")
    if datetime.fromisoformat(detail["expires"]) <= house.clock.now():
        faults.add("/expires", "range", "到期时间已过", "lies in the past")
    elif (
        not house.clock.is_test and datetime.fromisoformat(detail["expires"]) > house.clock.now() + LASTS_MAX
    ):
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


def _account(house: House, login: str) -> Any:
    if not LOGIN.fullmatch(login):
        return None
    with house.database.read() as connection:
        return records.user_row(connection, login)


def _add(house: House, connection: Connection, detail: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    if records.user_row(connection, detail["login"]) is not None:
        faults = Faults()
        faults.add("/login", "inconsistent", "已有这个账号", "this login is taken")
        faults.refuse()
    add_user(connection, house.office, detail, now)
    return {"login": detail["login"]}


def _passwd(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    """A new password ends every session that the old one opened."""
    key = detail["login"].casefold()
    changed = {"password_hash": detail["password_hash"], "must_change": bool(detail.get("must_change"))}
    reading.change_user(connection, key, changed)
    reading.end_sessions_of(connection, key)
    return {"login": detail["login"]}


def _disable(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    key = detail["login"].casefold()
    reading.change_user(connection, key, {"disabled": True})
    reading.end_sessions_of(connection, key)
    return {"login": detail["login"]}


def _check_new_roles(house: House, detail: Mapping[str, Any]) -> None:
    _check_known_user(house, detail)
    faults = Faults()
    _check_roles(house, detail["roles"], faults)
    faults.refuse()


def _roles(house: House, connection: Connection, detail: Mapping[str, Any], _: datetime) -> Mapping[str, Any]:
    """Other roles end every session: what was shown under the former ones is not shown on."""
    key = detail["login"].casefold()
    reading.change_user(connection, key, {"roles": list(detail["roles"])})
    reading.end_sessions_of(connection, key)
    return {"login": detail["login"], "roles": list(detail["roles"])}


def _reset_second_factor(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    """The person signs in with the password alone until they set up another; every session is over."""
    key = detail["login"].casefold()
    removed = reading.remove_second_factor(connection, key)
    reading.end_sessions_of(connection, key)
    return {"login": detail["login"], "removed": bool(removed)}


def _issue(
    house: House, connection: Connection, detail: Mapping[str, Any], now: datetime
) -> Mapping[str, Any]:
    return issue_token(connection, house.office, detail, now)


SET_BY_ANOTHER = {"must_change": True}
"""A password that two administrators know is changed by the person before anything else."""
ACCOUNT_ACTS = (
    Act("user.add", "security_admin", _check_new_user, _add, when_confirmed=SET_BY_ANOTHER),
    Act("user.passwd", "security_admin", _check_known_user, _passwd, when_confirmed=SET_BY_ANOTHER),
    Act("user.roles", "security_admin", _check_new_roles, _roles),
    Act("user.reset_second_factor", "security_admin", _check_known_user, _reset_second_factor),
    Act("user.disable", "security_admin", _check_known_user, _disable),
    Act("token.issue", "system_admin", _check_token, _issue),
    Act("token.revoke", MAY_REVOKE, _check_known_token, _revoke),
)
