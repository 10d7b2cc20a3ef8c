"""What administrators may do: each act with what it checks and what it changes; who may, says the table of two persons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.act import Act
from engine.core.refusals import Faults
from engine.core.warrants import DELEGATION
from engine.credential_acts import CREDENTIAL_ACTS
from engine.keeping.acts import RESTORE_ACT
from engine.outcomes import new_id
from engine.system_acts import SYSTEM_ACTS
from engine.templates import TEMPLATES_ACT
from engine.user_acts import USER_ACTS
from engine.warranting import of_delegation
from engine.witness.hand_overs import ROTATE_ACT
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


def _check_leap(house: House, detail: Mapping[str, Any]) -> None:
    house.time_guard.check(detail)


def _accept(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    return house.time_guard.accept_within(connection, detail)


def _look_at_the_clock(house: House) -> None:
    house.time_guard.look()


def _colleagues(_: House, detail: Mapping[str, Any]) -> frozenset[str]:
    return frozenset((detail["delegator"], detail["delegate"]))


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        *USER_ACTS,
        *CREDENTIAL_ACTS,
        *SYSTEM_ACTS,
        Act("delegation.add", _check_delegation, _delegate, concerns=_colleagues, makes=DELEGATION),
        Act("delegation.end", _check_delegation_end, _end_delegation, touches=of_delegation),
        Act("calendar.load", _check_notice, _load, _told_notice),
        Act("clock.accept", _check_leap, _accept, afterwards=_look_at_the_clock),
        TEMPLATES_ACT,
        RESTORE_ACT,
        ROTATE_ACT,
    )
}
