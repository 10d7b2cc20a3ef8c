"""Bundles are packed: numbered without gaps, signed, sealed; packed again they keep their number, as copies."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row
from uuid_utils.compat import uuid7

from engine.carrier import container, envelope, manifest
from engine.carrier.contents import Filling, named_papers
from engine.carrier.cover import cover, readme
from engine.carrier.rights import CRIMINAL, ORDINARY, carries_for, referrals_known
from engine.casefile import CaseFile
from engine.core.commands import Principal
from engine.core.envelope import wire_instant
from engine.core.refusals import FieldError, Refusal
from engine.core.strict_json import parsed
from engine.desk import Desk
from engine.referral_vault import ReferralVault
from engine.signing import in_force
from engine.snapshots import load_finding, load_inspection, load_referral
from models import carrier_reading, linked_reading, log_reading

CARRIED = "carry_bundle"
SECRET_BYTES = 32
CONTENT_BYTES_MAX = 150 * 1024 * 1024
NOTHING = ("没有待装封的报文", "no message waits to be packed")
NO_SYSTEM = ("没有这个携带送达的系统", "no such system that is reached by carrier")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be packed: for which system, from which queue, of which referral; a number asks for a copy."""

    system: str
    queue: str = ORDINARY
    referral: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """A file that was made, and how its receiver opens it: with their key, else with this passphrase, told apart."""

    bundle: str
    number: int
    copy: int
    messages: int
    content: bytes
    passphrase: str | None


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes bundles within the rights of whoever asks."""

    desk: Desk
    fresh: Callable[[int], bytes] = field(default=secrets.token_bytes)
    new_id: Callable[[], str] = field(default=lambda: str(uuid7()))

    def pack(self, who: Principal, asked: Asked) -> Packed:
        """The file; what waited is on its way. Without anything new it is a copy of the last bundle not confirmed."""
        if asked.queue not in (ORDINARY, CRIMINAL):
            raise Refusal("facts_invalid", errors=[FieldError("/queue", "vocabulary")])
        bundle = self.desk.writer.submit(lambda connection: self._reserve(connection, who, asked))
        with self.desk.database.read() as connection:
            system = linked_reading.system_row(connection, bundle.system_id)
            rows = carrier_reading.messages_in(connection, bundle.id)
            contents = Filling(self.desk.scribe.papers).of(connection, rows, bytes(bundle.secret))
        assert system is not None, "systems are never deleted"
        return self.desk.writer.submit(
            lambda connection: self._keep(connection, who, system, bundle, rows, contents)
        )

    def _reserve(self, connection: Connection, who: Principal, asked: Asked) -> Row[Any]:
        system = carrier_reading.lock_carrier_system(connection, asked.system)
        allowed = self._series(connection, who, asked)
        if system is None:
            raise Refusal("facts_invalid", errors=[FieldError("/system", "vocabulary", *NO_SYSTEM)])
        waiting = carrier_reading.unpacked(connection, system.id, asked.queue) if asked.number is None else []
        for series in allowed:
            mine = [row for row in waiting if belongs(row, asked.queue, series, who)]
            if mine:
                return self._new(
                    connection, who, system, asked.queue, series, _as_many_as_fit(self.desk.vault, mine)
                )
        for series in allowed:
            department = str(who.department)
            again = carrier_reading.last_unconfirmed(connection, system.id, series, department, asked.number)
            if again is not None:
                return again
        raise Refusal("facts_invalid", errors=[FieldError("/system", "missing", *NOTHING)])

    def _series(self, connection: Connection, who: Principal, asked: Asked) -> list[str]:
        if asked.queue == ORDINARY:
            if carries_for(who) is None:
                raise Refusal("not_yours", roles=["duty_clerk"])
            return [ORDINARY]
        known = referrals_known(connection, self.desk.referrals, who)
        return [one for one in known if asked.referral in (None, one)]

    def _new(
        self,
        connection: Connection,
        who: Principal,
        system: Row[Any],
        queue: str,
        series: str,
        messages: Sequence[Row[Any]],
    ) -> Row[Any]:
        secret = self.fresh(SECRET_BYTES)
        row = {
            "id": self.new_id(),
            "office_id": self.desk.office.office_id,
            "system_id": system.id,
            "queue": queue,
            "series": series,
            "number": carrier_reading.next_number(connection, system.id, series),
            "department": str(who.department),
            "secret": secret,
            "reply_name": envelope.key_name(reply_keys(secret)[1]),
            "packed_by": who.login,
            "packed_at": self._now(),
        }
        carrier_reading.keep_bundle(connection, row, [one.id for one in messages])
        kept = carrier_reading.bundle_row(connection, row["id"])
        assert kept is not None, "it was just kept"
        return kept

    def _keep(
        self,
        connection: Connection,
        who: Principal,
        system: Row[Any],
        bundle: Row[Any],
        rows: Sequence[Row[Any]],
        contents: Any,
    ) -> Packed:
        """The file is made, and on record with its manifest to the byte and an entry of every case it brings."""
        carrier_reading.lock_carrier_system(connection, system.id)
        copy, now = carrier_reading.next_copy(connection, bundle.id), self._now()
        said = self._said(bundle, system, contents.messages, copy, now)
        names = {"office": said["office_name"], "recipient": self._department(said["recipient"])}
        members = dict(contents.members)
        members[container.README] = readme(said, names, log_reading.newest_checkpoint(connection))
        members[container.COVER] = cover(self.desk.scribe.papers.press, said, names, now)
        raw = manifest.written({**said, "members": manifest.member_list(members)})
        seal = manifest.sealed(in_force(system.secrets, now), f"{bundle.id}-{copy}", now, raw)
        inner = container.packed(
            {container.MANIFEST: raw, container.SIGNATURE: seal, **members}, bundle.packed_at
        )
        row = {
            "bundle_id": bundle.id,
            "copy_no": copy,
            "office_id": bundle.office_id,
            "manifest": self.desk.vault.seal_manifest(bundle, copy, raw),
            "manifest_digest": hashlib.sha256(raw).hexdigest(),
            "signature": seal.decode(),
            "digest": hashlib.sha256(inner).hexdigest(),
            "packed_by": who.login,
            "packed_at": now,
        }
        carrier_reading.keep_packing(connection, row)
        self._note(connection, who, bundle, rows, row, now)
        content, passphrase = sealed_for(system, bundle, inner, now)
        return Packed(bundle.id, bundle.number, copy, len(rows), content, passphrase)

    def _said(
        self, bundle: Row[Any], system: Row[Any], messages: Sequence[Any], copy: int, now: datetime
    ) -> dict[str, Any]:
        office = self.desk.office
        return {
            "format": manifest.BUNDLE_FORMAT,
            "office": office.office_id,
            "office_name": self._department(bundle.department),
            "system": system.id,
            "queue": bundle.queue,
            "series": bundle.series,
            "number": bundle.number,
            "copy": copy,
            "bundle": bundle.id,
            "sender": bundle.department,
            "recipient": system.department,
            "packed_at": wire_instant(bundle.packed_at),
            "made_at": wire_instant(now),
            "reply_key": reply_keys(bytes(bundle.secret))[1],
            "messages": list(messages),
        }

    def _department(self, code: str) -> str:
        known = self.desk.office.departments.get(code)
        return known.zh if known is not None else code

    def _note(
        self,
        connection: Connection,
        who: Principal,
        bundle: Row[Any],
        rows: Sequence[Row[Any]],
        packing: dict[str, Any],
        now: datetime,
    ) -> None:
        """Each record that a message of the bundle belongs to says when it went out, in which bundle, by whom."""
        by_record: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            by_record.setdefault(record_named(row), []).append(row.id)
        for (subject, id), messages in sorted(by_record.items()):
            facts = {
                "system": bundle.system_id,
                "bundle": bundle.number,
                "copy": packing["copy_no"],
                "messages": messages,
                "manifest": f"sha256:{packing['manifest_digest']}",
            }
            file = file_of(connection, self.desk, subject, id)
            self.desk.scribe.note(connection, file, CARRIED, {"facts": facts}, who, now)

    def _now(self) -> datetime:
        return self.desk.clock.now_after(self.desk.last_recorded_at)


def reply_keys(secret: bytes) -> tuple[str, str]:
    """The pair that answers to the bundle of that secret are sealed to."""
    return envelope.keys_from(hashlib.sha256(b"bihuan-carrier-reply-1\0" + secret).digest())


def sealed_for(system: Any, bundle: Any, inner: bytes, now: datetime) -> tuple[bytes, str | None]:
    """The envelope to the newest key of the receiver, or by the passphrase of the bundle, which is told with it."""
    keys = in_force(system.encryption_keys, now)
    if keys:
        return envelope.sealed_to(envelope.text_of(keys[0]["jwk"]), envelope.BUNDLE, inner), None
    passphrase = envelope.spoken_passphrase(bytes(bundle.secret))
    return envelope.sealed_by(passphrase, envelope.BUNDLE, inner), passphrase


def record_named(message: Any) -> tuple[str, str]:
    """Subject and id of the record that a message belongs to."""
    if message.queue == CRIMINAL:
        return "referral", str(message.proceeding_id)
    if message.finding_id:
        return "finding", str(message.finding_id)
    return "inspection", str(message.inspection_id)


def file_of(connection: Connection, desk: Desk, subject: str, id: str) -> CaseFile:
    """The file of a record that a message belongs to, locked."""
    if subject == "referral":
        file = load_referral(connection, id, lock=True)
    elif subject == "finding":
        file = load_finding(connection, desk.office, id, lock=True)
    else:
        file = load_inspection(connection, id, lock=True)
    assert file is not None, "messages belong to records that are never deleted"
    return file


def belongs(row: Row[Any], queue: str, series: str, who: Principal) -> bool:
    """True when a message of the queue goes into a bundle of that series that the person packs."""
    if queue == CRIMINAL:
        return bool(row.proceeding_id == series)
    return bool(parsed(row.body)["sender"] == who.department)


def _as_many_as_fit(vault: ReferralVault, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """The first of them, at least one: what is left goes into the next bundle."""
    total = 0
    for place, row in enumerate(rows[: manifest.MESSAGES_MAX]):
        total += len(row.body) + sum(
            int(one.get("size") or 0) for one in named_papers(vault.said(row)["data"])
        )
        if total > CONTENT_BYTES_MAX and place:
            return rows[:place]
    return rows[: manifest.MESSAGES_MAX]
