"""The carrier's desk in the office: packs, takes in, enters codes, and tells who may know what is on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from engine.carrier.envelope import spoken_passphrase
from engine.carrier.packing import Packer, belongs
from engine.carrier.paper_receipts import PaperReceipts
from engine.carrier.rights import CRIMINAL, ORDINARY, carries_for
from engine.carrier.taking import Taker
from engine.core.commands import Principal
from engine.core.receipts import ReceiptKind
from engine.desk import Desk
from engine.inbox import Inbox
from models import carrier_reading

LATEST = 50


@dataclass(frozen=True, slots=True)
class Carrier:
    """All that is done with bundles on this side."""

    desk: Desk
    packer: Packer
    taker: Taker
    paper: PaperReceipts

    def underway(self, who: Principal, referral: str | None = None) -> dict[str, Any] | None:
        """What the person may pack, and the bundles on their way; None for whoever carries nothing of the kind.

        Of a referral: only for whoever is on its list, and that alone.
        """
        with self.desk.database.read(self.desk.referrals.behalf(who)) as connection:
            if referral is None:
                if carries_for(who) is None:
                    return None
                return self._told(connection, who, ORDINARY, ORDINARY)
            if self.desk.referrals.known(connection, who, referral) is None:
                return None
            return self._told(connection, who, CRIMINAL, referral)

    def carries_any(self) -> bool:
        """True where some department is reached by carrier."""
        with self.desk.database.read() as connection:
            return bool(carrier_reading.carrier_systems(connection, self.desk.office.office_id))

    def _told(self, connection: Connection, who: Principal, queue: str, series: str) -> dict[str, Any]:
        office = self.desk.office.office_id
        systems = carrier_reading.carrier_systems(connection, office)
        waiting = {
            one.id: sum(
                belongs(row, queue, series, who)
                for row in carrier_reading.unpacked(connection, one.id, queue)
            )
            for one in systems
        }
        keyed = {one.id: bool(one.encryption_keys) for one in systems}
        rows = carrier_reading.bundles_of(
            connection, office, department=str(who.department), series=[series], limit=LATEST
        )
        return {
            "systems": [
                {"id": one.id, "department": one.department, "waiting": waiting[one.id]} for one in systems
            ],
            "bundles": [_bundle(row, keyed.get(row.system_id, False)) for row in rows],
        }


def open_carrier(desk: Desk, inbox: Inbox, kinds: Mapping[str, ReceiptKind]) -> Carrier:
    """The carrier's desk of the house with that desk and inbox."""
    return Carrier(desk, Packer(desk), Taker(desk, inbox), PaperReceipts(desk, kinds))


def _bundle(row: Row[Any], keyed: bool) -> dict[str, Any]:
    """A bundle as its sender sees it; the passphrase only while there is no key and something is on its way."""
    arrived = int(row.arrived or 0)
    underway = arrived < row.messages
    return {
        "id": row.id,
        "system": row.system_id,
        "number": row.number,
        "messages": row.messages,
        "arrived": arrived,
        "confirmed": not underway,
        "packed_at": row.packed_at,
        "packed_by": row.packed_by,
        "passphrase": spoken_passphrase(bytes(row.secret)) if underway and not keyed else None,
    }
