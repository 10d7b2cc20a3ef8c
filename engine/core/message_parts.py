"""The parts that messages are made of: cut to the lengths of the wire, empty ones left out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.core.calendar import civil_date
from engine.core.envelope import wire_instant

TEXT_MAX, TITLE_MAX, NUMBER_MAX = 2000, 200, 60
NOT_STATED = "未载明"
UNNUMBERED = "尚未编号"
NO_DOC_NO = "无文号"
QUOTED_LAW = re.compile(r"《(?P<title>[^》]{1,200})》(?P<article>[^《]{1,200})")
MEMBERS = {
    "person": ("name", "department", "title", "phone", "certificate_no"),
    "party": (
        "kind",
        "name",
        "identifiers",
        "address",
        "legal_representative",
        "phone",
        "industry",
        "registered_region",
    ),
    "letter": ("digest", "title", "doc_no"),
    "attachment": (
        "digest",
        "name",
        "media_type",
        "size",
        "title",
        "doc_no",
        "copies",
        "pages",
        "recorded_at",
    ),
}

Content = Mapping[str, Any]
Data = dict[str, Any]


def facts_of(content: Content) -> Mapping[str, Any]:
    """The facts of the proceeding with those of the step over them."""
    return content.get("facts") or {}


def clip(text: Any, length: int) -> str | None:
    """The text as far as the wire takes it; None when there is none."""
    return str(text)[:length] if text else None


def some(shape: str, value: Mapping[str, Any]) -> Data:
    """The members of that shape that the value has."""
    return {name: value[name] for name in MEMBERS[shape] if value.get(name) is not None}


def person(content: Content, name: str) -> Data:
    """The person of that name in the content."""
    return some("person", content[name])


def instant(content: Content, name: str) -> str:
    """The instant of that name, or now, as the wire writes it."""
    return wire_instant(datetime.fromisoformat(content.get(name) or content["now"]))


def today(content: Content) -> str:
    """The civil date of the step."""
    return civil_date(datetime.fromisoformat(content["now"])).isoformat()


def day(point: Any) -> str | None:
    """The civil date of a date or instant (hour terms give instants); None when there is none."""
    if not point:
        return None
    return civil_date(datetime.fromisoformat(point)).isoformat() if "T" in point else str(point)


def task(inspection: Mapping[str, Any]) -> str:
    """Number and name of the task in which the inspection was made."""
    named = " ".join(str(inspection[name]) for name in ("task_no", "task_name") if inspection.get(name))
    return named[:TITLE_MAX] or NOT_STATED


def summary(content: Content) -> str:
    """The facts as summed up for this proceeding, else for the finding."""
    return (
        clip(facts_of(content).get("facts_summary") or content.get("facts_summary"), TEXT_MAX) or NOT_STATED
    )


def case(content: Content) -> Data:
    """Which entry of the ledger, and which of its proceedings, the message is about."""
    return {
        "ledger_no": clip(content.get("ledger_no"), NUMBER_MAX) or UNNUMBERED,
        "finding": content["finding_id"],
        "proceeding": content.get("proceeding_id"),
    }


def letterhead(title: str, content: Content) -> Data:
    """What every letter has: number, title, paper, who approved it, whom to ask; `title` where no paper names it."""
    letter = content.get("letter") or {}
    return {
        "doc_no": clip(content.get("doc_no") or letter.get("doc_no"), NUMBER_MAX) or NO_DOC_NO,
        "doc_title": clip(letter.get("title"), TITLE_MAX) or title,
        "letter": some("letter", letter),
        "approved_by": person(content, "approved_by"),
        "approved_at": instant(content, "approved_at"),
        "contact": person(content, "contact"),
        "attachments": [some("attachment", one) for one in content.get("attachments") or ()],
    }


def basis(content: Content) -> list[Data]:
    """The articles of the rules that fired, then those that the officer named as legal ground."""
    ruled = [one for rule in (content.get("ruling") or {}).get("rules", ()) for one in rule.get("basis", ())]
    told: list[Data] = []
    for one in (*ruled, *named_basis(content)):
        if one not in told:
            told.append(dict(one))
    return told


def named_basis(content: Content) -> list[Data]:
    """The articles that the officer named as legal ground; words that quote no law are the title of one."""
    ground = facts_of(content).get("legal_ground")
    named = [
        {"title": found["title"], "article": found["article"].strip("，、；。 ") or NOT_STATED}
        for found in QUOTED_LAW.finditer(ground or "")
    ]
    if ground and not named:
        named = [{"title": clip(ground, TITLE_MAX), "article": NOT_STATED}]
    return named


def letter_of(data: Data) -> Data:
    """The letter that has no file: its digest is that of what the message says."""
    return unfiled({**data, "letter": None}, data["doc_title"], data["doc_no"])


def unfiled(data: Data, title: str, doc_no: str) -> Data:
    """A document that has no file: its digest is that of what the message says."""
    digest = "sha256:" + hashlib.sha256(spoken(data)).hexdigest()
    return {"digest": digest, "title": title, "doc_no": doc_no}


def spoken(data: Data) -> bytes:
    """What the message says, in the one way in which it can be written."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
