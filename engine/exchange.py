"""The exchange with other departments' systems: what goes out, what comes back, and who they are."""

from __future__ import annotations

from dataclasses import dataclass

from engine.callers import Callers
from engine.courier import Courier
from engine.desk import Desk
from engine.inbox import Inbox
from engine.outbox import Outbox
from engine.sandbox import StillCourier
from engine.systems import Systems
from rules.exchange import load_receipts


@dataclass(frozen=True, slots=True)
class Exchange:
    """All that speaks with linked systems."""

    callers: Callers
    inbox: Inbox
    outbox: Outbox
    courier: Courier
    systems: Systems


def open_exchange(desk: Desk, sandbox: bool = False) -> Exchange:
    """The exchange of the house with that desk, which from now on lets parked receipts have their turn.

    In a sandbox its courier opens no connection.
    """
    callers = Callers(desk.database, desk.clock)
    courier = (StillCourier if sandbox else Courier)(desk.writer, desk.clock)
    inbox = Inbox(desk, load_receipts(), callers)
    desk.after_step = inbox.retry_parked
    return Exchange(
        callers=callers,
        inbox=inbox,
        outbox=Outbox(desk.database, desk.writer, desk.clock),
        courier=courier,
        systems=Systems(desk.database, desk.writer, desk.clock, desk.office, courier),
    )
