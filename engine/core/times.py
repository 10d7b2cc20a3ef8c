"""When a step happened: never in the future, never before what it answers, not too late without a head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from engine.core.calendar import SHANGHAI, civil_date, is_day
from engine.core.chart import Row
from engine.core.commands import Principal
from engine.core.forms import HEADS
from engine.core.lawbook import Lawbook
from engine.core.refusals import FieldError, Refusal

OFFICERS = frozenset({"inspector", "case_officer", "duty_clerk"})


@dataclass(frozen=True, slots=True)
class Timing:
    """The instant that is recorded, and the civil date or instant that the law counts from."""

    occurred_at: datetime
    legal: date | datetime
    late: bool


def may_enter_late(row: Row) -> bool:
    """True for rows whose act may lie before its entry."""
    return not row.at_once or row.legal_date is not None


def roles_of(row: Row) -> frozenset[str]:
    """Who may take the row: its roles, and the heads where an officer may enter an outside fact later."""
    return row.by | HEADS if not row.at_once and row.by & OFFICERS else row.by


def timing(
    law: Lawbook,
    row: Row,
    facts: Mapping[str, Any],
    given: datetime | None,
    floor: datetime | None,
    now: datetime,
    principal: Principal,
    prefix: str = "",
) -> Timing:
    """When the step happened; refuses what lies in the future, before the act it answers, or too far back."""
    legal = _legal(row, facts)
    if given is not None:
        _check_given(row, given, legal, prefix)
    occurred_at = given or _instant(legal, floor, now)
    _check_future(occurred_at, legal, now)
    _check_floor(given, legal, occurred_at, floor)
    today = civil_date(now)
    happened = legal if is_day(legal) else civil_date(occurred_at)
    if principal.kind == "person" and may_enter_late(row):
        check_late(law, happened, today, facts, principal, prefix)
    return Timing(occurred_at, legal if legal is not None else occurred_at, happened < today)


def in_order(last: tuple[datetime, bool] | None, occurred_at: datetime, exact: bool) -> tuple[datetime, bool]:
    """When the step happened and whether to the instant; days are compared where one of two acts has no more."""
    if last is not None and occurred_at < last[0]:
        if (exact and last[1]) or civil_date(occurred_at) < civil_date(last[0]):
            raise Refusal("occurred_too_early", not_before=last[0])
        return last
    return occurred_at, exact


def _legal(row: Row, facts: Mapping[str, Any]) -> date | datetime | None:
    value = facts.get(row.legal_date) if row.legal_date else None
    if not isinstance(value, str):
        return None
    return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)


def _check_given(row: Row, given: datetime, legal: date | datetime | None, prefix: str) -> None:
    if row.at_once:
        fault = FieldError(
            f"{prefix}/occurred_at",
            "inconsistent",
            "这一步以点击为准，不得另填办理时间",
            "the click is the act",
        )
        raise Refusal("facts_invalid", errors=[fault])
    if legal is not None and civil_date(given) != (
        civil_date(legal) if isinstance(legal, datetime) else legal
    ):
        fault = FieldError(
            f"{prefix}/occurred_at",
            "inconsistent",
            f"与 {row.legal_date} 不是同一日",
            f"not the civil date of {row.legal_date}",
        )
        raise Refusal("facts_invalid", errors=[fault])


def _instant(legal: date | datetime | None, floor: datetime | None, now: datetime) -> datetime:
    """The instant recorded when none was given: the legal one, now for today, else the start of the civil date."""
    if legal is None:
        return now
    if isinstance(legal, datetime):
        return legal
    if legal == civil_date(now):
        return now
    if floor is not None and civil_date(floor) == legal:
        return floor
    return datetime.combine(legal, time.min, SHANGHAI)


def _check_future(occurred_at: datetime, legal: date | datetime | None, now: datetime) -> None:
    if occurred_at > now or (is_day(legal) and legal > civil_date(now)):
        raise Refusal("occurred_in_future")


def _check_floor(
    given: datetime | None, legal: date | datetime | None, occurred_at: datetime, floor: datetime | None
) -> None:
    if floor is None:
        return
    by_date = is_day(legal)
    early = civil_date(occurred_at) < civil_date(floor) if by_date else occurred_at < floor
    if early:
        raise Refusal("occurred_too_early", not_before=civil_date(floor) if by_date else floor)


def check_late(
    law: Lawbook, happened: date, today: date, facts: Mapping[str, Any], principal: Principal, prefix: str
) -> None:
    """Returns when an act of that civil date may still be entered today; raises `too_late_entry`, or of a head without a
    `late_reason` among the facts `facts_invalid`."""
    if happened >= today or law.calendar.add(happened, law.late_entry_days) >= today:
        return
    if not principal.roles & HEADS:
        raise Refusal("too_late_entry", limit_days=law.late_entry_days)
    if not facts.get("late_reason"):
        fault = FieldError(
            f"{prefix}/facts/late_reason", "missing", "补录理由：必填", "late_reason: required"
        )
        raise Refusal("facts_invalid", errors=[fault])
