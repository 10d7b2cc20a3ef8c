"""The courier that the soak kills: it has little patience, so that everything comes to its end soon."""

from __future__ import annotations

import time
import warnings
from datetime import UTC, datetime, timedelta

from engine.clock import Clock, Machine
from engine.core.backoff import Patience
from engine.courier import Courier
from engine.writer import Writer
from models.database import Database

WAITS = tuple(timedelta(milliseconds=20 * n) for n in range(1, 21))
RESTS = (timedelta(milliseconds=50), timedelta(milliseconds=100), timedelta(milliseconds=200))
PATIENCE = Patience(waits=WAITS, rests=RESTS)
ATTEMPT_SECONDS = 1.0
LEASE = timedelta(seconds=2)
# The nursery has imported the program that each courier imports again by name: that is meant.
warnings.filterwarnings("ignore", message=".* found in sys.modules after import", category=RuntimeWarning)


def work(url: str) -> None:
    """A courier is at work until it is killed."""
    courier = Courier(
        Writer(Database(url)),
        Clock(None, Machine()),
        attempt_seconds=ATTEMPT_SECONDS,
        patience=PATIENCE,
        lease=LEASE,
    )
    while True:
        courier.run_once(datetime.now(UTC))
        time.sleep(0.02)
