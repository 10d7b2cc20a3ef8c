"""A file that came back: the bundle is delivered, and its receipts go through the inbox as if they had been sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from engine.callers import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from engine.carrier import container, envelope, manifest
from engine.carrier.packing import reply_keys
from engine.carrier.rights import may_handle
from engine.core.commands import Principal
from engine.core.envelope import MEDIA_TYPE, in_span
from engine.core.receipt_form import kind_named
from engine.core.refusals import FieldError, Refusal
from engine.core.strict_json import Malformed, parsed
from engine.desk import Desk
from engine.inbox import Brought, Inbox
from engine.receipt_papers import keep_receipt_paper
from engine.signing import in_force
from engine.uploads import HandedIn
from models import carrier_reading, linked_reading

NOT_OURS = (
    "不是本机关携带件的回执文件，或者内容已被改动",
    "not an answer to a bundle of this office, or it was changed",
)


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one receipt of the file: recorded, duplicate or parked, or the code of its refusal."""

    id: str
    kind: str
    code: str
    refusal: Refusal | None = None
    waiting_for: str | None = None


@dataclass(slots=True)
class Taken:
    """The bundle that was answered, whether the file was here before, and its receipts in their order."""

    number: int
    system: str
    queue: str
    series: str
    again: bool
    receipts: list[Received] = field(default_factory=list)
    papers: int = 0
    papers_refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes files in within the rights of whoever brings them; for everybody else they are no files of this office."""

    desk: Desk
    inbox: Inbox

    def take(self, who: Principal, raw: bytes) -> Taken:
        """The bundle is confirmed, each receipt had its turn. A file that was here before changes nothing."""
        bundle, system = self._bundle(who, raw)
        said, members, messages = self._opened(bundle, system, raw)
        again = not self.desk.writer.submit(
            lambda connection: self._keep(connection, who, bundle, raw, messages)
        )
        taken = Taken(bundle.number, bundle.system_id, bundle.queue, bundle.series, again)
        brought = Brought(bundle.packed_at, frozenset(messages))
        for one in said.receipts:
            taken.receipts.append(self._receive(system.id, one, members[one.member], brought))
        known = {one.id for one in taken.receipts if one.refusal is None}
        for paper in said.papers:
            if paper.receipt in known:
                self._keep_paper(system, paper, members, taken)
        return taken

    def _bundle(self, who: Principal, raw: bytes) -> tuple[Row[Any], Row[Any]]:
        """The bundle that the file answers, when this person may know of it; every other file is refused alike."""
        try:
            name = str(envelope.header_of(raw).get("key", ""))
        except envelope.EnvelopeFault as fault:
            raise _not_ours() from fault
        with self.desk.database.read(self.desk.referrals.behalf(who)) as connection:
            office = self.desk.office.office_id
            bundle = carrier_reading.bundle_of_reply(connection, office, name) if len(name) <= 16 else None
            if bundle is None or not may_handle(connection, self.desk.referrals, who, bundle):
                raise _not_ours()
            system = linked_reading.system_row(connection, bundle.system_id)
        assert system is not None, "systems are never deleted"
        return bundle, system

    def _opened(
        self, bundle: Row[Any], system: Row[Any], raw: bytes
    ) -> tuple[manifest.AnswerManifest, Mapping[str, bytes], list[str]]:
        now = self.desk.clock.now()
        try:
            opener = envelope.Opener((reply_keys(bytes(bundle.secret))[0],))
            members = container.unpacked(envelope.opened(raw, envelope.ANSWER, opener))
            keys = in_force(system.secrets, now)
            said, seal = manifest.read(members, manifest.AnswerManifest, keys)
        except (envelope.EnvelopeFault, container.ContainerFault) as fault:
            raise _not_ours() from fault
        with self.desk.database.read() as connection:
            packed = {one.manifest_digest for one in carrier_reading.packings_of(connection, bundle.id)}
            messages = [str(one.id) for one in carrier_reading.messages_in(connection, bundle.id)]
        named = (said.office, said.system, said.bundle, said.number)
        right = named == (bundle.office_id, bundle.system_id, bundle.id, bundle.number)
        if not right or said.manifest_sha256 not in packed or not _whole(said, members):
            raise _not_ours()
        if not in_span(seal.timestamp, bundle.packed_at, now):
            raise Refusal("signature_expired")
        return said, members, messages

    def _keep(
        self, connection: Connection, who: Principal, bundle: Row[Any], raw: bytes, messages: list[str]
    ) -> bool:
        now = self.desk.clock.now_after(self.desk.last_recorded_at)
        row = {
            "digest": hashlib.sha256(raw).hexdigest(),
            "office_id": bundle.office_id,
            "bundle_id": bundle.id,
            "body": raw,
            "taken_by": who.login,
            "taken_at": now,
        }
        carrier_reading.arrived(connection, messages, f"carried: bundle {bundle.number} answered", now)
        return carrier_reading.keep_answer(connection, row)

    def _receive(self, system: str, one: manifest.Signed, body: bytes, brought: Brought) -> Received:
        headers = {
            ID_HEADER: one.id,
            TIMESTAMP_HEADER: str(one.timestamp),
            SIGNATURE_HEADER: one.signature,
            "content-type": MEDIA_TYPE,
        }
        kind = _kind_of(body)
        try:
            told = self.inbox.receive(system, headers, body, brought)
        except Refusal as refusal:
            return Received(one.id, kind, refusal.code, refusal)
        return Received(one.id, kind, told.code, waiting_for=told.waiting_for)

    def _keep_paper(
        self, system: Row[Any], paper: manifest.Enclosed, members: Mapping[str, bytes], taken: Taken
    ) -> None:
        part = HandedIn(paper.name, members[paper.member])
        try:
            new, _ = keep_receipt_paper(self.desk, self.inbox, system, paper.receipt, [part])
            taken.papers += new
        except Refusal as refusal:
            taken.papers_refused.append(refusal)


def _whole(said: manifest.AnswerManifest, members: Mapping[str, bytes]) -> bool:
    """True when every member that receipts and papers speak of is there, under a name of its kind."""
    receipts = all(one.member == f"receipts/{one.id}.json" and one.member in members for one in said.receipts)
    papers = all(one.member.startswith("papers/") and one.member in members for one in said.papers)
    return receipts and papers


def _kind_of(body: bytes) -> str:
    try:
        return kind_named(parsed(body)) or ""
    except Malformed:
        return ""


def _not_ours() -> Refusal:
    return Refusal("facts_invalid", errors=[FieldError("/file", "inconsistent", *NOT_OURS)])
