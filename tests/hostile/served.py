"""A finding with an order that was served, for what corrects and withdraws."""

from __future__ import annotations

from engine.core.commands import Step
from tests.builders import Town, item
from tests.engine.test_times import ORDER, SERVED


def order_served(town: Town) -> str:
    """The id of a finding of two days ago: a clue of the day after it, and an order that was served today."""
    at = "2024-04-24T10:00:00+08:00"
    act = {"domain": "price", "violation": "price_not_marked"}  # which no referral is about
    inspected = town.inspect(item(town, discovered_at=at, **act), finished_at=at)
    [finding] = town.findings_of(inspected)
    clue = {"source_type": "inspection", "clue_on": "2024-04-25", "urgent_ground": "case_source"}
    town.step("C02", finding, "open_penalty", **clue)
    on_the_spot = {"legal_ground": "行政处罚法第二十八条", "urgent_ground": "on_the_spot"}
    town.steps(
        "W01",
        finding,
        Step("open_rectification", None, on_the_spot),
        Step("order", "@0", ORDER),
        Step("serve_directly", "@0", {"served_on": "2024-04-26", **SERVED}),
    )
    return finding
