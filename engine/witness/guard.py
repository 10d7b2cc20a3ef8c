"""The guard of the log: while the database is not what was signed nothing is written, until two persons have signed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.auditing import ChainFault
from engine.clock import Clock
from engine.core.commands import Principal
from engine.core.key_chain import hands_over
from engine.core.refusals import Refusal
from engine.core.signed_note import NoteFault
from engine.core.two_persons import TWO_PERSONS
from engine.house_key import HouseKey, HouseKeyFault
from engine.outcomes import new_id
from engine.second_person import check_not_alone, check_role
from engine.settings import Settings
from engine.witness.anchors import ACCEPTED as ACCEPTED_NOTE
from engine.witness.anchors import Anchors
from engine.witness.hand_overs import caught_up
from engine.witness.looking import LOG, Known, Seen, digest_of_faults, look
from engine.witness.naming import name_of_log
from engine.witness.sequencer import Sequencer
from engine.witness.signer import Signer, accepted_of
from engine.witness.warrants import as_recorded, begin, everything, warrant_faults
from engine.witness.words import CANNOT_BE_READ, ELSEWHERE, NOT_SIGNING, SENTENCE
from engine.writer import Writer
from models import log_reading, records, time_records
from models.database import Database

log = logging.getLogger("bihuan.witness")
INVENTED = ("test_clock", "demo")
"""Marks of ledgers whose instants are not those at which something was recorded."""
ACCEPTED = "audit_accept"
RETRY_AFTER = 300
FAULTS_TOLD_MAX = 20


@dataclass(slots=True)
class Witness:
    """Sequences, signs and looks; shuts the writer while the log is doubted."""

    settings: Settings
    clock: Clock
    database: Database
    writer: Writer
    office_id: str
    sequencer: Sequencer = field(init=False)
    signer: Signer = field(init=False)
    doubted: bool = field(default=False, init=False)
    """True while the house is read-only because of the log."""

    def __post_init__(self) -> None:
        """The log has its name for ever; what is cheap to see was looked at."""
        self.sequencer = Sequencer(self.database, self.writer, self.office_id)
        name, fresh = name_of_log(self.database, self.writer, self.clock)
        key = HouseKey(self.settings.log_key_file) if self.settings.signs_log else None
        anchors = Anchors(self.settings.checkpoints, name)
        self.signer = Signer(f"bihuan/{self.office_id}/{name}", key, anchors)
        if fresh or not anchors.knows_others():
            anchors.begin()
        begin(self.database, self.writer, self.clock, self.office_id)
        self.glance()

    def glance(self) -> bool:
        """True when nothing is known against the log: no doubt is open, and it is not shorter than was signed."""
        with self.database.read() as connection:
            waiting = log_reading.open_doubt(connection, self.office_id)
            size = log_reading.size_of(connection)
        newest = next(iter(self.signer.anchors.ends()), None)
        shorter = newest is not None and self._signed_size(newest) > size
        if waiting is None and (shorter or self.signer.anchors.strange()):
            self.look()
        else:
            self._shut(waiting is not None)
        return not self.doubted

    def _signed_size(self, newest: tuple[str, str]) -> int:
        """The size that the anchor names; beyond every log where it is not ours to read."""
        try:
            return self.signer.read(newest[1], newest[0]).checkpoint.size
        except NoteFault:
            return 10**18

    def look(self) -> Seen:
        """The whole log was held against its entries and its anchor; the house is read-only where it differs."""
        caught_up(self.database, self.signer)
        known, faults = self.signer.held()
        with self.database.read() as connection:
            seen = look(connection, known, dated=self.dated(connection))
            waiting = log_reading.open_doubt(connection, self.office_id)
        seen.against += faults
        if self.signer.anchors.strange():
            seen.against.append(ChainFault(LOG, 0, *ELSEWHERE))
        accepted = next((one.accepted_digest for one in known if one.accepted_digest), None)
        if seen.unreadable or seen.against or (seen.standing and digest_of_faults(seen.standing) != accepted):
            self._doubt(seen, waiting)
        elif waiting is not None:
            self._end(waiting.id, {"ended_at": self.clock.real_now()})
            log.warning("the log is what was signed again", extra={"doubt": waiting.id})
        else:
            self._shut(False)
        return seen

    def dated(self, connection: Connection) -> bool:
        """True where time was always real and never set back, so that instants tell what was inserted later."""
        invented = any(records.mark_value(connection, name) is not None for name in INVENTED)
        return (
            not (self.clock.is_test or invented)
            and time_records.accepted_after(connection, self.office_id, None) is None
        )

    def watch(self) -> None:
        """The hourly job: entries have leaves, the log was looked at, and where this program may, it was signed."""
        if self.glance():
            self.sequencer.run()
        seen = self.look()
        if self.doubted:
            return
        try:
            if self.signer.may_sign():
                with self.signer.alone():
                    self._sign(seen, None)
            else:
                self._follow()
        except (OSError, HouseKeyFault):
            log.exception(
                "the checkpoint could not be kept", extra={"folder": str(self.signer.anchors.folder)}
            )

    def _follow(self) -> None:
        """The newest checkpoint of whoever signs is kept here too, after the log was held against it."""
        with self.database.read() as connection:
            note = log_reading.newest_checkpoint(connection) or ""
            known, _ = self.signer.readable([("database", note)])
            if (
                not known
                or not self.signer.signed_last(note)
                or note in dict(self.signer.anchors.ends()).values()
            ):
                return
            seen = look(connection, known, dated=False)
        if not (seen.unreadable or seen.against):
            self.signer.anchors.keep(note, kind=ACCEPTED_NOTE if known[0].accepted_digest is not None else "")

    def checkpoint(self) -> str:
        """The newest checkpoint, signed now over every entry; raises `read_only` or `not_ready`."""
        self.check_signs()
        with self.signer.alone():
            return self.signed_now()

    def check_signs(self) -> None:
        """Returns where this program holds the key that signs now; raises `not_ready`."""
        if not caught_up(self.database, self.signer) or not self.signer.may_sign():
            raise Refusal("not_ready", detail=NOT_SIGNING)

    def signed_now(self) -> str:
        """The same for whoever signs alone already."""
        if self.glance():
            self.sequencer.run()
        seen = self.look()
        if self.doubted:
            raise self.refusal()
        return self._sign(seen, None)

    def newest(self) -> Known | None:
        """The newest checkpoint outside the database, else the newest within; None where none holds."""
        with self.database.read() as connection:
            within = log_reading.newest_checkpoint(connection)
        for name, note in (*self.signer.anchors.ends()[:1], ("database", within or "")):
            try:
                return self.signer.read(note, name)
            except NoteFault:
                continue
        return None

    def _sign(self, seen: Seen, accepted: str | None, at: datetime | None = None) -> str:
        """The note, kept in the database and then beside it; one that says the same as the newest is not made again."""
        self.check_signs()
        newest = next(iter(self.signer.anchors.ends()), None)
        if accepted is None and newest is not None:
            held = self.signer.read(newest[1], newest[0]).checkpoint
            if (held.size, held.root) == (seen.size, seen.root) and not hands_over(held):
                return newest[1]
        now = at or self.clock.now()
        note = self.signer.sign(seen.size, seen.root, now, accepted)
        self.writer.submit(
            lambda connection: log_reading.add_checkpoint(connection, self.office_id, note, now), always=True
        )
        self.signer.anchors.keep(note, kind=ACCEPTED_NOTE if accepted is not None else "")
        return note

    def accept(self, who: Principal | None, by: str) -> dict[str, Any]:
        """One person's signature that the database is accepted as it is; with the second one the house goes on.

        `who` is None on a database without accounts, where one is enough. Raises `not_yours`, `not_found` where nothing
        is doubted, `proposer_cannot_approve`, `not_ready` where this program cannot sign.
        """
        if who is not None:
            check_role(who, TWO_PERSONS[ACCEPTED].confirms)
        seen = self.look()
        with self.database.read() as connection:
            waiting = log_reading.open_doubt(connection, self.office_id)
        if waiting is None:
            raise Refusal("not_found")
        if seen.unreadable:
            raise Refusal("read_only", detail=CANNOT_BE_READ)
        self.check_signs()
        if who is not None and waiting.first_by is None:
            first = {"first_by": by, "first_at": self.clock.real_now()}
            self.writer.submit(lambda one: log_reading.change_doubt(one, waiting.id, first), always=True)
            return {"doubt": waiting.id, "signed_by": [by], "accepted": False, **waiting.detail}
        if who is not None:
            check_not_alone(who, waiting.first_by)
        with self.signer.alone():
            self._accept(waiting, seen, by)
        persons = [one for one in (waiting.first_by, by) if one is not None]
        return {"doubt": waiting.id, "signed_by": persons, "accepted": True, **waiting.detail}

    def _accept(self, waiting: Any, seen: Seen, by: str) -> None:
        """An entry says both roots, a checkpoint signed anew is the anchor, and the doubt is over."""
        anchor = self.newest()
        told = {**waiting.detail, "first_by": waiting.first_by, "digest": digest_of_faults(seen.standing)}
        now = self.clock.now()

        def write(connection: Connection) -> bool:
            if not {*warrant_faults(connection, as_recorded(connection, seen.accepted))} <= {*seen.standing}:
                return False
            detail = {**told, **everything(connection)}
            enter(connection, self.office_id, ACCEPTED, by, detail, now)
            return True

        entered = self.writer.submit(write, always=True)
        self.sequencer.run()
        with self.database.read() as connection:
            now_seen = look(connection, (), dated=False, accepting=now)
        # changed since it was looked at: nobody signed for that
        if not entered or not {*now_seen.standing} <= {*seen.standing}:
            self.look()
            raise self.refusal()
        held = anchor.checkpoint if anchor is not None else None
        self._sign(now_seen, accepted_of(held, digest_of_faults(now_seen.standing)), now)
        self._end(waiting.id, {"ended_at": self.clock.real_now(), "ended_by": by})

    def refusal(self) -> Refusal:
        """What is told to whoever wants something recorded meanwhile."""
        return Refusal("read_only", detail=SENTENCE, retry_after=RETRY_AFTER)

    def _doubt(self, seen: Seen, waiting: Any) -> None:
        """The doubt is open; one that was open about something else is over, and with it the first signature."""
        digest = digest_of_faults(seen.faults)
        self._shut(True)
        if waiting is not None and waiting.digest == digest:
            return
        anchor, now = self.newest(), self.clock.real_now()
        row = {
            "id": new_id(),
            "office_id": self.office_id,
            "digest": digest,
            "detail": {
                "anchor_size": anchor.checkpoint.size if anchor else 0,
                "anchor_root": anchor.checkpoint.root.hex() if anchor else None,
                "size": seen.size,
                "root": seen.root.hex(),
                "faults": len(seen.faults),
                "why": sorted({f"{one.zh} · {one.en}" for one in seen.faults})[:FAULTS_TOLD_MAX],
            },
            "found_at": now,
        }

        def write(connection: Connection) -> None:
            if waiting is not None:
                log_reading.change_doubt(connection, waiting.id, {"ended_at": now})
            log_reading.add_doubt(connection, row)

        self.writer.submit(write, always=True)
        log.error("the database is not what was signed: nothing is recorded", extra={"doubt": row["id"]})

    def _end(self, id: str, values: Mapping[str, Any]) -> None:
        self.writer.submit(lambda connection: log_reading.change_doubt(connection, id, values), always=True)
        self._shut(False)

    def _shut(self, doubted: bool) -> None:
        self.doubted = doubted
        self.writer.shut = self.refusal if doubted else None
