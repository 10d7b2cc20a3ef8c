"""What a paper is told when it is issued: facts in words, people, and the papers it refers to, all frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.core.calendar import civil_date
from engine.core.chart import Charts, Row
from engine.core.effects import Taken
from engine.core.snapshot import Act, Record
from engine.referral_vault import ReferralVault
from models import records
from rules.offices import Office

ORDERS = ("rectification_notice", "special_equipment_order")
DECISIONS = ("penalty_decision", "summary_decision", "no_penalty_decision", "own_correction_decision")
SERVED = (*ORDERS, *DECISIONS, "penalty_prior_notice", "listing_decision", "demand_letter")
"""What a receipt of service may speak of."""
INSPECTED = (
    "task_no",
    "task_name",
    "plan_no",
    "plan_name",
    "officers",
    "evidence_list",
    "started_at",
    "finished_at",
    "recusal_told",
)


@dataclass(frozen=True)
class Telling:
    """One paper of one step, and the connection on which its words are looked up."""

    charts: Charts
    office: Office
    connection: Connection
    file: CaseFile
    taken: Taken
    kind: str
    vault: ReferralVault

    def content(self, fields: Sequence[str], doc_no: str | None, now: datetime) -> dict[str, Any]:
        """The record's facts with this step's over them, and who did what; `fields` are those the paper prints."""
        snapshot, record = self.file.snapshot, self.record
        facts = {**record.facts, **self.taken.facts}
        self._due(facts)
        target = facts.get("target_department")
        return {
            "organisation": self.office.departments[snapshot.department].zh,
            "doc_no": doc_no,
            "ledger_no": snapshot.main.facts.get("ledger_no") or self.file.ledger_no,
            "party": dict(self.file.party),
            "finding": {**self.file.finding, **known(snapshot.main.facts, "facts_summary", "clause")},
            "inspection": self._inspection(),
            "facts": self._spoken(facts),
            "step": {
                "trigger": self.taken.row.trigger,
                "zh": self.taken.row.zh,
                "refused": self.taken.row.trigger.startswith("refuse_"),
                "on": civil_date(self.taken.occurred_at).isoformat(),
                "facts": self._spoken(self.taken.facts),
            },
            "asked": self._asked,
            "labels": self._labels(facts),
            "order": self._order(facts) if "order_no" in fields else None,
            "papers": self._papers(),
            "done": self._done(),
            "people": self._people(),
            "to": self.office.departments[target].zh
            if isinstance(target, str) and target in self.office.departments
            else None,
            "ruling": self.file.rulings[-1] if self.file.rulings else None,
            "attachments": self._handed_in() if "attachments" in fields else [],
            "date": civil_date(now).isoformat(),
        }

    @cached_property
    def _documents(self) -> Sequence[Any]:
        """Every document of the case, oldest first."""
        return records.documents_of(self.connection, self.file.record_id)

    @property
    def record(self) -> Record:
        """The record on which the step was taken."""
        return self.file.snapshot.record(self.taken.proceeding) or self.file.snapshot.main

    def _due(self, facts: dict[str, Any]) -> None:
        due = [
            one
            for one in self.file.snapshot.deadlines
            if one.proceeding == self.taken.proceeding and one.term == "DL10"
        ]
        if due:
            facts.setdefault("due_on", due[-1].dates.due_effective.isoformat())

    def _inspection(self) -> dict[str, Any]:
        found = {name: self.file.inspection.get(name) for name in INSPECTED}
        return self._spoken(found)

    def _spoken(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts with accounts as names; codes stay codes and are explained by `labels`."""
        declared = self.charts.dictionary["facts"]
        spoken = dict(facts)
        for name, value in facts.items():
            form = declared.get(name, {}).get("type")
            if form == "officers" and isinstance(value, list):
                spoken[name] = [self._named(one) if isinstance(one, str) else one for one in value]
            elif form == "officer" and isinstance(value, str):
                spoken[name] = self._named(value)
        return spoken

    def _labels(self, facts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """For every coded fact the Chinese of the codes it holds."""
        dictionary = self.charts.dictionary
        labels: dict[str, dict[str, str]] = {}
        for name, value in (*facts.items(), *self._asked.get("facts", {}).items()):
            declared = dictionary["facts"].get(name, {})
            codes = value if isinstance(value, list) else [value]
            if declared.get("type") == "department":
                words = {code: one.zh for code, one in self.office.departments.items()}
            elif declared.get("vocabulary"):
                words = {one["code"]: one["zh"] for one in dictionary["vocabularies"][declared["vocabulary"]]}
            else:
                continue
            held = {code: words[code] for code in codes if isinstance(code, str) and code in words}
            labels[name] = labels.get(name, {}) | held
        return labels

    def _issued(self, *kinds: str, anywhere: bool = False) -> Iterator[Any]:
        """The documents of these kinds in this proceeding (or in the whole case), oldest first."""
        for row in self._documents:
            if row.kind in kinds and (anywhere or row.proceeding_id == self.taken.proceeding):
                yield row

    @cached_property
    def _asked(self) -> dict[str, Any]:
        """What was said on the same paper when the step that this one answers was taken."""
        asked = self._answered()
        if asked is None:
            return {}
        said = [row for row in self._issued(self.kind) if row.sequence == asked[1].sequence and row.content]
        step = self.vault.content_of(said[-1]).get("step", {}) if said else {}
        return {"zh": step.get("zh"), "facts": step.get("facts", {})}

    def _answered(self) -> tuple[str, Act] | None:
        """The last of the steps that this one answers, confirmations left out."""
        acts = [
            (trigger, act)
            for trigger, act in self.record.acts.items()
            if trigger in self.taken.row.answers and not trigger.startswith("confirm_")
        ]
        return max(acts, key=lambda one: one[1].sequence, default=None)

    def _papers(self) -> dict[str, dict[str, Any]]:
        """Title, number and date of the last paper of each numbered kind, and of the one that is being served."""
        told: dict[str, dict[str, Any]] = {}
        served: dict[str, Any] = {}
        for row in self._documents:
            paper = {"title": self._printed(row), "doc_no": row.doc_no, "on": row.issued_on.isoformat()}
            if row.kind in SERVED and row.proceeding_id == self.taken.proceeding:
                served = paper
            if row.doc_no:
                told[row.kind] = paper
                told |= {"decision": paper} if row.kind in DECISIONS else {}
        for kind in self.taken.row.documents:
            if kind in SERVED:
                served = told.get(kind, {"title": self._title(kind), "doc_no": None})
        return told | {"served": served}

    def _printed(self, row: Any) -> str:
        """The title on the face of a paper; the name of its kind where nobody kept that."""
        return str(row.content.get("title") or self._title(row.kind))

    def _title(self, kind: str) -> str:
        return str(self.charts.dictionary["documents"][kind]["zh"])

    def _done(self) -> dict[str, str]:
        """The civil date of the filing, and of every step since the party was last given notice of a penalty."""
        since = self.record.last("issue_prior_notice")
        return {
            trigger: civil_date(act.occurred_at).isoformat()
            for trigger, act in self.record.acts.items()
            if act.sequence >= since or trigger == "approve_filing"
        }

    def _handed_in(self) -> list[dict[str, Any]]:
        rows = records.attachment_rows(self.connection, self.file.record_id)
        return [{"name": row.title or row.name, "copies": 1} for row in rows]

    def _order(self, facts: Mapping[str, Any]) -> dict[str, Any] | None:
        """The order to correct that a later paper of the same proceeding refers to."""
        numbers = [row.doc_no for row in self._issued(*ORDERS) if row.doc_no]
        if not numbers:
            return None
        return {"doc_no": numbers[-1], **known(facts, "served_on", "due_on", "correction_requirements")}

    def _people(self) -> dict[str, Any]:
        """Who proposed, confirmed and approved, as far as it happened, with dates; contact is the one who acts.

        Reached is whom others may ask about it: the officer who proposed, not the head who approved.
        """
        row, acts = self.taken.row, self.record.acts
        people: dict[str, Any] = {"contact": self._named(acts[row.trigger].by)}
        people["acting"] = {"organisation": self._organisation(acts[row.trigger].by)}
        deciding = self._deciding_row()
        asked = self._latest(one for one in deciding.answers if not one.startswith("confirm_"))
        confirmed = self._latest(one for one in deciding.answers if one.startswith("confirm_"))
        deed = acts[deciding.trigger]
        if deciding.answers or _of_a_head(deciding):
            people["approver"] = self._signed(deed)
        elif deciding.trigger.startswith("confirm_"):
            confirmed, asked = deed, self._latest([deciding.trigger.replace("confirm_", "propose_")])
        else:
            asked = deed
        referred = self._latest(["approve_referral"])
        if referred and "approver" not in people:
            people["approver"] = self._signed(referred)  # hands over what somebody else approved
        if asked:
            people["proposer"] = self._signed(asked)
        if confirmed:
            people["confirmer"] = self._signed(confirmed)
        return people | {"reached": people.get("proposer", people["contact"])}

    def _deciding_row(self) -> Row:
        """The row that issues the paper if that was taken before and this one only sends it, else this row."""
        row, issuing = self.taken.row, f"issue_document:{self.kind}"
        if row.answers or issuing in row.effects or row.trigger.startswith(("propose_", "confirm_")):
            return row
        taken = [
            (self.record.acts[one.trigger].sequence, one)
            for one in self.charts[row.chart].rows
            if issuing in one.effects and one.trigger in self.record.acts
        ]
        return max(taken, key=lambda one: one[0])[1] if taken else row

    def _latest(self, triggers: Iterator[str] | list[str]) -> Act | None:
        acts = [self.record.acts[one] for one in triggers if one in self.record.acts]
        return max(acts, key=lambda act: act.sequence, default=None)

    def _organisation(self, login: str) -> str | None:
        row = records.user_row(self.connection, login)
        department = self.office.departments.get(row.department) if row and row.department else None
        return department.zh if department else None

    def _signed(self, act: Act) -> dict[str, Any]:
        return {**self._named(act.by), "on": civil_date(act.occurred_at).isoformat()}

    def _named(self, login: str) -> dict[str, Any]:
        row = records.user_row(self.connection, login)
        if row is None:
            return {"name": login}
        return {"name": row.name, "phone": row.phone, "certificate_no": row.certificate_no}


def _of_a_head(row: Row) -> bool:
    return bool(row.by) and all(role.endswith("_head") for role in row.by)


def known(facts: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The facts of these names that say something."""
    return {name: facts[name] for name in names if facts.get(name)}
