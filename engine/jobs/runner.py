"""Who carries jobs out: one at a time on each node, under a lease that a node which dies leaves behind."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.core.refusals import Refusal
from engine.jobs.book import KEPT, drop_lost, pieces_of, rights_of
from engine.jobs.work import KINDS, Result, Task, check_asked
from engine.outcomes import new_id
from models import jobs

if TYPE_CHECKING:
    from engine.house import House

log = logging.getLogger("bihuan.jobs")
LEASE = timedelta(minutes=2)
"""So long a node holds a job without a word; it says one with its progress."""
TOLD_EVERY_SECONDS = 2.0
TRIES_MAX = 3
PART_BYTES = 1 << 20
LOOKED_EVERY = timedelta(minutes=10)
"""So often it is asked whether owners may still have what was made for them; each fetching asks it too."""
LOST = (
    "办理本任务的程序几次中断，没有完成；没有产生文件。请重新提出。 · "
    "The program that did this stopped several times; nothing was made. Ask again."
)
BROKEN = "任务因程序错误没有完成，请告知管理员。 · A fault of the program ended this: tell an administrator."
GONE = "账号已停用或者不再有此权限。 · The account is disabled, or may not do this any more."


class Cancelled(Exception):
    """The owner asked for the end of the job."""


class Interrupted(Exception):
    """The node stops, or another one has the job: it is left as it is."""


class Runner:
    """The worker of one node; everything it says of a job it says while it holds it."""

    def __init__(self, house: House) -> None:
        self._house, self._holder = house, new_id()
        self._stopping = threading.Event()
        self._looked: datetime | None = None

    def begin(self) -> None:
        """Jobs are taken again, after a stop."""
        self._stopping.clear()

    def stop(self) -> None:
        """No job is taken any more; the one in hand goes back and is taken by the next who comes."""
        self._stopping.set()

    def run(self) -> int:
        """Every job that waits was carried out, the oldest first; how many. Old ones are gone, and files of lost rights."""
        house, done = self._house, 0
        office_id, now = house.office.office_id, house.clock.real_now()
        house.writer.submit(lambda connection: jobs.drop_expired(connection, office_id, now), always=True)
        if self._looked is None or now - self._looked >= LOOKED_EVERY:
            drop_lost(house)
            self._looked = now
        while not self._stopping.is_set():
            row = self._claimed()
            if row is None:
                break
            self._carry_out(row)
            done += 1
        return done

    def _claimed(self) -> Any:
        house = self._house
        now = house.clock.real_now()
        with house.database.read() as connection:
            waits = jobs.anything_waits(connection, house.office.office_id, now)
        if not waits:
            return None
        return house.writer.submit(
            lambda connection: jobs.claim(connection, house.office.office_id, self._holder, now, now + LEASE),
            always=True,
        )

    def _carry_out(self, row: Any) -> None:
        if row.tries > TRIES_MAX:
            self._end(row, jobs.FAILED, error=LOST)
            return
        try:
            with tempfile.TemporaryDirectory(prefix="bihuan-job-") as folder:
                self._work(row, Path(folder))
        except Cancelled:
            self._end(row, jobs.CANCELLED)
        except Interrupted:
            self._hold(row, {"state": jobs.QUEUED, "holder": None, "tries": row.tries - 1})
        except Refusal as refusal:
            self._end(row, jobs.FAILED, error=_said(refusal))
        except Exception as fault:
            log.error("a job ended in a fault", extra={"kind": row.kind, "fault": type(fault).__name__})
            self._end(row, jobs.FAILED, error=BROKEN)

    def _work(self, row: Any, folder: Path) -> None:
        house = self._house
        who = house.accounts.named(row.owner)
        if who is None:
            raise Refusal("not_yours", detail=GONE)
        check_asked(house, who, row.kind, row.parameters)
        task = Task(house, who, row.parameters, folder, self._progress(row), self._given(row, folder))
        result = KINDS[row.kind].carry_out(task)
        rights = {"rights": rights_of(who), "referrals": sorted(task.referrals)}
        self._finish(row, result, rights)

    def _given(self, row: Any, folder: Path) -> Path | None:
        """The file that came with the job, where there is one."""
        path = folder / "given"
        with path.open("wb") as file:
            for piece in pieces_of(self._house, row.id, jobs.GIVEN):
                file.write(piece)
        return path if path.stat().st_size else None

    def _progress(self, row: Any) -> Any:
        """Told how far the work is; the lease is renewed, and whether it is to end is asked, every few seconds."""
        last = [0.0]

        def tell(done: int, total: int) -> None:
            if self._stopping.is_set():
                raise Interrupted
            if done < total and time.monotonic() - last[0] < TOLD_EVERY_SECONDS:
                return
            last[0] = time.monotonic()
            until = self._house.clock.real_now() + LEASE
            held = self._hold(row, {"done": done, "total": total, "lease_until": until})
            if held is None:
                raise Interrupted
            if held.cancel:
                raise Cancelled

        return tell

    def _finish(self, row: Any, result: Result, rights: dict[str, Any]) -> None:
        """The file and the end of the job are kept together, or neither where somebody else has the job."""
        ended = self._ended(jobs.DONE) | {"outcome": dict(result.outcome), "file_name": result.name}

        def keep(connection: Connection) -> None:
            if jobs.change_held(connection, row.id, self._holder, ended | rights) is None:
                raise Interrupted
            if result.path is not None:
                jobs.keep_parts(connection, row.office_id, row.id, jobs.MADE, _pieces(result.path))

        self._house.writer.submit(keep, always=True)

    def _end(self, row: Any, state: str, **told: Any) -> None:
        self._hold(row, self._ended(state) | told)

    def _ended(self, state: str) -> dict[str, Any]:
        now = self._house.clock.real_now()
        return {"state": state, "ended_at": now, "expires_at": now + KEPT}

    def _hold(self, row: Any, values: dict[str, Any]) -> Any:
        return self._house.writer.submit(
            lambda connection: jobs.change_held(connection, row.id, self._holder, values), always=True
        )


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PART_BYTES):
            yield piece


def _said(refusal: Refusal) -> str:
    """Why the work was refused, as a sentence for its owner."""
    told = refusal.detail or "；".join(one.zh for one in refusal.reasons)
    return told or "；".join(str(one.answer()["zh"]) for one in refusal.errors) or refusal.code
