"""What messages about penalties and credit flags say: publications, their withdrawal, listings, removals, letters.

Beside what all kinds know (messages.compose) their content has, as far as it is known:

* paper: the decision that the message rests on {digest, title, doc_no}; without a digest it has no file, and the
  digest is that of the message's own data
* penalty: the decided penalty {doc_no, kinds, fine_fen, decided_on, text}, for publications and letters about one
* violation_zh, organ, publicity {publicity_class, months_min, months_max}, masked: for a penalty_publication
* flag, effective_act, prior_notice_served_on, effective_from, effective_until, repair_term, consent_doc_no: for a
  credit_flag
* publication: the message that is withdrawn, or by which the flag was published; also_withdraw: publications of the
  inspection's result that go with it
* ground, reason, decided_on, due_on: for withdrawals and removals
* row_zh: the name of the step; informed: the outcome that an informant is told of {decision, on}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from engine.core.message_parts import (
    NO_DOC_NO,
    NOT_STATED,
    NUMBER_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Content,
    Data,
    basis,
    case,
    clip,
    day,
    facts_of,
    named_basis,
    some,
    summary,
    today,
    unfiled,
)

PERSONAL_NUMBERS = (
    re.compile(
        r"(?<![0-9A-Za-z])\d{6}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
    ),
    re.compile(r"(?<![0-9A-Za-z])\d{16,19}(?![0-9A-Za-z])"),
)
"""Numbers of identity cards, and of bank accounts."""
HIDDEN = "＊＊＊"
STATE_MARK_PARTIES = frozenset({"individual_business"})
"""Individual businesses are not listed as abnormal: their state is marked (标记为经营异常状态)."""


def _penalty_publication(title: str, content: Content) -> Data:
    penalty, party = content["penalty"], content["party"]
    numbers = (one["value"] for one in party.get("identifiers", ()) if one["scheme"] == "uscc")
    publicity = content["publicity"]
    data = {
        **case(content),
        "doc_no": _number(penalty, content),
        "party_name": party["name"],
        "uscc": next(numbers, None),
        "violation_type": _masked(clip(content.get("violation_zh"), TITLE_MAX), party) or NOT_STATED,
        "penalty_content": _masked(clip(penalty.get("text"), TEXT_MAX), party) or NOT_STATED,
        "fine_fen": penalty["fine_fen"],
        "penalty_kinds": list(penalty["kinds"]),
        "organ": content["organ"],
        "decided_on": penalty.get("decided_on") or today(content),
        "publicity_class": publicity["publicity_class"],
        "months_min": publicity["months_min"],
        "months_max": publicity["months_max"],
        "due_on": day(content.get("due_on")) or today(content),
        "masked": list(content.get("masked") or ()),
        "cross_province": facts_of(content).get("cross_province"),
    }
    return {**data, "decision": _document(title, content, data)}


def _publication_withdrawal(title: str, content: Content) -> Data:
    data = {
        "publication": content["publication"],
        "doc_no": _number({}, content),
        "ground": content["ground"],
        "reason": clip(content.get("reason"), TEXT_MAX) or NOT_STATED,
        "decided_on": day(content.get("decided_on")) or today(content),
        "due_on": day(content.get("due_on")) or today(content),
    }
    return {**data, "document": _document(title, content, data)}


def _credit_flag(title: str, content: Content) -> Data:
    facts, party = facts_of(content), content["party"]
    marked = content["flag"] == "abnormal_list" and party["kind"] in STATE_MARK_PARTIES
    decided_on = day(facts.get("decided_on")) or today(content)
    data = {
        **case(content),
        "flag": content["flag"],
        "party": some("party", party),
        "doc_no": _number({"doc_no": facts.get("decision_no")}, content),
        "basis": named_basis(content) or basis(content) or [{"title": NOT_STATED, "article": NOT_STATED}],
        "reason": summary(content),
        "effective_act": clip(facts.get("underlying_act"), TITLE_MAX) or NOT_STATED,
        "prior_notice_served_on": content.get("prior_notice_served_on"),
        "decided_on": decided_on,
        "effective_from": decided_on,
        "effective_until": day(facts.get("end_date") or content.get("due_on")),
        "removal_path": clip(facts.get("removal_path"), TEXT_MAX) or NOT_STATED,
        "repair_term": content["repair_term"],
        "form": "state_mark" if marked else "listing",
        "consent_doc_no": clip(content.get("consent_doc_no"), NUMBER_MAX),
        "measures": [clip(facts["measures"], TITLE_MAX)] if facts.get("measures") else None,
    }
    return {**data, "decision": _document(title, content, data)}


def _credit_flag_removal(title: str, content: Content) -> Data:
    decided_on = day(content.get("decided_on")) or today(content)
    data = {
        **case(content),
        "flag": content["flag"],
        "party": some("party", content["party"]),
        "flag_message": content["publication"],
        "doc_no": _number({}, content),
        "ground": content["ground"],
        "decided_on": decided_on,
        "effective_from": decided_on,
        "also_withdraw": list(content.get("also_withdraw") or ()),
    }
    return {**data, "decision": _document(title, content, data)}


def _number(decision: Mapping[str, object], content: Content) -> str:
    """The number that the facts state, else that of the paper."""
    paper = content.get("paper") or {}
    return (
        clip(decision.get("doc_no") or content.get("doc_no") or paper.get("doc_no"), NUMBER_MAX) or NO_DOC_NO
    )


def _document(title: str, content: Content, data: Data) -> Data:
    """The paper under the number of the message; without a file its digest is that of the message's data."""
    paper = content.get("paper") or {}
    named = clip(paper.get("title"), TITLE_MAX) or title
    if not paper.get("digest"):
        return unfiled(data, named, data["doc_no"])
    return {**some("letter", paper), "title": named, "doc_no": data["doc_no"]}


def _masked(text: str | None, party: Mapping[str, object]) -> str | None:
    """The text without numbers of persons and accounts, and without the party's address."""
    if text is None:
        return None
    address = party.get("address")
    for pattern in (*PERSONAL_NUMBERS, *([re.compile(re.escape(str(address)))] if address else ())):
        text = pattern.sub(HIDDEN, text)
    return text


# --- letters


def _consent_request(content: Content) -> str:
    ground = facts_of(content).get("legal_ground") or NOT_STATED
    return f"拟将{content['party']['name']}列入严重违法失信名单，报请同意。事实：{summary(content)} 依据：{ground}"


def _cross_province_push(content: Content) -> str:
    party, paper = content["party"], content.get("paper") or {}
    listing = content.get("flag") == "serious_list"
    decision = {"doc_no": facts_of(content).get("decision_no")} if listing else content.get("penalty") or {}
    what = "严重违法失信名单信息" if listing else "行政处罚信息"
    number = decision.get("doc_no") or paper.get("doc_no") or NO_DOC_NO
    region = party.get("registered_region")
    where = f"（登记地行政区划代码{region}）" if region else ""
    return f"{party['name']}{where}登记地不在本省，现将其{what}（{number}）推送登记地市场监督管理部门公示。"


def _enforcement_application(content: Content) -> str:
    penalty, court = content.get("penalty") or {}, facts_of(content).get("court") or NOT_STATED
    decision = f"{penalty.get('doc_no') or NO_DOC_NO}行政处罚决定"
    made = f"（{penalty.get('decided_on') or NOT_STATED}作出：{penalty.get('text') or NOT_STATED}）"
    return f"{content['party']['name']}未履行{decision}{made}，{content.get('row_zh') or '申请强制执行'}：{court}。"


def _informant_notice(content: Content) -> str:
    informed = content.get("informed") or {}
    about, on = content.get("item") or NOT_STATED, informed.get("on") or NOT_STATED
    return f"您举报的“{about}”一事，本机关于{on}决定：{informed.get('decision') or NOT_STATED}。特此告知。"


LETTER_TEXTS: Mapping[str, Callable[[Content], str]] = {
    "consent_request": _consent_request,
    "cross_province_push": _cross_province_push,
    "enforcement_application": _enforcement_application,
    "informant_notice": _informant_notice,
}
CREDIT_COMPOSERS: Mapping[str, Callable[[str, Content], Data]] = {
    "penalty_publication": _penalty_publication,
    "publication_withdrawal": _publication_withdrawal,
    "credit_flag": _credit_flag,
    "credit_flag_removal": _credit_flag_removal,
}
