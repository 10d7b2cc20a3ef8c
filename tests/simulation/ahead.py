"""What has to happen to a record before a row's state is reached, and what has to be said on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.core.calendar import civil_date
from engine.core.chart import CRIMINAL, Guard, Row
from engine.core.commands import CLOCK
from engine.core.guards import JUDGES
from engine.core.lawbook import Lawbook
from engine.core.penalty_guards import PAID, PENALISED, REVOKED
from engine.core.scene import Scene
from engine.core.snapshot import CRIMINAL_ROUTE
from tests.simulation.moves import Need
from tests.simulation.rows import is_out_of_reach
from tests.simulation.ways import MEASURES, fits_guard

if TYPE_CHECKING:
    from tests.simulation.guide import Guide

Rows = list[Row]
Ahead = Callable[["Guide", Need, str | None], Rows | None]
"""The rows of which one comes first; None when nothing is missing, none at all when it is too late."""


def ahead_of(guide: Guide, need: Need) -> Rows | None:
    """What the first guard that misses something asks for."""
    for guard in need.row.guards:
        asked = AHEAD.get(guard.name)
        rows = asked(guide, need, guard.argument) if asked else None
        if rows is not None:
            return rows
    return None


def said_for(law: Lawbook, guard: Guard, today: date) -> dict[str, Any]:
    """The facts that earlier steps have to state for the guard."""
    if guard.argument == "DL48.ban":
        return {"end_date": (today + timedelta(days=BANNED_FOR)).isoformat()}
    if guard.name == "kind_in_approved_routes":
        return {"routes": [guard.argument]}
    if guard.name == "flag_kind_is":
        return {"flag_kind": guard.argument}
    if guard.name in ("needs", "needs_not"):
        kinds = law.charts.dictionary["flag_kinds"]
        return {"flag_kind": next(kind for kind in kinds if fits_guard(law, kind, guard))}
    return SAID.get(guard.name, {})


BANNED_FOR = 20
SAID: dict[str, dict[str, Any]] = {
    "hearing_right_exists": {"hearing_right": True},
    "defence_period_over": {"hearing_right": False},
    "reply_was_needed": {"reply_needed": True},
    "no_reply_needed": {"reply_needed": False},
    "effective_act": {"routes": ["penalty"]},
    "hearing_done_in_penalty": {"routes": ["penalty"]},
    "publicity_dealt_with": {"routes": ["credit_flag"]},
    "referral_under_way": {"routes": [CRIMINAL]},
    "referral_settled": {"routes": [CRIMINAL]},
}


def taken_by(guide: Guide, chart: str, *triggers: str) -> Rows:
    """The rows of these triggers."""
    return [row for row in guide.law.charts[chart].rows if row.trigger in triggers and row.source]


def _term(guide: Guide, need: Need, term: str | None) -> Rows | None:
    """What starts the term, or lets it run on; on the way, both measures are taken, so that one record serves both."""
    both = need.row.trigger in LAST_OF_MEASURES and need.record.state != need.row.source
    for wanted in sorted({str(term), *(MEASURES if both else ())}):
        rows = _running(guide, need, wanted)
        if rows is not None:
            return rows
    return None


def _in_time(guide: Guide, need: Need, term: str | None) -> Rows | None:
    """The same; too late is what could only have happened before the last act of the record."""
    for one in need.file.snapshot.deadlines:
        if one.term == term and one.proceeding == need.record.id and one.state == "running":
            last, due = need.record.last_occurred_at, one.dates.due_effective
            due = civil_date(due) if isinstance(due, datetime) else due
            if last is not None and due < civil_date(last):
                return []
    return _term(guide, need, term)


LAST_OF_MEASURES = (
    "propose_measure_extension",
    "refuse_measure_extension",
    "extend_measure",
    "measure_lapsed",
    "preservation_lapsed",
)
"""What one record that holds something can take in one state, one after the other."""


def _running(guide: Guide, need: Need, term: str) -> Rows | None:
    owner = None if need.record is need.file.snapshot.main else need.record.id
    alive = [
        one
        for one in need.file.snapshot.deadlines
        if one.term == term and one.proceeding == owner and one.state in ("running", "suspended")
    ]
    rows = guide.law.charts[need.row.chart].rows
    for one in alive:
        if one.state == "running":
            return None
        stopped = set(one.suspended)
        return [row for row in rows if row.source and stopped & {*row.ends}]
    opening = [row for row in rows if term in row.opens and row.source and row is not need.row]
    return opening if opening else None


def _route(guide: Guide, need: Need, kind: str | None) -> Rows | None:
    registers = need.file.snapshot.registers
    if kind in registers.get("approved_routes", ()) or (kind == CRIMINAL and registers.get(CRIMINAL_ROUTE)):
        return None
    guide.say("routes", [kind])
    return taken_by(guide, "finding", "add_route", "approve_route", "reopen")


def _prior_notice(guide: Guide, need: Need, _: str | None) -> Rows | None:
    told = need.record.last("issue_prior_notice")
    if told > need.record.last("pass_review"):
        return None
    return taken_by(guide, "penalty", "issue_prior_notice")


def _undone(guide: Guide, need: Need, _: str | None) -> Rows | None:
    """What was revoked is paid back and taken off the public record before the case is closed."""
    record = need.record
    revoked = record.last(*REVOKED)
    if revoked < record.last(*PENALISED) or revoked < 0:
        return None
    flags = [one for one in need.file.snapshot.proceedings.values() if one.chart == "credit_flag"]
    shown = any(one.last("withdraw_flag") > 0 for one in flags)
    if record.last(*PAID) >= 0 and record.last("record_refund") < revoked:
        return taken_by(guide, "penalty", "record_refund")
    if shown and record.last("withdraw_publicity") < revoked:
        return taken_by(guide, "penalty", "withdraw_publicity")
    return None


def _judged(guide: Guide, need: Need, name: str, argument: str | None) -> bool:
    scene = Scene(guide.law, need.file.snapshot, need.record, need.row, CLOCK, guide.world.now())
    return JUDGES[name](scene, argument) is True


def _first(name: str, *triggers: str) -> Ahead:
    """While the guard does not hold, one of these triggers comes first; without any it is too late."""

    def asked(guide: Guide, need: Need, argument: str | None) -> Rows | None:
        if _judged(guide, need, name, argument):
            return None
        return taken_by(guide, need.row.chart, *triggers)

    return asked


def _proposed(guide: Guide, need: Need, _: str | None) -> Rows | None:
    """The proposal that the row answers, where it has to be made on the way; else what that asks for."""
    if _judged(guide, need, "proposal_on_record", None):
        return None
    chart = guide.law.charts[need.row.chart]
    proposals = [row for name in need.row.answers for row in chart.rows_from(need.row.source, name)]
    if proposals and all(is_out_of_reach(row) for row in proposals):
        return [row for row in taken_by(guide, chart.name, *need.row.answers) if not is_out_of_reach(row)]
    missing = [ahead_of(guide, Need(row, need.file, need.record, need.depth)) for row in proposals]
    if not missing or any(rows is None for rows in missing):
        return None
    return [row for rows in missing if rows for row in rows]


AHEAD: dict[str, Ahead] = {
    "proposal_on_record": _proposed,
    "revocation_carried_out": _undone,
    "kind_in_approved_routes": _route,
    "before_expiry": _in_time,
    "term_expired": _term,
    "prior_notice_served": _prior_notice,
    "was_filed": _first("was_filed", "approve_filing"),
    "was_not_filed": _first("was_not_filed"),
    "has_fine": _first("has_fine", "decide_fine", "decide_on_spot_fine"),
    "hearing_right_exists": _first("hearing_right_exists", "issue_prior_notice"),
    "preservation_approved": _first("preservation_approved", "approve_measure"),
    "flag_kind_is": _first("flag_kind_is"),
    "needs": _first("needs"),
    "needs_not": _first("needs_not"),
    "not_extended_yet": _first("not_extended_yet"),
}
