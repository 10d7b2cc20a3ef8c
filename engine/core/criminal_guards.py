"""Guards of the criminal referral, and those by which a finding waits for it."""

from __future__ import annotations

from datetime import date

from engine.core.calendar import civil_date
from engine.core.chart import CRIMINAL
from engine.core.scene import Judge, Scene, Verdict, once_entered, stands

RETURNED = frozenset(
    {
        "no_filing_final",
        "result_cancelled",
        "result_non_prosecuted",
        "reverse_referred",
        "opinion_answered",
        "result_acquitted",
        "result_exempted",
    }
)
"""States in which the case is back with the department, which owes an administrative result (国令730 Art 10)."""


def _team_of_two(scene: Scene) -> Verdict:
    return scene.principal.register.count(scene.fact.get("team")) >= 2


def _principal_head_only(scene: Scene) -> Verdict:
    """The head in person, by the role held at this moment; nobody acts for the head."""
    return scene.principal.kind == "person" and "principal_head" in scene.principal.roles


def _items_all_handed_over(scene: Scene) -> Verdict:
    """A list of items hands them over; who says that there are none must hold none."""
    return "items_list" in scene.row.requires or not scene.snapshot.items_held


def _judgment_effective(scene: Scene) -> Verdict:
    effective = date.fromisoformat(scene.fact["judgment_effective_on"])
    return True if effective <= civil_date(scene.now) else effective


def _threshold_dealt_with(scene: Scene) -> Verdict:
    """Whatever crime is suspected in this act has a referral, and each referral is settled or ended."""
    snapshot = scene.snapshot
    if not snapshot.suspected:
        return True
    chart = scene.law.charts[CRIMINAL]
    return bool(snapshot.suspicions) and all(
        one.state is not None and chart.states[one.state].kind != "open" for one in snapshot.suspicions
    )


def _returned_case_dealt_with(scene: Scene) -> Verdict:
    """A case that came back has its administrative result: the last penalty of the finding has ended."""
    if not any(one.own and one.state in RETURNED for one in scene.snapshot.suspicions):
        return True
    penalties = scene.of_kind("penalty")
    chart = scene.law.charts["penalty"]
    return bool(penalties) and chart.states[penalties[-1].state].kind == "ended"


def _by_a_person(scene: Scene) -> bool:
    """The clock moves a finding as if there were no referral (law 9)."""
    return scene.principal.kind != "clock"


CRIMINAL_JUDGES: dict[str, Judge] = {
    "team_of_two": once_entered(_team_of_two),
    "principal_head_only": stands(_principal_head_only),
    "five_materials": once_entered(lambda scene: scene.fact.get("materials_complete") is True),
    # The row is how the police asks; to refuse for missing material is no row at all.
    "no_refusal_for_missing_material": lambda scene, _: True,
    "items_all_handed_over": stands(_items_all_handed_over),
    "judgment_effective": once_entered(_judgment_effective),
    "threshold_dealt_with": stands(_threshold_dealt_with),
    "returned_case_dealt_with": stands(_returned_case_dealt_with),
    "law2_fine_open": lambda scene, _: scene.law2.fine == "open",
    "law2_close_open": lambda scene, _: scene.law2.close == "open",
    "referral_under_way": lambda scene, _: scene.law2.under_way,
    "referral_settled": lambda scene, _: _by_a_person(scene) and scene.law2.settled,
}
DEPENDING = frozenset(
    {
        "threshold_dealt_with",
        "returned_case_dealt_with",
        "law2_fine_open",
        "law2_close_open",
        "referral_under_way",
        "referral_settled",
    }
)
"""Guards by which a row of a finding depends on its criminal referral."""
