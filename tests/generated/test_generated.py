"""A hundredth of the soak of generated requests (./dev soak requests)."""

from __future__ import annotations

from tests.generated.asking import PHASES, ask_everything
from tests.generated.house import questioned
from tests.once import Copies

SEED, ASKED = 20261128, 150


def test_a_few_hundred_generated_requests_meet_no_server_error_and_break_no_schema(tables: Copies) -> None:
    with questioned(tables.sqlite) as (fort, hashed):
        asked = ask_everything(fort, hashed, ASKED, SEED, ("H01",))
    assert asked.told() == []
    assert asked.seen.requests >= 0.75 * ASKED
    assert all(asked.by_phase[phase] for phase in PHASES), asked.by_phase
    assert {200, 422} <= set(asked.seen.statuses)
