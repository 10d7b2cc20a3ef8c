"""A criminal referral put into the tables of an invented office."""

from __future__ import annotations

from models import referral_reading
from tests.reading.world import NOW, OFFICE, World, instants


def referral(world: World, finding: str, party: str, state: str) -> str:
    """A criminal referral of a finding, one of whose own clocks runs."""
    id, due = world.new_id("referral"), NOW.date()
    row = {
        "id": id,
        "office_id": OFFICE,
        "department": "market_regulation",
        "finding_id": finding,
        "party_id": party,
        "domain": "food",
        "violation": "food_item_failed",
        "state": state,
        "version": 1,
        "sequence": 1,
        "record": {"facts": {}, "acts": {}, "last": None, "carried": False},
        "doc_no": None,
        "opened_at": NOW,
        "recorded_at": NOW,
        "head": "",
    }
    clock = {
        "id": world.new_id("clock"),
        "office_id": OFFICE,
        "department": "market_regulation",
        "referral_id": id,
        "term": "DL77",
        "nature": "internal",
        "counted": True,
        "state": "running",
        "spec": {},
        "history": [],
        "due_effective": due.isoformat(),
        "provisional": False,
        "settled_at": None,
        "told_stage": 0,
        **instants(due),
    }
    world.put(referral_reading.REFERRAL_DEADLINE, clock)
    return world.put(referral_reading.REFERRAL, row)
