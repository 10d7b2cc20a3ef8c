"""What messages of a criminal referral say: the referral and its copy, supplements, items, letters to the police and the
procuratorate.

Beside what all kinds know (messages.compose) their content has, as far as it is known:

* referral_no: the number of the letter of referral; sent_before: how many messages of this name went out before
* referral_message: the message by which the case was referred; asked_in: the receipt that asked for material
* papers: the papers of the referral by their kind {digest, title, doc_no}; appraisals: reports of laboratories
* team: the special team as persons {name, certificate_no, department}, else as the fact `team` has them
* threshold: the rules that fired {rule, version, basis}, else what the fact `threshold_rule` names
* amounts: sums in fen by their name; suspects: parties, where there are others than `party`
* occurred_at: when the step happened; early_involvement: whether the police were asked in before

A free text stands in a list as one entry a line, cut nowhere: a line that is too long goes on in the next entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.core.envelope import wire_instant
from engine.core.message_parts import (
    NO_DOC_NO,
    NOT_STATED,
    NUMBER_MAX,
    TEXT_MAX,
    TITLE_MAX,
    UNNUMBERED,
    Content,
    Data,
    clip,
    facts_of,
    instant,
    letterhead,
    person,
    some,
    spoken,
    summary,
    unfiled,
)

REFERRAL, CRIMINAL = "criminal_referral", "criminal"
"""The chart, and the queue of its messages."""
POLICE, PROCURATORATE = "public_security", "procuratorate"
RECIPIENTS: Mapping[str, tuple[str, ...]] = {
    "criminal_referral": (POLICE,),
    "procuratorate_copy": (PROCURATORATE,),
    "supplement_material": (POLICE,),
    "items_handover": (POLICE,),
    "psb_reconsideration": (POLICE,),
    "supervision_suggestion": (PROCURATORATE,),
    "opinion_reply": (PROCURATORATE,),
    "decision_copy": (POLICE, PROCURATORATE),
    "progress_query": (POLICE,),
}
"""Who gets a message of a referral; a message with two recipients goes to each of them as one of its own."""
FOLLOW_UP_TERM = "DL75"
NAMED_RULE = re.compile(
    r"(?P<rule>R[0-9]{2}[a-c]?)(?![0-9A-Za-z])(?:\s*(?:/|[（(]?第)\s*(?P<version>[0-9]{1,4})(?![0-9]))?"
)
NO_RULE, NO_VERSION = "R00", 0
"""Where the officer named no rule of the rulebook, or no version; his words stand as the title of the basis."""
REFERRING_LAW = {"title": "行政执法机关移送涉嫌犯罪案件的规定", "article": "第九条", "mark": "V[S03]"}
JSON = "application/json"


def _criminal_referral(chart_name: str, title: str, content: Content) -> Data:
    facts, copying = facts_of(content), chart_name == "procuratorate_copy"
    data = {
        "referral": content["proceeding_id"],
        **letterhead(title, content),
        "approved_at": _at(content, facts.get("approved_at"), "approved_at"),
        "suspects": [some("party", one) for one in content.get("suspects") or (content["party"],)],
        "suspected_crime": clip(facts.get("suspected_crime"), 100) or NOT_STATED,
        "facts_summary": summary(content),
        "amounts": {name: fen for name, fen in (content.get("amounts") or {}).items() if _is_sum(fen)},
        "threshold_reference": _threshold(content),
        "evidence": _lines(facts.get("evidence_list")) or [NOT_STATED],
        "items": _items(content),
        "special_team": _officers(content),
        "report_submitted_at": _at(content, facts.get("reported_at"), "approved_at"),
        "handed_over_at": _at(content, facts.get("handed_over_at"), "occurred_at"),
        "copied_to": PROCURATORATE,
        "copied_at": _at(content, facts["copied_at"], "now") if facts.get("copied_at") else None,
        "copy_of": content.get("referral_message") if copying else None,
        "appraisals": [some("letter", one) for one in content.get("appraisals") or ()] or None,
        "early_involvement": content.get("early_involvement"),
    }
    report = _document(content, "investigation_report", "涉嫌犯罪案件情况的调查报告", data)
    return {
        **data,
        "investigation_report": report,
        "items_list": _document(content, "items_list", "涉案物品清单", data),
    }


def _supplement(_: str, title: str, content: Content) -> Data:
    facts, referral = facts_of(content), content["proceeding_id"]
    data = {
        "referral": referral,
        "in_reply_to": content.get("asked_in") or content.get("referral_message") or referral,
        "doc_no": _follow_up_no(content, "补"),
        "sent_at": instant(content, "occurred_at"),
        "contact": person(content, "contact"),
    }
    paper = _document(content, "evidence_form", title, data)
    asked = _lines(facts.get("requirement")) or [NOT_STATED]
    enclosed = [some("attachment", one) for one in content.get("attachments") or ()]
    said = {"digest": paper["digest"], "name": title, "media_type": JSON, "size": len(spoken(data))}
    return {
        **data,
        "supplied": [{"asked": one, "document": paper} for one in asked],
        "attachments": enclosed or [said],
    }


def _items_handover(_: str, title: str, content: Content) -> Data:
    facts = facts_of(content)
    data = {
        "referral": content["proceeding_id"],
        "filing_doc_no": clip(facts.get("notice_no"), NUMBER_MAX) or NO_DOC_NO,
        "doc_no": _follow_up_no(content, "物"),
        "items": _items(content) or [{"name": NOT_STATED, "quantity": ""}],
        "place": clip(facts.get("psb"), TITLE_MAX) or NOT_STATED,
        "handed_over_at": instant(content, "occurred_at"),
        "handed_by": _officers(content),
        "attachments": [some("attachment", one) for one in content.get("attachments") or ()],
    }
    return {**data, "items_list": _document(content, "items_handover_record", title, data)}


REFERRAL_COMPOSERS: Mapping[str, Callable[[str, str, Content], Data]] = {
    "criminal_referral": _criminal_referral,
    "supplement": _supplement,
    "items_handover": _items_handover,
}


def referral_letter(chart_name: str, title: str, content: Content) -> Data:
    """An official letter about the referral, which it names in place of the finding."""
    return {
        **letterhead(title, content),
        "matter": chart_name,
        "about": clip(content.get("referral_no"), 100) or UNNUMBERED,
        "text": clip(_TEXTS[chart_name](content), TEXT_MAX) or summary(content),
        "basis": [dict(REFERRING_LAW)] if chart_name in _ON_REFERRING_LAW else None,
        "fields": content.get("step_facts") or facts_of(content),
        "referral": content["proceeding_id"],
    }


def _psb_reconsideration(content: Content) -> str:
    facts = facts_of(content)
    number = facts.get("notice_no") or NO_DOC_NO
    return f"本机关对不予立案的决定（{number}）有异议，提请复议。理由：{facts.get('reason') or NOT_STATED}"


def _supervision_suggestion(content: Content) -> str:
    facts = facts_of(content)
    case = f"{content['party']['name']}涉嫌{facts.get('suspected_crime') or NOT_STATED}一案"
    declined = f"公安机关未予立案（{facts.get('notice_no') or NO_DOC_NO}）"
    return f"{case}，{declined}，建议依法进行立案监督。事实：{summary(content)}"


def _opinion_reply(content: Content) -> str:
    return str(facts_of(content).get("reply") or "")


def _decision_copy(content: Content) -> str:
    facts = facts_of(content)
    decision = f"{facts.get('decision_no') or NO_DOC_NO}，{facts.get('decided_on') or NOT_STATED}"
    return f"{content['party']['name']}一案移送前已作出行政处罚决定（{decision}），现抄送决定书。"


_TEXTS: Mapping[str, Callable[[Content], str]] = {
    "psb_reconsideration": _psb_reconsideration,
    "supervision_suggestion": _supervision_suggestion,
    "opinion_reply": _opinion_reply,
    "decision_copy": _decision_copy,
}
_ON_REFERRING_LAW = frozenset({"psb_reconsideration", "supervision_suggestion"})


# --- parts


def _at(content: Content, said: str | None, otherwise: str) -> str:
    """The instant that a fact states, else that of the name in the content, else now."""
    return wire_instant(datetime.fromisoformat(said)) if said else instant(content, otherwise)


def _is_sum(fen: Any) -> bool:
    return isinstance(fen, int) and not isinstance(fen, bool) and fen >= 0


def _lines(text: str | None) -> list[str]:
    """The lines of a text that say something, none longer than the wire takes."""
    lines = [line.strip() for line in (text or "").splitlines()]
    return [line[at : at + TITLE_MAX] for line in lines for at in range(0, len(line), TITLE_MAX)]


def _items(content: Content) -> list[Data]:
    """The items as the officer wrote them down; how many there are stands in his words."""
    return [{"name": line, "quantity": ""} for line in _lines(facts_of(content).get("items_list"))]


def _officers(content: Content) -> list[Any]:
    """The special team; where fewer than two are known, whom to ask, and somebody who is not stated."""
    told = content.get("team") or facts_of(content).get("team") or ()
    known: list[Any] = []
    for one in (*told, *(() if len(told) > 1 else (content["contact"],))):
        officer = one if isinstance(one, str) else _officer(one)
        if officer not in known:
            known.append(officer)
    return known if len(known) > 1 else [*known, _officer({"name": NOT_STATED})]


def _officer(told: Mapping[str, Any]) -> Data:
    named = {"name": told["name"], "certificate_no": told.get("certificate_no") or NOT_STATED}
    return {**named, **({"department": told["department"]} if told.get("department") else {})}


def _threshold(content: Content) -> list[Data]:
    """The rules of the rulebook that the referral rests on."""
    wanted = ("rule", "version", "basis")
    fired = [{name: one[name] for name in wanted} for one in content.get("threshold") or ()]
    said = facts_of(content).get("threshold_rule")
    basis = [{"title": clip(said, TITLE_MAX) or NOT_STATED, "article": NOT_STATED}]
    named = [
        {"rule": found["rule"], "version": int(found["version"] or NO_VERSION), "basis": basis}
        for found in NAMED_RULE.finditer(said or "")
    ]
    return fired or named or [{"rule": NO_RULE, "version": NO_VERSION, "basis": basis}]


def _follow_up_no(content: Content, mark: str) -> str:
    """The number of the referral with that of this sending, such as 原市监刑移〔2024〕1号-补1."""
    number = clip(content.get("referral_no"), NUMBER_MAX - 8)
    return f"{number}-{mark}{content.get('sent_before', 0) + 1}" if number else NO_DOC_NO


def _document(content: Content, kind: str, title: str, data: Data) -> Data:
    """The paper of that kind; without a file its digest is that of what the message says."""
    paper = (content.get("papers") or {}).get(kind) or {}
    if paper.get("digest"):
        return some("letter", paper)
    return {name: value for name, value in unfiled(data, title, NO_DOC_NO).items() if name != "doc_no"}
