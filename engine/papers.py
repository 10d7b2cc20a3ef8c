"""Papers of a step: which are issued, with which number, and what each will print."""

from __future__ import annotations

import hashlib
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
from engine.core.snapshot import Record
from engine.documents import DocumentPress
from models import records
from rules.offices import Office

PDF = "application/pdf"
ORDERS = ("rectification_notice", "special_equipment_order")


@dataclass(frozen=True, slots=True)
class Papers:
    """Issues the documents that the rows name; a kind without a template gets its number and no file."""

    charts: Charts
    office: Office
    press: DocumentPress

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
        doc_no = self._number(connection, file, taken, effect.kind, declared, now) if house else None
        status, digest = self._status(effect, house)
        if not house and effect.given:
            doc_no = effect.given.get("doc_no")
        row = {
            "id": str(uuid7()),
            "office_id": self.office.office_id,
            "record_id": file.record_id,
            "proceeding_id": taken.proceeding,
            "sequence": taken.sequence,
            "kind": effect.kind,
            "doc_no": doc_no,
            "status": status,
            "digest": digest,
            "issued_on": civil_date(now),
            "content": self._content(connection, file, taken, effect.kind, doc_no, now)
            if status == "issued"
            else {},
        }
        records.add(connection, records.DOCUMENT, [row])
        if doc_no and doc_no not in file.doc_numbers:
            file.doc_numbers.append(doc_no)
        return {
            "kind": effect.kind,
            "title": declared["zh"],
            "status": status,
            "doc_no": doc_no,
            "id": row["id"],
            "digest": digest,
        }

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
        pdf = self.press.pdf(kind, last.content, issued_on=last.issued_on)
        digest = "sha256:" + hashlib.sha256(pdf).hexdigest()
        return {
            "digest": digest,
            "title": title,
            "doc_no": last.doc_no,
            "name": f"{title}.pdf",
            "media_type": PDF,
            "size": len(pdf),
        }

    def _status(self, effect: IssueDocument, house: bool) -> tuple[str, str | None]:
        if effect.given:
            return "attached", effect.given["digest"]
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
            if given and not self._anew(taken):
                return str(given[-1])
            if issued_elsewhere and self.charts[taken.row.chart].states[taken.row.to].kind == "open":
                return None  # a draft; the row that issues it is still to come
        return self.number(connection, file.snapshot.department, series, civil_date(now).year)

    def _anew(self, taken: Taken) -> bool:
        return taken.row.trigger == "order_supervision"

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
    ) -> dict[str, Any]:
        """What the template prints, frozen: the record's facts with this step's over them, and who did what."""
        snapshot = file.snapshot
        record = snapshot.record(taken.proceeding) or snapshot.main
        target = record.facts.get("target_department")
        due = [one for one in snapshot.deadlines if one.proceeding == taken.proceeding and one.term == "DL10"]
        facts = {**record.facts, **taken.facts}
        if due:
            facts.setdefault("due_on", due[-1].dates.due_effective.isoformat())
        read = self.press.fields(kind)
        plan = ("task_no", "task_name", "plan_no", "plan_name", "officers", "evidence_list")
        return {
            "organisation": self.office.departments[snapshot.department].zh,
            "doc_no": doc_no,
            "ledger_no": snapshot.main.facts.get("ledger_no") or file.ledger_no,
            "party": dict(file.party),
            "finding": {**file.finding, **_known(snapshot.main.facts, "facts_summary", "clause")},
            "inspection": {name: file.inspection.get(name) for name in plan},
            "facts": facts,
            "order": self._order(connection, file, taken, facts) if "order_no" in read else None,
            "people": self._people(connection, record, taken),
            "to": self.office.departments[target].zh if target else None,
            "ruling": file.rulings[-1] if file.rulings else None,
            "attachments": self._handed_in(connection, file) if "attachments" in read else [],
            "date": civil_date(now).isoformat(),
        }

    def _handed_in(self, connection: Connection, file: CaseFile) -> list[dict[str, Any]]:
        rows = records.attachment_rows(connection, file.record_id)
        return [{"name": row.title or row.name, "copies": 1} for row in rows]

    def _order(
        self, connection: Connection, file: CaseFile, taken: Taken, facts: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The order to correct that a later paper of the same proceeding refers to."""
        numbers = [
            row.doc_no
            for kind in ORDERS
            for row in records.documents_of(connection, file.record_id, kind)
            if row.proceeding_id == taken.proceeding and row.doc_no
        ]
        if not numbers:
            return None
        return {"doc_no": numbers[-1], **_known(facts, "served_on", "due_on", "correction_requirements")}

    def _people(self, connection: Connection, record: Record, taken: Taken) -> dict[str, Any]:
        """Who proposed, confirmed and approved, as far as it happened, with dates; contact is the one who acts."""
        acting = record.acts[taken.row.trigger]
        people: dict[str, Any] = {"contact": self._named(connection, acting.by)}
        for part, prefix in (("proposer", "propose_"), ("confirmer", "confirm_"), ("approver", "approve_")):
            acts = [act for trigger, act in record.acts.items() if trigger.startswith(prefix)]
            if acts:
                last = max(acts, key=lambda act: act.sequence)
                on = civil_date(last.occurred_at).isoformat()
                people[part] = {**self._named(connection, last.by), "on": on}
        return people

    def _named(self, connection: Connection, login: str) -> dict[str, Any]:
        row = records.user_row(connection, login)
        return {"name": row.name, "phone": row.phone} if row else {"name": login}


def _known(facts: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: facts[name] for name in names if facts.get(name)}
