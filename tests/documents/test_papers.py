"""The papers: what they say, and that both formats say it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.documents import DocumentPress, DocumentUnknown
from engine.documents.money import in_capitals, in_yuan
from engine.templates import FILE_SHEETS
from rules.charts import load_charts
from tests.documents.referral import SAID as SAID_OF_A_REFERRAL

Read = Callable[[str, dict[str, Any]], str]
Samples = dict[str, dict[str, Any]]

SAID = {
    "rectification_notice": (
        "原平市市场监督管理局|责令改正通知书|原市监责改〔2024〕32号|原平市前进西街滏香火锅店|92140981MA0L3Q8T17|"
        "凉菜间紫外线灯损坏，操作人员未更换专用工作服。|上述行为违反了食品安全法第五十五条第二款的规定。|"
        "依据《中华人民共和国行政处罚法》第二十八条、食品安全法第一百二十六条第一款的规定，|"
        "自收到本通知书之日起10个工作日内（至2024年5月13日止）改正。|1．更换紫外线灯；|3．逐日填写检查记录。|"
        "六十日内依法申请行政复议|六个月内依法向人民法院提起行政诉讼|联系人：弓晓燕|0350-5550126|晋H0981-0133|2024年4月28日"
    ),
    "reinspection_record": (
        "复查记录|原市监责改〔2024〕32号|2024年4月26日|2024年5月13日|2024年5月11日|2024年5月16日|穿戴专用工作服；|"
        "紫外线灯已更换，检查记录逐日填写。|现场照片四张。|部分改正|未改正|再次责令改正|弓晓燕|晋H0981-0127|见证人"
    ),
    "transfer_letter": (
        "原平市市场监督管理局|案件移送函|原市监移〔2024〕12号|原平市消防救援大队：|于2024年4月26日发现|"
        "上述行为涉嫌违反消防法第二十八条的规定|依据消防法第五十四条、安全生产法第六十九条的规定|请于2024年5月10日前函告|"
        "附件：1．现场检查笔录|2．现场照片|5页|檀海峰|弓晓燕|案件移送函回执|签收人|受理编号|退回理由"
    ),
    "route_approval": (
        "后续监管路径审批表|原台〔2024〕0032|R01（第1版）食品一般项目轻微不符合|《某办法》（总局令49号）第三十三条|"
        "《某规定》第十七条（待核）|立案查处|移送司法机关|管辖已核|建议按上列路径处置，请审批。|签名：邢卫东|"
        "管辖、时效已核，同意拟处置路径。|签名：弓晓燕|同意。|签名：檀海峰|2024年4月29日"
    ),
    "case_source_form": (
        "案件来源登记表|原台〔2024〕0061|监督检查|2024年6月20日|原平市恒泰供热有限责任公司|91140981MA0K7T4R2P|"
        "经责令限期改正，逾期未改正。|特种设备安全法第三十三条|晋H0981-0127|签名：弓晓燕"
    ),
    "filing_approval": (
        "立案审批表|原市监立〔2024〕61号|监督检查|管辖已核|时效已核|建议立案，请审批。|签名：弓晓燕|"
        "同意。事实清楚，符合立案条件。|签名：檀海峰|2024年6月25日"
    ),
    "matter_approval": (
        "行政处罚案件有关事项审批表|原市监立〔2024〕61号|提请中止调查|须以相关案件结果为依据|"
        "须等待锅炉检验机构的关联案件结果。|同意。相关案件结案后及时恢复。|签名：檀海峰"
    ),
    "penalty_prior_notice": (
        "行政处罚告知书|原市监罚告〔2024〕40号|在用承压热水锅炉一台未办理使用登记，逾期未改正。|上述行为违反了特种设备安全法第三十三条的规定|"
        "处罚档次为：一般|警告。|罚款人民币150000元（大写：壹拾伍万元整）。|有权进行陈述、申辩|五个工作日内|有权要求举行听证|"
        "列入严重违法失信名单|联系人：弓晓燕|0350-5550126"
    ),
    "penalty_decision": (
        "行政处罚决定书|原市监罚〔2024〕45号|于2024年6月25日对你（单位）涉嫌违法一案立案调查|现场笔录一份、现场照片六张、使用登记查询结果一份。|"
        "原市监罚告〔2024〕40号|已于七月补办登记，请求从轻。经复核，本机关不予采纳。|本机关于2024年8月8日举行了听证。|"
        "依据特种设备安全法第八十三条的规定|罚款人民币15000元（大写：壹万伍仟元整）。|"
        "没收违法所得人民币3205.50元（大写：叁仟贰佰零伍元伍角整）。|十五日内|每日按罚款数额的百分之三加处罚款|不超过罚款的数额|"
        "六十日内|六个月内|公示期限：三年"
    ),
    "summary_decision": (
        "当场行政处罚决定书|原市监罚〔2024〕46号|违反了某条例第十条的规定|罚款人民币200元（大写：贰佰元整）。|"
        "先依法向|申请行政复议；对行政复议决定不服的，可以依法向人民法院提起行政诉讼。|晋H0981-0133|2024年6月24日"
    ),
    "no_penalty_decision": (
        "不予行政处罚决定书|原市监罚〔2024〕47号|首违不罚。初次违法，危害后果轻微并已及时改正。|决定对你（单位）不予行政处罚|六十日内|六个月内"
    ),
    "service_receipt": (
        "送达回证|行政处罚决定书（原市监罚〔2024〕45号）|原平市恒泰供热有限责任公司|留置送达|公告送达|2024年8月14日|"
        "法定代表人在场，拒绝签收。|京原社区郝玉兰|弓晓燕|晋H0981-0133"
    ),
    "listing_decision": (
        "列入经营异常名录决定书|原市监信〔2024〕7号|通过登记的住所无法联系。|2024年4月15日两次邮寄无人签收的核实记录|"
        "依据企业经营异常名录管理办法的规定|可以向本机关申请移出。|2024年4月26日"
    ),
    "removal_decision": (
        "移出经营异常名录决定书|原市监信〔2024〕7号|2024年6月12日核实|住所恢复联系/变更登记|将你（单位）移出经营异常名录|2024年6月18日"
    ),
    "supervision_order": (
        "领导小组办公室|督办单|原双随机办督〔2024〕3号|原台〔2024〕0061|整改逾期十日未复查。|三日内完成复查；|2024年7月5日|弓晓燕"
    ),
    "case_close_approval": (
        "结案审批表|原市监立〔2024〕61号|行政处罚决定书|原市监罚〔2024〕45号|15000元|17250元|2024年9月3日|缴清罚没款|"
        "行政处罚信息已公示。|原市监档2024-0061|罚款及加处罚款已缴清。|建议结案，请审批。|签名：檀海峰"
    ),
}
SAID |= SAID_OF_A_REFERRAL
DATED = ("rectification_notice", "transfer_letter", "penalty_prior_notice", "penalty_decision")
WITHOUT = {"reconsideration_decision", "remedy_notice", "testing_report"}
"""Papers which other authorities write, though the dictionary says that the house issues them."""


def test_the_house_has_templates_for_its_papers(press: DocumentPress) -> None:
    documents = load_charts().dictionary["documents"]
    house = {kind for kind, declared in documents.items() if declared["issuer"] == "house"}
    assert press.kinds() == (house - WITHOUT) | FILE_SHEETS
    assert set(SAID) <= press.kinds()


def test_every_paper_is_made_of_nothing_but_its_blanks(press: DocumentPress, issued_on: date) -> None:
    for one in press.kinds() - set(SAID):
        assert press.pdf(one, {}, issued_on=issued_on).startswith(b"%PDF-")


def test_pdf_and_docx_say_what_the_paper_must_say(
    kind: str, told: dict[str, Any], pdf_text: Read, word_text: Read
) -> None:
    printed, written = pdf_text(kind, told), "".join(word_text(kind, told).split())
    for said in SAID[kind].split("|"):
        assert said in printed, f"the PDF lacks {said}"
        assert said in written, f"the DOCX lacks {said}"


def test_what_is_unknown_is_a_blank_and_never_a_word_of_the_machine(
    kind: str, pdf_text: Read, word_text: Read
) -> None:
    empty: dict[str, Any] = {
        "party": None,
        "facts": {"officers": None, "correction_requirements": []},
        "to": "",
    }
    for nothing in ({}, empty):
        for text in (pdf_text(kind, nothing), word_text(kind, nothing)):
            assert not re.search(r"None|null|[{}\[\]]|false", text)
            assert "2024年4月28日" in text or kind not in DATED
        assert "　　　　" in word_text(kind, nothing)


def test_an_immediate_order_names_no_period(samples: Samples, word_text: Read) -> None:
    told = samples["rectification_notice"]
    at_once = told | {"facts": {**told["facts"], "deadline_type": "immediate", "due_on": None}}
    text = word_text("rectification_notice", at_once)
    assert "现责令你（单位）立即改正。" in text
    assert "工作日" not in text


def test_a_basis_that_already_names_the_penalty_law_is_not_doubled(samples: Samples, word_text: Read) -> None:
    told = samples["rectification_notice"]
    facts = {**told["facts"], "basis_clause": "行政处罚法第二十八条第一款"}
    text = word_text("rectification_notice", told | {"facts": facts})
    assert "依据行政处罚法第二十八条第一款的规定，现责令" in text
    assert "中华人民共和国" not in text


@pytest.mark.parametrize(
    ("conclusion", "whole", "each"),
    [("corrected", "☑ 已改正", 4), ("not_corrected", "☑ 未改正", 4), ("partial", "☑ 部分改正", 1)],
)
def test_items_are_ticked_only_where_the_conclusion_holds_for_all(
    conclusion: str, whole: str, each: int, samples: Samples, word_text: Read
) -> None:
    told = samples["reinspection_record"]
    text = word_text("reinspection_record", told | {"facts": {**told["facts"], "conclusion": conclusion}})
    assert text.count(whole) == each


def test_ticks_follow_the_facts(samples: Samples, word_text: Read) -> None:
    told = samples["route_approval"]
    text = word_text("route_approval", told | {"facts": {"routes": ["transfer", "penalty"]}})
    assert re.findall("☑ (\\w+)", text) == ["立案查处", "移送"]
    assert re.findall("☑ (\\w+)", word_text("transfer_letter", samples["transfer_letter"])) == ["无"]


def test_dates_are_civil_dates_in_shanghai(samples: Samples, word_text: Read) -> None:
    told = samples["route_approval"]
    late = told | {"finding": {"discovered_at": "2024-04-25T20:30:00+00:00"}}
    assert "2024年4月26日" in word_text("route_approval", late)


VERIFIED = {
    "行政处罚法": "二十五 二十七 二十八 四十四 四十五 五十一 五十六 六十三 六十四 六十六 七十二",
    "行政强制法": "二十一 二十五 二十八 五十三 五十四",
    "行政执法机关移送涉嫌犯罪案件的规定": "三 五 九 十二",
}


def test_templates_quote_no_article_but_the_verified_ones(templates: Path) -> None:
    lines = [
        line for path in templates.glob("*.yaml") for line in path.read_text(encoding="utf-8").splitlines()
    ]
    for line in lines:
        if line.startswith("#"):
            continue
        for law, articles in re.findall(
            "(?:《(?:中华人民共和国)?([^《》]{2,20})》)?((?:第[一二三四五六七八九十百]+条、?)+)", line
        ):
            assert law in VERIFIED, line
            for article in re.findall("第(.+?)条", articles):
                assert article in VERIFIED[law].split(), line


def test_papers_of_a_step_say_nothing_of_an_older_one(samples: Samples, word_text: Read) -> None:
    assert "旧签收人" not in word_text("service_receipt", samples["service_receipt"])


def test_a_hearing_and_a_listing_are_told_only_where_they_are_due(samples: Samples, word_text: Read) -> None:
    told = samples["penalty_prior_notice"]
    facts = {**told["step"]["facts"], "hearing_right": False, "listing_notice_included": False}
    text = word_text("penalty_prior_notice", told | {"step": {**told["step"], "facts": facts}})
    assert "听证" not in text
    assert "失信名单" not in text
    assert "陈述、申辩" in text


@pytest.mark.parametrize(
    ("trigger", "way"),
    [
        ("serve_directly", "直接送达"),
        ("serve_by_leaving", "留置送达"),
        ("serve_by_mail", "邮寄送达"),
        ("serve_electronically", "电子送达"),
        ("serve_by_entrustment", "委托送达"),
        ("serve_by_forwarding", "转交送达"),
        ("announce_service", "公告送达"),
    ],
)
def test_the_receipt_ticks_the_way_of_service(
    trigger: str, way: str, samples: Samples, word_text: Read
) -> None:
    told = samples["service_receipt"]
    text = word_text("service_receipt", told | {"step": {**told["step"], "trigger": trigger}})
    assert f"☑ {way}" in text
    assert text.count("☑") == 2  # and that publication was told


def test_a_refusal_is_called_one(samples: Samples, word_text: Read) -> None:
    told = samples["filing_approval"]
    refused = {**told["step"], "trigger": "refuse_filing", "refused": True, "facts": {"reason": "证据不足"}}
    text = word_text("filing_approval", told | {"step": refused})
    assert "不同意。证据不足。" in text
    assert "同意。事实" not in text


def test_a_proposal_prints_as_a_draft_without_a_day(samples: Samples, word_text: Read) -> None:
    told = samples["listing_decision"]
    proposed = {**told["step"], "trigger": "propose_listing", "facts": {}}
    text = word_text("listing_decision", told | {"step": proposed, "doc_no": None})
    assert "列入经营异常名录决定书（送审稿）" in text
    assert "2024年4月28日" not in text
    assert "（送审稿）" not in word_text("listing_decision", told)


def test_a_penalty_without_a_fine_speaks_of_none(samples: Samples, word_text: Read) -> None:
    told = samples["penalty_decision"]
    facts = {"penalty_kinds": ["warning"], "discretion_step": "light"}
    text = word_text("penalty_decision", told | {"step": {**told["step"], "facts": facts}})
    assert "警告。" in text
    assert "罚款" not in text
    assert "公示" not in text


@pytest.mark.parametrize(
    ("fen", "figures", "capitals"),
    [
        (0, "0元", "零元整"),
        (5, "0.05元", "伍分"),
        (1005, "10.05元", "壹拾元零伍分"),
        (1050, "10.50元", "壹拾元伍角整"),
        (101000, "1010元", "壹仟零壹拾元整"),
        (20030000, "200300元", "贰拾万零叁佰元整"),
        (100050000000, "1000500000元", "壹拾亿零伍拾万元整"),
        (12345678987, "123456789.87元", "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元捌角柒分"),
        (True, "", ""),
        (-1, "", ""),
        ("15000", "", ""),
    ],
)
def test_money_is_kept_in_fen_and_written_in_yuan(fen: object, figures: str, capitals: str) -> None:
    assert (in_yuan(fen), in_capitals(fen)) == (figures, capitals)


def test_an_unknown_kind_is_said_to_be_unknown(press: DocumentPress, issued_on: date) -> None:
    for make in (press.pdf, press.docx, press.pictures):
        with pytest.raises(DocumentUnknown, match="judgment"):
            make("judgment", {}, issued_on=issued_on)
    with pytest.raises(DocumentUnknown):
        press.fields("house")


def test_fields_are_those_the_template_prints(press: DocumentPress) -> None:
    fields = press.fields("transfer_letter")
    assert fields[:5] == ("trigger", "refused", "organisation", "doc_no", "to")
    assert {"attachments", "reply_by", "receiver", "seized_items_included"} <= set(fields)
    assert "conclusion" not in fields


def test_what_no_record_says_is_left_open_and_told(
    press: DocumentPress, word_text: Read, samples: Samples
) -> None:
    for kind in ("penalty_decision", "penalty_prior_notice"):
        told = samples[kind] | {"facts": samples[kind]["facts"] | {"basis_clause": None}}
        assert re.search("依据　{18}的规定", word_text(kind, told))
        assert "法律依据" in press.by_hand(kind)[0]["zh"]
