"""What administrators may do: each act with the role that confirms it, what it checks and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.account_acts import ACCOUNT_ACTS
from engine.act import Act
from engine.core.refusals import Faults
from engine.outcomes import new_id
from engine.system_acts import SYSTEM_ACTS
from rules.calendar_notice import notice_of
from rules.data_file import DataFault

if TYPE_CHECKING:
    from engine.house import House


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
        *ACCOUNT_ACTS,
        *SYSTEM_ACTS,
        Act("delegation.add", "security_admin", _check_delegation, _delegate),
        Act("delegation.end", "security_admin", _check_delegation_end, _end_delegation),
        Act("calendar.load", "system_admin", _check_notice, _load, _told_notice),
    )
}
