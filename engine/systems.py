"""Linked systems: who may be told what, where, and with which keys both sides sign."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engine.addresses import AddressRefused, check_url
from engine.carrier.linking import check_carrier
from engine.clock import Clock
from engine.core.messages import ROUTES
from engine.core.refusals import Faults, Refusal
from engine.courier import Courier
from engine.courier_book import as_destination
from engine.signing import (
    KeyFault,
    check_public_key,
    in_force,
    new_private_key,
    new_secret,
    public_key_of,
)
from engine.writer import Writer
from models import delivering, linked_reading
from models.database import Database
from models.exchange_reading import ALL_KINDS
from rules.offices import Office

SYSTEM_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,55}")
KINDS = frozenset({route.kind for route in ROUTES.values()}) | {ALL_KINDS}
HMAC, ED25519 = "hmac", "ed25519"
OVERLAP_HOURS = 24


@dataclass(frozen=True, slots=True)
class NewSystem:
    """What is asked for: id, department, kinds of messages, how it is reached and how both sides sign."""

    id: str
    department: str
    kinds: Sequence[str]
    scheme: str
    url: str | None = None
    allow_private: bool = False
    public_key: str | None = None
    carrier: bool = False
    """True for a system without a network, which is brought bundles."""
    carrier_key: str | None = None
    """The key that its bundles are sealed to, `bhek_…`; without one a passphrase travels apart."""


@dataclass(frozen=True, slots=True)
class Systems:
    """Adds, lists, rotates and tries linked systems; who may do so is decided before."""

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
            faults = Faults()
            faults.add("/id", "inconsistent", "该系统已登记", "this system is linked already")
            faults.refuse()
        key = _fresh_key(asked.scheme, asked.public_key)
        row = {
            "id": asked.id,
            "office_id": self.office.office_id,
            "department": asked.department,
            "kinds": list(dict.fromkeys(asked.kinds)),
            "url": asked.url,
            "allow_private": asked.allow_private,
            "scheme": asked.scheme,
            "secrets": [key],
            "disabled": False,
            "carrier": asked.carrier,
            "carrier_key": asked.carrier_key,
            "created_at": self.clock.now(),
        }
        linked_reading.add_system(connection, row)
        return _told(asked.id, key)

    def check(self, asked: NewSystem) -> None:
        """Returns when such a system may be linked; else refuses with every fault."""
        faults = Faults()
        if not SYSTEM_ID.fullmatch(asked.id):
            faults.add(
                "/id", "format", "小写字母、数字、连字符，2至56位", "2–56 lower-case letters, digits, hyphens"
            )
        if asked.department not in self.office.departments:
            faults.add("/department", "vocabulary")
        if not asked.kinds:
            faults.add("/kinds", "too_few")
        for place, kind in enumerate(asked.kinds):
            if kind not in KINDS:
                faults.add(f"/kinds/{place}", "vocabulary")
        if asked.scheme not in (HMAC, ED25519):
            faults.add("/scheme", "vocabulary")
        if asked.public_key is not None:
            _check_key(asked, faults)
        if asked.url is not None:
            _check_url(asked.url, asked.allow_private, faults)
        check_carrier(asked.carrier, asked.url, asked.carrier_key, faults)
        faults.refuse()

    def list(self) -> list[dict[str, Any]]:
        """Every linked system without its keys, with how many messages wait for it."""
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
                "disabled": row.disabled,
                "waiting": waiting.get(row.id, 0),
                **as_destination(known.get(row.id)),
            }
            for row in rows
        ]

    def rotate_key(self, id: str, overlap_hours: int = OVERLAP_HOURS) -> dict[str, str]:
        """A new key counts from now on, the ones before for so many hours more."""
        return self.writer.submit(lambda connection: self.rotate_within(connection, id, overlap_hours))

    def rotate_within(
        self, connection: Connection, id: str, overlap_hours: int = OVERLAP_HOURS
    ) -> dict[str, str]:
        """The same inside a transaction that is already open."""
        row, now = self._row(connection, id), self.clock.now()
        until = now + timedelta(hours=overlap_hours)
        theirs = next((key["public"] for key in row.secrets if key.get("public")), None)
        key = _fresh_key(row.scheme, theirs)
        kept = [_ending(old, until) for old in in_force(row.secrets, now)]
        linked_reading.change_system(connection, id, {"secrets": [key, *kept]})
        return _told(id, key)

    def ping(self, id: str) -> dict[str, Any]:
        """Whether the system answers; one that does and was given up is called again."""
        with self.database.read() as connection:
            row = self._row(connection, id)
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
        if attempt.delivered and row.disabled:
            self.writer.submit(lambda connection: _resume(connection, id))
        return {"id": id, "pull": False, "reachable": attempt.delivered, "outcome": attempt.told}

    def _row(self, connection: Connection, id: str) -> Any:
        row = linked_reading.system_row(connection, id)
        if row is None:
            raise Refusal("not_found")
        return row


def _fresh_key(scheme: str, theirs: str | None) -> dict[str, Any]:
    if scheme == HMAC:
        return {"secret": new_secret(), "until": None}
    return {"private": new_private_key(), "public": theirs, "until": None}


def _told(id: str, key: Mapping[str, Any]) -> dict[str, str]:
    if "secret" in key:
        return {"id": id, "secret": key["secret"]}
    return {"id": id, "our_public_key": public_key_of(key["private"])}


def _ending(key: Mapping[str, Any], until: datetime) -> dict[str, Any]:
    """The key with an end that is not later than before."""
    ends = min(until, datetime.fromisoformat(key["until"])) if key.get("until") else until
    return {**key, "until": ends.isoformat()}


def _check_key(asked: NewSystem, faults: Faults) -> None:
    try:
        check_public_key(asked.public_key or "")
    except KeyFault:
        faults.add(
            "/public_key", "format", "应为 whpk_ 加 base64 的 Ed25519 公钥", "an Ed25519 key whpk_… expected"
        )
    if asked.scheme == HMAC:
        faults.add("/public_key", "exclusive", "与 --hmac 互斥", "excludes hmac")


def _check_url(url: str, allow_private: bool, faults: Faults) -> None:
    try:
        check_url(url, allow_private)
    except AddressRefused as fault:
        faults.add("/url", "format", f"不能调用该地址：{fault}", f"the house does not call there: {fault}")


def _resume(connection: Connection, id: str) -> None:
    linked_reading.change_system(connection, id, {"disabled": False})
    linked_reading.revive(connection, id)
