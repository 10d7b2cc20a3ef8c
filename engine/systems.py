"""Linked systems: who may be told what, where, and with which keys both sides sign and the house seals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.clock import Clock
from engine.core.refusals import Faults, Refusal
from engine.courier import Courier
from engine.courier_book import as_destination
from engine.encryption_keys import thumbprint
from engine.signing import Ed25519, Hmac, fresh_key, in_force, scheme_of
from engine.system_checks import (
    OVERLAP_HOURS,
    NewSystem,
    check_address,
    check_kinds,
    check_new,
    check_new_encryption_key,
    check_overlap,
    check_their_key,
    check_way,
)
from engine.writer import Writer
from models import delivering, linked_reading
from models.database import Database
from models.reading.linked import GONE, IN_USE, SUSPENDED
from rules.offices import Office

HMAC, ED25519 = Hmac.name, Ed25519.name
CHANGED = ("kinds", "url", "allow_private")
"""What of a system may be changed; its id, department and scheme stay."""
STATES = (IN_USE, GONE, SUSPENDED)


@dataclass(frozen=True, slots=True)
class Systems:
    """Adds, changes, lists and tries linked systems; who may do so is decided before."""

    database: Database
    writer: Writer
    clock: Clock
    office: Office
    courier: Courier

    def add(self, asked: NewSystem) -> dict[str, str]:
        """The system is linked: {"id", "secret"} or {"id", "our_public_key"}; the secret is told this once."""
        return self.writer.submit(lambda connection: self.add_within(connection, asked))

    def add_within(self, connection: Connection, asked: NewSystem) -> dict[str, str]:
        """The same inside a transaction that is already open (a confirmed proposal, the demonstration)."""
        self.check(asked)
        if linked_reading.system_row(connection, asked.id) is not None:
            _refuse("/id", "inconsistent", "该系统已登记", "this system is linked already")
        now = self.clock.now()
        key = _fresh_key(asked.scheme, asked.public_key, now)
        row = {
            "id": asked.id,
            "office_id": self.office.office_id,
            "department": asked.department,
            "kinds": list(dict.fromkeys(asked.kinds)),
            "url": asked.url,
            "allow_private": asked.allow_private,
            "scheme": asked.scheme,
            "secrets": [key],
            "encryption_keys": [_sealed_to(asked.encryption_key, now)] if asked.encryption_key else [],
            "disabled": False,
            "suspended": False,
            "carrier": asked.carrier,
            "created_at": now,
        }
        linked_reading.add_system(connection, row)
        return {"id": asked.id, **scheme_of(key).told(key)}

    def check(self, asked: NewSystem) -> None:
        """Returns when such a system may be linked; else refuses with every fault."""
        check_new(self.office, asked)

    def list(self) -> list[dict[str, Any]]:
        """Every linked system without its keys, with how many messages of the ordinary queue wait for it."""
        with self.database.read() as connection:
            waiting = linked_reading.waiting_by_system(connection)
            rows = linked_reading.system_rows(connection)
            known = delivering.destinations(connection)
        now = self.clock.now()
        return [
            {
                "id": row.id,
                "department": row.department,
                "kinds": row.kinds,
                "url": row.url,
                "pull": row.url is None and not row.carrier,
                "carrier": row.carrier,
                "allow_private": row.allow_private,
                "scheme": row.scheme,
                "keys_in_force": len(in_force(row.secrets, now)),
                "encryption_keys": [key["jwk"]["kid"] for key in in_force(row.encryption_keys, now)],
                "disabled": row.disabled,
                "state": state_of(row),
                "waiting": waiting.get(row.id, 0),
                **as_destination(known.get(row.id), rests=row.id in waiting),
            }
            for row in rows
        ]

    def rotate_key(self, id: str, overlap_hours: int = OVERLAP_HOURS) -> dict[str, str]:
        """A new key counts from now on, the ones before for so many hours more."""
        return self.writer.submit(lambda connection: self.rotate_within(connection, id, overlap_hours))

    def rotate_within(
        self,
        connection: Connection,
        id: str,
        overlap_hours: int = OVERLAP_HOURS,
        public_key: str | None = None,
    ) -> dict[str, str]:
        """The same inside a transaction that is already open; their public key stays unless another one is named."""
        row, now = self.row(connection, id, lock=True), self.clock.now()
        self.check_rotation(row, overlap_hours, public_key)
        theirs = public_key or next((key["public"] for key in row.secrets if key.get("public")), None)
        key = _fresh_key(row.scheme, theirs, now)
        kept = _ending(in_force(row.secrets, now), now + timedelta(hours=overlap_hours))
        linked_reading.change_system(connection, id, {"secrets": [key, *kept]})
        return {"id": id, **scheme_of(key).told(key)}

    def check_rotation(self, row: Any, overlap_hours: int, public_key: str | None) -> None:
        """Returns when the system may get a new key, with another public key of theirs if one is named; else refuses."""
        check_overlap(overlap_hours)
        faults = Faults()
        if public_key is not None:
            check_their_key(row.scheme, public_key, faults)
        faults.refuse()

    def seal_within(
        self, connection: Connection, id: str, jwk: Mapping[str, str], overlap_hours: int = OVERLAP_HOURS
    ) -> dict[str, Any]:
        """What is sent on the criminal queue from now on is sealed to that key; the ones before end so many hours later."""
        row, now = self.row(connection, id, lock=True), self.clock.now()
        check_overlap(overlap_hours)
        check_new_encryption_key(row.encryption_keys, jwk)
        before = row.encryption_keys
        counting = in_force(before, now)
        ended = [key for key in before if key not in counting]
        kept = [*_ending(counting, now + timedelta(hours=overlap_hours)), *ended]
        linked_reading.change_system(connection, id, {"encryption_keys": [_sealed_to(jwk, now), *kept]})
        return {"id": id, "kid": jwk["kid"], "thumbprint": thumbprint(jwk)}

    def changed_within(
        self, connection: Connection, id: str, values: Mapping[str, Any], was: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The system has these values; refused where it is not as it `was` when the change was proposed."""
        self.check_change(self.row(connection, id, lock=True), values, was)
        linked_reading.change_system(connection, id, dict(values))
        return {"id": id, **values}

    def check_change(self, row: Any, values: Mapping[str, Any], was: Mapping[str, Any]) -> None:
        """Returns when the system may get these values and still is as it was; else refuses."""
        faults = Faults()
        if any(getattr(row, name) != was.get(name) for name in values):
            words = (
                "提出之后该系统已有变更，请重新提出",
                "the system was changed meanwhile; propose it anew",
            )
            faults.add("/id", "inconsistent", *words)
        elif all(getattr(row, name) == value for name, value in values.items()):
            faults.add("/id", "inconsistent", "没有任何变更", "this changes nothing")
        if "kinds" in values:
            check_kinds(values["kinds"], faults)
        url = values.get("url", row.url)
        check_way(row.carrier, url, faults)
        if url is not None:
            check_address(url, values.get("allow_private", row.allow_private), faults)
        faults.refuse()

    def suspend_within(self, connection: Connection, id: str) -> dict[str, Any]:
        """The system is neither called nor heard nor written to: new messages go on paper, what waits is held."""
        self.check_state(self.row(connection, id, lock=True), (IN_USE, GONE))
        linked_reading.change_system(connection, id, {"disabled": True, "suspended": True})
        return {"id": id, "state": SUSPENDED}

    def resume_within(self, connection: Connection, id: str) -> dict[str, Any]:
        """The system is called and heard again, and what waited or was given up is brought."""
        self.check_state(self.row(connection, id, lock=True), (GONE, SUSPENDED))
        _resume(connection, id)
        return {"id": id, "state": IN_USE}

    def check_state(self, row: Any, states: Sequence[str]) -> None:
        """Returns when the system is in one of these states; else refuses."""
        if state_of(row) not in states:
            _refuse("/id", "inconsistent", "该系统已是这个状态", "the system is in this state already")

    def ping(self, id: str, by: str = "") -> dict[str, Any]:
        """Whether the system answers; one that does and was given up is called again. A suspended one stays so."""
        with self.database.read() as connection:
            row = self.row(connection, id)
        if row.carrier:
            return {
                "id": id,
                "pull": False,
                "reachable": None,
                "outcome": "it has no network; bundles are carried",
            }
        if row.url is None:
            return {"id": id, "pull": True, "reachable": None, "outcome": "pulls; it is never called"}
        attempt = self.courier.ping(dict(row._mapping))
        if attempt.delivered and state_of(row) == GONE:
            self.writer.submit(lambda connection: self._found_again(connection, id, by))
        return {"id": id, "pull": False, "reachable": attempt.delivered, "outcome": attempt.told}

    def _found_again(self, connection: Connection, id: str, by: str) -> None:
        if state_of(self.row(connection, id, lock=True)) == GONE:
            _resume(connection, id)
            told = {"act": "system.ping", "id": id, "state": IN_USE}
            enter(connection, self.office.office_id, "system.ping", by, told, self.clock.now())

    def row(self, connection: Connection, id: str, lock: bool = False) -> Any:
        """The system as it is registered, locked for this transaction when asked; raises `not_found`."""
        row = linked_reading.system_row(connection, id, lock)
        if row is None:
            raise Refusal("not_found")
        return row


def state_of(row: Any) -> str:
    """Whether the system is in use, said that it is gone, or is suspended."""
    return SUSPENDED if row.suspended else GONE if row.disabled else IN_USE


def _fresh_key(scheme: str, theirs: str | None, now: datetime) -> dict[str, Any]:
    return {**fresh_key(scheme, theirs), "since": now.isoformat(), "until": None}


def _sealed_to(jwk: Mapping[str, str], now: datetime) -> dict[str, Any]:
    return {"jwk": dict(jwk), "thumbprint": thumbprint(jwk), "since": now.isoformat(), "until": None}


def _ending(keys: Sequence[Mapping[str, Any]], until: datetime) -> list[dict[str, Any]]:
    """The keys with an end that is not later than before."""
    ends = [datetime.fromisoformat(key["until"]) if key.get("until") else until for key in keys]
    return [{**key, "until": min(until, end).isoformat()} for key, end in zip(keys, ends, strict=True)]


def _resume(connection: Connection, id: str) -> None:
    linked_reading.change_system(connection, id, {"disabled": False, "suspended": False})
    linked_reading.revive(connection, id)


def _refuse(pointer: str, code: str, zh: str, en: str) -> None:
    faults = Faults()
    faults.add(pointer, code, zh, en)
    faults.refuse()
