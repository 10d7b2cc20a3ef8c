"""The sandbox: a ledger in which everything may be tried and from which nothing leaves, for ever.

The database carries the mark, so no later start without the setting sends what was made in it (decision 0016).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.clock import Clock
from engine.core.refusals import Refusal
from engine.courier import Clients, Courier
from engine.courier_book import Attempt
from engine.settings import Settings
from engine.writer import Writer
from models import account_reading, records
from models.database import Database

SANDBOX = "sandbox"
"""The mark of the database; and what every entry made in it says, within its audit chain."""
INVENTED = ("demo", "test_clock")
"""Marks of a ledger that was never a real one."""
PREFIX = "【沙箱】"
"""What the subject of every message composed in a sandbox begins with."""
REAL_LEDGER = (
    "这个数据库里有真实的检查或者问题，不能变成沙箱：沙箱里的内容永远不会发出。确是另行复制的副本的，设 BIHUAN_SANDBOX=copy。"
    " · This database holds real findings and does not become a sandbox, from which nothing is ever sent; "
    "set BIHUAN_SANDBOX=copy where it is a copy."
)
ELSEWHERE = "沙箱只同本机的模拟系统通信。 · A sandbox speaks only with simulated systems on its own machine."
STILL = "沙箱：不发出 · sandbox: nothing leaves"


def entered(database: Database, writer: Writer, clock: Clock, settings: Settings) -> bool:
    """True when the ledger is a sandbox: it was one before, or the settings make it one now, for ever.

    Raises `not_ready` where they would make one of a real ledger.
    """
    with database.read() as connection:
        if is_sandbox(connection):
            return True
        if not settings.sandbox:
            return False
        marks = account_reading.marks(connection)
        real = account_reading.holds_findings(connection) and not any(name in marks for name in INVENTED)
    if real and not settings.sandbox_of_copy:
        raise Refusal("not_ready", detail=REAL_LEDGER)
    row = {"name": SANDBOX, "value": "nothing leaves", "recorded_at": clock.real_now()}
    writer.submit(lambda connection: records.insert_once(connection, records.MARK, row))
    return True


def is_sandbox(connection: Any) -> bool:
    """True when the ledger carries the mark of a sandbox."""
    return records.mark_value(connection, SANDBOX) is not None


class StillCourier(Courier):
    """The courier of a sandbox: it opens no connection, and no message is any nearer to its receiver."""

    def run_once(self, now: datetime) -> int:
        """Nothing was attempted, whatever is due."""
        return 0

    async def _attempt(self, clients: Clients, message: Mapping[str, Any]) -> Attempt:
        return Attempt(False, STILL)
