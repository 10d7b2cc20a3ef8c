"""A small share of the soak `receipts`: nothing bad is taken, everything good is taken once, on both databases."""

from __future__ import annotations

import random

from tests.exchange.assault import OTHER_BYTES, Assault
from tests.exchange.forgeries import FORGERIES
from tests.exchange.linked import Linked

ATTEMPTS = 320


def test_no_forgery_is_accepted_and_every_good_receipt_counts_once(linked: Linked) -> None:
    told = Assault(linked, random.Random(20240426)).run(ATTEMPTS)

    assert sum(told[name] for name in FORGERIES) == ATTEMPTS
    assert all(told[name] >= ATTEMPTS // len(FORGERIES) - 1 for name in FORGERIES)
    assert told["good"] >= 3 and told["repeated"] == told[OTHER_BYTES] > 5
