"""Jobs: every statement that reads or writes them. Who holds the lease is asked in each change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, tuple_, update

from models.at_rest import kept_piece, opened_piece
from models.job import Job, JobPart
from models.records import add, table_of

JOB, PART = table_of(Job), table_of(JobPart)
QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
STATES = (QUEUED, RUNNING, DONE, FAILED, CANCELLED)
ALIVE = (QUEUED, RUNNING)
GIVEN, MADE = "given", "made"

Place = tuple[datetime, str]
"""Where a page of jobs ended."""


def enter(connection: Connection, row: Mapping[str, Any], parts: Sequence[bytes] = ()) -> None:
    """The job waits; `parts` are the file that goes into it."""
    add(connection, JOB, [row])
    keep_parts(connection, row["office_id"], row["id"], GIVEN, parts)


def keep_parts(connection: Connection, office_id: str, id: str, side: str, parts: Iterable[bytes]) -> None:
    """The file on that side of the job is this one, sealed piece by piece."""
    connection.execute(delete(PART).where(PART.c.job_id == id, PART.c.side == side))
    named = {"office_id": office_id, "job_id": id, "side": side}
    for ordinal, part in enumerate(parts):  # one at a time, so that never more than one is in memory
        kept = kept_piece(connection, id, side, ordinal, part)
        add(connection, PART, [{**named, "ordinal": ordinal, "content": kept}])


def part_of(connection: Connection, id: str, side: str, ordinal: int) -> bytes | None:
    """That piece of the file on that side of the job, opened; None behind the last. Raises `not_ready`."""
    one = and_(PART.c.job_id == id, PART.c.side == side, PART.c.ordinal == ordinal)
    content = connection.execute(select(PART.c.content).where(one)).scalar()
    return None if content is None else opened_piece(connection, id, side, ordinal, bytes(content))


def job_of(connection: Connection, office_id: str, owner: str, id: str) -> Row[Any] | None:
    """The person's job of that id."""
    mine = and_(JOB.c.office_id == office_id, JOB.c.owner == owner, JOB.c.id == id)
    return connection.execute(select(JOB).where(mine)).one_or_none()


def page_of_jobs(
    connection: Connection, office_id: str, owner: str, after: Place | None, limit: int
) -> Sequence[Row[Any]]:
    """The next jobs of the person, newest first."""
    asked = select(JOB).where(JOB.c.office_id == office_id, JOB.c.owner == owner)
    if after is not None:
        asked = asked.where(tuple_(JOB.c.created_at, JOB.c.id) < tuple_(*after))
    return connection.execute(asked.order_by(JOB.c.created_at.desc(), JOB.c.id.desc()).limit(limit)).all()


def how_many_alive(connection: Connection, office_id: str, owner: str) -> int:
    """How many jobs of the person wait or run."""
    alive = and_(JOB.c.office_id == office_id, JOB.c.owner == owner, JOB.c.state.in_(ALIVE))
    return int(connection.execute(select(func.count()).select_from(JOB).where(alive)).scalar_one())


def anything_waits(connection: Connection, office_id: str, now: datetime) -> bool:
    """True when a job waits, or its holder is gone; asked before the writer is."""
    return connection.execute(select(JOB.c.id).where(_free(office_id, now)).limit(1)).first() is not None


def _free(office_id: str, now: datetime) -> ColumnElement[bool]:
    abandoned = and_(JOB.c.state == RUNNING, JOB.c.lease_until < now)
    return and_(JOB.c.office_id == office_id, or_(JOB.c.state == QUEUED, abandoned))


def claim(
    connection: Connection, office_id: str, holder: str, now: datetime, until: datetime
) -> Row[Any] | None:
    """The oldest job that waits, or whose holder is gone, held until that instant; None where there is none."""
    asked = select(JOB.c.id).where(_free(office_id, now)).order_by(JOB.c.created_at, JOB.c.id).limit(1)
    id = connection.execute(asked.with_for_update(skip_locked=True)).scalar()
    if id is None:
        return None
    held = {"state": RUNNING, "holder": holder, "lease_until": until, "tries": JOB.c.tries + 1}
    connection.execute(update(JOB).where(JOB.c.id == id).values(held))
    return connection.execute(select(JOB).where(JOB.c.id == id)).one()


def change_held(connection: Connection, id: str, holder: str, values: Mapping[str, Any]) -> Row[Any] | None:
    """The job has these values, and is given as it is then; None where somebody else holds it or nobody does."""
    held = and_(JOB.c.id == id, JOB.c.holder == holder, JOB.c.state == RUNNING)
    if not connection.execute(update(JOB).where(held).values(dict(values))).rowcount:
        return None
    return connection.execute(select(JOB).where(JOB.c.id == id)).one()


def ask_to_cancel(connection: Connection, id: str, now: datetime, expires: datetime) -> None:
    """A job that waits is cancelled; one that runs is asked to end."""
    ended = {"state": CANCELLED, "ended_at": now, "expires_at": expires}
    connection.execute(update(JOB).where(JOB.c.id == id, JOB.c.state == QUEUED).values(ended))
    connection.execute(update(JOB).where(JOB.c.id == id, JOB.c.state == RUNNING).values(cancel=True))


def finished_files(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """The jobs of the office of which a file came out."""
    asked = select(JOB).where(JOB.c.office_id == office_id, JOB.c.state == DONE, JOB.c.file_name.is_not(None))
    return connection.execute(asked.order_by(JOB.c.id)).all()


def take_file_away(connection: Connection, id: str, why: str) -> None:
    """What came out of the job is gone, and the job says why."""
    connection.execute(delete(PART).where(PART.c.job_id == id, PART.c.side == MADE))
    connection.execute(update(JOB).where(JOB.c.id == id).values(file_name=None, error=why))


def take_all_away(
    connection: Connection, office_id: str, rests_on_its_file: str, why: str, now: datetime, expires: datetime
) -> None:
    """No file of any job of the office is there any more, nor what jobs of that kind told of theirs.

    Jobs of that kind that were not done have failed; others that run begin anew, whoever carries them out.
    """
    mine, taking = JOB.c.office_id == office_id, JOB.c.kind == rests_on_its_file
    connection.execute(delete(PART).where(PART.c.job_id.in_(select(JOB.c.id).where(mine))))
    failed = {"state": FAILED, "error": why, "ended_at": now, "expires_at": expires}
    connection.execute(update(JOB).where(mine, taking, JOB.c.state.in_(ALIVE)).values(failed))
    connection.execute(update(JOB).where(mine, taking).values(outcome={}))
    again = {"state": QUEUED, "holder": None, "lease_until": None, "tries": 0}
    connection.execute(update(JOB).where(mine, JOB.c.state == RUNNING).values(again))
    made = and_(mine, JOB.c.state == DONE, JOB.c.file_name.is_not(None))
    connection.execute(update(JOB).where(made).values(file_name=None, error=why))


def drop_expired(connection: Connection, office_id: str, now: datetime) -> None:
    """Jobs whose time is over are gone with their files."""
    over = select(JOB.c.id).where(JOB.c.office_id == office_id, JOB.c.expires_at < now)
    connection.execute(delete(PART).where(PART.c.job_id.in_(over)))
    connection.execute(delete(JOB).where(JOB.c.office_id == office_id, JOB.c.expires_at < now))
