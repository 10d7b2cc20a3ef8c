"""What the desk tells for the papers of an invented criminal referral, and what each of them must say."""

from __future__ import annotations

from typing import Any

TEAM = [
    {"name": "弓晓燕", "certificate_no": "晋H0981-0127"},
    {"name": "薄文斌", "certificate_no": "晋H0981-0209"},
]
OFFICER = {"name": "弓晓燕", "phone": "0350-5550126", "on": "2024-09-12"}
PRINCIPAL = {"name": "郜永明", "on": "2024-09-13"}
SEEN: dict[str, Any] = {
    "organisation": "原平市市场监督管理局",
    "ledger_no": "原台〔2024〕0088",
    "party": {
        "kind": "individual_business",
        "name": "原平市前进西街滏香火锅店",
        "identifiers": [{"scheme": "uscc", "value": "92140981MA0L3Q8T17"}],
        "address": "山西省忻州市原平市前进西街218号",
        "legal_representative": "樊志远",
        "phone": "0350-5550117",
    },
    "finding": {"facts_summary": "火锅底料检出罂粟碱", "discovered_at": "2024-09-11T17:00:00+08:00"},
}
KNOWN: dict[str, Any] = {
    "team": TEAM,
    "referral_type": "criminal",
    "crime_field": "food_drug",
    "suspected_crime": "生产、销售有毒、有害食品罪",
    "threshold_rule": "R05a（第1版）",
    "threshold_facts": "火锅底料检出罂粟碱、吗啡",
    "reported_at": "2024-09-12T10:00:00+08:00",
    "facts_summary": "经营者樊志远承认购入罂粟壳，研磨后加入火锅底料",
    "evidence_list": "抽样记录、检验报告、询问笔录三份",
    "approved_at": "2024-09-13T15:30:00+08:00",
    "psb": "原平市公安局",
    "handed_over_at": "2024-09-14T09:20:00+08:00",
    "materials_complete": True,
    "procuratorate": "原平市人民检察院",
    "notice_no": "原公（食药）立字〔2024〕38号",
    "notice_received_on": "2024-09-18",
}
LABELS = {
    "crime_field": {"food_drug": "食品药品"},
    "refusal_ground": {"below_threshold": "未达追诉标准"},
}
PAPERS = {
    "criminal_referral_letter": {
        "title": "涉嫌犯罪案件移送书",
        "doc_no": "原市监刑移〔2024〕1号",
        "on": "2024-09-14",
    }
}
DECLINED = {"notice_no": "原公（食药）不立字〔2024〕6号", "notice_received_on": "2024-09-18"}


def step(trigger: str, zh: str, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What is told of one step of the referral: its own facts over those known before."""
    before = {**KNOWN, **more.pop("before", {})}
    told = {"trigger": trigger, "zh": zh, "refused": trigger.startswith("refuse_"), "on": "2024-09-20"}
    people = {"contact": OFFICER, "reached": OFFICER, "proposer": OFFICER, "approver": PRINCIPAL}
    return {
        **SEEN,
        "facts": {**before, **facts},
        "step": {**told, "facts": facts},
        "labels": LABELS,
        "papers": PAPERS,
        "people": people,
        **more,
    }


REFERRAL: dict[str, dict[str, Any]] = {
    "special_team_form": step("form_team", "成立二人以上专案组", {"team": TEAM}),
    "criminal_report": step("submit_report", "提交移送书面报告", {"team": TEAM}),
    "referral_approval": step(
        "approve_referral", "批准移送", {"approved_at": KNOWN["approved_at"], "reason": "事实清楚"}
    ),
    "criminal_referral_letter": step(
        "hand_over",
        "移交公安机关",
        {"psb": "原平市公安局", "handed_over_at": KNOWN["handed_over_at"], "materials_complete": True},
        doc_no="原市监刑移〔2024〕1号",
        attachments=[{"name": "检验报告", "copies": 1, "pages": 6}],
    ),
    "investigation_report": step("hand_over", "移交公安机关", {"psb": "原平市公安局"}),
    "consultation_record": step(
        "consult_psb", "与公安、检察会商/提前介入", {"psb": "原平市公安局", "opinion": "建议尽快移送"}
    ),
    "items_handover_record": step(
        "handover_items",
        "移交涉案物品和材料",
        {"items_list": "火锅底料26千克、褐色粉末1.4千克", "handed_on": "2024-09-20", "psb": "原平市公安局"},
    ),
    "seized_items_transfer_notice": step(
        "handover_items",
        "移交涉案物品和材料",
        {"items_list": "火锅底料26千克、褐色粉末1.4千克", "handed_on": "2024-09-20", "psb": "原平市公安局"},
        doc_no="原市监刑移〔2024〕2号",
    ),
    "psb_reconsideration_request": step(
        "request_reconsideration",
        "提请公安复议",
        {"applied_on": "2024-09-20", "reason": "检验报告证明明知"},
        before=DECLINED,
        doc_no="原市监刑移〔2024〕3号",
    ),
    "supervision_suggestion": step(
        "suggest_supervision",
        "建议检察院立案监督",
        {"sent_on": "2024-09-25", "procuratorate": "原平市人民检察院"},
        before=DECLINED,
        done={"reconsideration_dismissed": "2024-09-24"},
        doc_no="原市监刑移〔2024〕4号",
    ),
    "waiver_approval": step(
        "waive_remedies", "书面决定不再复议、监督", {"reason": "情节显著轻微，证据不足"}, before=DECLINED
    ),
    "opinion_reply": step(
        "reply_opinion",
        "回复检察意见",
        {"reply": "已对该店立案并作出行政处罚", "sent_on": "2025-05-06"},
        before={"notice_no": "原检意〔2025〕2号", "notice_received_on": "2025-04-01"},
        doc_no="原市监刑移〔2025〕5号",
    ),
}
SAID = {
    "special_team_form": (
        "专案组成立审批表|原台〔2024〕0088|涉嫌犯罪|食品药品|生产、销售有毒、有害食品罪|火锅底料检出罂粟碱、吗啡。|"
        "同意成立专案组|签名：郜永明|2024年9月13日|薄文斌|晋H0981-0209"
    ),
    "criminal_report": (
        "移送涉嫌犯罪案件的书面报告|原平市市场监督管理局负责人：|《行政执法机关移送涉嫌犯罪案件的规定》第五条|R05a（第1版）|"
        "研磨后加入火锅底料。|抽样记录、检验报告、询问笔录三份。|上述行为涉嫌生产、销售有毒、有害食品罪，建议移送公安机关|"
        "三日内|薄文斌|提交时间：2024年9月12日10时00分"
    ),
    "referral_approval": (
        "涉嫌犯罪案件移送审批表|R05a（第1版）|2024年9月12日10时00分|弓晓燕|薄文斌|批准移送|不批准移送|批准移送。事实清楚。|"
        "批准时间：2024年9月13日15时30分|签名：郜永明|理由记录在案"
    ),
    "criminal_referral_letter": (
        "涉嫌犯罪案件移送书|原市监刑移〔2024〕1号|原平市公安局：|研磨后加入火锅底料。|涉嫌生产、销售有毒、有害食品罪（追诉标准：R05a（第1版））|"
        "《中华人民共和国行政处罚法》第二十七条|《行政执法机关移送涉嫌犯罪案件的规定》第三条、第五条|抽样记录、检验报告、询问笔录三份。|薄文斌|"
        "2024年9月12日10时00分|郜永明|2024年9月13日15时30分|2024年9月14日9时20分|1．涉嫌犯罪案件移送书|2．涉嫌犯罪案件情况的调查报告|"
        "3．涉案物品清单|4．有关检验报告或者鉴定结论|5．其他有关涉嫌犯罪的材料|附件：检验报告|6页|涉嫌犯罪案件移送书回执|"
        "签收人|转送有管辖权的机关|要求补充材料"
    ),
    "investigation_report": (
        "涉嫌犯罪案件情况的调查报告|研磨后加入火锅底料。|抽样记录、检验报告、询问笔录三份。|生产、销售有毒、有害食品罪|R05a（第1版）|"
        "原平市公安局|薄文斌|晋H0981-0209"
    ),
    "consultation_record": "会商记录|原平市公安局|建议尽快移送。|弓晓燕",
    "items_handover_record": (
        "涉案物品移交记录|原市监刑移〔2024〕1号|原公（食药）立字〔2024〕38号|原平市公安局|2024年9月20日|火锅底料26千克、褐色粉末1.4千克。|"
        "《行政执法机关移送涉嫌犯罪案件的规定》第十二条|薄文斌|接收人"
    ),
    "seized_items_transfer_notice": (
        "查封、扣押物品移送告知书|原市监刑移〔2024〕2号|原平市前进西街滏香火锅店：|《中华人民共和国行政强制法》第二十一条|"
        "于2024年9月20日将|一并移送原平市公安局|火锅底料26千克、褐色粉末1.4千克。|2024年4月28日"
    ),
    "psb_reconsideration_request": (
        "提请复议书|原市监刑移〔2024〕3号|原平市公安局：|（原市监刑移〔2024〕1号）|原公（食药）不立字〔2024〕6号|2024年9月18日收到通知|"
        "《行政执法机关移送涉嫌犯罪案件的规定》第九条|检验报告证明明知。|2024年9月20日"
    ),
    "supervision_suggestion": (
        "建议立案监督函|原市监刑移〔2024〕4号|原平市人民检察院：|向原平市公安局移送|原公（食药）不立字〔2024〕6号|维持不予立案的决定（2024年9月24日）|"
        "研磨后加入火锅底料。|第九条|依法进行立案监督"
    ),
    "waiver_approval": (
        "不再提请复议（建议立案监督）审批表|原市监刑移〔2024〕1号|原公（食药）不立字〔2024〕6号|情节显著轻微，证据不足。|"
        "不再提请复议、不再建议立案监督|签名：郜永明"
    ),
    "opinion_reply": (
        "关于检察意见的回复|原市监刑移〔2025〕5号|原平市人民检察院：|原检意〔2025〕2号|2025年4月1日收到|已对该店立案并作出行政处罚。|2025年5月6日"
    ),
}
FORMS = (
    "special_team_form",
    "referral_approval",
    "investigation_report",
    "consultation_record",
    "items_handover_record",
    "waiver_approval",
)
WITHOUT_GRID = (
    "seized_items_transfer_notice",
    "psb_reconsideration_request",
    "supervision_suggestion",
    "opinion_reply",
)
