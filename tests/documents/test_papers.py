"""The four papers: what they say, and that both formats say it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.documents import DocumentPress, DocumentUnknown

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
}


def test_the_house_has_templates_for_the_four_papers(press: DocumentPress) -> None:
    assert press.kinds() == set(SAID)


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
            assert "2024年4月28日" in text or kind in ("reinspection_record", "route_approval")
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


def test_templates_quote_no_article_but_the_verified_one(templates: Path) -> None:
    lines = [
        line for path in templates.glob("*.yaml") for line in path.read_text(encoding="utf-8").splitlines()
    ]
    quoted = [
        line
        for line in lines
        if re.search("第[一二三四五六七八九十百]+条", line) and not line.startswith("#")
    ]
    assert len(quoted) == 1
    assert "《中华人民共和国行政处罚法》第二十八条" in quoted[0]


def test_an_unknown_kind_is_said_to_be_unknown(press: DocumentPress, issued_on: date) -> None:
    for make in (press.pdf, press.docx, press.pictures):
        with pytest.raises(DocumentUnknown, match="penalty_decision"):
            make("penalty_decision", {}, issued_on=issued_on)
    with pytest.raises(DocumentUnknown):
        press.fields("house")


def test_fields_are_those_the_template_prints(press: DocumentPress) -> None:
    fields = press.fields("transfer_letter")
    assert fields[:3] == ("organisation", "doc_no", "to")
    assert {"attachments", "reply_by", "receiver", "seized_items_included"} <= set(fields)
    assert "conclusion" not in fields
