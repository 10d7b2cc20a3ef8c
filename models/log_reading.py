"""The log as it is stored, and what has no leaf yet: statements only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, func, or_, select, update

from engine.core.audit import utc_text
from engine.core.log_leaf import ADMINISTRATIVE, ENTRY, FILLER, FILLER_DIGEST, READING, REFUSED, digest_of
from models import records
from models.account_reading import ADMIN_ENTRY
from models.audit_reading import HEADED
from models.log import LogCheckpoint, LogDoubt, LogLeaf, RefusedAttempt
from models.records import PAYLOAD, insert_or_leave, table_of
from models.referral_reading import READING as READ

LEAF, CHECKPOINT = table_of(LogLeaf), table_of(LogCheckpoint)
DOUBT, ATTEMPT = table_of(LogDoubt), table_of(RefusedAttempt)
CHAINLESS: dict[str, Table] = {ADMINISTRATIVE: ADMIN_ENTRY, READING: READ, REFUSED: ATTEMPT}
"""What is committed to without a chain: each row by its own digest."""
NAMES_NONE = (FILLER, None, None)
AT_A_TIME = 2_000
STEP = records.ENTRY


def size_of(connection: Connection) -> int:
    """How many leaves the log has."""
    last = connection.execute(select(func.max(LEAF.c.place))).scalar()
    return 0 if last is None else int(last) + 1


def unsequenced(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """What has no leaf yet, at most so much: `kind, record_id, sequence, digest, recorded_at`."""
    found = []
    missing = select(STEP.c.record_id, STEP.c.sequence, STEP.c.hash, STEP.c.recorded_at)
    for row in connection.execute(_without_leaf(missing, STEP, ENTRY).limit(limit)):
        found.append(_source(ENTRY, row.record_id, row.sequence, row.hash, row.recorded_at))
    for kind, table in CHAINLESS.items():
        for row in connection.execute(_without_leaf(select(table), table, kind).limit(limit - len(found))):
            found.append(_source(kind, row.id, 0, _digest(kind, row), _dated(row)))
    return found


def _without_leaf(asked: Select[Any], table: Table, kind: str) -> Select[Any]:
    if kind == ENTRY:
        same = and_(LEAF.c.record_id == table.c.record_id, LEAF.c.sequence == table.c.sequence)
    else:
        same = LEAF.c.record_id == table.c.id
    return asked.where(~select(LEAF.c.place).where(LEAF.c.kind == kind, same).exists())


def _source(kind: str, record: str, sequence: int, digest: str, recorded_at: datetime) -> dict[str, Any]:
    return {
        "kind": kind,
        "record_id": record,
        "sequence": sequence,
        "digest": digest,
        "recorded_at": recorded_at,
    }


def _digest(kind: str, row: Row[Any]) -> str:
    """The digest of a row that has no chain, over all its columns by name."""
    said = [
        [name, utc_text(value) if isinstance(value, datetime) else value]
        for name, value in sorted(row._mapping.items())
    ]
    return digest_of(kind, said)


def _dated(row: Row[Any]) -> datetime:
    return row.read_at if "read_at" in row._mapping else row.recorded_at  # type: ignore[no-any-return]  # both are instants


def leaves(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every leaf in order, with the `digest` and `recorded_at` of what it names as that stands now, null where it is gone."""
    chainless = {
        (kind, row.id, 0): (_digest(kind, row), _dated(row))
        for kind, table in CHAINLESS.items()
        for row in connection.execute(select(table))
    }
    of_step = and_(
        LEAF.c.kind == ENTRY, STEP.c.record_id == LEAF.c.record_id, STEP.c.sequence == LEAF.c.sequence
    )
    asked = select(LEAF, STEP.c.hash, STEP.c.recorded_at).select_from(LEAF.outerjoin(STEP, of_step))
    for row in connection.execute(asked.order_by(LEAF.c.place).execution_options(yield_per=AT_A_TIME)):
        found = row._mapping
        named = (row.kind, row.record_id, row.sequence)
        digest, at = chainless.get(named, (row.hash, row.recorded_at))
        if named == NAMES_NONE:
            digest = FILLER_DIGEST
        yield {**found, "digest": digest, "recorded_at": at}


def leaf_contents(connection: Connection, size: int) -> list[str]:
    """The contents of the first so many leaves, in order."""
    asked = select(LEAF.c.leaf).where(LEAF.c.place < size).order_by(LEAF.c.place)
    return [str(one) for one in connection.execute(asked).scalars()]


def leaves_of(connection: Connection, record_id: str) -> dict[int, Row[Any]]:
    """The leaves of a record's entries, by their sequence."""
    asked = select(LEAF).where(LEAF.c.kind == ENTRY, LEAF.c.record_id == record_id)
    return {row.sequence: row for row in connection.execute(asked)}


def add_leaves(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The leaves stand behind the others."""
    records.add(connection, LEAF, rows)


def differing_heads(connection: Connection) -> list[tuple[str, int]]:
    """(record, sequence) of every record whose head is not its last entry."""
    found, later = [], STEP.alias("later")
    for table in HEADED:
        last = and_(STEP.c.record_id == table.c.id, STEP.c.sequence == table.c.sequence)
        beyond = select(later.c.sequence).where(
            later.c.record_id == table.c.id, later.c.sequence > table.c.sequence
        )
        differs = or_(func.coalesce(STEP.c.hash, "") != table.c.head, beyond.exists())
        asked = select(table.c.id, table.c.sequence).select_from(table.outerjoin(STEP, last)).where(differs)
        found += [(str(row.id), int(row.sequence)) for row in connection.execute(asked.order_by(table.c.id))]
    return found


def ownerless(connection: Connection) -> list[tuple[str, int]]:
    """(record, sequence) of entries whose record is not there, and of payloads without an entry."""
    there = or_(*(select(table.c.id).where(table.c.id == STEP.c.record_id).exists() for table in HEADED))
    of_entry = and_(STEP.c.record_id == PAYLOAD.c.record_id, STEP.c.sequence == PAYLOAD.c.sequence)
    orphans = select(STEP.c.record_id, STEP.c.sequence).where(~there)
    loose = select(PAYLOAD.c.record_id, PAYLOAD.c.sequence).where(
        ~select(STEP.c.sequence).where(of_entry).exists()
    )
    return [(str(row[0]), int(row[1])) for asked in (orphans, loose) for row in connection.execute(asked)]


def foreign(connection: Connection, office_id: str) -> list[tuple[str, int]]:
    """(table, count) of rows that name another office, where the log looks."""
    tables = (STEP, PAYLOAD, LEAF, CHECKPOINT, *CHAINLESS.values())
    counted = (
        (
            table.name,
            connection.execute(
                select(func.count()).select_from(table).where(table.c.office_id != office_id)
            ).scalar_one(),
        )
        for table in tables
    )
    return [(name, int(count)) for name, count in counted if count]


def checkpoints(connection: Connection) -> Sequence[Row[Any]]:
    """Every checkpoint kept in the database, oldest first."""
    return connection.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.signed_at, CHECKPOINT.c.id)).all()


def id_of(note: str) -> str:
    """What names a checkpoint in the database: the digest of its note."""
    return hashlib.sha256(note.encode()).hexdigest()


def add_checkpoint(connection: Connection, office_id: str, note: str, signed_at: datetime) -> None:
    """The checkpoint is kept in the database."""
    row = {"id": id_of(note), "office_id": office_id, "note": note, "signed_at": signed_at}
    records.add(connection, CHECKPOINT, [row])


def notes_with(connection: Connection, words: str) -> list[str]:
    """The notes of checkpoints in which these words stand, oldest first."""
    asked = select(CHECKPOINT.c.note).where(CHECKPOINT.c.note.contains(words, autoescape=True))
    ordered = asked.order_by(CHECKPOINT.c.signed_at, CHECKPOINT.c.id)
    return [str(one) for one in connection.execute(ordered).scalars()]


def newest_checkpoint(connection: Connection) -> str | None:
    """The checkpoint signed last."""
    asked = select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.signed_at.desc(), CHECKPOINT.c.id.desc())
    note = connection.execute(asked.limit(1)).scalar()
    return None if note is None else str(note)


def open_doubt(connection: Connection, office_id: str) -> Row[Any] | None:
    """The doubt that two persons have not accepted yet."""
    asked = select(DOUBT).where(DOUBT.c.office_id == office_id, DOUBT.c.ended_at.is_(None))
    return connection.execute(asked).one_or_none()


def add_doubt(connection: Connection, doubt: Mapping[str, Any]) -> None:
    """The doubt is open, unless another one is."""
    connection.execute(insert_or_leave(connection, DOUBT).values(dict(doubt)).on_conflict_do_nothing())


def change_doubt(connection: Connection, id: str, values: Mapping[str, Any]) -> bool:
    """The open doubt has these values; False when it was over before."""
    changed = update(DOUBT).where(DOUBT.c.id == id, DOUBT.c.ended_at.is_(None)).values(dict(values))
    return connection.execute(changed).rowcount == 1
