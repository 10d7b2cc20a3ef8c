"""A hundredth of the soak of generated requests (./dev soak requests)."""

from __future__ import annotations

from tests.generated.asking import PHASES, ask_everything
from tests.generated.caller import NOBODY, SYSTEM
from tests.generated.house import questioned

SEED = 20261128


def test_a_few_hundred_generated_requests_meet_no_server_error_and_break_no_schema() -> None:
    with questioned() as (fort, hashed):
        asked = ask_everything(fort, hashed, 300, SEED, ("H01", SYSTEM, NOBODY))
    assert asked.told() == []
    assert asked.seen.requests >= 300
    assert asked.by_phase["coverage"] and set(asked.by_phase) == set(PHASES)
    assert {201, 401, 404, 422} <= set(asked.seen.statuses)
