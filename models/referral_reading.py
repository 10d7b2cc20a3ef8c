"""Criminal referrals: every statement that reads or locks them. Nothing here asks who may know; who calls must."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Connection, Row, and_, bindparam, func, literal, select

from engine.core.chart import CRIMINAL
from models.at_rest import opened_histories, opened_papers
from models.in_one_text import InOneText, each_in
from models.prepared import Prepared
from models.records import ATTACHMENT, FINDING, PARTY, PROCEEDING, USER, table_of
from models.referral import Referral, ReferralDeadline, ReferralListed, ReferralReading

REFERRAL, REFERRAL_DEADLINE = table_of(Referral), table_of(ReferralDeadline)
READER, READING = table_of(ReferralListed), table_of(ReferralReading)

_OF_ACT = Prepared(
    select(
        InOneText(REFERRAL.c.id + " " + REFERRAL.c.finding_id + " " + REFERRAL.c.state).label("told")
    ).where(
        REFERRAL.c.party_id == bindparam("party"),
        REFERRAL.c.domain == bindparam("domain"),
        REFERRAL.c.violation == bindparam("violation"),
    )
)
"""One row whether anything is on record or not: how many were found is no number of rows."""
_HELD_PARTY = select(func.count()).select_from(
    select(PARTY.c.id)
    .where(PARTY.c.id == bindparam("party"), bindparam("needed", type_=Boolean()))
    .with_for_update()
    .subquery()
)
_DEADLINES = (
    select(REFERRAL_DEADLINE, literal(None).label("proceeding_id"))
    .where(REFERRAL_DEADLINE.c.referral_id == bindparam("id"))
    .order_by(REFERRAL_DEADLINE.c.id)
)


class OnRecord(NamedTuple):
    """What is on record of a crime suspected in an act; `state` is empty while it is not referred."""

    id: str
    finding_id: str
    state: str


def suspicions_of_act(connection: Connection, party_id: str, domain: str, violation: str) -> list[OnRecord]:
    """Whatever is on record of crimes suspected in that act of the party, oldest first."""
    found = _OF_ACT.all(connection, {"party": party_id, "domain": domain, "violation": violation})
    return [OnRecord(*line.split(" ")) for line in each_in(found[0].told)]


def referral_row(connection: Connection, id: str) -> Row[Any] | None:
    """The referral of that id."""
    return connection.execute(select(REFERRAL).where(REFERRAL.c.id == id)).one_or_none()


def referrals_of(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """The referrals of a finding, oldest first, those that hold a suspicion only among them."""
    asked = select(REFERRAL).where(REFERRAL.c.finding_id == finding_id)
    return connection.execute(asked.order_by(REFERRAL.c.id)).all()


def lock_referral(connection: Connection, id: str) -> None:
    """On PostgreSQL the rows that decisions on the referral share with others are held, always in this order."""
    row = referral_row(connection, id)
    if row is None or connection.dialect.name != "postgresql":
        return
    for table, wanted in ((FINDING, row.finding_id), (PARTY, row.party_id), (REFERRAL, id)):
        connection.execute(select(table.c.id).where(table.c.id == wanted).with_for_update())


def lock_party(connection: Connection, party_id: str, needed: bool = True) -> None:
    """On PostgreSQL what looks across the findings of a party follows one another (law 2).

    Where that is not needed the statement is sent all the same and holds nothing.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_HELD_PARTY, {"party": party_id, "needed": needed})


def deadline_rows(connection: Connection, referral_id: str, *, whole: bool = True) -> Sequence[Row[Any]]:
    """Every deadline of the referral, in the order they were opened, as the snapshot of a decision has them.

    Raises `not_ready` where not the whole of what happened to them opens, and that is asked for.
    """
    return opened_histories(connection, connection.execute(_DEADLINES, {"id": referral_id}), whole=whole)


def shown_deadlines(connection: Connection, referral_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Every deadline of these referrals beside the state of its referral, in the order they were opened."""
    columns = REFERRAL_DEADLINE.c
    asked = (
        select(
            REFERRAL_DEADLINE,
            columns.referral_id.label("proceeding_id"),
            literal(CRIMINAL).label("proceeding_kind"),
            REFERRAL.c.state.label("proceeding_state"),
            REFERRAL.c.finding_id,
        )
        .join(REFERRAL, REFERRAL.c.id == columns.referral_id)
        .where(columns.referral_id.in_(referral_ids))
    )
    return opened_histories(connection, connection.execute(asked.order_by(columns.id)))


def readers_of(connection: Connection, referral_id: str) -> dict[str, str]:
    """Whoever was ever put on the list, by login, with the ground."""
    asked = select(READER.c.login, READER.c.ground).where(READER.c.referral_id == referral_id)
    return {str(login): str(ground) for login, ground in connection.execute(asked.order_by(READER.c.login))}


def colleagues(connection: Connection, office_id: str, department: str) -> Sequence[Any]:
    """The accounts of the department that are not disabled, by login."""
    mine = and_(USER.c.office_id == office_id, USER.c.department == department, USER.c.disabled.is_(False))
    return connection.execute(select(USER.c.login, USER.c.roles).where(mine).order_by(USER.c.login_key)).all()


def states_of_findings(connection: Connection, finding_ids: Sequence[str]) -> list[tuple[str, str]]:
    """(chart, state) of these findings and their proceedings."""
    mains = select(literal("finding"), FINDING.c.state).where(FINDING.c.id.in_(finding_ids))
    held = select(PROCEEDING.c.kind, PROCEEDING.c.state).where(PROCEEDING.c.finding_id.in_(finding_ids))
    return [(str(chart), str(state)) for asked in (mains, held) for chart, state in connection.execute(asked)]


def attachments_of(connection: Connection, referral_id: str) -> Sequence[Row[Any]]:
    """The attachments of a referral without their bytes, oldest first."""
    columns = [column for column in ATTACHMENT.c if column.name != "content"]
    asked = select(*columns).where(ATTACHMENT.c.finding_id == referral_id)
    found = connection.execute(asked.order_by(ATTACHMENT.c.recorded_at, ATTACHMENT.c.digest)).all()
    return opened_papers(connection, found)


def last_recorded_at(connection: Connection) -> Any:
    """The latest recorded_at of any referral, or None."""
    return connection.execute(select(func.max(REFERRAL.c.recorded_at))).scalar()
