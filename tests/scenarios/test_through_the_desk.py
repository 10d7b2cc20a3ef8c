"""S01, S02 and S06 of the contract, through the desk, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.core.deadlines import Exclusion, compute
from models import records, referral_reading
from tests.builders import Town
from tests.scenarios.player import (
    ADVERTISING,
    BOILER,
    FIRE,
    FOOD,
    POPPY,
    SCRAPPED,
    UNREACHED,
    Player,
    as_told,
    scenario,
)


def dates(town: Town, player: Player) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What came out for each (reference, term): the stored dates, oldest first."""
    names = {id: ref for ref, id in player.refs.items()}
    with town.house.database.read() as connection:
        rows = list(records.inspection_deadline_rows(connection, player.refs["I"]))
        if "F" in player.refs:
            rows += records.finding_deadline_rows(connection, player.refs["F"])
        if "K" in player.refs:
            rows += referral_reading.shown_deadlines(connection, [player.refs["K"]])
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        owner = names[row.proceeding_id or row.finding_id or row.inspection_id]
        found.setdefault((owner, row.term), []).append({**row.spec, "provisional": row.provisional})
    return found


def counted(town: Town, wanted: dict[str, Any]) -> dict[str, Any]:
    """The dates of the term from the start, the length and the excluded days that the scenario states."""
    told = wanted["arithmetic"]
    exclusions = [
        Exclusion(date.fromisoformat(first), date.fromisoformat(last)) for first, last in told["exclude"]
    ]
    law, start = town.house.law, date.fromisoformat(wanted["start"])
    dates = compute(
        law.terms[wanted["term"]],
        start,
        law.calendar,
        length=told["length"],
        unit=told["unit"],
        exclusions=exclusions,
        extended=told["extended"],
    )
    return {
        name: str(getattr(dates, name)) for name in ("start", "due_raw", "due_rolled", "due_effective")
    } | {"provisional": dates.provisional}


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        ("S01", FOOD),
        ("S02", FOOD),
        ("S03", BOILER),
        ("S05", ADVERTISING),
        ("S06", FIRE),
        ("S08", POPPY),
        ("S10", UNREACHED),
        ("S12", SCRAPPED),
    ],
)
def test_the_scenario_runs_exactly(town: Town, id: str, kind: dict[str, str]) -> None:
    story = scenario(id)
    player = Player(town, kind)

    player.play(story)

    found = dates(town, player)
    names = ("start", "due_raw", "due_rolled", "due_effective", "provisional")
    for wanted in story["expected_deadlines"]:
        came_out = found.get((wanted["proceeding_ref"], wanted["term"]), [])
        if wanted["via"] == "arithmetic":  # such dates need not occur in the story itself
            came_out = [*came_out, counted(town, wanted)]
        assert {name: as_told(wanted[name]) for name in names} in [
            {name: one[name] for name in names} for one in came_out
        ]
    for ref, state in story["final"]["states"].items():
        assert player._state({"chart": "inspection" if ref == "I" else "", "proceeding_ref": ref}) == state


def test_the_late_feedback_of_s06_stays_late(town: Town) -> None:
    player = Player(town, FIRE)

    player.play(scenario("S06"))

    late = [row for row in town.deadlines(player.refs["F"]) if row.state == "met_late"]
    assert [(row.term, row.due_effective, row.nature) for row in late] == [
        ("DL56a", "2024-05-23", "internal")
    ]
