"""What the desk tells for papers about an invented penalty case and the credit measures that follow it."""

from __future__ import annotations

from typing import Any

OFFICERS = [
    {"name": "弓晓燕", "certificate_no": "晋H0981-0127"},
    {"name": "邢卫东", "certificate_no": "晋H0981-0133"},
]
SEEN: dict[str, Any] = {
    "organisation": "原平市市场监督管理局",
    "ledger_no": "原台〔2024〕0061",
    "party": {
        "kind": "company",
        "name": "原平市恒泰供热有限责任公司",
        "identifiers": [{"scheme": "uscc", "value": "91140981MA0K7T4R2P"}],
        "address": "山西省忻州市原平市京原南路88号",
        "legal_representative": "岳建国",
        "phone": "0350-5550188",
    },
    "inspection": {
        "plan_no": "YPLH2024-011",
        "plan_name": "2024年度原平市特种设备部门联合双随机抽查计划",
        "task_no": "YPLH2024-011-02",
        "task_name": "特种设备使用单位抽查第二批",
        "officers": OFFICERS,
        "evidence_list": "现场笔录一份、现场照片六张、使用登记查询结果一份",
    },
    "finding": {
        "item": "特种设备使用登记",
        "clause": "特种设备安全法第三十三条",
        "facts_summary": "在用的一台承压热水锅炉未办理使用登记，经责令限期改正，逾期未改正",
        "discovered_at": "2024-05-20T09:40:00+08:00",
    },
}
LABELS = {
    "source_type": {"inspection": "监督检查"},
    "no_filing_ground": {"first_slight": "初次违法且后果轻微并及时改正"},
    "suspend_ground": {"related_case": "须以相关案件结果为依据"},
    "discretion_step": {"normal": "一般", "light": "从轻"},
    "proposed_kinds": {"warning": "警告", "fine": "罚款", "confiscate_gains": "没收违法所得"},
    "penalty_kinds": {"warning": "警告", "fine": "罚款", "confiscate_gains": "没收违法所得"},
    "publicity_length": {"other_3y": "三年"},
    "no_penalty_ground": {"first": "首违不罚"},
    "flag_kind": {"abnormal_list": "经营异常名录", "serious_list": "严重违法失信名单"},
    "removal_ground": {"address_verified": "住所恢复联系/变更登记"},
    "performance_kind": {"paid": "缴清罚没款"},
    "department": {"market_regulation": "原平市市场监督管理局"},
    "target_department": {"fire_rescue": "原平市消防救援大队"},
    "copy_purpose": {"joint": "联合检查"},
}
OFFICER = {"name": "弓晓燕", "phone": "0350-5550126", "on": "2024-06-24"}
HEAD = {"name": "檀海峰", "on": "2024-06-25"}
NUMBERS = {
    "filing_approval": {"title": "立案/不予立案审批表", "doc_no": "原市监立〔2024〕61号", "on": "2024-06-25"},
    "penalty_prior_notice": {
        "title": "行政处罚告知书",
        "doc_no": "原市监罚告〔2024〕40号",
        "on": "2024-08-01",
    },
    "decision": {"title": "行政处罚决定书", "doc_no": "原市监罚〔2024〕45号", "on": "2024-08-12"},
    "served": {"title": "行政处罚决定书", "doc_no": "原市监罚〔2024〕45号", "on": "2024-08-12"},
    "listing_decision": {"title": "列入决定书", "doc_no": "原市监信〔2024〕7号", "on": "2024-04-26"},
}
CASE = {"source_type": "inspection", "clue_on": "2024-06-20", "clause": "特种设备安全法第三十三条"}


def step(trigger: str, zh: str, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What is told of one step: its own facts over those of the case."""
    before = more.pop("before", {})
    told = {"trigger": trigger, "zh": zh, "refused": trigger.startswith("refuse_"), "on": "2024-06-24"}
    return {
        **SEEN,
        "facts": {**CASE, **before, **facts},
        "step": {**told, "facts": facts},
        "labels": LABELS,
        "papers": {},
        "people": {"contact": OFFICER, "reached": OFFICER, "proposer": OFFICER},
        **more,
    }


def answered(
    trigger: str, zh: str, asked: str, said: dict[str, Any], facts: dict[str, Any]
) -> dict[str, Any]:
    """A step of the head that answers what an officer asked for."""
    people = {"contact": HEAD, "reached": OFFICER, "proposer": OFFICER, "approver": HEAD}
    told = step(trigger, zh, facts, before=said, people=people, papers=NUMBERS)
    return {**told, "asked": {"zh": asked, "facts": said}}


PENALTY: dict[str, dict[str, Any]] = {
    "case_source_form": step(
        "start_verification",
        "开始核查",
        {"officers": OFFICERS, "source_type": "inspection", "clue_on": "2024-06-20"},
    ),
    "filing_approval": answered(
        "approve_filing",
        "批准立案",
        "提请立案",
        {"jurisdiction_checked": True, "limitation_checked": True, "act_ended_on": "2024-06-20"},
        {"reason": "事实清楚，符合立案条件"},
    )
    | {"doc_no": "原市监立〔2024〕61号"},
    "matter_approval": answered(
        "suspend",
        "批准中止调查",
        "提请中止调查",
        {"suspend_ground": "related_case", "reason": "须等待锅炉检验机构的关联案件结果"},
        {"reason": "相关案件结案后及时恢复", "suspend_ground": "related_case"},
    ),
    "penalty_prior_notice": step(
        "issue_prior_notice",
        "制作行政处罚告知书",
        {
            "facts_summary": "在用承压热水锅炉一台未办理使用登记，逾期未改正",
            "clause": "特种设备安全法第三十三条",
            "discretion_step": "normal",
            "proposed_kinds": ["warning", "fine"],
            "proposed_fine_fen": 15000000,
            "hearing_right": True,
            "listing_notice_included": True,
        },
        doc_no="原市监罚告〔2024〕40号",
    ),
    "penalty_decision": step(
        "decide_fine",
        "决定处罚（含罚款或没收）",
        {
            "penalty_kinds": ["warning", "fine", "confiscate_gains"],
            "fine_fen": 1500000,
            "confiscation_fen": 320550,
            "discretion_step": "normal",
            "decision_no": "原市监罚〔2024〕45号",
            "heavier_penalty": False,
            "publicity_length": "other_3y",
        },
        before={
            "basis_clause": "特种设备安全法第八十三条",
            "defence_text": "已于七月补办登记，请求从轻",
            "defence_adopted": False,
        },
        doc_no="原市监罚〔2024〕45号",
        papers=NUMBERS,
        done={
            "approve_filing": "2024-06-25",
            "record_defence": "2024-08-05",
            "review_defence": "2024-08-09",
            "hold_hearing": "2024-08-08",
        },
    ),
    "summary_decision": step(
        "decide_on_spot_fine",
        "当场处罚（罚款）",
        {
            "officers": OFFICERS,
            "fine_fen": 20000,
            "decision_no": "原市监罚〔2024〕46号",
            "decided_on": "2024-06-24",
            "served_on": "2024-06-24",
            "clause": "某条例第十条",
        },
        doc_no="原市监罚〔2024〕46号",
    ),
    "no_penalty_decision": answered(
        "decide_no_penalty",
        "决定不予处罚",
        "提请作出处理决定",
        {"opinion": "建议不予处罚"},
        {"no_penalty_ground": "first", "reason": "初次违法，危害后果轻微并已及时改正", "decision_no": "x"},
    )
    | {"doc_no": "原市监罚〔2024〕47号", "done": {"approve_filing": "2024-06-25"}},
    "service_receipt": step(
        "serve_by_leaving",
        "送达处罚决定书：留置送达",
        {
            "served_on": "2024-08-14",
            "officers": OFFICERS,
            "refusal_note": "法定代表人在场，拒绝签收",
            "witness": "京原社区 郝玉兰",
            "publicity_told": True,
        },
        before={"signer": "旧签收人"},
        papers=NUMBERS,
    ),
    "listing_decision": answered(
        "approve_listing",
        "决定列入/公示",
        "提请列入/公示",
        {},
        {
            "decided_on": "2024-04-26",
            "legal_ground": "企业经营异常名录管理办法",
            "removal_path": "恢复联系或者办理住所变更登记后，可以向本机关申请移出",
        },
    )
    | {"doc_no": "原市监信〔2024〕7号"},
    "removal_decision": answered(
        "approve_removal",
        "决定移出/修复",
        "提请移出/修复",
        {"verified_on": "2024-06-12", "removal_ground": "address_verified"},
        {"decided_on": "2024-06-18"},
    )
    | {"done": {"approve_listing": "2024-04-26"}},
    "supervision_order": step(
        "order_supervision",
        "督办",
        {
            "requirement": "1. 三日内完成复查；\n2. 查明逾期原因。",
            "due_on": "2024-07-05",
            "reason": "整改逾期十日未复查",
        },
        before={"department": "market_regulation", "handler": {"name": "弓晓燕"}},
        doc_no="原双随机办督〔2024〕3号",
    ),
    "case_close_approval": answered(
        "approve_close",
        "批准结案",
        "提请结案",
        {"credit_result": "行政处罚信息已公示", "reason": "罚款及加处罚款已缴清"},
        {"archive_no": "原市监档2024-0061"},
    ),
}
PENALTY["listing_decision"]["facts"] |= {
    "flag_kind": "abnormal_list",
    "underlying_act": "2024年4月15日两次邮寄无人签收的核实记录",
    "facts_summary": "通过登记的住所无法联系",
}
PENALTY["removal_decision"]["facts"] |= {"flag_kind": "abnormal_list"}
PENALTY["supervision_order"]["people"] |= {
    "acting": {"organisation": "原平市双随机、一公开监管工作领导小组办公室"}
}
PENALTY["case_close_approval"]["facts"] |= {
    "penalty_kinds": ["fine"],
    "fine_fen": 1500000,
    "paid_fen": 1725000,
    "paid_on": "2024-09-03",
    "performance_kind": ["paid"],
}
