"""The post room: composes the message that a step dispatches and puts it into the outbox of its transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine.casefile import CaseFile
from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.deadlines import light, turns
from engine.core.effects import Taken
from engine.core.ladder import LEAD_OFFICE
from engine.core.lawbook import Lawbook
from engine.core.messages import compose
from engine.core.referral_messages import REFERRAL
from engine.core.snapshot import Act, Deadline, Record
from engine.papers import Papers
from engine.publications import Publications
from engine.referral_letters import REFERRAL_LETTERS, referral_content, referral_recipients
from engine.step_in_hand import StepInHand
from models import exchange_reading, records
from rules.offices import Office

LETTERS = {
    "transfer_letter": "transfer_letter",
    "copy_notice": "copy_notice_letter",
    "jurisdiction_report": "jurisdiction_request",
    "supervision_order": "supervision_order",
    "supervision_reply": "supervision_reply",
    "consent_request": "jurisdiction_request",
    "enforcement_application": "enforcement_application",
    "informant_notice": "informant_notice",
    **REFERRAL_LETTERS,
}
COURT = "court"
PUBLICITY = frozenset(
    {
        "inspection_publicity",
        "inspection_takedown",
        "penalty_publicity",
        "publicity_withdrawal",
        "abnormal_listing",
        "serious_listing",
        "flag_removal",
        "cross_province_push",
    }
)
"""Messages to the national publicity system; what goes to another province goes through it."""
LETTER_ALONE = frozenset({"consent_request", "informant_notice"})
"""Letters that the evidence handed in does not go along with."""


@dataclass(frozen=True, slots=True)
class Post:
    """Knows to whom each message of the charts goes and what it says."""

    office: Office
    papers: Papers
    law: Lawbook
    publications: Publications
    prefix: str = ""
    """What the subject of every message begins with: that it was made in a sandbox."""

    def dispatch(
        self, connection: Connection, file: CaseFile, taken: Taken, name: str, who: Principal, now: datetime
    ) -> bool:
        """The message stands in the outbox, or on paper with a task where no system is linked.

        False, and nothing stands anywhere, where the message would take back what was never made public.
        """
        record = file.snapshot.record(taken.proceeding) or file.snapshot.main
        if record.chart == REFERRAL:
            recipients = referral_recipients(self.office, name, {**record.facts, **taken.facts})
        else:
            recipients = (self._recipient(file.snapshot.department, name, record, taken),)
        sent = [self._send(connection, file, taken, name, recipient, who, now) for recipient in recipients]
        return all(sent)

    def _send(
        self,
        connection: Connection,
        file: CaseFile,
        taken: Taken,
        name: str,
        recipient: str,
        who: Principal,
        now: datetime,
    ) -> bool:
        snapshot = file.snapshot
        record = snapshot.record(taken.proceeding) or snapshot.main
        of_finding = snapshot.subject != "referral"  # what a referral sends belongs to no finding's exchange
        step = StepInHand(connection, file, taken, record, self.papers, now)
        found = self.publications.content(step, name)
        if found is None:
            return False
        content = {**self._content(connection, file, taken, name, record, recipient, who, now), **found}
        if record.chart == REFERRAL:
            content |= referral_content(step, name, content)
        kind, queue, data = compose(name, content)
        exchange_reading.enqueue(
            connection,
            office_id=self.office.office_id,
            recipient=recipient,
            chart_name=name,
            kind=kind,
            queue=queue,
            data=data,
            finding_id=snapshot.id if snapshot.subject == "finding" else None,
            inspection_id=file.inspection_id if of_finding else None,
            proceeding_id=taken.proceeding if of_finding else snapshot.id,
            step_sequence=taken.sequence,
            now=now,
            subject=self.prefix
            + str(
                content.get("subject")
                or file.ledger_no
                or snapshot.main.facts.get("ledger_no")
                or file.inspection.get("task_no")
                or snapshot.id
            ),
            message_id=str(uuid7()),
            sender=content["sender"],
            department=snapshot.department,
            on_paper=self.publications.on_paper(taken, name),
            due_at=due_at(snapshot.deadlines, taken, now),
            kept=self.papers.vault.seal_message,
        )
        return True

    def _recipient(self, department: str, name: str, record: Record, taken: Taken) -> str:
        facts = {**record.facts, **taken.facts}
        if name == "supervision_order":
            return department
        if name == "supervision_reply":
            return LEAD_OFFICE
        if name == "jurisdiction_report":
            return self.office.department_by_name(facts.get("superior", "")) or "city_government"
        if name in PUBLICITY:
            return str(exchange_reading.PUBLICITY_RECIPIENT)
        if name == "consent_request":
            bureau = self.office.departments[exchange_reading.PUBLICITY_RECIPIENT]
            return bureau.superior or bureau.code
        if name == "enforcement_application" or (record.chart == "penalty" and name == "progress_query"):
            return COURT
        if name == "informant_notice":
            return department
        return str(facts["target_department"])

    def _content(
        self,
        connection: Connection,
        file: CaseFile,
        taken: Taken,
        name: str,
        record: Record,
        recipient: str,
        who: Principal,
        now: datetime,
    ) -> dict[str, Any]:
        snapshot = file.snapshot
        letter = (
            self.papers.letter(connection, file, taken.proceeding, LETTERS[name]) if name in LETTERS else None
        )
        handed_in = [dict(row._mapping) for row in records.attachment_rows(connection, file.record_id)]
        approval = _latest(record, "approve_")
        due = [
            one for one in snapshot.deadlines if one.state == "running" and one.proceeding == taken.proceeding
        ]
        referred = record.chart == REFERRAL  # its messages belong to no finding
        about: tuple[str | None, str | None] = (
            (None, record.id) if referred else (snapshot.id, taken.proceeding)
        )
        return {
            "office_id": self.office.office_id,
            "ledger_no": snapshot.main.facts.get("ledger_no") or file.ledger_no,
            "finding_id": snapshot.id,
            "inspection_id": file.inspection_id,
            "proceeding_id": taken.proceeding,
            "inspection": dict(file.inspection),
            "party": dict(file.party),
            "domain": file.finding.get("domain"),
            "violation": file.finding.get("violation"),
            "item": file.finding.get("item"),
            "facts_summary": snapshot.main.facts.get("facts_summary"),
            "facts": {**record.facts, **taken.facts},
            "doc_no": self._doc_no(connection, file, taken, name) or (letter or {}).get("doc_no"),
            "letter": letter,
            "approved_by": self._person(
                approval.by if approval else who.login, snapshot.department, connection
            ),
            "approved_at": (approval.occurred_at if approval else now).isoformat(timespec="seconds"),
            "contact": self._person(who.login, snapshot.department, connection),
            "discovered_on": _day(file.finding.get("discovered_at")),
            "ruling": file.rulings[-1] if file.rulings else None,
            "attachments": [
                *([letter] if letter else []),
                *(map(_attachment, handed_in) if name not in LETTER_ALONE else ()),
            ],
            "requirement": taken.facts.get("requirement"),
            "reply": taken.facts.get("reply") or taken.facts.get("reason"),
            "due_on": taken.facts.get("due_on")
            or (self._publication_due(file) if name == "inspection_publicity" else None)
            or (due[-1].dates.due_effective.isoformat() if due else None),
            "term": self._term(due[-1], now) if due else None,
            "number": exchange_reading.count_reminders(connection, *about, recipient) + 1,
            "sender": LEAD_OFFICE if name == "supervision_order" else snapshot.department,
            "why_informed": self._word("copy_purpose", record.facts.get("copy_purpose", "")) or None,
            "step_facts": dict(taken.facts),
            "recipient": recipient,
            "now": now.isoformat(timespec="seconds"),
            "check_org": self.office.departments[snapshot.department].zh,
            "result_zh": [
                self._word("result_code", code) for code in file.inspection.get("result_codes", ())
            ],
            "resend_of": self._sent_before(connection, about[1], recipient),
        }

    def _sent_before(self, connection: Connection, proceeding: str | None, recipient: str) -> str | None:
        """The message to the same department that this one follows."""
        if proceeding is None:
            return None
        return exchange_reading.last_answerable(connection, proceeding, recipient)

    def _publication_due(self, file: CaseFile) -> str | None:
        """When the result had to be public; its deadline may be settled by the very step that publishes."""
        due = [one for one in file.snapshot.deadlines if one.term == "DL01"]
        return due[-1].dates.due_effective.isoformat() if due else None

    def _word(self, vocabulary: str, code: str) -> str:
        """The Chinese word of a code."""
        words = self.law.charts.dictionary["vocabularies"][vocabulary]
        return next((str(word["zh"]) for word in words if word["code"] == code), code)

    def _doc_no(self, connection: Connection, file: CaseFile, taken: Taken, name: str) -> str | None:
        kind = LETTERS.get(name)
        numbers = [
            row.doc_no
            for row in (records.documents_of(connection, file.record_id, kind) if kind else ())
            if row.proceeding_id == taken.proceeding and row.doc_no
        ]
        return str(numbers[-1]) if numbers else None

    def _person(self, login: str, department: str, connection: Connection) -> dict[str, Any]:
        row = records.user_row(connection, login)
        if row is None:
            return {"name": login, "department": department}
        named = {"name": row.name, "department": row.department, "title": row.title, "phone": row.phone}
        return {name: value for name, value in named.items() if value}

    def _term(self, deadline: Deadline, now: datetime) -> dict[str, Any]:
        return {
            "id": deadline.term,
            "title": self.law.terms[deadline.term].zh,
            "due_effective": deadline.dates.due_effective.isoformat(),
            "light": light(deadline.dates, now),
            "nature": deadline.nature,
        }


def due_at(deadlines: Sequence[Deadline], taken: Taken, now: datetime) -> datetime | None:
    """The end of the deadline that what the step sends is to arrive by, None where none lies ahead.

    That is the one which the step settles, as the law wants the act itself by then (DL50 to send, DL61 to hand over, DL01
    and DL37 to publish); else the one which it opens, for the receiver's turn begins with the delivery.
    """
    ends: dict[str, list[datetime]] = {"settled": [], "opened": []}
    for one in deadlines:
        for told in one.history:
            if told["sequence"] == taken.sequence and told["what"] in ends:
                ends[told["what"]].append(turns(one.dates).overdue_at)
    ahead = [[end for end in ends[what] if end > now] for what in ("settled", "opened")]
    return min(ahead[0] or ahead[1], default=None)


def _latest(record: Record, prefix: str) -> Act | None:
    acts = [act for trigger, act in record.acts.items() if trigger.startswith(prefix)]
    return max(acts, key=lambda act: act.sequence) if acts else None


def _attachment(row: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("digest", "name", "media_type", "size", "title", "doc_no")
    return {name: row[name] for name in wanted if row[name] is not None}


def _day(instant: str | None) -> str | None:
    return civil_date(datetime.fromisoformat(instant)).isoformat() if instant else None
