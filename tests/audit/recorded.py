"""Something of everything that the log commits to."""

from __future__ import annotations

import pytest

from engine.administrative_record import enter
from engine.core.refusals import Refusal
from tests.builders import Town
from tests.referral_walk import led, opened

REGISTER = {"ledger_no": "原台〔2024〕0001", "department": "market_regulation", "handler": "W01"}


def record(town: Town, number: int = 1) -> tuple[str, str]:
    """The finding and the referral of it: steps, a reading, an act of administration, a refused attempt."""
    finding = town.finding()
    town.step("W01", finding, "register", **REGISTER | {"ledger_no": f"原台〔2024〕{number:04d}"})
    referral = opened(town, finding)
    led(town, referral, "form_team")
    house = town.house
    house.reader.referrals.referral(town.who("U01"), referral)
    now = house.clock.now()
    house.writer.submit(
        lambda connection: enter(connection, house.office.office_id, "test", "A01", {"number": number}, now)
    )
    with pytest.raises(Refusal, match="not_found"):
        town.step("F01", finding, "register", **REGISTER)
    return finding, referral
