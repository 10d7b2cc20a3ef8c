"""Papers of a step: which are issued, with which number, and what each will print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine.casefile import CaseFile
from engine.core.calendar import civil_date
from engine.core.chart import Charts
from engine.core.commands import Principal
from engine.core.effects import IssueDocument, Taken
from engine.digests import file_digest
from engine.documents import PRESSED_WITH, DocumentPress
from engine.paper_digest import paper_digest
from engine.referral_vault import ReferralVault
from engine.search.index import index_document
from engine.telling import Telling
from models import records
from models.at_rest import ATTACHED, kept_document
from rules.offices import Office

PDF = "application/pdf"
NEW_EACH_TIME = (
    "order_supervision",
    "revoke_own_decision",
    "change_own_decision",
    "court_finds_illegal",
    "correct_clerical_error",
    "seize",
    "seize_on_spot",
    "preserve_evidence",
    "decide_preserved_evidence",
    "start_test",
    "end_test",
    "order_refund",
    "announce_service",
    "notify_informant",
    "apply_court",
    "apply_higher_court",
    "refer_to_superior",
    "request_consent",
)
"""Steps whose paper is another one than the last of its kind, though no effect says so."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Issues the documents that the rows name; a kind without a template gets its number and no file."""

    charts: Charts
    office: Office
    press: DocumentPress
    vault: ReferralVault

    def issue(
        self,
        connection: Connection,
        file: CaseFile,
        taken: Taken,
        effect: IssueDocument,
        who: Principal,
        now: datetime,
    ) -> dict[str, Any]:
        """The document is entered with the step; told is {kind, title, status, doc_no, id, digest}."""
        declared = self.charts.dictionary["documents"][effect.kind]
        house = declared["issuer"] == "house"
        if house and not effect.given and self._issued_by_another_chart(effect.kind, taken.row.chart):
            return self._referred(connection, file, effect.kind, declared["zh"])
        doc_no = self._number(connection, file, taken, effect.kind, declared, now) if house else None
        status, digest = self._status(effect, house)
        if not house and effect.given:
            doc_no = effect.given.get("doc_no")
        id = str(uuid7())
        row = {
            "id": id,
            "office_id": self.office.office_id,
            "record_id": file.record_id,
            "proceeding_id": taken.proceeding,
            "sequence": taken.sequence,
            "kind": effect.kind,
            "doc_no": doc_no,
            "status": status,
            "digest": digest,
            "issued_on": civil_date(now),
            "content": self._content(connection, file, taken, effect.kind, doc_no, now, id)
            if status == "issued"
            else {},
        }
        sealed = file.snapshot.subject == "referral" and status == ATTACHED
        records.add(connection, records.DOCUMENT, [kept_document(connection, row) if sealed else row])
        if doc_no and file.snapshot.subject != "referral":
            index_document(connection, self.office.office_id, id, doc_no)
        own = (
            house or file.finding_id is None
        )  # a referral is known by its own number, not by what others wrote
        if doc_no and own and doc_no not in file.doc_numbers:
            file.doc_numbers.append(doc_no)
        told = {
            "kind": effect.kind,
            "title": declared["zh"],
            "status": status,
            "doc_no": doc_no,
            "id": id,
            "digest": digest,
        }
        return told | ({"paper": paper_digest(row)} if status == "issued" else {})

    def letter(
        self, connection: Connection, file: CaseFile, proceeding: str | None, kind: str
    ) -> dict[str, Any] | None:
        """The latest document of that kind as an attachment {digest, title, doc_no, name, media_type, size}."""
        issued = [
            row
            for row in records.documents_of(connection, file.record_id, kind)
            if row.proceeding_id == proceeding and row.status == "issued"
        ]
        if not issued:
            return None
        last = issued[-1]
        title = self.charts.dictionary["documents"][kind]["zh"]
        pdf = self.press.pdf(kind, self.vault.content_of(last), issued_on=last.issued_on)
        digest = file_digest(pdf)
        return {
            "digest": digest,
            "title": title,
            "doc_no": last.doc_no,
            "name": f"{title}.pdf",
            "media_type": PDF,
            "size": len(pdf),
        }

    def _issued_by_another_chart(self, kind: str, chart: str) -> bool:
        """True where rows of other charts issue the paper and this chart's only speak of it."""
        issuing = f"issue_document:{kind}"
        charts = {
            row.chart for one in self.charts.by_name.values() for row in one.rows if issuing in row.effects
        }
        return bool(charts) and chart not in charts

    def _referred(self, connection: Connection, file: CaseFile, kind: str, title: str) -> dict[str, Any]:
        """The paper that was issued before, told again with the number it has; nothing is issued anew."""
        issued = records.documents_of(connection, file.finding_id or file.record_id, kind)
        before = [row for row in issued if row.doc_no]
        if not before:
            none = {"status": "missing", "doc_no": None, "id": None, "digest": None}
            return {"kind": kind, "title": title, **none}
        last = before[-1]
        told = {"status": last.status, "doc_no": last.doc_no, "id": last.id, "digest": last.digest}
        return {"kind": kind, "title": title, **told}

    def _status(self, effect: IssueDocument, house: bool) -> tuple[str, str | None]:
        if effect.given:
            return ATTACHED, effect.given["digest"]
        if not house:
            return "missing", None
        return ("issued" if effect.kind in self.press.kinds() else "pending"), None

    def _number(
        self,
        connection: Connection,
        file: CaseFile,
        taken: Taken,
        kind: str,
        declared: Mapping[str, Any],
        now: datetime,
    ) -> str | None:
        """A new number where the row issues the document, else the number it has in this proceeding already."""
        series = declared.get("series")
        if not declared["numbered"] or series is None:
            return None
        issuing = f"issue_document:{kind}"
        if issuing not in taken.row.effects:
            given = [
                row.doc_no
                for row in records.documents_of(connection, file.record_id, kind)
                if row.proceeding_id == taken.proceeding and row.doc_no
            ]
            issued_elsewhere = any(issuing in row.effects for row in self.charts[taken.row.chart].rows)
            if given and taken.row.trigger not in NEW_EACH_TIME:
                return str(given[-1])
            if issued_elsewhere and self.charts[taken.row.chart].states[taken.row.to].kind == "open":
                return None  # a draft; the row that issues it is still to come
        return self.number(connection, file.snapshot.department, series, civil_date(now).year)

    def number(self, connection: Connection, department: str, series: str, year: int) -> str:
        """The next number of the series of that department and year, written as the office writes it."""
        pattern = self.office.document_series[series]
        home = self.office.departments["market_regulation"].doc_prefix or ""
        own = self.office.departments[department].doc_prefix or home
        if pattern.startswith(home) and own != home:
            pattern, series = own + pattern.removeprefix(home), f"{series}:{department}"
        number = records.next_number(connection, self.office.office_id, series, year)
        return pattern.format(year=year, n=number)

    def _content(
        self,
        connection: Connection,
        file: CaseFile,
        taken: Taken,
        kind: str,
        doc_no: str | None,
        now: datetime,
        id: str,
    ) -> dict[str, Any]:
        """What the template prints, frozen; of a criminal referral, sealed."""
        telling = Telling(self.charts, self.office, connection, file, taken, kind, self.vault)
        content = telling.content(self.press.fields(kind), doc_no, now)
        content[PRESSED_WITH] = self.press.in_force(kind).digest
        content["title"] = self.press.title(kind, content)
        if file.snapshot.subject == "referral":
            return self.vault.seal_content(file.record_id, id, content)
        return content
