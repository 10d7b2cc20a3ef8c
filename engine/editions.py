"""Editions of the rulebook are published: proposed with everything they must pass, approved by another person, signed.

Whoever publishes changes what hundreds of findings lead to. So nobody does it alone, nothing is published that could not
be proven, and what is in force is what was proven: the files are kept with the edition and signed with the key of the
house when it is approved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row

from engine.administrative_record import enter
from engine.backtest import Backtest, Progress
from engine.clock import Clock
from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.refusals import FieldError, Refusal
from engine.core.visibility import APPROVES_EDITIONS, PROPOSES_EDITIONS
from engine.edition_shelf import digest_of_text, proof_kept, said, statement
from engine.outcomes import new_id
from engine.projections.instants import recorded
from engine.rulebook_in_force import RulebookInForce
from engine.second_person import behalf, check_not_alone, check_role
from engine.writer import Writer
from models import backtesting, editions, records
from models.database import Database
from rules.data_file import DataFault
from rules.edition import edition_digest, lay_out, proof_digest, read_edition
from rules.rulebook import load_rulebook

if TYPE_CHECKING:
    from rules.proof.review import Review

REASON_MAX = 1000


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of a draft: its review, and the edition that waits where nothing speaks against it."""

    review: Review
    edition: str | None


@dataclass(frozen=True, slots=True)
class Editions:
    """The one way in which the rulebook of a house changes; each act leaves an entry."""

    office_id: str
    database: Database
    writer: Writer
    clock: Clock
    in_force: RulebookInForce

    def propose(
        self,
        draft: Path,
        since: date,
        who: Principal,
        *,
        told: Callable[[str], None] = lambda step: None,
        progress: Progress | None = None,
    ) -> Proposed:
        """The draft was reviewed, proven and back-tested, and waits for an approval, to be in force from `since` on.

        What is tried is a copy, and the copy is what is kept. Where the review finds something nothing is proposed.
        Raises DataFault for a draft that cannot be read, else Refusal.
        """
        from rules.proof.review import review  # takes the prover, which no other act needs

        check_role(who, PROPOSES_EDITIONS)
        self._check_day(since)
        files = read_edition(draft)
        root = lay_out(files, self.in_force.shelf.folder)
        standing = self.in_force.standing
        self._check_new(load_rulebook(root).version)
        found = review(root, standing.rulebook, told, since)
        if found.faults or found.proof is None:
            return Proposed(found, None)
        told("backtest")
        run = self._backtest(root, found.draft.digest, progress)
        id, now = new_id(), self.clock.now()
        proof = proof_kept(found.proof, found.draft, self.office_id, now)
        row: dict[str, Any] = {
            "id": id,
            "office_id": self.office_id,
            "version": found.draft.version,
            "digest": edition_digest(files),
            "rulebook_digest": found.draft.digest,
            "proof_digest": proof["digest"],
            "files": files,
            "in_force_from": since,
            "live_version": standing.rulebook.version,
            "live_digest": standing.rulebook.digest,
            "backtest_run_id": run,
            "notice": [dict(one) for one in found.notice],
            "proposed_by": who.login,
            "proposed_at": now,
        }
        row["proposal"] = statement(row, reviewed_at=recorded(now))
        row["proposal_signature"] = self.in_force.shelf.sign(row["proposal"])

        def act(connection: Connection) -> None:
            editions.lock_editions(connection, self.office_id)
            if editions.version_known(connection, self.office_id, row["version"]):
                raise _version_known(row["version"])
            editions.keep_proof(connection, proof)
            records.add(connection, editions.EDITION, [row])
            self._enter(connection, editions.PROPOSE, who, now, row)

        self.writer.submit(act)
        return Proposed(found, id)

    def approve(self, id: str, who: Principal) -> None:
        """The edition stands from its day on, and its approval is signed.

        Raises `not_found`, `not_yours`, `proposer_cannot_approve`, or `step_shut` when it does not wait for an
        approval, its day has passed, another one is coming, or the law it was tried beside has changed.
        """
        check_role(who, APPROVES_EDITIONS)
        row = self._row(id)
        check_not_alone(who, row.proposed_by)
        shelf = self.in_force.shelf
        shelf.check_proposal(row)
        self.in_force.keep_up(civil_date(self.clock.now()))
        standing = self.in_force.standing
        try:
            read = load_rulebook(lay_out(row.files, shelf.folder))
        except DataFault as fault:
            raise _shut("law_has_moved") from fault
        if (read.digest, standing.rulebook.digest) != (row.rulebook_digest, row.live_digest):
            raise _shut("law_has_moved")

        def act(connection: Connection) -> None:
            now = self.clock.now()
            today = civil_date(now)
            editions.lock_editions(connection, self.office_id)
            self._check_waits(editions.edition_row(connection, self.office_id, id))
            if row.in_force_from < today:
                raise _shut("date_passed", since=row.in_force_from)
            other = editions.edition_coming(connection, self.office_id, today)
            if other is not None:
                raise _shut("another_coming", version=other.version, since=other.in_force_from)
            present = editions.edition_in_force(connection, self.office_id, today)
            if (None if present is None else present.id) != standing.edition:
                raise _shut("law_has_moved")
            before = editions.last_approval(connection, self.office_id)
            text = statement(
                row,
                approved_by=who.login,
                approved_at=recorded(now),
                **behalf(who, APPROVES_EDITIONS),
                previous=None if before is None else digest_of_text(before),
            )
            signature = shelf.sign(text)
            values = {"approval": text, "approval_signature": signature}
            editions.change_edition(connection, id, {"approved_by": who.login, "approved_at": now, **values})
            self._enter(
                connection,
                editions.APPROVE,
                who,
                now,
                dict(row._mapping),
                signature=signature,
                **behalf(who, APPROVES_EDITIONS),
            )

        self.writer.submit(act)
        self.in_force.keep_up(civil_date(self.clock.now()))

    def withdraw(self, id: str, reason: str, who: Principal) -> None:
        """The edition never comes into force; the rules that stand go on standing, so one person may do it.

        Raises `not_found`, `not_yours`, `facts_invalid`, or `step_shut` once it is in force.
        """
        check_role(who, PROPOSES_EDITIONS | APPROVES_EDITIONS)
        reason = reason.strip()
        if not reason or len(reason) > REASON_MAX:
            code = "range" if reason else "missing"
            raise Refusal(
                "facts_invalid", errors=[FieldError("/reason", code)], detail=said("reason_missing")
            )
        row = self._row(id)

        def act(connection: Connection) -> None:
            now = self.clock.now()
            editions.lock_editions(connection, self.office_id)
            present = editions.edition_row(connection, self.office_id, id)
            assert present is not None, "an edition is never deleted"
            if present.withdrawal is not None:
                raise _shut("not_waiting")
            if present.approval is not None and present.in_force_from <= civil_date(now):
                raise _shut("in_force_already")
            named = behalf(who, PROPOSES_EDITIONS | APPROVES_EDITIONS)
            text = statement(row, withdrawn_by=who.login, withdrawn_at=recorded(now), reason=reason, **named)
            signature = self.in_force.shelf.sign(text)
            values = {"withdrawal": text, "withdrawal_signature": signature}
            editions.change_edition(
                connection, id, {"withdrawn_by": who.login, "withdrawn_at": now, **values}
            )
            self._enter(connection, editions.WITHDRAW, who, now, dict(row._mapping), reason=reason, **named)

        self.writer.submit(act)

    def keep_proof(self, told: Callable[[str], None] = lambda step: None) -> Mapping[str, Any]:
        """The proof of the rulebook in force, as `Proof.as_data` says it: tried now where nobody has tried it yet."""
        from rules.proof.prove import prove

        book = self.in_force.rulebook
        with self.database.read() as connection:
            known = editions.proof_row(connection, proof_digest(book))
        if known is not None:
            return dict(known.proof)
        proof = prove(book.root, told=told)
        row = proof_kept(proof, book, self.office_id, self.clock.now())
        self.writer.submit(lambda connection: editions.keep_proof(connection, row))
        return proof.as_data()

    def _backtest(self, root: Path, digest: str, progress: Progress | None) -> str:
        """The finished run of this draft beside the rulebook in force; it is run where there is none."""
        live = self.in_force.judging
        with self.database.read() as connection:
            run = backtesting.finished_run(connection, self.office_id, digest, live.arbiter.rulebook.digest)
        if run is not None:
            return run
        return Backtest(self.database, self.writer, self.clock, live).run(root, progress=progress)

    def _row(self, id: str) -> Row[Any]:
        with self.database.read() as connection:
            row = editions.edition_row(connection, self.office_id, id)
        if row is None:
            raise Refusal("not_found")
        return row

    def _check_day(self, since: date) -> None:
        if since < civil_date(self.clock.now()):
            fault = FieldError("/in_force_from", "range")
            raise Refusal("facts_invalid", errors=[fault], detail=said("date_passed", since=since))

    def _check_new(self, version: str) -> None:
        with self.database.read() as connection:
            known = editions.version_known(connection, self.office_id, version)
        if known or version in (self.in_force.rulebook.version, load_rulebook().version):
            raise _version_known(version)

    def _check_waits(self, row: Row[Any] | None) -> None:
        if row is None or row.approval is not None or row.withdrawal is not None:
            raise _shut("not_waiting")

    def _enter(
        self,
        connection: Connection,
        action: str,
        who: Principal,
        now: datetime,
        row: Mapping[str, Any],
        **more: str,
    ) -> None:
        told = ("version", "digest", "rulebook_digest", "backtest_run_id")
        detail = {"edition": row["id"], "in_force_from": row["in_force_from"].isoformat()}
        detail |= {name: row[name] for name in told}
        enter(connection, self.office_id, action, who.login, detail | more, now)


def _version_known(version: str) -> Refusal:
    fault = FieldError("/version", "inconsistent")
    return Refusal("facts_invalid", errors=[fault], detail=said("version_known", version=version))


def _shut(name: str, **values: object) -> Refusal:
    return Refusal("step_shut", detail=said(name, **values))
