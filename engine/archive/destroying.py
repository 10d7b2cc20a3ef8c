"""What an erasure destroys: payloads, papers and documents; every row that goes on standing says nothing of anybody.

The finding's inspection goes with the last of its findings, and the party with the last of its inspections: until then
others need them. The chain keeps its commitments, and an entry of its own names which of them can be opened no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row

from engine.archive.at import At
from engine.archive.blanking import MARKER, Blank, words_of
from engine.casefile import CaseFile
from engine.core.audit import ERASED, canonical
from engine.jobs.book import take_all_away
from engine.parties import ERASED_IDENTITY
from engine.search.index import index_finding, index_inspection, index_party
from engine.snapshots import load_inspection
from models import account_reading, archiving, audit_reading, drafting, records
from models.archiving import blank

KEPT_OF_FINDING = ("intake", "record", "rulings")
KEPT_OF_INSPECTION = ("intake", "record")
SAYS: Mapping[str, tuple[str, ...]] = {
    "proceeding": ("record",),
    "deadline": ("history",),
    "notice": ("detail",),
}
"""Of what hangs on a record the columns that say something in words."""


def destroy(connection: Connection, at: At, erasure: Row[Any], reason: str) -> dict[str, Any]:
    """How much is gone: `entries, papers, documents`, and whether `inspection` and `party` went too."""
    archiving.overwrite_what_goes(connection)
    file = at.file
    siblings = records.findings_of(connection, file.inspection_id)
    last = all(row.record.get("erased") for row in siblings if row.id != file.snapshot.id)
    others = archiving.others_of_party(connection, file.party_id, file.inspection_id)
    alone = last and all(row.record.get("erased") for row in others)
    names = {*words_of(file.inspection["party"]), *words_of(file.party)}
    logins = [row.login for row in account_reading.users(connection, at.office_id)]
    work = _Work(connection, at, erasure, reason, Blank(names, logins))
    done = {**work.finding(), "inspection": last, "party": alone}
    if last:
        done["entries"] += work.inspection()
    if alone:
        work.party()
    take_all_away(connection, at.office_id, at.desk.clock.real_now())
    return done


class _Work:
    """One erasure within its transaction."""

    def __init__(self, connection: Connection, at: At, erasure: Row[Any], reason: str, words: Blank) -> None:
        self.connection, self.at, self.erasure, self.reason, self.words = (
            connection,
            at,
            erasure,
            reason,
            words,
        )

    def finding(self) -> dict[str, int]:
        """The finding with its proceedings, deadlines, reminders, documents, and the papers that were named."""
        file, id = self.at.file, self.at.file.snapshot.id
        papers = sorted(file.snapshot.attachments if self.erasure.papers is None else self.erasure.papers)
        documents = archiving.empty_documents(self.connection, id)
        archiving.destroy_papers(
            self.connection, [self._named(finding_id=id, digest=one) for one in papers], MARKER
        )
        row = records.finding_row(self.connection, id, False)
        assert row is not None, "it is locked"
        said = {name: self._blank(getattr(row, name)) for name in KEPT_OF_FINDING}
        said["record"] = {**said["record"], "erased": self.erasure.id}
        number = (row.ledger_no or "").casefold()
        blank(self.connection, records.FINDING, row, {**said, "item": MARKER, "search_text": number})
        index_finding(self.connection, self.at.office_id, id, number)
        drafting.delete_drafts_on(self.connection, id)
        self._beside(archiving.rows_beside(self.connection, id))
        self._letters(id)
        entries = self._payloads(file, papers)
        return {"entries": entries, "papers": len(papers), "documents": documents}

    def inspection(self) -> int:
        """The inspection itself; how many of its payloads are gone."""
        file = load_inspection(self.connection, self.at.file.inspection_id, lock=True)
        assert file is not None, "a finding has its inspection"
        id = file.snapshot.id
        archiving.empty_documents(self.connection, id)
        row = records.inspection_row(self.connection, id, False)
        assert row is not None, "it is locked"
        said = {name: self._blank(getattr(row, name)) for name in KEPT_OF_INSPECTION}
        said["record"] = {**said["record"], "erased": self.erasure.id}
        blank(self.connection, records.INSPECTION, row, said)
        index_inspection(self.connection, self.at.office_id, id, "", ())
        self._beside(archiving.inspection_rows(self.connection, id))
        self._letters(None)
        return self._payloads(file, [])

    def party(self) -> None:
        """The party has no name, identity or particulars any more."""
        row = records.party_row(self.connection, self.at.file.party_id)
        assert row is not None, "an inspection has its party"
        said = {"identity": ERASED_IDENTITY + row.id, "name": MARKER, "detail": self._blank(row.detail)}
        blank(self.connection, records.PARTY, row, said)
        index_party(self.connection, self.at.office_id, row.id, MARKER, {})

    def _payloads(self, file: CaseFile, papers: list[str]) -> int:
        """Every payload of the record is gone, and an entry behind them names their commitments, and states what is left."""
        id = file.snapshot.id
        gone = {
            row["sequence"]: row["commitment"]
            for row in audit_reading.chain(self.connection, id)
            if row["body"] is not None
        }
        rows = [self._named(record_id=id, sequence=at, commitment=held) for at, held in gone.items()]
        archiving.destroy_payloads(self.connection, rows)
        facts = {
            "erasure": self.erasure.id,
            "legal_basis": self.erasure.basis,
            "reason": self.erasure.reason,
            "decision": self.reason,
            "proposed_by": self.erasure.proposed_by,
            "destroyed": [f"{at} {held}" for at, held in gone.items()],
            "papers": papers,
        }
        replace(self.at, file=file).note(self.connection, ERASED, facts)
        return len(gone)

    def _named(self, **key: Any) -> dict[str, Any]:
        return {**key, "office_id": self.at.office_id, "erasure_id": self.erasure.id}

    def _beside(self, rows: list[tuple[Any, Row[Any]]]) -> None:
        for table, row in rows:
            blank(
                self.connection,
                table,
                row,
                {name: self._blank(getattr(row, name)) for name in SAYS[table.name]},
            )

    def _letters(self, finding: str | None) -> None:
        """What was sent and answered says nothing any more; that it was, when and to whom stays."""
        for table, row in archiving.letters_of(self.connection, finding, self.at.file.inspection_id):
            event = json.loads(bytes(row.body))
            said = {**event, "data": self._blank(event.get("data"))}
            blank(self.connection, table, row, {"body": canonical(said).encode()})

    def _blank(self, said: Any) -> Any:
        return self.words.document(said)
