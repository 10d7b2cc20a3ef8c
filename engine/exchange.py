"""The exchange with other departments' systems: what goes out, what comes back, and who they are."""

from __future__ import annotations

from dataclasses import dataclass

from engine.callers import Callers
from engine.carrier.office import Carrier, open_carrier
from engine.courier import Courier
from engine.desk import Desk
from engine.inbox import Inbox
from engine.outbox import Outbox
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
    carrier: Carrier


def open_exchange(desk: Desk) -> Exchange:
    """The exchange of the house with that desk, which from now on lets parked receipts have their turn."""
    callers = Callers(desk.database, desk.clock)
    courier = Courier(desk.writer, desk.clock)
    kinds = load_receipts()
    inbox = Inbox(desk, kinds, callers)
    desk.after_step = inbox.retry_parked
    return Exchange(
        callers=callers,
        inbox=inbox,
        outbox=Outbox(desk.database, desk.writer, desk.clock),
        courier=courier,
        systems=Systems(desk.database, desk.writer, desk.clock, desk.office, courier),
        carrier=open_carrier(desk, inbox, kinds),
    )
