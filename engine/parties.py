"""Parties: the same person or business is found again under the same identity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.search.index import index_party
from models import records

ERASED_IDENTITY = "erased:"
"""What the identity of a party begins with that was lawfully erased; its id follows."""
PREFERRED = ("uscc", "registration_no", "resident_id", "passport", "foreign_permit", "source_id")


def identity_of(party: Mapping[str, Any]) -> str:
    """The key of the party: its strongest identifier, else name and address."""
    by_scheme = {one["scheme"]: one for one in party["identifiers"]}
    for scheme in PREFERRED:
        if scheme in by_scheme:
            one = by_scheme[scheme]
            return f"{scheme}:{one.get('source', '')}:{one['value']}"
    return f"unidentified:{party['name']}|{party.get('address', '')}"[:400]


def party_of(
    connection: Connection, office_id: str, party: Mapping[str, Any], new_id: Callable[[], str]
) -> str:
    """The id of the party, entered when it is new; its row is locked, since findings across it are judged there."""
    identity = identity_of(party)
    known = records.party_by_identity(connection, office_id, identity, lock=True)
    if known is None:
        row = {
            "id": new_id(),
            "office_id": office_id,
            "identity": identity,
            "name": party["name"],
            "detail": dict(party),
        }
        records.insert_once(connection, records.PARTY, row)
        known = records.party_by_identity(connection, office_id, identity, lock=True)
    assert known is not None, "the party was just entered"
    if known.detail != dict(party):
        records.change(connection, records.PARTY, known.id, {"name": party["name"], "detail": dict(party)})
    index_party(connection, office_id, str(known.id), party["name"], party)
    return str(known.id)
