"""A term may end where no row waits for it; the clock takes the row once the record stands where one does."""

from __future__ import annotations

from typing import Any

from engine.core.commands import Step
from tests.builders import OFFICERS, Town

CLUE = {"source_type": "inspection", "clue_on": "2024-04-26"}
FINE = {
    "officers": OFFICERS,
    "fine_fen": 10_000,
    "decision_no": "原市监当罚〔2024〕1号",
    "decided_on": "2024-04-26",
    "served_on": "2024-04-26",
    "clause": "条款。",
}


def penalty_with_seizure(town: Town) -> tuple[str, str]:
    """A finding and its penalty: goods seized on the spot, a fine on the spot, nothing paid."""
    finding = town.finding()
    town.step("C01", finding, "open_penalty", urgent_ground="evidence", **CLUE)
    penalty = town.proceedings(finding)[-1].id
    seized = {
        "officers": OFFICERS,
        "implemented_at": town.house.clock.now().isoformat(),
        "items_list": "底料。",
        "reason": "紧急。",
    }
    town.steps("C02", finding, Step("seize_on_spot", penalty, seized))
    town.steps("W01", finding, Step("decide_on_spot_fine", penalty, FINE))
    return finding, penalty


def measure(town: Town, finding: str) -> Any:
    """The deadline of the seizure."""
    return next(one for one in town.deadlines(finding) if one.term == "DL23")


def triggers(town: Town, finding: str) -> list[str]:
    listed = town.house.reader.timeline(town.who("C01"), finding, {"limit": ["200"]})["items"]
    return [one["trigger"] for one in listed]


def test_a_seizure_that_ran_out_while_payment_was_overdue_lapses_after_it(town: Town) -> None:
    finding, penalty = penalty_with_seizure(town)
    for day in ("2024-05-15", "2024-06-03", "2024-06-30"):
        town.at(f"{day}T09:00")
        town.house.sweep.run()
    assert town.proceedings(finding)[-1].state == "payment_overdue"
    assert measure(town, finding).state == "running" and "measure_lapsed" not in triggers(town, finding)

    town.steps("C02", finding, Step("record_payment", penalty, {"paid_on": "2024-06-30", "paid_fen": 20_000}))
    assert town.proceedings(finding)[-1].state == "performed"
    swept = town.house.sweep.run()

    assert (swept.failed, triggers(town, finding).count("measure_lapsed")) == (0, 1)
    assert measure(town, finding).state == "lapsed"
    again = town.house.sweep.run()
    assert (again.due, again.lapsed, again.failed) == (0, 0, 0)
    assert triggers(town, finding).count("measure_lapsed") == 1
