"""What opens a row that a guard shuts: another step of the record, of its finding or its referral, or time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.casefile import CaseFile
from engine.core.chart import CRIMINAL
from engine.core.penalty_guards import SHOWN
from engine.core.refusals import Reason
from engine.core.snapshot import Record
from tests.simulation.moves import Move, Need, Wait

if TYPE_CHECKING:
    from tests.simulation.guide import Guide

Remedy = Callable[["Guide", Need], Move | None]


def remedy(guide: Guide, need: Need, reason: Reason) -> Move | None:
    """The next act towards a record on which the guard no longer shuts the row; None when nothing is known."""
    known = REMEDIES.get(reason.code)
    move = known(guide, need) if known is not None else None
    if move is None and reason.not_before is not None and reason.code not in LOST_BY_WAITING:
        until = guide.until(reason.not_before)
        return Wait(max(until, guide.world.now() + timedelta(days=1)), need.file)
    return move


LOST_BY_WAITING = frozenset({"defence_period_over"})
"""Guards that time would open, on a record that the clock moves on first."""


def _answered(guide: Guide, need: Need) -> Move | None:
    chart = guide.law.charts[need.row.chart]
    rows = [row for name in need.row.answers for row in chart.rows_from(need.record.state, name)]
    return guide.nearest(rows, need.file, need.record, need.depth)


def _own(*triggers: str) -> Remedy:
    """One of these triggers of the same record."""

    def act(guide: Guide, need: Need) -> Move | None:
        chart = guide.law.charts[need.row.chart]
        rows = [row for row in chart.rows if row.trigger in triggers and row.source]
        return guide.nearest(rows, need.file, need.record, need.depth)

    return act


def _main(guide: Guide, need: Need, trigger: str) -> Move | None:
    return guide.trigger(trigger, need.file, need.file.snapshot.main, need.depth)


def _of_kind(need: Need, chart: str) -> list[Record]:
    held = [one for one in need.file.snapshot.proceedings.values() if one.chart == chart]
    return sorted(held, key=lambda one: one.ordinal)


def _all_done(guide: Guide, need: Need) -> Move | None:
    return guide.finish(need, need.file.snapshot.registers.get("approved_routes", ()))


def _inspected(guide: Guide, need: Need) -> Move | None:
    inspection = guide.world.inspections[need.file.inspection_id]
    trigger = guide.chance.choice(("publish_result", "approve_withholding"))
    return guide.trigger(trigger, inspection, inspection.snapshot.main, need.depth)


def _event(guide: Guide, need: Need) -> Move | None:
    inspection = guide.world.inspections[need.file.inspection_id]
    if inspection.snapshot.main.state != "withheld":
        return None
    return guide.trigger("lift_withholding", inspection, inspection.snapshot.main, need.depth)


def _released(guide: Guide, need: Need) -> Move | None:
    record = need.record
    seized = record.last("seize", "seize_on_spot")
    freed = record.last("release_measure", "dispose_items", "refuse_measure_afterwards")
    return _own("release_measure" if seized > freed else "decide_preserved_evidence")(guide, need)


def _defence_over(guide: Guide, need: Need) -> Move | None:
    if need.record.facts.get("hearing_right") is True:
        return None
    return _own("record_defence")(guide, need)


def _remedies_over(guide: Guide, need: Need) -> Move | None:
    """A suit that is dismissed ends the periods at once; where the clock is to find them over, they run out."""
    guide.say("remedy_kind", "litigation")
    asked = need.record.last("record_remedy_application")
    if asked > need.record.last("remedy_upheld", "remedy_revoked", "remedy_changed"):
        return _own("remedy_upheld")(guide, need)
    left = {
        one.term: guide.until(one.dates.due_effective)
        for one in need.file.snapshot.deadlines
        if one.term in REMEDY_PERIODS and one.proceeding == need.record.id and one.state == "running"
    }
    if not need.row.by_clock_only and left.keys() & ENDED_BY_SUIT:
        return _own("record_remedy_application")(guide, need)
    return Wait(max(left.values()), need.file) if left else None


ENDED_BY_SUIT = frozenset({"DL32", "DL33"})
REMEDY_PERIODS = ENDED_BY_SUIT | {"DL33.after_reconsideration"}


def _public(guide: Guide, need: Need) -> Move | None:
    """The penalty becomes public, or it is decided that it need not."""
    for flag in _of_kind(need, "credit_flag"):
        if flag.facts.get("flag_kind") == "penalty_publicity":
            return guide.trigger("approve_exemption", need.file, flag, need.depth)
    guide.say("flag_kind", "penalty_publicity")
    return _main(guide, need, "open_credit_flag")


def _act_of_flag(guide: Guide, need: Need) -> Move | None:
    if need.record.facts.get("flag_kind") == "abnormal_list":
        return _own("verify_fact")(guide, need)
    return _on_penalty(guide, need, "decide_on_spot_warning", "decide_other_penalty", "decide_fine")


def _heard(guide: Guide, need: Need) -> Move | None:
    return _on_penalty(guide, need, "waive_defence")


def _on_penalty(guide: Guide, need: Need, *triggers: str) -> Move | None:
    """The next act by which a penalty of the finding comes to one of these triggers; another one if none can."""
    rows = [row for row in guide.law.charts["penalty"].rows if row.trigger in triggers]
    for penalty in reversed(_of_kind(need, "penalty")):
        move = guide.nearest(rows, need.file, penalty, need.depth)
        if move is not None:
            return move
    return _main(guide, need, "open_penalty")


def _basis_gone(guide: Guide, need: Need) -> Move | None:
    """The penalty that the flag rests on is revoked or changed."""
    trigger = guide.chance.choice(("remedy_revoked", "remedy_changed", "revoke_own_decision"))
    for penalty in reversed(_of_kind(need, "penalty")):
        move = guide.trigger(trigger, need.file, penalty, need.depth)
        if move is not None:
            return move
    return None


def _revoked(guide: Guide, need: Need) -> Move | None:
    for flag in _of_kind(need, "credit_flag"):
        if flag.state in SHOWN:
            return guide.trigger("withdraw_flag", need.file, flag, need.depth)
    return _own("record_refund", "withdraw_publicity")(guide, need)


def _removable(guide: Guide, need: Need) -> Move | None:
    if need.record.chart == "inspection":
        return None
    abnormal = need.record.facts.get("flag_kind") == "abnormal_list"
    accept = ("accept_application_2021", "accept_application_2025")
    return _own(*(("verify_removal",) if abnormal else accept))(guide, need)


def _referred(guide: Guide, need: Need) -> Move | None:
    """A referral of the finding is under way."""
    return _main(guide, need, "open_criminal_referral")


def _on_referrals(guide: Guide, need: Need, shut_only: bool, *triggers: str) -> Move | None:
    """The next act by which a referral of the finding comes to one of these triggers; `shut_only`: one that shuts."""
    chart = guide.law.charts[CRIMINAL]
    for referral in guide.referrals_of(need.file):
        state = referral.snapshot.main.state
        if not state:
            return _main(guide, need, "open_criminal_referral")
        if shut_only and chart.states[state].close == "open":
            continue
        rows = [row for row in chart.rows if row.trigger in triggers]
        move = guide.nearest(rows, referral, referral.snapshot.main, need.depth)
        if move is not None:
            return move
    return None


def _followed_up(guide: Guide, need: Need) -> Move | None:
    move = _on_referrals(guide, need, False, "handover_items", "confirm_no_items")
    return move or _referred(guide, need)


def _outcome(guide: Guide, need: Need) -> Move | None:
    """A suspicion comes to an outcome that leaves the fine and the end of the penalty open."""
    return _on_referrals(
        guide, need, True, "refuse_referral", "waive_remedies", "psb_cancel", "not_prosecute"
    )


def _returned(guide: Guide, need: Need) -> Move | None:
    if not _of_kind(need, "penalty"):
        return _main(guide, need, "open_penalty")
    return guide.finish(need, ())


def _no_items(guide: Guide, need: Need) -> Move | None:
    file: CaseFile | None = guide.world.findings.get(str(need.file.finding_id))
    for penalty in file.snapshot.proceedings.values() if file else ():
        if penalty.chart == "penalty" and file is not None:
            move = guide.trigger("release_measure", file, penalty, need.depth)
            if move is not None:
                return move
    return None


REMEDIES: dict[str, Remedy] = {
    "proposal_on_record": _answered,
    "all_proceedings_done": _all_done,
    "credit_dealt_with": _all_done,
    "inspection_published_or_withheld": _inspected,
    "reopening_event": _event,
    "no_open_measure": _released,
    "defence_period_over": _defence_over,
    "two_officers": _own("reassign_officers"),
    "remedy_period_over": _remedies_over,
    "publicity_dealt_with": _public,
    "effective_act": _act_of_flag,
    "removal_conditions": _removable,
    "hearing_done_in_penalty": _heard,
    "on_remedy_document": _basis_gone,
    "revocation_carried_out": _revoked,
    "referral_under_way": _referred,
    "referral_settled": _followed_up,
    "law2_fine_open": _outcome,
    "law2_close_open": _outcome,
    "threshold_dealt_with": _outcome,
    "returned_case_dealt_with": _returned,
    "items_all_handed_over": _no_items,
}
