"""What the post room knows of a criminal referral when it writes about it: to whom, under which number, with which papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.referral_messages import POLICE, RECIPIENTS, REFERRAL
from engine.step_in_hand import StepInHand
from engine.telling import DECISIONS
from models import exchange_reading, linked_reading, records
from rules.offices import Office

LETTER = "criminal_referral_letter"
REFERRAL_LETTERS: Mapping[str, str] = {
    "criminal_referral": LETTER,
    "procuratorate_copy": LETTER,
    "psb_reconsideration": "psb_reconsideration_request",
    "supervision_suggestion": "supervision_suggestion",
    "opinion_reply": "opinion_reply",
}
"""The paper that each message of a referral goes with, where it goes with one letter."""
PAPERS = ("investigation_report", "items_list", "evidence_form", "items_handover_record")
ENCLOSED: Mapping[str, tuple[str, ...]] = {
    "criminal_referral": PAPERS[:2],
    "procuratorate_copy": PAPERS[:2],
    "supplement_material": PAPERS[2:3],
    "items_handover": PAPERS[3:],
}
"""The papers of the referral that a message speaks of beside its letter."""
TITLES: Mapping[str, str] = {
    "investigation_report": "涉嫌犯罪案件情况的调查报告",
    "items_list": "涉案物品清单",
}
"""What papers are called among the five materials that are handed over."""
FINE = "fine_fen"


def referral_recipients(office: Office, name: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The departments that a message of a referral goes to; the police are those that the facts name, if linked at all."""
    named = office.department_by_name(str(facts.get("psb") or "")) or POLICE
    police = named if named.endswith(POLICE) else POLICE
    return tuple(police if one == POLICE else one for one in RECIPIENTS[name])


def referral_content(step: StepInHand, name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """What a message of a referral says beside what every message says; `known` is the latter."""
    connection, own = step.connection, str(step.record.id)
    mine = step.taken.proceeding  # papers stand on the referral itself
    letter = step.paper(mine, (LETTER,)) or {}
    papers = {
        kind: _called(paper, kind) for kind in ENCLOSED.get(name, ()) if (paper := step.paper(mine, (kind,)))
    }
    sent = exchange_reading.sent_as(connection, own, name)
    referred = exchange_reading.sent_as(connection, own, "criminal_referral")
    enclosed = [paper for paper in papers.values() if paper.get("name")]
    content = {
        "chart": REFERRAL,
        "proceeding_id": own,
        "referral_no": letter.get("doc_no"),
        "subject": letter.get("doc_no"),
        "sent_before": len(sent),
        "referral_message": referred[-1] if referred else None,
        "asked_in": linked_reading.last_receipt(connection, own, "supplement_asked"),
        "papers": papers,
        "team": [_officer(step, one) for one in step.fact("team") or ()],
        "amounts": _amounts(step),
        "occurred_at": step.taken.occurred_at.isoformat(timespec="seconds"),
        "attachments": [*enclosed, *known["attachments"]],
    }
    return content | (_decision(step, known) if name == "decision_copy" else {})


def _called(paper: dict[str, Any], kind: str) -> dict[str, Any]:
    """The paper by the name that it has in a referral."""
    title = TITLES.get(kind, paper["title"])
    return {**paper, "title": title, **({"name": f"{title}.pdf"} if paper.get("name") else {})}


def _officer(step: StepInHand, told: Any) -> dict[str, Any]:
    """The officer by name, as far as the house knows the login."""
    if not isinstance(told, str):
        return dict(told)
    row = records.user_row(step.connection, told)
    if row is None:
        return {"name": told}
    return {"name": row.name, "certificate_no": row.certificate_no, "department": row.department}


def _amounts(step: StepInHand) -> dict[str, Any]:
    """The sums that the rules were asked about, as far as they are known."""
    return {name: fen for name, fen in step.file.rule_facts.items() if name.endswith("_fen") and name != FINE}


def _decision(step: StepInHand, known: Mapping[str, Any]) -> dict[str, Any]:
    """The penalty decision of that number, wherever in the case it was made; without a file its number alone."""
    number = step.fact("decision_no")
    rows = [
        row
        for kind in DECISIONS
        for row in records.documents_of(step.connection, step.file.record_id, kind)
        if row.doc_no == number
    ]
    paper = step.paper(rows[-1].proceeding_id, (rows[-1].kind,)) if rows else None
    if not paper or paper.get("doc_no") != number or not paper.get("digest"):
        return {"doc_no": number, "letter": None}
    enclosed = [paper] if paper.get("name") else []
    return {"doc_no": number, "letter": paper, "attachments": [*enclosed, *known["attachments"]]}
