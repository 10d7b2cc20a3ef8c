"""Guards of the penalty chart: each says yes, or why a row is shut."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.core.deadlines import compute
from engine.core.scene import Judge, Scene, Verdict, once_entered, over, stands
from engine.core.snapshot import Record
from engine.core.starting import REMEDIED, REMEDY_PERIOD_OVER

MONEY = frozenset({"fine", "confiscate_gains", "confiscate_property"})
"""Kinds of penalty that law 2 keeps shut while a crime is suspected (行政处罚法 Art 9)."""
DEFENCE_CLOSED = (
    "review_defence",
    "waive_defence",
    "defence_lapsed",
    "withdraw_hearing",
    "party_absent",
    "submit_hearing_report",
)
DEFENDED = ("record_defence", "hold_hearing")
PENALISED = ("decide_fine", "decide_other_penalty", "decide_on_spot_fine", "decide_on_spot_warning")
CHANGED = ("change_own_decision", "remedy_changed")
REVOKED = ("remedy_revoked", "revoke_own_decision", "court_finds_illegal")
PERFORMED = (
    "record_payment",
    "record_performance",
    "collect_on_spot",
    "court_enforced",
    "court_terminates",
    "accept_court_refusal",
    "right_to_apply_lost",
    "decide_on_spot_warning",
)
PAID = ("record_payment", "record_partial_payment", "collect_on_spot", "court_enforced")
SHOWN = frozenset({"in_force", "removal_requested", "removal_proposed", "withdrawal_due"})
"""States of a credit flag in which the public sees it."""


def penalised(record: Record) -> bool:
    """True when a penalty was decided in this proceeding and stands."""
    return record.last(*PENALISED, *CHANGED) > record.last(*REVOKED) or _carried_decision(record)


def _carried_decision(record: Record) -> bool:
    return record.carried and bool(record.facts.get("decision_no")) and record.last(*REVOKED) < 0


def _shut_by_ruling(scene: Scene, code: str) -> bool:
    return code in (scene.snapshot.ruling or {}).get("shut", ())


def _limitation_not_expired(scene: Scene) -> Verdict:
    # Without own power the ruling shuts the penalty as well; that has a guard of its own.
    return not (scene.snapshot.own_power and _shut_by_ruling(scene, "penalty"))


def _filing_conditions(scene: Scene) -> Verdict:
    if scene.facts is None and "jurisdiction_checked" in scene.row.requires:
        return True
    checked = scene.known("jurisdiction_checked") is True and scene.known("limitation_checked") is True
    evidence = bool(scene.known("facts_summary") and scene.known("clause"))
    return checked and evidence and _limitation_not_expired(scene)


def _rectified_first(scene: Scene) -> Verdict:
    """A fine that waits for an order to correct, waits; the ruling knows what became of the order."""
    held = _shut_by_ruling(scene, "fine") and (scene.snapshot.ruling or {}).get("rectify_first") == "required"
    return not held


def _not_of_the_case(scene: Scene) -> Verdict:
    """The signed-in person neither investigates this case nor brought it forward, nor stands in for one who does."""
    handled = {
        person.casefold()
        for name in ("start_verification", "propose_filing", "close_investigation")
        for person in scene.record.actors.get(name, {})
    }
    who = scene.principal
    return who.persons.isdisjoint(handled) and not who.is_among(scene.record.facts.get("officers") or ())


def _extended(scene: Scene) -> bool:
    base = scene.row.guard("before_expiry")
    return base is not None and bool(scene.running(f"{base.argument}.extended"))


def _legality_review_passed(scene: Scene) -> Verdict:
    return scene.record.last("pass_review") > scene.record.last("submit_review", "close_investigation")


def _prior_notice_served(scene: Scene) -> Verdict:
    record = scene.record
    told = record.last("issue_prior_notice")
    if told < 0 or told < record.last("pass_review") or record.last(*DEFENCE_CLOSED) < told:
        return False
    amount, told_amount = scene.fact.get("fine_fen"), record.facts.get("proposed_fine_fen")
    return amount is None or told_amount is None or amount <= told_amount


def _defence_period_over(scene: Scene) -> Verdict:
    """Over, waived or heard: who may ask for a hearing keeps the whole period to do so."""
    record = scene.record
    told = record.last("issue_prior_notice")
    if told >= 0 and record.last(*DEFENCE_CLOSED) > told:
        return True
    if record.last("record_defence") > told and record.facts.get("hearing_right") is not True:
        return True
    return over(scene, "DL26")


def _no_heavier_after_defence(scene: Scene) -> Verdict:
    amount = scene.fact.get("fine_fen")
    if amount is None:
        return True
    if scene.row.trigger in CHANGED:
        decided = scene.record.facts.get("fine_fen")
        return decided is None or amount <= decided
    told = scene.record.facts.get("proposed_fine_fen")
    defended = scene.record.last(*DEFENDED) > scene.record.last("issue_prior_notice")
    return not defended or told is None or amount <= told


def _money(scene: Scene) -> int:
    return int(scene.fact.get("fine_fen") or 0) + int(scene.fact.get("confiscation_fen") or 0)


def _discussed_if_serious(scene: Scene) -> Verdict:
    if _money(scene) < scene.law.figures["fine_very_large_fen"]:
        return True
    return scene.record.last("record_discussion") > scene.record.last("close_investigation")


def _within_level_competence(scene: Scene) -> Verdict:
    fine = int(scene.fact.get("fine_fen") or 0)
    return scene.snapshot.domain != "food" or fine < scene.law.figures["food_prefecture_fen"]


def _summary_limits(scene: Scene) -> Verdict:
    person = scene.snapshot.party_kind == "natural_person"
    limit = scene.law.figures["summary_person_fen" if person else "summary_unit_fen"]
    return int(scene.fact.get("fine_fen") or 0) <= limit


def _no_money(scene: Scene) -> Verdict:
    kinds = {*(scene.fact.get("penalty_kinds") or ()), *(scene.fact.get("proposed_kinds") or ())}
    return _money(scene) == 0 and not kinds & MONEY


def _hearing_notice_in_time(scene: Scene) -> Verdict:
    term = scene.law.terms["DL27"]
    held_on = date.fromisoformat(scene.fact["hearing_on"])
    latest: Any = compute(term, held_on, scene.law.calendar).due_effective
    in_time: bool = date.fromisoformat(scene.fact["notified_on"]) <= latest
    return in_time


def _preservation_approved(scene: Scene) -> Verdict:
    return scene.record.last("approve_measure") > scene.record.last("preserve_evidence")


def _remedy_period_over(scene: Scene) -> Verdict:
    if scene.record.last("record_remedy_application") > scene.record.last(*REMEDIED):
        return False
    return over(scene, "DL32", "DL33", "DL33.after_reconsideration")


def no_open_measure(record: Record) -> bool:
    """True when whatever was seized or preserved has been released, disposed of or decided upon."""
    seized = record.last("seize", "seize_on_spot")
    freed = record.last("release_measure", "dispose_items", "refuse_measure_afterwards")
    preserved = record.last("preserve_evidence")
    return seized <= freed and preserved <= record.last("decide_preserved_evidence")


def _duties_performed(scene: Scene) -> Verdict:
    record = scene.record
    if scene.row.trigger == "record_performance":
        owes = bool(record.facts.get("fine_fen")) and record.last(*PAID) < 0
        return scene.facts is None or not owes or "paid" in scene.fact.get("performance_kind", ())
    if scene.row.trigger in PERFORMED or not penalised(record):
        return True
    return record.carried or record.last(*PERFORMED) > record.last(*PENALISED, *CHANGED)


def _publicity_dealt_with(scene: Scene) -> Verdict:
    """Where a penalty stands it is public, or it is decided that it lawfully is not."""
    if not penalised(scene.record):
        return True
    chart = scene.law.charts["credit_flag"]
    return any(
        chart.states[one.state].kind != "open"
        for one in scene.of_kind("credit_flag")
        if one.facts.get("flag_kind") == "penalty_publicity"
    )


def _revocation_carried_out(scene: Scene) -> Verdict:
    record = scene.record
    revoked = record.last(*REVOKED)
    if revoked < 0 or record.last(*PENALISED) > revoked:
        return True
    flags = [one for one in scene.of_kind("credit_flag") if one.facts.get("flag_kind") != "abnormal_list"]
    if any(one.state in SHOWN for one in flags):
        return False
    if any(one.last("withdraw_flag") > 0 for one in flags) and record.last("withdraw_publicity") < revoked:
        return False
    return record.last(*PAID) < 0 or record.last("record_refund") > revoked


def _on_remedy_document(scene: Scene) -> Verdict:
    """Rows that are themselves the decision or judgment stand on it; the others on one that is recorded."""
    if scene.row.chart == "credit_flag":
        listed = scene.record.last("approve_listing", "approve_serious_listing")
        return any(one.last(*REVOKED, *CHANGED) > listed for one in scene.of_kind("penalty"))
    if scene.row.trigger in REMEDIED or scene.row.trigger == "court_finds_illegal":
        return True
    return scene.record.last(*REVOKED) >= 0


PENALTY_JUDGES: dict[str, Judge] = {
    "filing_conditions": stands(_filing_conditions),
    "limitation_not_expired": stands(_limitation_not_expired),
    "rectified_first": stands(_rectified_first),
    "not_minor": lambda scene, _: not _shut_by_ruling(scene, "impose"),
    "presider_not_case_officer": stands(_not_of_the_case),
    "reviewer_not_case_officer": stands(_not_of_the_case),
    "first_extension_used": stands(_extended),
    "not_extended_yet": lambda scene, _: not _extended(scene),
    "legality_review_passed": stands(_legality_review_passed),
    "prior_notice_served": stands(_prior_notice_served),
    "defence_period_over": stands(_defence_period_over),
    "no_heavier_after_defence": stands(_no_heavier_after_defence),
    "discussed_if_serious": once_entered(_discussed_if_serious),
    "within_level_competence": once_entered(_within_level_competence),
    "summary_limits": once_entered(_summary_limits),
    "no_money": once_entered(_no_money),
    "has_fine": lambda scene, _: bool(scene.record.facts.get("fine_fen")),
    "hearing_right_exists": lambda scene, _: scene.record.facts.get("hearing_right") is True,
    "hearing_notice_in_time": once_entered(_hearing_notice_in_time),
    "preservation_approved": stands(_preservation_approved),
    "demand_period_over": lambda scene, _: over(scene, "DL34"),
    REMEDY_PERIOD_OVER: stands(_remedy_period_over),
    "no_open_measure": lambda scene, _: no_open_measure(scene.record),
    "was_filed": lambda scene, _: scene.record.last("approve_filing") >= 0,
    "was_not_filed": lambda scene, _: scene.record.last("approve_filing") < 0,
    "duties_performed": stands(_duties_performed),
    "publicity_dealt_with": stands(_publicity_dealt_with),
    "revocation_carried_out": stands(_revocation_carried_out),
    "on_remedy_document": stands(_on_remedy_document),
}
