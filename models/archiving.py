"""Legal holds and erasures: every statement that reads them, and those that destroy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, bindparam, delete, or_, select, text, update

from models.archive import ErasedPaper, ErasedPayload, Erasure, ErasureDecision, LegalHold, LegalHoldAct
from models.exchange_reading import CRIMINAL_QUEUE, MESSAGE
from models.incoming_reading import CLOCK, INCOMING, RUNNING
from models.linked_reading import RECEIPT
from models.prepared import Prepared
from models.records import (
    ATTACHMENT,
    DEADLINE,
    DOCUMENT,
    ENTRY,
    FINDING,
    INSPECTION,
    NOTICE,
    PAYLOAD,
    PROCEEDING,
    table_of,
)

HOLD, HOLD_ACT = table_of(LegalHold), table_of(LegalHoldAct)
ERASURE, DECISION = table_of(Erasure), table_of(ErasureDecision)
ERASED_PAYLOAD, ERASED_PAPER = table_of(ErasedPayload), table_of(ErasedPaper)
_DECIDED = ERASURE.outerjoin(DECISION, DECISION.c.erasure_id == ERASURE.c.id)


def holds_on(connection: Connection, finding_id: str, party_id: str) -> Sequence[Row[Any]]:
    """Every hold that was ever put on the finding or on all of its party, oldest first."""
    mine = or_(HOLD.c.finding_id == finding_id, HOLD.c.party_id == party_id)
    return connection.execute(select(HOLD).where(mine).order_by(HOLD.c.id)).all()


def acts_on(connection: Connection, holds: Collection[str]) -> dict[str, Row[Any]]:
    """The last act on each of these holds that had any."""
    asked = select(HOLD_ACT).where(HOLD_ACT.c.hold_id.in_(holds)).order_by(HOLD_ACT.c.id)
    return {row.hold_id: row for row in connection.execute(asked)} if holds else {}


def erasures_of(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """Every erasure that was ever proposed for the finding, oldest first, with its decision where there is one."""
    said = (DECISION.c[name] for name in ("outcome", "decided_by", "decided_at", "destroyed"))
    asked = select(ERASURE, *said, DECISION.c.reason.label("decision_reason")).select_from(_DECIDED)
    return connection.execute(asked.where(ERASURE.c.finding_id == finding_id).order_by(ERASURE.c.id)).all()


def carried_out(connection: Connection) -> list[dict[str, Any]]:
    """Every erasure that was carried out: `erasure, finding, at`, oldest first."""
    asked = select(ERASURE.c.id, ERASURE.c.finding_id, DECISION.c.decided_at).select_from(_DECIDED)
    rows = connection.execute(asked.where(DECISION.c.outcome == "carried_out").order_by(ERASURE.c.id))
    return [{"erasure": row.id, "finding": row.finding_id, "at": row.decided_at} for row in rows]


def closings(
    connection: Connection, triggers: Collection[str], finding_id: str | None = None
) -> dict[str, Any]:
    """When findings were closed last, by these triggers: the instant by finding, of one or of all."""
    closing = and_(ENTRY.c.chart == "finding", ENTRY.c.state == "closed", ENTRY.c.trigger.in_(triggers))
    asked = select(ENTRY.c.record_id, ENTRY.c.occurred_at).where(closing).order_by(ENTRY.c.sequence)
    if finding_id is not None:
        asked = asked.where(ENTRY.c.record_id == finding_id)
    return {row.record_id: row.occurred_at for row in connection.execute(asked)}


def closed_in(connection: Connection, office_id: str, department: str) -> Sequence[Any]:
    """The closed findings of a department: (id, ledger_no, record)."""
    asked = select(FINDING.c.id, FINDING.c.ledger_no, FINDING.c.record).where(
        FINDING.c.office_id == office_id, FINDING.c.department == department, FINDING.c.closed.is_(True)
    )
    return connection.execute(asked.order_by(FINDING.c.id)).all()


def others_of_party(connection: Connection, party_id: str, inspection_id: str) -> Sequence[Any]:
    """The other inspections of the party: (id, record)."""
    asked = select(INSPECTION.c.id, INSPECTION.c.record).where(
        INSPECTION.c.party_id == party_id, INSPECTION.c.id != inspection_id
    )
    return connection.execute(asked).all()


def erased_payloads_of(connection: Connection, record_id: str) -> dict[int, str]:
    """The commitments of the record's payloads that were erased, by sequence."""
    return {row.sequence: row.commitment for row in _ERASED_OF.all(connection, {"record": record_id})}


_ERASED_OF = Prepared(select(ERASED_PAYLOAD).where(ERASED_PAYLOAD.c.record_id == bindparam("record")))


def erased_papers(connection: Connection) -> frozenset[tuple[str, str]]:
    """(finding, digest) of every paper whose bytes were erased."""
    asked = select(ERASED_PAPER.c.finding_id, ERASED_PAPER.c.digest)
    return frozenset((row.finding_id, row.digest) for row in connection.execute(asked))


def overwrite_what_goes(connection: Connection) -> None:
    """What this connection deletes from now on is overwritten with zeros in the file; PostgreSQL does it in its own time."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA secure_delete = ON"))


def destroy_payloads(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The payloads that these rows of erased_payload name are gone, and the rows are there."""
    if rows:
        connection.execute(ERASED_PAYLOAD.insert(), list(rows))
    for row in rows:
        this = and_(PAYLOAD.c.record_id == row["record_id"], PAYLOAD.c.sequence == row["sequence"])
        connection.execute(delete(PAYLOAD).where(this))


def destroy_papers(connection: Connection, rows: Sequence[Mapping[str, Any]], marker: str) -> None:
    """The papers that these rows of erased_paper name are empty, and the rows are there."""
    if rows:
        connection.execute(ERASED_PAPER.insert(), list(rows))
    nothing = {"content": b"", "size": 0, "name": marker, "title": None, "doc_no": None}
    for row in rows:
        this = and_(ATTACHMENT.c.finding_id == row["finding_id"], ATTACHMENT.c.digest == row["digest"])
        connection.execute(update(ATTACHMENT).where(this).values(**nothing))


def rows_beside(connection: Connection, finding_id: str) -> list[tuple[Table, Row[Any]]]:
    """What hangs on a finding and says something of its own: proceedings, deadlines, reminders."""
    tables = (PROCEEDING, DEADLINE, NOTICE)
    return [
        (table, row)
        for table in tables
        for row in connection.execute(select(table).where(table.c.finding_id == finding_id)).all()
    ]


def inspection_rows(connection: Connection, inspection_id: str) -> list[tuple[Table, Row[Any]]]:
    """The same of an inspection itself."""
    asked = ((table, table.c.inspection_id == inspection_id) for table in (DEADLINE, NOTICE))
    return [
        (table, row)
        for table, mine in asked
        for row in connection.execute(select(table).where(mine, table.c.finding_id.is_(None))).all()
    ]


def letters_of(
    connection: Connection, finding_id: str | None, inspection_id: str
) -> list[tuple[Table, Row[Any]]]:
    """Messages of the finding, or of the inspection itself where none is named, and the receipts to them."""
    mine = MESSAGE.c.finding_id == finding_id
    if finding_id is None:
        mine = and_(MESSAGE.c.inspection_id == inspection_id, MESSAGE.c.finding_id.is_(None))
    messages = connection.execute(select(MESSAGE).where(mine)).all()
    answers = select(RECEIPT).where(RECEIPT.c.message_id.in_([row.id for row in messages]))
    return [
        *((MESSAGE, row) for row in messages),
        *((RECEIPT, row) for row in connection.execute(answers)),
    ]


def on_the_way(connection: Connection, finding_id: str, inspection_id: str) -> bool:
    """True while an ordinary message of the finding or its inspection has not arrived."""
    mine = or_(MESSAGE.c.finding_id == finding_id, MESSAGE.c.inspection_id == inspection_id)
    waits = and_(mine, MESSAGE.c.queue != CRIMINAL_QUEUE, MESSAGE.c.state.not_in(("delivered", "paper")))
    return connection.execute(select(MESSAGE.c.id).where(waits).limit(1)).first() is not None


def matter_waits(connection: Connection, finding_id: str, *, confidential: bool) -> bool:
    """True while a clock runs of an inbound matter that was accepted as this finding, of that kind of confidentiality."""
    mine = and_(INCOMING.c.finding_id == finding_id, INCOMING.c.confidential.is_(confidential))
    runs = INCOMING.join(CLOCK, CLOCK.c.incoming_id == INCOMING.c.id)
    asked = select(INCOMING.c.id).select_from(runs).where(mine, CLOCK.c.state == RUNNING)
    return connection.execute(asked.limit(1)).first() is not None


def blank(connection: Connection, table: Table, row: Row[Any], values: Mapping[str, Any]) -> None:
    """That row says these values instead."""
    this = and_(*(column == row._mapping[column.name] for column in table.primary_key.columns))
    connection.execute(update(table).where(this).values(**values))


def empty_documents(connection: Connection, record_id: str) -> int:
    """No document of the record says anything any more; how many were files that a template had made."""
    mine = DOCUMENT.c.record_id == record_id
    connection.execute(update(DOCUMENT).where(mine).values(content={}))
    made = update(DOCUMENT).where(mine, DOCUMENT.c.status == "issued")
    return connection.execute(made.values(status="erased")).rowcount


def unaccounted(connection: Connection) -> list[tuple[str, int, bool]]:
    """(record, sequence, True where the payload stands) of payloads that are missing without an erasure, or stand in
    spite of one."""
    same = and_(PAYLOAD.c.record_id == ENTRY.c.record_id, PAYLOAD.c.sequence == ENTRY.c.sequence)
    named = and_(
        ERASED_PAYLOAD.c.record_id == ENTRY.c.record_id, ERASED_PAYLOAD.c.sequence == ENTRY.c.sequence
    )
    lost = (
        select(ENTRY.c.record_id, ENTRY.c.sequence)
        .select_from(ENTRY.outerjoin(PAYLOAD, same).outerjoin(ERASED_PAYLOAD, named))
        .where(PAYLOAD.c.sequence.is_(None), ERASED_PAYLOAD.c.sequence.is_(None))
    )
    both = and_(
        PAYLOAD.c.record_id == ERASED_PAYLOAD.c.record_id, PAYLOAD.c.sequence == ERASED_PAYLOAD.c.sequence
    )
    kept = select(PAYLOAD.c.record_id, PAYLOAD.c.sequence).select_from(PAYLOAD.join(ERASED_PAYLOAD, both))
    return [
        *((str(row.record_id), int(row.sequence), False) for row in connection.execute(lost)),
        *((str(row.record_id), int(row.sequence), True) for row in connection.execute(kept)),
    ]
