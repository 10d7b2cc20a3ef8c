"""The audit chains as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, RowMapping, Table, and_, bindparam, select

from models.at_rest import is_sealed_text, opened_payload
from models.incoming_reading import INCOMING
from models.prepared import Prepared
from models.records import ATTACHMENT, ENTRY, FINDING, INSPECTION, PARTY, PAYLOAD
from models.referral_reading import REFERRAL

HEADED = (INSPECTION, FINDING, REFERRAL, INCOMING)
"""Records that have a chain of their own, each naming its last entry."""


class Headed(NamedTuple):
    """A record with the hash and sequence of its last entry; `subject` is the table where it stands."""

    subject: str
    id: str
    head: str
    sequence: int


def heads(connection: Connection) -> Iterator[Headed]:
    """Every record that has a chain."""
    yield from _heads(connection, *HEADED)


def heads_of_cases(connection: Connection) -> Iterator[Headed]:
    """Every inspection and finding."""
    yield from _heads(connection, INSPECTION, FINDING)


def confidential_records(connection: Connection) -> frozenset[str]:
    """Ids of the referrals and of the matters that are confidential or belong to one: what their entries say is sealed."""
    sealed = INCOMING.c.confidential | INCOMING.c.referral_id.is_not(None)
    both = select(REFERRAL.c.id).union_all(select(INCOMING.c.id).where(sealed))
    return frozenset(connection.execute(both).scalars())


def _heads(connection: Connection, *tables: Table) -> Iterator[Headed]:
    for table in tables:
        for row in connection.execute(
            select(table.c.id, table.c.head, table.c.sequence).order_by(table.c.id)
        ):
            yield Headed(table.name, row.id, row.head, row.sequence)


def chain(connection: Connection, record_id: str) -> list[dict[str, Any]]:
    """The entries of a record in order, each with salt and body of its payload (null where it is missing).

    What a referral says is opened; raises `not_ready`.
    """
    return [
        {**row, **opened_payload(connection, row)} if is_sealed_text(row["body"]) else row
        for row in chain_as_kept(connection, record_id)
    ]


def chain_as_kept(connection: Connection, record_id: str) -> list[dict[str, Any]]:
    """The same with the payloads of a referral as they are kept."""
    return [dict(row._mapping) for row in _CHAIN.all(connection, {"record": record_id})]


_CHAIN = Prepared(
    select(ENTRY, PAYLOAD.c.salt, PAYLOAD.c.body)
    .outerjoin(
        PAYLOAD, and_(PAYLOAD.c.record_id == ENTRY.c.record_id, PAYLOAD.c.sequence == ENTRY.c.sequence)
    )
    .where(ENTRY.c.record_id == bindparam("record"))
    .order_by(ENTRY.c.sequence)
)


def attachments_as_kept(connection: Connection, record_id: str) -> Iterator[RowMapping]:
    """Each paper that was handed in with the record, with its bytes, one after another."""
    mine = ATTACHMENT.c.finding_id == record_id
    digests = connection.execute(select(ATTACHMENT.c.digest).where(mine).order_by(ATTACHMENT.c.digest))
    for digest in digests.scalars().all():
        asked = select(ATTACHMENT).where(mine, ATTACHMENT.c.digest == digest)
        yield connection.execute(asked).mappings().one()


def parties_as_said(connection: Connection) -> Iterator[Row[Any]]:
    """(id, identity, name, detail, said, erased) of every party, once for each inspection: what that said of it, None where
    the party has none, and by which erasure the inspection says nothing any more."""
    said = INSPECTION.c.intake["party"].label("said"), INSPECTION.c.record["erased"].label("erased")
    asked = select(PARTY, *said).select_from(PARTY.outerjoin(INSPECTION, INSPECTION.c.party_id == PARTY.c.id))
    yield from connection.execute(asked.order_by(PARTY.c.id), execution_options={"yield_per": 1000})


def memories_beside_referrals(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Id and memory of every finding of which a criminal referral was opened."""
    opened = select(REFERRAL.c.finding_id).where(REFERRAL.c.state != "")
    asked = select(FINDING.c.id, FINDING.c.record).where(FINDING.c.id.in_(opened))
    yield from ((row.id, row.record) for row in connection.execute(asked))
