"""A case file as column values: what the present state of a record is in its row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from engine.casefile import CaseFile
from engine.core.lawbook import Lawbook
from engine.core.snapshot import Deadline, Record
from engine.deadline_rows import deadline_state, thresholds
from engine.search.index import public_codes
from models import records
from models.referral_reading import REFERRAL, REFERRAL_DEADLINE


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one case file."""

    office_id: str
    law: Lawbook
    file: CaseFile

    def main(self, occurred_at: datetime, now: datetime) -> tuple[Table, dict[str, Any], dict[str, Any]]:
        """The table of the record, what identifies it, and what steps may change."""
        if self.file.snapshot.subject == "finding":
            table, identity, values = (
                records.FINDING,
                self._finding_identity(),
                self._finding_state(occurred_at, now),
            )
        elif self.file.snapshot.subject == "referral":
            table, identity, values = REFERRAL, self._referral_identity(), self._referral_state(now)
        else:
            table, identity, values = (
                records.INSPECTION,
                self._inspection_identity(),
                self._inspection_state(now),
            )
        return table, identity, {**identity, **values} if self.file.recast else values

    def _finding_state(self, occurred_at: datetime, now: datetime) -> dict[str, Any]:
        file, snapshot, main = self.file, self.file.snapshot, self.file.snapshot.main
        state = self.law.charts["finding"].states[main.state]
        file.ledger_no = main.facts.get("ledger_no") or file.ledger_no
        handler = snapshot.registers.get("handler") or {}
        return {
            "state": main.state,
            "closed": state.kind == "ended",
            "owner_role": state.owner,
            "version": snapshot.version,
            "handler": handler.get("login"),
            "supervised": bool(snapshot.registers.get("supervised")),
            "ledger_no": file.ledger_no,
            "record": self.finding_memory(),
            "rulings": file.rulings,
            "search_text": search_text(file),
            "occurred_at": occurred_at,
            "recorded_at": now,
            **thresholds(snapshot.deadlines),
        }

    def finding_memory(self) -> dict[str, Any]:
        """What a finding remembers and no answer shows."""
        file = self.file
        return {
            **file.snapshot.main.stored(),
            "registers": file.snapshot.registers,
            "rule_facts": dict(file.rule_facts),
            "criminal_threshold": file.snapshot.criminal_threshold,
            "doc_numbers": file.doc_numbers,
        }

    def _finding_identity(self) -> dict[str, Any]:
        file, intake = self.file, self.file.finding
        return {
            **self._identity(),
            "inspection_id": file.inspection_id,
            "domain": intake["domain"],
            "violation": intake["violation"],
            "item": intake["item"],
            "intake": intake,
            "discovered_at": datetime.fromisoformat(intake["discovered_at"]),
        }

    def _identity(self) -> dict[str, Any]:
        file = self.file
        return {
            "id": file.snapshot.id,
            "office_id": self.office_id,
            "department": file.snapshot.department,
            "party_id": file.party_id,
            "reference": file.reference,
            "digest": file.digest,
            "carried": file.carried,
        }

    def _inspection_state(self, now: datetime) -> dict[str, Any]:
        file, snapshot, main = self.file, self.file.snapshot, self.file.snapshot.main
        published = main.facts.get("published_on")
        codes = main.facts.get("result_codes") or file.inspection.get("result_codes", [])
        return {
            "state": main.state,
            "version": snapshot.version,
            "intake": {**file.inspection, "result_codes": codes},
            "record": main.stored(),
            "result_text": ",".join(codes),
            "publication_due_on": self._publication_due_on(),
            "published_on": datetime.fromisoformat(published).date() if published else None,
            "digest": file.digest,
            "recorded_at": now,
        }

    def recounted(self) -> dict[str, Any]:
        """The columns of the record that follow from its deadlines alone."""
        snapshot = self.file.snapshot
        if snapshot.subject == "finding":
            return thresholds(snapshot.deadlines)
        return {"publication_due_on": self._publication_due_on()} if snapshot.subject == "inspection" else {}

    def _publication_due_on(self) -> Any:
        due = [one for one in self.file.snapshot.deadlines if one.term == "DL01" and one.counted]
        return due[-1].dates.due_effective if due else None

    def _inspection_identity(self) -> dict[str, Any]:
        inspection = self.file.inspection
        return {
            **self._identity(),
            "plan_no": inspection.get("plan_no"),
            "task_no": inspection.get("task_no"),
            "finished_at": datetime.fromisoformat(inspection["finished_at"]),
        }

    def _referral_identity(self) -> dict[str, Any]:
        file = self.file
        return {
            "id": file.snapshot.id,
            "office_id": self.office_id,
            "department": file.snapshot.department,
            "finding_id": file.finding_id,
            "party_id": file.party_id,
            "domain": file.finding["domain"],
            "violation": file.finding["violation"],
        }

    def _referral_state(self, now: datetime) -> dict[str, Any]:
        snapshot = self.file.snapshot
        return {
            "state": snapshot.main.state,
            "version": snapshot.version,
            "record": {**snapshot.main.stored(), "rulings": self.file.referral_rulings},
            "doc_no": next(
                iter(self.file.doc_numbers), None
            ),  # the letter that handed it over was numbered first
            "opened_at": snapshot.main.opened_at,
            "recorded_at": now,
        }

    def new_proceeding(self, record: Record) -> dict[str, Any]:
        """The row of a proceeding just opened."""
        return {
            "id": record.id,
            "office_id": self.office_id,
            "finding_id": self.file.snapshot.id,
            "ordinal": record.ordinal,
            "kind": record.chart,
            "opened_at": record.opened_at,
            "opened_sequence": record.opened_sequence,
            **self.proceeding_state(record),
        }

    def proceeding_state(self, record: Record) -> dict[str, Any]:
        """The columns of a proceeding that steps may change."""
        return {
            "state": record.state,
            "open": self.law.charts[record.chart].states[record.state].kind == "open",
            "record": record.stored(),
            "target_department": record.facts.get("target_department"),
        }

    def new_deadline(self, deadline: Deadline) -> dict[str, Any]:
        """The row of a deadline just begun."""
        return {
            "id": deadline.id,
            "office_id": self.office_id,
            "department": self.file.snapshot.department,
            **self._belongs_to(deadline),
            "term": deadline.term,
            "nature": deadline.nature,
            "counted": deadline.counted,
            **self.deadline_state(deadline),
        }

    def deadline_state(self, deadline: Deadline) -> dict[str, Any]:
        """The columns of a deadline that steps may change, and when its next rung is due."""
        state = deadline_state(deadline)
        if self.file.snapshot.subject == "referral":  # its readers are told otherwise, and nobody else is
            return state
        ladder = self.law.ladder
        rung_at = ladder.next_at(deadline.term, deadline.dates, self.law.calendar, deadline.rung)
        return {**state, "rung": deadline.rung, "rung_at": rung_at}

    def _belongs_to(self, deadline: Deadline) -> dict[str, Any]:
        file, subject = self.file, self.file.snapshot.subject
        if subject == "referral":
            return {"referral_id": file.snapshot.id}
        return {
            "inspection_id": file.inspection_id,
            "finding_id": file.snapshot.id if subject == "finding" else None,
            "proceeding_id": deadline.proceeding,
        }


TABLES = {"finding": records.FINDING, "inspection": records.INSPECTION, "referral": REFERRAL}
"""Where the present state of a record stands, by its subject."""


def deadline_table(file: CaseFile) -> Table:
    """Where the deadlines of the record stand: those of a referral are nobody else's."""
    return REFERRAL_DEADLINE if file.snapshot.subject == "referral" else records.DEADLINE


def search_text(file: CaseFile) -> str:
    """What the search looks in: number, names, identifiers, document numbers, item and facts, in lower case."""
    words: Iterable[str | None] = (
        file.ledger_no,
        file.party.get("name"),
        *public_codes(file.party),
        *file.doc_numbers,
        file.finding.get("item"),
        file.snapshot.main.facts.get("facts_summary") or file.finding.get("facts_summary"),
    )
    return "\n".join(word for word in words if word).casefold()
