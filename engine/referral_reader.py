"""Criminal referrals as they are read: only by the persons on their list, and each reading is on record (law 9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.commands import Principal
from engine.core.lawbook import Lawbook
from engine.core.openings import openings
from engine.core.refusals import Refusal
from engine.outcomes import new_id
from engine.projections.asked import Asked, Query
from engine.projections.referrals import referral_answer, referral_line, referral_member
from engine.projections.sources import ReadClock, Sources
from engine.projections.timeline import timeline_page
from engine.referral_vault import ReferralVault
from engine.referrals import Referrals
from engine.snapshots import load_referral
from engine.writer import Writer
from models import referral_reading
from models.at_rest import record_if_open, record_of
from models.database import Database
from models.reading import entries

TIMELINE_LENGTH, TIMELINE_LENGTH_MAX = 50, 200
SEQUENCE_MAX = 999_999_999


@dataclass(frozen=True, slots=True)
class Printable:
    """A document of a referral as the press takes it."""

    kind: str
    content: Mapping[str, Any]
    issued_on: date
    doc_no: str | None = None


@dataclass(frozen=True, slots=True)
class ReferralReader:
    """Whoever is not on the list is answered in the words for an id that never was."""

    database: Database
    writer: Writer
    clock: ReadClock
    law: Lawbook
    sources: Sources
    referrals: Referrals
    vault: ReferralVault
    noting: bool = True
    """False while a whole file is gathered, of which one reading is noted and not one for each paper."""

    def of_finding(self, who: Principal, finding: str) -> dict[str, Any] | None:
        """The `referral` of a finding for this person: the last whose list names the person, or None.

        Whoever shows it notes that it was read; a finding may be asked for other reasons than to be shown.
        """
        now = self.clock.now()
        with self.database.read(self.referrals.behalf(who)) as connection:
            known = self.referrals.known_of(connection, who, finding)
            if not known:
                return None
            return self._member(connection, known[-1], now)

    def referral(self, who: Principal, id: str) -> dict[str, Any]:
        """The referral with its facts, papers and next steps; raises `not_found`."""
        now = self.clock.now()
        with self.database.read(self.referrals.behalf(who)) as connection:
            row = self._row(connection, who, id)
            file = load_referral(connection, id)
            assert file is not None
            answer = referral_answer(
                self.sources,
                row,
                file.snapshot.main.facts,
                self._member(connection, row, now),
                referral_reading.attachments_of(connection, id),
                "test" if self.clock.is_test else "real",
            )
            steps = openings(self.law, file.snapshot, who, now)
        self.note(who, id, "referral")
        return answer | {"steps": [step for step in steps if step["trigger"] != "carry_over"]}

    def ruling(self, who: Principal, id: str) -> dict[str, Any] | None:
        """The latest ruling on the record of the referral, with its trace and all facts; raises `not_found`."""
        with self.database.read(self.referrals.behalf(who)) as connection:
            rulings = record_of(connection, self._row(connection, who, id)).get("rulings", [])
        self.note(who, id, "ruling")
        return dict(rulings[-1]) if rulings else None

    def timeline(self, who: Principal, id: str, query: Query) -> dict[str, Any]:
        """What happened to the referral, oldest first; `next` is the `after` of the next page."""
        asked = Asked(query, ("after", "limit"))
        after = asked.number("after", 0, 0, SEQUENCE_MAX)
        limit = asked.number("limit", TIMELINE_LENGTH, 1, TIMELINE_LENGTH_MAX)
        asked.done()
        with self.database.read(self.referrals.behalf(who)) as connection:
            self._row(connection, who, id)
            shown = timeline_page(connection, self.sources, id, after, limit, True)
        self.note(who, id, "timeline")
        return shown

    def attachment(self, who: Principal, id: str, digest: str) -> tuple[bytes, str, str]:
        """The bytes of an attachment, its name and its media type; raises `not_found`."""
        with self.database.read(self.referrals.behalf(who)) as connection:
            self._row(connection, who, id)
            row = entries.attachment_row(connection, id, digest)
        if row is None:
            raise Refusal("not_found")
        content = self.vault.bytes_of(row)
        self.note(who, id, "attachment")
        return content, row.name, row.media_type

    def document(self, who: Principal, id: str, doc: str) -> Printable:
        """A document that the house issued on the referral, ready to be printed; raises `not_found`."""
        with self.database.read(self.referrals.behalf(who)) as connection:
            self._row(connection, who, id)
            row = entries.document_row(connection, id, doc)
        if row is None or row.status != "issued":
            raise Refusal("not_found")
        shown = Printable(row.kind, self.vault.content_of(row), row.issued_on, row.doc_no)
        self.note(who, id, "document")
        return shown

    def known_to(self, who: Principal) -> list[dict[str, Any]]:
        """The referrals on whose list this person is, soonest due first; nothing for everybody else.

        Of one that does not open at this moment is told what it is about and when it is due, without a summary.
        """
        now = self.clock.now()
        with self.database.read(self.referrals.behalf(who)) as connection:
            rows = self.referrals.every_known(connection, who)
            due: dict[str, list[Any]] = defaultdict(list)
            for one in referral_reading.shown_deadlines(connection, [row.id for row in rows]):
                due[one.referral_id].append(one)
            said = {row.id: (record_if_open(connection, row) or {}).get("facts", {}) for row in rows}
        lines = [referral_line(self.sources, row, said[row.id], due[row.id], now) for row in rows]
        return sorted(
            lines, key=lambda line: (line["due_effective"] is None, line["due_effective"] or "", line["id"])
        )

    def note_with(self, who: Principal, finding: Mapping[str, Any]) -> None:
        """That the finding was shown with its referral is on record; nothing where it has none for this person."""
        if "referral" in finding:
            self.note(who, finding["referral"]["id"], "finding")

    def see(self, who: Principal, id: str) -> None:
        """Returns when the person is on the list of the referral; raises `not_found`."""
        with self.database.read(self.referrals.behalf(who)) as connection:
            self._row(connection, who, id)

    def _row(self, connection: Connection, who: Principal, id: str) -> Row[Any]:
        row = self.referrals.known(connection, who, id)
        if row is None:
            raise Refusal("not_found")
        return row

    def _member(self, connection: Connection, row: Row[Any], now: Any) -> dict[str, Any]:
        readers = self.referrals.list_of(connection, row)
        return referral_member(
            self.sources, row, readers, referral_reading.shown_deadlines(connection, [row.id]), now
        )

    def note(self, who: Principal, id: str, part: str) -> None:
        """That this person read that part of the referral is on record."""
        if not self.noting:
            return
        now = self.clock.now()
        self.writer.submit(
            lambda connection: self.referrals.read(connection, who, id, part, now, new_id()), always=True
        )
