"""Guards of credit flags: no flag skips what its kind asks for, and none stands without an act and an end."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.core.calendar import civil_date
from engine.core.penalty_guards import DEFENCE_CLOSED, penalised
from engine.core.scene import Judge, Scene, Verdict, stands

REPAIR_RULE_FROM = date(2025, 12, 25)
"""From this day negative inspection results can be repaired (市场监督管理信用修复管理办法)."""
EARLY = "early"


def _kind(scene: Scene) -> Any:
    return scene.record.facts.get("flag_kind")


def _needs(scene: Scene, step: str | None) -> bool:
    declared = scene.law.charts.dictionary["flag_kinds"].get(_kind(scene), {})
    return bool(declared.get("needs", {}).get(step))


def _effective_act(scene: Scene) -> Verdict:
    """A penalty that stands, or for the abnormal list a fact that was verified."""
    if _kind(scene) == "abnormal_list":
        return scene.record.last("verify_fact") >= 0
    return any(penalised(one) for one in scene.of_kind("penalty"))


def _flag_basis_and_end(scene: Scene) -> Verdict:
    return scene.facts is None or bool(
        scene.fact.get("legal_ground") and (scene.fact.get("removal_path") or scene.fact.get("end_date"))
    )


def _hearing_done_in_penalty(scene: Scene) -> Verdict:
    return any(one.last(*DEFENCE_CLOSED) >= 0 for one in scene.of_kind("penalty"))


def removal_conditions(scene: Scene, _: str | None) -> Verdict:
    """What must be there before a flag, or a published result of an inspection, is taken away."""
    if scene.record.chart == "inspection":
        if civil_date(scene.now) < REPAIR_RULE_FROM:
            return REPAIR_RULE_FROM
        return scene.facts is None or scene.fact.get("repair_regime") == "rule_2025"
    if _kind(scene) == "abnormal_list":
        verified = scene.record.last("verify_removal", "start_ex_officio_removal")
        return verified > scene.record.last("request_removal")
    if scene.record.last("start_ex_officio_removal") > scene.record.last("request_removal"):
        return True
    accepted = scene.record.last("accept_application_2021", "accept_application_2025")
    if accepted < scene.record.last("request_removal"):
        return False
    return _early_enough(scene)


def _early_enough(scene: Scene) -> Verdict:
    """Early removal from the serious list is possible after a year there."""
    if _kind(scene) != "serious_list" or scene.known("removal_ground") != EARLY:
        return True
    running = scene.running("DL45")
    today = civil_date(scene.at)
    due: Any = running[0].dates.due_raw if running else today
    return True if due <= today else due


CREDIT_JUDGES: dict[str, Judge] = {
    "needs": lambda scene, step: _needs(scene, step),
    "needs_not": lambda scene, step: not _needs(scene, step),
    "flag_kind_is": lambda scene, kind: _kind(scene) == kind,
    "effective_act": stands(_effective_act),
    "flag_basis_and_end": stands(_flag_basis_and_end),
    "hearing_done_in_penalty": stands(_hearing_done_in_penalty),
}
