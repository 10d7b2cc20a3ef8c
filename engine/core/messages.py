"""What each message says: the wire `data` of its kind, built from what the house knows of the step that sends it.

`compose(chart_name, content)` takes the chart's name of a message and a dict of what is known. Every member is
optional unless a kind below needs it; what is missing is left out, or said to be missing where the schema wants it.

* all kinds: ledger_no, finding_id, inspection_id, proceeding_id, doc_no, letter {digest, title, doc_no},
  approved_by and contact (persons), approved_at and now (instants), attachments, facts (merged facts of the
  proceeding and the step), facts_summary, recipient, resend_of (the message that this one replaces or speaks of)
* department_transfer: party, domain, violation, inspection (its intake), discovered_on, ruling, due_on, urgent,
  ground; facts: legal_ground, reply_by, notified_on
* copy_notice: party, item, ruling; facts: copy_purpose, reply_needed, reply_by, legal_ground
* result_publication: inspection, party, check_org, result_zh (words of the result codes), due_on
* supervision_order: requirement, due_on
* reminder: requirement, term {id, title, due_effective, light, nature}, number; REMINDER is what the clock reminds of
* official_letter: reply (its text); facts: reason; fields are the facts of the step; those about penalties and
  credit flags have texts of their own
* penalty_publication, publication_withdrawal, credit_flag, credit_flag_removal: see credit_messages
* criminal_referral, supplement, items_handover, letters about a referral: see referral_messages; chart: the chart of
  the proceeding, for what is said of all kinds of them

Where a letter has no file yet (文书待制, or a phone notice) its digest is that of the message's own data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.core.credit_messages import CREDIT_COMPOSERS, LETTER_TEXTS
from engine.core.message_parts import (
    NO_DOC_NO,
    NOT_STATED,
    NUMBER_MAX,
    TEXT_MAX,
    TITLE_MAX,
    UNNUMBERED,
    Content,
    Data,
    basis,
    case,
    clip,
    day,
    facts_of,
    instant,
    letter_of,
    letterhead,
    some,
    summary,
    task,
    today,
)
from engine.core.referral_messages import (
    CRIMINAL,
    FOLLOW_UP_TERM,
    REFERRAL,
    REFERRAL_COMPOSERS,
    referral_letter,
)

DETENTION_ORGAN = "public_security"
REMINDER = "reminder"
"""The name of what no row of a chart dispatches: codes.json has it as `(effect remind:<role>, and the sweep)`."""
NULLABLE = frozenset({"uscc", "proceeding", "prior_notice_served_on", "effective_until"})


@dataclass(frozen=True, slots=True)
class Route:
    """How a message of the charts travels.

    answerable: a receipt for it may move its proceeding; alongside: earlier ones stay answerable beside it, because
    the police and the procuratorate answer each their own, or the first referral as well as what followed it.
    """

    kind: str
    title: str
    answerable: bool = False
    queue: str = "ordinary"
    alongside: bool = False


def _following(kind: str, title: str) -> Route:
    """What follows a referral, or is a copy of it."""
    return Route(kind, title, answerable=True, queue=CRIMINAL, alongside=True)


ROUTES: Mapping[str, Route] = {
    "transfer_letter": Route("department_transfer", "案件移送函", answerable=True),
    "urgent_danger_notice": Route("department_transfer", "紧急危险先行电话告知"),
    "copy_notice": Route("copy_notice", "案件（线索）抄告函", answerable=True),
    "inspection_publicity": Route("result_publication", "抽查结果公示推送"),
    "inspection_takedown": Route("publication_withdrawal", "抽查结果撤下推送"),
    "supervision_order": Route("supervision_order", "督办通知"),
    "progress_query": Route("reminder", "办理进展问询"),
    REMINDER: Route("reminder", "催办"),
    "penalty_publicity": Route("penalty_publication", "处罚公示推送"),
    "publicity_withdrawal": Route("publication_withdrawal", "撤回公示推送"),
    "abnormal_listing": Route("credit_flag", "列异推送"),
    "serious_listing": Route("credit_flag", "列严推送"),
    "flag_removal": Route("credit_flag_removal", "移出/停止公示推送"),
    "jurisdiction_report": Route("official_letter", "报请指定管辖"),
    "supervision_reply": Route("official_letter", "督办回复"),
    "consent_request": Route("official_letter", "报请上级同意列严"),
    "cross_province_push": Route("official_letter", "跨省推送"),
    "enforcement_application": Route("official_letter", "强制执行申请"),
    "informant_notice": Route("official_letter", "告知实名举报人"),
    "criminal_referral": Route("criminal_referral", "涉嫌犯罪案件移送书", answerable=True, queue=CRIMINAL),
    "procuratorate_copy": _following("criminal_referral", "涉嫌犯罪案件移送书"),
    "supplement_material": _following("supplement", "补充材料"),
    "items_handover": _following("items_handover", "涉案物品移交清单"),
    "psb_reconsideration": _following("official_letter", "提请复议书"),
    "supervision_suggestion": _following("official_letter", "建议立案监督函"),
    "opinion_reply": Route("official_letter", "检察意见回复", queue=CRIMINAL),
    "decision_copy": Route("official_letter", "行政处罚决定书", queue=CRIMINAL),
}
"""The messages of the charts of this house; codes.json of the contract names the same kinds and queues."""


def compose(chart_name: str, content: Content) -> tuple[str, str, Data]:
    """The wire kind, the queue and the data of the message; KeyError for a name no chart of the house uses."""
    route = ROUTES[chart_name]
    said = _COMPOSERS[route.kind](chart_name, content)
    data = {name: value for name, value in said.items() if value is not None or name in NULLABLE}
    if data.get("letter") == {}:
        data["letter"] = letter_of(data)
    return route.kind, CRIMINAL if content.get("chart") == REFERRAL else route.queue, data


def _department_transfer(chart_name: str, content: Content) -> Data:
    facts, phoned = facts_of(content), chart_name == "urgent_danger_notice"
    urgent = phoned or bool(content.get("urgent") or facts.get("notified_on"))
    to_police = content.get("recipient") == DETENTION_ORGAN
    return {
        **case(content),
        **letterhead(ROUTES[chart_name].title, content),
        "party": some("party", content["party"]),
        "domain": content["domain"],
        "violation": content["violation"],
        "source_task": task(content.get("inspection") or {}),
        "discovered_on": day(content.get("discovered_on")) or today(content),
        "facts_summary": summary(content),
        "ground": content.get("ground")
        or ("administrative_detention" if to_police else "not_own_jurisdiction"),
        "basis": basis(content) or [{"title": NOT_STATED, "article": NOT_STATED}],
        "urgent": urgent,
        "crime_threshold_noted": bool(content.get("crime_threshold_noted")),
        "requested_reply_by": day(facts.get("reply_by") or content.get("due_on")) or today(content),
        "resend_of": content.get("resend_of") if not phoned else None,
        "phone_first": True if phoned else None,
    }


def _copy_notice(chart_name: str, content: Content) -> Data:
    facts = facts_of(content)
    return {
        **case(content),
        **letterhead(ROUTES[chart_name].title, content),
        "party": some("party", content["party"]),
        "matter": clip(content.get("item"), TEXT_MAX) or ROUTES[chart_name].title,
        "facts_summary": summary(content),
        "why_informed": clip(content.get("why_informed"), TEXT_MAX)
        or facts.get("copy_purpose")
        or NOT_STATED,
        "reply_needed": facts.get("reply_needed") is True,
        "reply_by": day(facts.get("reply_by")),
        "suggested_action": clip(facts.get("requirement"), TEXT_MAX),
        "basis": basis(content) or None,
    }


def _result_publication(_: str, content: Content) -> Data:
    inspection, party = content["inspection"], content["party"]
    codes = list(inspection["result_codes"])
    numbers = (one["value"] for one in party.get("identifiers", ()) if one["scheme"] == "uscc")
    plan, task = inspection.get("plan_no"), inspection.get("task_no")
    return {
        "inspection": content["inspection_id"],
        "plan_no": clip(plan, NUMBER_MAX) or NO_DOC_NO,
        "plan_name": clip(inspection.get("plan_name"), TITLE_MAX) or NOT_STATED,
        "task_no": clip(task, NUMBER_MAX) or NO_DOC_NO,
        "task_name": clip(inspection.get("task_name"), TITLE_MAX) or NOT_STATED,
        "check_type": inspection["check_type"],
        "check_org": content["check_org"],
        "finish_date": day(inspection["finished_at"]),
        "result": codes,
        "result_zh": list(content.get("result_zh") or codes),
        "party_name": party["name"],
        "due_on": day(content.get("due_on")) or today(content),
        "uscc": next(numbers, None),
        "remarks": clip(content.get("remarks"), TEXT_MAX),
    }


def _supervision_order(chart_name: str, content: Content) -> Data:
    head = letterhead(ROUTES[chart_name].title, content)
    return {
        "ledger_no": case(content)["ledger_no"],
        "finding": content["finding_id"],
        "doc_no": head["doc_no"],
        "supervisor": head["contact"],
        "requirement": clip(content.get("requirement"), TEXT_MAX) or NOT_STATED,
        "due_on": day(content.get("due_on")) or today(content),
        "reply_to": head["contact"],
        "issued_at": instant(content, "now"),
        "document": head["letter"] or None,
    }


def _reminder(chart_name: str, content: Content) -> Data:
    term = content.get("term") or {}
    due = term.get("due_effective") or content.get("due_on") or today(content)
    late = str(due)[:10] < today(content)
    unsaid = FOLLOW_UP_TERM if content.get("chart") == REFERRAL else "DL56b"
    return {
        **case(content),
        "term": term.get("id") or unsaid,
        "term_title": clip(term.get("title"), TITLE_MAX) or ROUTES[chart_name].title,
        "due_effective": due,
        "light": term.get("light") or ("overdue" if late else "green"),
        "nature": term.get("nature") or "internal",
        "text": clip(content.get("requirement"), 500) or ROUTES[chart_name].title,
        "number": content.get("number") or 1,
        "about_message": content.get("resend_of"),
    }


def _official_letter(chart_name: str, content: Content) -> Data:
    if ROUTES[chart_name].queue == CRIMINAL:
        return referral_letter(chart_name, ROUTES[chart_name].title, content)
    facts, worded = facts_of(content), LETTER_TEXTS.get(chart_name)
    said = worded(content) if worded else content.get("reply") or facts.get("reason")
    return {
        **letterhead(ROUTES[chart_name].title, content),
        "matter": chart_name,
        "about": clip(content.get("ledger_no"), 100) or UNNUMBERED,
        "text": clip(said, TEXT_MAX) or summary(content),
        "reply_by": day(facts.get("reply_by")),
        "basis": (basis(content) if chart_name != "informant_notice" else None) or None,
        "fields": content.get("step_facts") or facts,
        "finding": content.get("finding_id"),
    }


def _credit(chart_name: str, content: Content) -> Data:
    route = ROUTES[chart_name]
    return CREDIT_COMPOSERS[route.kind](route.title, content)


def _referral(chart_name: str, content: Content) -> Data:
    route = ROUTES[chart_name]
    return REFERRAL_COMPOSERS[route.kind](chart_name, route.title, content)


_COMPOSERS: Mapping[str, Callable[[str, Content], Data]] = {
    "department_transfer": _department_transfer,
    "copy_notice": _copy_notice,
    "result_publication": _result_publication,
    "supervision_order": _supervision_order,
    "reminder": _reminder,
    "official_letter": _official_letter,
    **dict.fromkeys(CREDIT_COMPOSERS, _credit),
    **dict.fromkeys(REFERRAL_COMPOSERS, _referral),
}
