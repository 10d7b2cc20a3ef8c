"""What administrators may do: each act with the role that confirms it, what it checks and what it changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.accounts import SCOPES, add_user, issue_token
from engine.act import Act
from engine.core.commands import CLOCK_LOGIN, IMPORTER_LOGIN
from engine.core.fact_types import CONTROL
from engine.core.refusals import Faults
from engine.keeping.acts import RESTORE_ACT
from engine.outcomes import new_id
from engine.system_acts import SYSTEM_ACTS
from models import account_reading as reading
from models import records
from models.columns import ID_LENGTH
from rules.calendar_notice import notice_of
from rules.data_file import DataFault

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
    if not roles:
        faults.add("/roles", "too_few")
    known = set(house.charts.dictionary["roles"]) - NOBODYS_ROLES
    for index, role in enumerate(roles):
        if role not in known:
            faults.add(f"/roles/{index}", "vocabulary")
    _check_place(house, detail, faults)
    faults.refuse()


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
    if detail["scope"] not in SCOPES:
        faults.add("/scope", "vocabulary")
    if datetime.fromisoformat(detail["expires"]) <= house.clock.now():
        faults.add("/expires", "range", "到期时间已过", "lies in the past")
    faults.refuse()


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
    reading.change_user(connection, key, {"password_hash": detail["password_hash"]})
    reading.end_sessions_of(connection, key)
    return {"login": detail["login"]}


def _disable(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    key = detail["login"].casefold()
    reading.change_user(connection, key, {"disabled": True})
    reading.end_sessions_of(connection, key)
    return {"login": detail["login"]}


def _issue(
    house: House, connection: Connection, detail: Mapping[str, Any], now: datetime
) -> Mapping[str, Any]:
    return issue_token(connection, house.office, detail, now)


def _check_notice(house: House, detail: Mapping[str, Any]) -> None:
    """The file is read as when it was brought: what was proposed may be confirmed by another program."""
    try:
        notice = notice_of(detail["file"], house.calendars.shelf.declared)
    except DataFault as fault:
        faults = Faults()
        faults.add(f"/file{fault.field}", "format", fault.said.zh, fault.said.en)
        faults.refuse()
    with house.database.read() as connection:
        house.calendars.check_new(connection, notice)


def _told_notice(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """The days as a second person compares them with the notice."""
    notice = notice_of(detail["file"])
    holidays = [f"{one.zh} {one.first.isoformat()}–{one.last.isoformat()}" for one in notice.holidays]
    named = ("calendar", "year", "source", "document_no", "published_on", "amends", "mark")
    return {
        **{name: detail["file"][name] for name in named if detail["file"].get(name)},
        "holidays": holidays,
        "working_weekends": [day.isoformat() for day in notice.worked],
        "digest": notice.digest,
        "by": detail["by"],
    }


def _load(
    house: House, connection: Connection, detail: Mapping[str, Any], now: datetime
) -> Mapping[str, Any]:
    notice = notice_of(detail["file"])
    id = new_id()
    house.calendars.load(connection, notice, id, detail["by"], now)
    return {"notice": id, "calendar": notice.calendar, "year": notice.year, "digest": notice.digest}


def _check_delegation(house: House, detail: Mapping[str, Any]) -> None:
    house.delegations.check(_entered(detail))


def _delegate(
    house: House, connection: Connection, detail: Mapping[str, Any], now: datetime
) -> Mapping[str, Any]:
    return house.delegations.give_within(connection, _entered(detail), detail["by"], now)


def _entered(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The detail as the form of a delegation has it."""
    return {name: value for name, value in detail.items() if name != "by" and value is not None}


def _check_delegation_end(house: House, detail: Mapping[str, Any]) -> None:
    house.delegations.check_end(detail["id"])


def _end_delegation(
    house: House, connection: Connection, detail: Mapping[str, Any], now: datetime
) -> Mapping[str, Any]:
    return house.delegations.end_within(connection, detail["id"], detail["by"], now)


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act("user.add", "security_admin", _check_new_user, _add),
        Act("user.passwd", "security_admin", _check_known_user, _passwd),
        Act("user.disable", "security_admin", _check_known_user, _disable),
        Act("token.issue", "system_admin", _check_token, _issue),
        *SYSTEM_ACTS,
        Act("delegation.add", "security_admin", _check_delegation, _delegate),
        Act("delegation.end", "security_admin", _check_delegation_end, _end_delegation),
        Act("calendar.load", "system_admin", _check_notice, _load, _told_notice),
        RESTORE_ACT,
    )
}
