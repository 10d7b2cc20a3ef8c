"""Deadlines that are extended, that stand still while something is waited for, and that run on afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine.core.calendar import civil_date
from engine.core.deadlines import Dates, Exclusion, How, compute, stage
from engine.core.lawbook import Lawbook
from engine.core.running import Moment, running
from engine.core.snapshot import Deadline, Snapshot

GROUNDS = {
    "start_test": "检测、检验、检疫、鉴定或者辨认期间",
    "order_refund": "责令退款期间",
    "suspend": "中止调查期间",
    "announce_service": "公告送达期间",
    "request_hearing": "听证期间",
    "await_criminal": "移送司法机关期间",
    "decide_refer_criminal": "移送司法机关期间",
    "record_remedy_application": "复议、诉讼期间",
}
"""Why a period stood still, by the step that stopped it (市监处罚程序规定; 行政处罚法 Art 73)."""


def extend(
    law: Lawbook,
    snapshot: Snapshot,
    proceeding: str | None,
    term: str,
    moment: Moment,
    facts: Mapping[str, Any],
    *,
    added: int = 0,
    document: Mapping[str, Any] | None = None,
) -> None:
    """The deadline of that term now ends on the day that the step states, else `added` later; start as before."""
    more: dict[str, Any] = {"document": dict(document)} if document else {}
    if facts.get("reason"):
        more["reason"] = facts["reason"]
    for deadline in running(snapshot, proceeding, (term,)):
        if facts.get("new_due_on"):
            deadline.fixed_due = date.fromisoformat(facts["new_due_on"])
        else:
            deadline.extended += added
        recount(law, deadline, moment)
        deadline.history.append(moment.told("extended", deadline, **more))


def stop(snapshot: Snapshot, proceeding: str | None, term: str, moment: Moment, by: str, on: date) -> None:
    """The deadline stands still from that day, which is not counted any more; what already stood still does."""
    for deadline in running(snapshot, proceeding, (term,)):
        deadline.suspended.setdefault(by, on)
        deadline.touched = True
        if deadline.state == "running":
            deadline.state = "suspended"
            deadline.history.append(moment.told("suspended", deadline, reason=GROUNDS[by]))


def run_on(
    law: Lawbook,
    snapshot: Snapshot,
    proceeding: str | None,
    term: str,
    moment: Moment,
    stopped_by: tuple[str, ...],
    on: date,
) -> None:
    """What these steps had stopped is over: its days are taken out of the count, the last as the office counts it."""
    for deadline in running(snapshot, proceeding, (term,)):
        for by in stopped_by:
            since = deadline.suspended.pop(by, None)
            if since is not None:
                _take_out(law, deadline, Exclusion(since, max(since, on), GROUNDS[by]), moment)
        if deadline.state == "suspended" and not deadline.suspended:
            deadline.state = "running"


def _take_out(law: Lawbook, deadline: Deadline, days: Exclusion, moment: Moment) -> None:
    if deadline.fixed_due is None:
        deadline.exclusions.append(days)
    elif days.first <= deadline.fixed_due:  # a stated date is not counted: it moves by as many days
        deadline.fixed_due += put_off(law, days)
    recount(law, deadline, moment)
    span = {"from": days.first.isoformat(), "to": days.last.isoformat(), "reason": days.ground}
    deadline.history.append(moment.told("excluded", deadline, **span))


def put_off(law: Lawbook, days: Exclusion) -> timedelta:
    """By how much days taken out put off a date that an order stated."""
    return timedelta(days=(days.last - days.first).days + (not law.half_open))


def excluded(deadline: Deadline) -> list[Exclusion]:
    """The days taken out of the deadline, latest first; of a stated date, only its history knows them."""
    if deadline.fixed_due is None:
        return list(reversed(deadline.exclusions))
    told = [one for one in reversed(deadline.history) if one["what"] == "excluded"]
    return [
        Exclusion(date.fromisoformat(one["from"]), date.fromisoformat(one["to"]), one["reason"])
        for one in told
    ]


def recount(law: Lawbook, deadline: Deadline, moment: Moment) -> None:
    """The dates follow from start, length, extensions and what is taken out."""
    term = law.terms[deadline.term]
    ends(deadline, compute(term, deadline.start, law.calendar, **how_counted(law, deadline)), moment)


def ends(deadline: Deadline, dates: Dates, moment: Moment) -> None:
    """The deadline has these dates; what was told of an end that lies ahead now will be told again when it comes.

    The ladder of the office is climbed anew towards every new end.
    """
    if dates.due_effective != deadline.dates.due_effective:
        deadline.rung = 0
    deadline.dates = dates
    deadline.told_stage = min(deadline.told_stage, stage(dates, moment.recorded_at))
    deadline.touched = True


def how_counted(law: Lawbook, deadline: Deadline) -> How:
    """What its dates follow from, beside term, start and calendar."""
    stated = deadline.fixed_due is not None
    return How(
        length=None if stated else deadline.length,
        unit=None if stated else deadline.unit,
        fixed_due=deadline.fixed_due,
        exclusions=() if stated else deadline.exclusions,
        extended=0 if stated else deadline.extended,
        severe_after=law.severe_after,
        half_open=law.half_open,
    )


def day_of(point: Any) -> date:
    """The civil date of a date or an instant."""
    return civil_date(point) if hasattr(point, "hour") else point
