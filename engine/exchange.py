"""The exchange with other departments' systems: what goes out, what comes back, and who they are."""

from __future__ import annotations

from dataclasses import dataclass

from engine.callers import Callers
from engine.carrier.office import Carrier, open_carrier
from engine.courier import Courier
from engine.desk import Desk
from engine.inbox import Inbox
from engine.message_acts import MessageActs
from engine.outbox import Outbox
from engine.sandbox import StillCourier
from engine.settings import COURIER_PARALLEL
from engine.systems import Systems
from engine.undelivered import Undelivered
from rules.exchange import load_receipts


@dataclass(frozen=True, slots=True)
class Exchange:
    """All that speaks with linked systems."""

    callers: Callers
    inbox: Inbox
    outbox: Outbox
    courier: Courier
    systems: Systems
    acts: MessageActs
    carrier: Carrier


def open_exchange(desk: Desk, parallel: int = COURIER_PARALLEL, sandbox: bool = False) -> Exchange:
    """The exchange of the house with that desk, which from now on lets parked receipts have their turn.

    parallel: how many messages are brought to one system at a time. In a sandbox the courier opens no connection.
    """
    callers = Callers(desk.database, desk.clock)
    kind = StillCourier if sandbox else Courier
    told = Undelivered(desk.scribe)
    courier = kind(desk.writer, desk.clock, parallel=parallel, undelivered=told, vault=desk.vault)
    kinds = load_receipts()
    inbox = Inbox(desk, kinds, callers)
    desk.after_step = inbox.retry_parked
    return Exchange(
        callers=callers,
        inbox=inbox,
        outbox=Outbox(desk.database, desk.writer, desk.clock, desk.vault),
        courier=courier,
        systems=Systems(desk.database, desk.writer, desk.clock, desk.office, courier),
        acts=MessageActs(desk),
        carrier=open_carrier(desk, inbox, kinds),
    )
