"""Both sides of the carrier: a house that packs, and a department without a network that opens and answers."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.attachments import AttachmentFile, Attachments
from engine.carrier.answering import Document, answered, receipt
from engine.carrier.envelope import new_keys
from engine.carrier.packing import Asked, Packed
from engine.carrier.reading import Keyring, Opened, opened
from engine.carrier.taking import Taken
from engine.encryption_keys import public_key_from
from engine.system_checks import NewSystem
from models import carrier_reading, exchange_reading
from tests.builders import Town
from tests.exchange.linked import Linked
from tests.partner import Ed25519Key

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@dataclass
class Office:
    """A department without a network, with its keys, and the house that carries to it."""

    town: Town
    system: str
    keys: Keyring
    made: int = field(default=0)

    def pack(self, by: str = "D01", queue: str = "ordinary", **asked: Any) -> Packed:
        """A file for this department."""
        return self.town.house.exchange.carrier.packer.pack(
            self.town.who(by), Asked(self.system, queue, **asked)
        )

    def open(self, packed: Packed) -> Opened:
        """What the file holds."""
        return opened(packed.content, self.keys, packed.passphrase)

    def new_id(self) -> str:
        """A fresh id of a receipt."""
        self.made += 1
        return f"receipt-{self.system}-{self.made}"

    def receipt(self, bundle: Opened, kind: str, place: int = 0, **data: Any) -> bytes:
        """A receipt to the message at that place of the bundle."""
        message = bundle.manifest.messages[place].id
        return receipt(bundle, message, kind, data, self.now, self.new_id())

    def answer(self, bundle: Opened, *receipts: bytes, documents: tuple[Document, ...] = ()) -> bytes:
        """The file that goes back."""
        return answered(bundle, self.keys, receipts, documents, self.now, self.new_id)

    def take(self, raw: bytes, by: str = "D01") -> Taken:
        """What the house makes of a file."""
        return self.town.house.exchange.carrier.taker.take(self.town.who(by), raw)

    @property
    def now(self) -> datetime:
        """The instant on the clock of the house."""
        return self.town.house.clock.now()


def without_network(
    linked: Linked, id: str, department: str, *, keyed: bool = True, signs: bool = False
) -> Office:
    """A system just linked by carrier; sealed to its key or by passphrase, signed with a shared secret or key pairs."""
    private, public = new_keys()
    key = Ed25519Key() if signs else None
    asked = NewSystem(
        id,
        department,
        ("all",),
        "ed25519" if key else "hmac",
        public_key=key.public if key else None,
        carrier=True,
        encryption_key=public_key_from(public) if keyed else None,
    )
    told = linked.town.link(asked)
    opening = (private,) if keyed else ()
    if key is None:
        return Office(linked.town, id, Keyring(secrets=(told["secret"],), opening=opening))
    own = "whsk_" + base64.b64encode(key._own.private_bytes_raw()).decode()
    return Office(linked.town, id, Keyring(own=(own,), house=(told["our_public_key"],), opening=opening))


def states(town: Town, system: str, queue: str = "ordinary") -> list[str]:
    """The states of the messages to a system, in order."""
    with town.house.database.read() as connection:
        rows = exchange_reading.feed(connection, system, queue, 0, 200)
        return [str(row.state) for row in rows]


def events(bundle: Opened) -> list[dict[str, Any]]:
    """The messages of a bundle as they are read."""
    return [json.loads(bundle.members[one.member]) for one in bundle.manifest.messages]


def packings(town: Town, packed: Packed) -> list[Any]:
    """What the house keeps of the files it made of a bundle."""
    with town.house.database.read() as connection:
        return list(carrier_reading.packings_of(connection, packed.bundle))


def on_its_way(linked: Linked) -> dict[str, str]:
    """A letter carried to a department without a network: its finding, its code, and the scan that was handed in."""
    office = without_network(linked, "psb-carried", "public_security", keyed=False)
    finding, _ = linked.sent(target_department="public_security")
    code = office.open(office.pack()).manifest.messages[0].codes["signed_for"]
    scan = AttachmentFile("回执.pdf", PDF, "application/pdf")
    Attachments(linked.town.house.desk).take(linked.town.who("D01"), finding, [scan])
    return {"carried": finding, "code": code, "scan": scan.digest}
