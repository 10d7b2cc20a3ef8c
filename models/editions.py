"""Every statement that reads or changes editions of the rulebook, and proofs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, literal, select, tuple_, update

from models.account_reading import ADMIN_ENTRY
from models.edition import RulebookEdition, RulebookProof
from models.records import insert_once, table_of

EDITION, PROOF = table_of(RulebookEdition), table_of(RulebookProof)
PROPOSE, APPROVE, WITHDRAW = "rulebook.propose", "rulebook.approve", "rulebook.withdraw"
"""What entries of administration call the acts."""
_TOLD = [column for column in EDITION.c if column.name not in ("files", "notice")]
"""What a list needs: the texts of the rules are read one edition at a time."""


def edition_in_force(connection: Connection, office_id: str, on: date) -> Row[Any] | None:
    """The edition by which the office judges on that day, without its files; None where none has begun yet."""
    asked = _approved(office_id).where(EDITION.c.in_force_from <= on)
    latest = (EDITION.c.in_force_from.desc(), EDITION.c.approved_at.desc(), EDITION.c.id.desc())
    return connection.execute(asked.order_by(*latest).limit(1)).one_or_none()


def edition_coming(connection: Connection, office_id: str, on: date) -> Row[Any] | None:
    """The approved edition that begins next after that day, without its files."""
    asked = _approved(office_id).where(EDITION.c.in_force_from > on)
    return connection.execute(asked.order_by(EDITION.c.in_force_from, EDITION.c.id).limit(1)).one_or_none()


def approved_edition(connection: Connection, office_id: str, version: str) -> Row[Any] | None:
    """The approved edition of that version, without its files."""
    return connection.execute(_approved(office_id).where(EDITION.c.version == version)).one_or_none()


def withdrawn_after_approval(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """Approved editions that were taken back before their day."""
    found = select(EDITION).where(
        EDITION.c.office_id == office_id, EDITION.c.approval.is_not(None), EDITION.c.withdrawal.is_not(None)
    )
    return connection.execute(found).all()


def withdrawn_by_entry(connection: Connection, office_id: str) -> frozenset[str]:
    """The ids of editions of which an entry of administration, which is never changed, says that they were withdrawn."""
    found = select(ADMIN_ENTRY.c.detail).where(
        ADMIN_ENTRY.c.office_id == office_id, ADMIN_ENTRY.c.action == WITHDRAW
    )
    return frozenset(str(detail["edition"]) for detail in connection.execute(found).scalars())


def lock_editions(connection: Connection, office_id: str) -> None:
    """On PostgreSQL acts on editions follow one another; on SQLite there is one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            select(EDITION.c.id)
            .where(EDITION.c.office_id == office_id)
            .order_by(EDITION.c.id)
            .with_for_update()
        )


def edition_row(connection: Connection, office_id: str, id: str) -> Row[Any] | None:
    """The whole edition of that id."""
    found = select(EDITION).where(EDITION.c.office_id == office_id, EDITION.c.id == id)
    return connection.execute(found).one_or_none()


def any_edition(connection: Connection) -> bool:
    """True when some edition was ever proposed, and signed with the key of the house."""
    return connection.execute(select(EDITION.c.id).limit(1)).first() is not None


def version_known(connection: Connection, office_id: str, version: str) -> bool:
    """True when an edition of that version was proposed and not withdrawn."""
    found = select(EDITION.c.id).where(
        EDITION.c.office_id == office_id, EDITION.c.version == version, EDITION.c.withdrawal.is_(None)
    )
    return connection.execute(found.limit(1)).first() is not None


def page_of_editions(
    connection: Connection,
    office_id: str,
    after: tuple[datetime, str] | None,
    limit: int,
    *,
    approved_only: bool,
) -> Sequence[Row[Any]]:
    """The next editions of the office without their files, latest proposal first."""
    asked = _approved(office_id) if approved_only else select(*_TOLD).where(EDITION.c.office_id == office_id)
    if after is not None:
        place = tuple_(literal(after[0], EDITION.c.proposed_at.type), literal(after[1]))
        asked = asked.where(tuple_(EDITION.c.proposed_at, EDITION.c.id) < place)
    latest = (EDITION.c.proposed_at.desc(), EDITION.c.id.desc())
    return connection.execute(asked.order_by(*latest).limit(limit)).all()


def last_approval(connection: Connection, office_id: str) -> str | None:
    """What was signed at the latest approval of all; one that was taken back afterwards counts too."""
    found = (
        select(EDITION.c.approval)
        .where(EDITION.c.office_id == office_id, EDITION.c.approval.is_not(None))
        .order_by(EDITION.c.approved_at.desc(), EDITION.c.id.desc())
    )
    return connection.execute(found.limit(1)).scalar_one_or_none()


def every_edition(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """All editions with their files, in the order of their approvals; those never approved come last."""
    found = select(EDITION).where(EDITION.c.office_id == office_id)
    order = (EDITION.c.approved_at.is_(None), EDITION.c.approved_at, EDITION.c.id)
    return connection.execute(found.order_by(*order)).all()


def change_edition(connection: Connection, id: str, values: Mapping[str, Any]) -> None:
    """The edition has these values."""
    connection.execute(update(EDITION).where(EDITION.c.id == id).values(dict(values)))


def keep_proof(connection: Connection, row: Mapping[str, Any]) -> None:
    """The proof stands; one of the same rulebook that stood already stays."""
    insert_once(connection, PROOF, row)


def proof_row(connection: Connection, digest: str) -> Row[Any] | None:
    """What was proven of the rulebook of that digest; None where nobody has tried."""
    return connection.execute(select(PROOF).where(PROOF.c.digest == digest)).one_or_none()


def _approved(office_id: str) -> Select[Any]:
    return select(*_TOLD).where(
        EDITION.c.office_id == office_id, EDITION.c.approval.is_not(None), EDITION.c.withdrawal.is_(None)
    )
