"""The book of jobs: asked for, looked at, cancelled and fetched by their owner alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.core.audit import canonical
from engine.core.commands import Principal
from engine.core.policies import may
from engine.core.refusals import Refusal
from engine.jobs.work import KINDS, SHEET_IMPORT, check_asked
from engine.outcomes import new_id
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.instants import recorded
from engine.projections.paging import page_asked
from models import jobs

if TYPE_CHECKING:
    from engine.house import House

KEPT = timedelta(days=7)
"""So long after its end a job and its files are kept, in real time."""
ALIVE_MAX = 5
"""So many jobs of one person wait or run at once."""
TOO_MANY = (
    "您已有 {most} 项后台任务在办，办完再提出。 · {most} jobs of yours are under way: wait for one to end."
)
ERASED_SINCE = (
    "文件生成以后有档案依法销毁，后台文件一并删除，请重新提出。 · "
    "Records were lawfully erased since, and files in the background with them: ask again."
)
RIGHTS_CHANGED = (
    "您的权限在文件生成以后有变动，请重新生成。 · "
    "Your rights have changed since the file was made: have it made anew."
)


def ask(
    house: House, who: Principal, kind: str, parameters: Mapping[str, Any], parts: Sequence[bytes] = ()
) -> dict[str, Any]:
    """The job waits for its turn; raises what its kind refuses, or `rate_limited` for too many at once.

    A job that goes on from another one (`of`) gets the file that came with it.
    """
    check_asked(house, who, kind, parameters)
    if "of" in parameters:
        parts = tuple(pieces_of(house, parameters["of"], jobs.GIVEN))
    now, office_id = house.clock.real_now(), house.office.office_id
    row: dict[str, Any] = {
        "id": new_id(),
        "office_id": office_id,
        "owner": who.login.casefold(),
        "kind": kind,
        "parameters": dict(parameters),
        "state": jobs.QUEUED,
        "done": 0,
        "total": 0,
        "outcome": {},
        "rights": "",
        "referrals": [],
        "cancel": False,
        "tries": 0,
        "created_at": now,
    }

    def enter(connection: Connection) -> None:
        if jobs.how_many_alive(connection, office_id, row["owner"]) >= ALIVE_MAX:
            raise Refusal("rate_limited", retry_after=30, detail=TOO_MANY.format(most=ALIVE_MAX))
        jobs.enter(connection, row, parts)

    house.writer.submit(enter)
    return one(house, who, row["id"])


def page(house: House, who: Principal, query: Query) -> dict[str, Any]:
    """A page of the person's jobs, newest first; raises `parameter_invalid`."""
    asked = Asked(query, PAGING)
    page = page_asked(house.reader.cursors, who, "jobs", asked, house.clock.now())
    after = None if page.after is None else (datetime.fromisoformat(page.after[0]), str(page.after[1]))
    with house.database.read() as connection:
        rows = jobs.page_of_jobs(
            connection, house.office.office_id, who.login.casefold(), after, page.limit + 1
        )
    shown = rows[: page.limit]
    last = (shown[-1].created_at.isoformat(), shown[-1].id) if len(rows) > page.limit else None
    return page.answer([answer_of(row) for row in shown], last)


def one(house: House, who: Principal, id: str) -> dict[str, Any]:
    """The person's job of that id; raises `not_found`, as of one that never was."""
    with house.database.read() as connection:
        return answer_of(_row(house, connection, who, id))


def cancel(house: House, who: Principal, id: str) -> dict[str, Any]:
    """A job that waits is cancelled, one that runs ends as soon as it can; what has ended stays as it is."""
    now = house.clock.real_now()

    def write(connection: Connection) -> None:
        _row(house, connection, who, id)
        jobs.ask_to_cancel(connection, id, now, now + KEPT)

    house.writer.submit(write, always=True)
    return one(house, who, id)


def result(house: House, who: Principal, id: str) -> tuple[str, Iterator[bytes]]:
    """The name of the file that came out, and the file piece by piece; raises `not_found`.

    Raises `not_yours` where the person may see less or otherwise than when it was made.
    """
    with house.database.read() as connection:
        row = _row(house, connection, who, id)
        if row.state != jobs.DONE or row.file_name is None:
            raise Refusal("not_found")
        if not _still_theirs(house, connection, who, row):
            raise Refusal("not_yours", detail=RIGHTS_CHANGED)
    return row.file_name, pieces_of(house, id, jobs.MADE)


def pieces_of(house: House, id: str, side: str) -> Iterator[bytes]:
    """The file on that side of the job. Each piece is read for itself, so that whoever reads slowly holds nothing."""
    ordinal = 0
    while True:
        with house.database.read() as connection:
            piece = jobs.part_of(connection, id, side, ordinal)
        if piece is None:
            return
        yield piece
        ordinal += 1


def rights_of(who: Principal) -> str:
    """What the person may see, as far as roles and department say, as one digest."""
    return hashlib.sha256(canonical([who.department, sorted(who.all_roles)]).encode()).hexdigest()


def take_all_away(connection: Connection, office_id: str, now: datetime) -> None:
    """No file of a job is there any more: which of them told of what has just been erased is written nowhere."""
    jobs.take_all_away(connection, office_id, SHEET_IMPORT, ERASED_SINCE, now, now + KEPT)


def drop_lost(house: House) -> None:
    """Files that their owners may not fetch any more are gone: an account ended, other roles, off the list of a referral."""
    office_id = house.office.office_id
    with house.database.read() as connection:
        rows = jobs.finished_files(connection, office_id)
        owners = {login: house.accounts.named(login) for login in {row.owner for row in rows}}
        lost = [row.id for row in rows if not _still_theirs(house, connection, owners[row.owner], row)]
    for id in lost:
        house.writer.submit(partial(jobs.take_file_away, id=id, why=RIGHTS_CHANGED), always=True)


def _still_theirs(house: House, connection: Connection, who: Principal | None, row: Any) -> bool:
    if who is None or row.rights != rights_of(who) or not may(who, KINDS[row.kind].action):
        return False
    referrals = house.reader.referrals.referrals
    return all(referrals.known(connection, who, id) for id in row.referrals)


def _row(house: House, connection: Connection, who: Principal, id: str) -> Any:
    row = jobs.job_of(connection, house.office.office_id, who.login.casefold(), id)
    if row is None:
        raise Refusal("not_found")
    return row


def answer_of(row: Any) -> dict[str, Any]:
    """A job as it is answered."""
    ended, expires = row.ended_at, row.expires_at
    return {
        "id": row.id,
        "kind": row.kind,
        "parameters": row.parameters,
        "state": row.state,
        "done": row.done,
        "total": row.total,
        "outcome": row.outcome,
        "error": row.error,
        "file_name": row.file_name if row.state == jobs.DONE else None,
        "created_at": recorded(row.created_at),
        "ended_at": recorded(ended) if ended else None,
        "expires_at": recorded(expires) if expires else None,
    }
