"""Reading records for a decision, under lock, and writing what was decided: statements only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from models.at_rest import opened_documents, opened_papers
from models.prepared import Prepared, added, added_once, changed, named
from models.tables import (
    Attachment,
    CommandKey,
    Deadline,
    Document,
    Entry,
    Finding,
    Inspection,
    Mark,
    Notice,
    Party,
    Payload,
    Proceeding,
    Series,
    User,
)


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model."""
    return model.__table__  # type: ignore[attr-defined,no-any-return]  # SQLModel sets it


FINDING, INSPECTION, PROCEEDING = table_of(Finding), table_of(Inspection), table_of(Proceeding)
DEADLINE, ENTRY, PAYLOAD, KEY = table_of(Deadline), table_of(Entry), table_of(Payload), table_of(CommandKey)
PARTY, DOCUMENT, SERIES, ATTACHMENT = (
    table_of(Party),
    table_of(Document),
    table_of(Series),
    table_of(Attachment),
)
NOTICE, MARK, USER = table_of(Notice), table_of(Mark), table_of(User)

_ONE_FINDING = select(FINDING).where(FINDING.c.id == bindparam("id"))
_FILE_COLUMNS = tuple(column for column in FINDING.c if column.name != "search_text")
"""What is read of a finding for a decision; what the search finds it by is made from it."""
_FINDING_FILE = (
    select(
        *_FILE_COLUMNS,
        INSPECTION.c.state.label("inspection_state"),
        INSPECTION.c.intake.label("inspection_intake"),
        PARTY.c.detail.label("party_detail"),
    )
    .join(INSPECTION, INSPECTION.c.id == FINDING.c.inspection_id)
    .join(PARTY, PARTY.c.id == FINDING.c.party_id)
    .where(FINDING.c.id == bindparam("id"))
)
_ONE_INSPECTION = select(INSPECTION).where(INSPECTION.c.id == bindparam("id"))
_PROCEEDINGS = Prepared(
    select(PROCEEDING).where(PROCEEDING.c.finding_id == bindparam("id")).order_by(PROCEEDING.c.ordinal)
)
_FINDING_DEADLINES = Prepared(
    select(DEADLINE).where(DEADLINE.c.finding_id == bindparam("id")).order_by(DEADLINE.c.id)
)
_INSPECTION_DEADLINES = Prepared(
    select(DEADLINE)
    .where(DEADLINE.c.inspection_id == bindparam("id"), DEADLINE.c.finding_id.is_(None))
    .order_by(DEADLINE.c.id)
)
_DIGESTS = Prepared(select(ATTACHMENT.c.digest).where(ATTACHMENT.c.finding_id == bindparam("id")))
_BOUND = Prepared(select(KEY).where(KEY.c.principal == bindparam("principal"), KEY.c.key == bindparam("key")))
_USER = Prepared(select(USER).where(USER.c.login_key == bindparam("login_key")))
_PARTY = Prepared(select(PARTY).where(PARTY.c.id == bindparam("id")))
_DOCUMENTS = Prepared(
    select(DOCUMENT)
    .where(DOCUMENT.c.record_id == bindparam("record_id"))
    .order_by(DOCUMENT.c.sequence, DOCUMENT.c.id)
)
_DOCUMENTS_OF_KIND = Prepared(_DOCUMENTS.statement.where(DOCUMENT.c.kind == bindparam("kind")))
_ATTACHMENTS = Prepared(
    select(*(column for column in ATTACHMENT.c if column.name != "content"))
    .where(ATTACHMENT.c.finding_id == bindparam("id"))
    .order_by(ATTACHMENT.c.recorded_at, ATTACHMENT.c.digest)
)


def _with_and_without_lock(statement: Any, **of: Any) -> dict[bool, Prepared]:
    """The statement as it is, and as it locks its row for this transaction on PostgreSQL."""
    return {False: Prepared(statement), True: Prepared(statement.with_for_update(**of))}


_FINDING = _with_and_without_lock(_ONE_FINDING)
_FILE = _with_and_without_lock(_FINDING_FILE, of=FINDING)
_INSPECTION = _with_and_without_lock(_ONE_INSPECTION)


def finding_row(connection: Connection, id: str, lock: bool) -> Row[Any] | None:
    """The finding, locked for this transaction on PostgreSQL when asked."""
    return _FINDING[lock].one(connection, {"id": id})


def finding_file_row(connection: Connection, id: str, lock: bool) -> Row[Any] | None:
    """What a decision reads of the finding, its inspection and its party; the finding is locked when asked."""
    return _FILE[lock].one(connection, {"id": id})


def inspection_row(connection: Connection, id: str, lock: bool) -> Row[Any] | None:
    """The inspection, locked for this transaction on PostgreSQL when asked."""
    return _INSPECTION[lock].one(connection, {"id": id})


def _locked(statement: Any, lock: bool) -> Any:
    return statement.with_for_update() if lock else statement


def proceeding_rows(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """The proceedings of a finding in the order they were opened."""
    return _PROCEEDINGS.all(connection, {"id": finding_id})


def finding_deadline_rows(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """Every deadline of a finding and its proceedings."""
    return _FINDING_DEADLINES.all(connection, {"id": finding_id})


def inspection_deadline_rows(connection: Connection, inspection_id: str) -> Sequence[Row[Any]]:
    """Every deadline of an inspection itself."""
    return _INSPECTION_DEADLINES.all(connection, {"id": inspection_id})


def attachment_digests(connection: Connection, finding_id: str) -> frozenset[str]:
    """The digests handed in with a finding."""
    return frozenset(row.digest for row in _DIGESTS.all(connection, {"id": finding_id}))


def bound_key(connection: Connection, principal: str, key: str) -> Row[Any] | None:
    """The accepted command that this principal bound to the key."""
    return _BOUND.one(connection, {"principal": principal, "key": key})


def lock_key(connection: Connection, principal: str, key: str) -> None:
    """On PostgreSQL, two requests with one key follow one another; on SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{principal} {key}", 0))))


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows are new; all have the columns of the first."""
    if rows:
        added(table, tuple(rows[0])).run(connection, rows)


def change(connection: Connection, table: Table, id: str, values: Mapping[str, Any]) -> None:
    """The row of that id has these values."""
    changed(table, tuple(values)).run(connection, [named(id, values)])


def party_by_identity(connection: Connection, office_id: str, identity: str, lock: bool) -> Row[Any] | None:
    """The party known under that identity."""
    found = select(PARTY).where(PARTY.c.office_id == office_id, PARTY.c.identity == identity)
    return connection.execute(_locked(found, lock)).one_or_none()


def party_row(connection: Connection, id: str) -> Row[Any] | None:
    """The party of that id."""
    return _PARTY.one(connection, {"id": id})


def inspection_by_reference(
    connection: Connection, office_id: str, department: str, reference: str
) -> Row[Any] | None:
    """The inspection that a sender knows under its reference, within the department."""
    wanted = and_(
        INSPECTION.c.office_id == office_id,
        INSPECTION.c.department == department,
        INSPECTION.c.reference == reference,
    )
    return connection.execute(select(INSPECTION).where(wanted)).one_or_none()


def findings_of(connection: Connection, inspection_id: str) -> Sequence[Row[Any]]:
    """The findings of an inspection in the order they were recorded."""
    found = select(FINDING).where(FINDING.c.inspection_id == inspection_id).order_by(FINDING.c.id)
    return connection.execute(found).all()


def finding_by_reference(
    connection: Connection, office_id: str, department: str, reference: str
) -> Row[Any] | None:
    """The finding that a sender knows under its reference, within the department."""
    wanted = and_(
        FINDING.c.office_id == office_id, FINDING.c.department == department, FINDING.c.reference == reference
    )
    return connection.execute(select(FINDING).where(wanted)).one_or_none()


def entries_after_version(
    connection: Connection, record_id: str, version: int, limit: int = 50
) -> Sequence[Row[Any]]:
    """What happened on a record since that version, oldest first."""
    found = select(ENTRY).where(ENTRY.c.record_id == record_id, ENTRY.c.version > version)
    return connection.execute(found.order_by(ENTRY.c.sequence).limit(limit)).all()


def next_number(connection: Connection, office_id: str, kind: str, year: int) -> int:
    """The next number of that series; the row is locked until the transaction ends, so none is lost or doubled."""
    where = and_(SERIES.c.office_id == office_id, SERIES.c.kind == kind, SERIES.c.year == year)
    last = connection.execute(_locked(select(SERIES.c.last).where(where), True)).scalar()
    if last is None:
        add_once(connection, SERIES, {"office_id": office_id, "kind": kind, "year": year, "last": 0})
        last = connection.execute(_locked(select(SERIES.c.last).where(where), True)).scalar_one()
    connection.execute(update(SERIES).where(where).values(last=last + 1))
    return int(last) + 1


def documents_of(connection: Connection, record_id: str, kind: str | None = None) -> Sequence[Row[Any]]:
    """The documents of a record, oldest first."""
    if kind is None:
        return opened_documents(connection, _DOCUMENTS.all(connection, {"record_id": record_id}))
    found = _DOCUMENTS_OF_KIND.all(connection, {"record_id": record_id, "kind": kind})
    return opened_documents(connection, found)


def attachment_rows(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """The attachments of a finding without their bytes."""
    return opened_papers(connection, _ATTACHMENTS.all(connection, {"id": finding_id}))


def user_row(connection: Connection, login: str) -> Row[Any] | None:
    """The account of that login, compared without case."""
    return _USER.one(connection, {"login_key": login.casefold()})


def last_recorded_at(connection: Connection) -> Any:
    """The latest recorded_at of any finding or inspection, or None."""
    latest = [
        connection.execute(select(func.max(table.c.recorded_at))).scalar() for table in (FINDING, INSPECTION)
    ]
    known = [one for one in latest if one is not None]
    return max(known) if known else None


def mark_value(connection: Connection, name: str) -> str | None:
    """What the database says of itself under that name."""
    return connection.execute(select(MARK.c.value).where(MARK.c.name == name)).scalar()


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """True when the row is new; False, and nothing changed, when its key was there already."""
    key = next(iter(table.primary_key.columns))
    statement = _once(connection, table).values(dict(row)).returning(key)
    return connection.execute(statement).one_or_none() is not None


def add_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """The row is there; one of the same key that was there already stays."""
    added_once(connection, table, tuple(row), lambda: _once(connection, table)).run(connection, [row])


def _once(connection: Connection, table: Table) -> Any:
    return insert_or_leave(connection, table).on_conflict_do_nothing()


def insert_or_leave(connection: Connection, table: Table) -> Any:
    """An INSERT of the connection's own database, which knows ON CONFLICT."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    return kind.insert(table)


def carried_references(connection: Connection, office_id: str, source: str) -> Sequence[str]:
    """The references of all findings carried over from a source."""
    found = select(FINDING.c.reference).where(
        FINDING.c.office_id == office_id,
        FINDING.c.carried.is_(True),
        FINDING.c.reference.startswith(f"{source}/", autoescape=True),
    )
    return [str(one) for one in connection.execute(found).scalars()]
