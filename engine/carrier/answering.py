"""The other side answers: signed receipts in a file that only the house that packed the bundle can open."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from engine.carrier import container, envelope, manifest
from engine.carrier.reading import BundleFault, Keyring, Opened
from engine.core.envelope import SCHEMAS, wire_instant
from engine.core.strict_json import Malformed, parsed
from engine.digests import file_digest
from engine.signing import signature

SIGNED_FOR = "signed_for"


@dataclass(frozen=True, slots=True)
class Document:
    """A file that a receipt announces by its digest."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """As receipts name it."""
        return file_digest(self.content)


def answered(
    bundle: Opened,
    keys: Keyring,
    receipts: Sequence[bytes],
    documents: Sequence[Document],
    now: datetime,
    new_id: Callable[[], str] = lambda: str(uuid4()),
) -> bytes:
    """The file that goes back; without receipts it says that the bundle arrived. Raises BundleFault."""
    if not keys.signing:
        raise BundleFault("there is no key to sign with")
    said, timestamp = bundle.manifest, int(now.timestamp())
    members: dict[str, bytes] = {}
    signed, papers = [], []
    by_digest = {one.digest: one for one in documents}
    for raw in receipts:
        event = _event(raw)
        name = f"receipts/{event['id']}.json"
        if name in members:
            raise BundleFault(f"two receipts with the id {event['id']}")
        members[name] = raw
        header = signature(keys.signing, event["id"], timestamp, raw)
        signed.append({"id": event["id"], "timestamp": timestamp, "signature": header, "member": name})
        announced = by_digest.get(str((event["data"].get("document") or {}).get("digest")))
        if announced is not None:
            member = f"papers/{announced.digest.removeprefix('sha256:')}.bin"
            members[member] = announced.content
            papers.append({"receipt": event["id"], "name": announced.name[:200], "member": member})
    raw = manifest.written(
        {
            "format": manifest.ANSWER_FORMAT,
            "office": said.office,
            "system": said.system,
            "bundle": said.bundle,
            "number": said.number,
            "manifest_sha256": hashlib.sha256(bundle.members[container.MANIFEST]).hexdigest(),
            "answered_at": wire_instant(now),
            "receipts": signed,
            "papers": papers,
            "members": manifest.member_list(members),
        }
    )
    seal = manifest.sealed(keys.signing, new_id(), now, raw)
    inner = container.packed({container.MANIFEST: raw, container.SIGNATURE: seal, **members}, now)
    return envelope.sealed_to(said.reply_key, envelope.ANSWER, inner)


def signed_for(
    bundle: Opened,
    signer: str,
    received_at: datetime,
    new_id: Callable[[], str] = lambda: str(uuid4()),
) -> list[bytes]:
    """A receipt for each message of the bundle, which this person signed for at that instant."""
    data = {"received_at": wire_instant(received_at), "signer": signer}
    return [
        receipt(bundle, one.id, SIGNED_FOR, data, received_at, new_id()) for one in bundle.manifest.messages
    ]


def receipt(
    bundle: Opened, message_id: str, kind: str, data: Mapping[str, Any], at: datetime, id: str
) -> bytes:
    """The bytes of a receipt of that kind to a message of the bundle."""
    said = bundle.manifest
    message = next((one for one in said.messages if one.id == message_id), None)
    if message is None:
        raise BundleFault("no message of the bundle")
    event = {
        "specversion": "1.0",
        "id": id,
        "source": f"/systems/{said.system}",
        "type": f"bihuan.receipt.{kind}.v1",
        "subject": message.subject,
        "time": wire_instant(at),
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMAS}/receipt_{kind}.json#/properties/data",
        "sender": said.recipient,
        "recipient": said.sender,
        "data": {"in_reply_to": message_id, **data},
    }
    return json.dumps(event, ensure_ascii=False).encode()


def _event(raw: bytes) -> dict[str, Any]:
    """The receipt, as far as it must be known to be put into the file; the house reads the rest."""
    try:
        event = parsed(raw)
    except Malformed as fault:
        raise BundleFault("a receipt is no JSON") from fault
    id = event.get("id") if isinstance(event, dict) else None
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(id, str) or not container.MEMBER.fullmatch(f"receipts/{id}.json") or len(id) > 64:
        raise BundleFault("a receipt without an id")
    if not isinstance(data, dict):
        raise BundleFault("a receipt without data")
    return dict(event)
