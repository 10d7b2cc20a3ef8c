"""Papers of a criminal referral: what changes with the decision, the kind of referral, and who is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.documents.referral import KNOWN, REFERRAL, TEAM, step

Read = Callable[[str, dict[str, Any]], str]


@pytest.mark.parametrize(
    ("trigger", "facts", "ticked", "said"),
    [
        ("approve_referral", {"approved_at": "2024-09-13T15:30:00+08:00"}, "批准移送", "批准移送。"),
        (
            "refuse_referral",
            {"refusal_ground": "below_threshold", "reason": "金额不足"},
            "不批准移送",
            "不批准移送。理由：金额不足。",
        ),
        ("return_report", {"reason": "补充检验报告"}, "补充核实", "请补充核实后再行报告：补充检验报告。"),
    ],
)
def test_the_approval_says_what_the_principal_head_decided(
    trigger: str, facts: dict[str, Any], ticked: str, said: str, word_text: Read
) -> None:
    text = word_text("referral_approval", step(trigger, "审批", facts))
    assert re.findall("☑ (\\w+)", text) == [ticked]
    assert said in text
    assert ("未达追诉标准" in text) is (trigger == "refuse_referral")
    assert ("批准时间：" in text) is (trigger == "approve_referral")


@pytest.mark.parametrize("kind", ["administrative_detention", "public_official"])
def test_what_is_no_criminal_referral_leaves_its_legal_ground_open(kind: str, word_text: Read) -> None:
    told = REFERRAL["criminal_referral_letter"]
    text = word_text("criminal_referral_letter", told | {"facts": {**told["facts"], "referral_type": kind}})
    assert "第二十七条" not in text
    assert re.search("依据[　\\s_]+的规定，经本机关负责人批准", text)


def test_the_copy_is_the_same_letter_and_says_to_whom_it_went(word_text: Read) -> None:
    copied = {"procuratorate": "原平市人民检察院", "copied_at": "2024-09-14T09:50:00+08:00"}
    told = step("copy_to_procuratorate", "抄送同级检察院", copied, doc_no="原市监刑移〔2024〕1号")
    lines = word_text("criminal_referral_letter", told).splitlines()
    letter = word_text("criminal_referral_letter", REFERRAL["criminal_referral_letter"]).splitlines()
    assert "抄送：原平市人民检察院（2024年9月14日9时50分）" in lines
    assert not [line for line in letter if line.startswith("抄送：")]
    assert "2024年9月14日" in lines and "2024年9月14日" in letter


def test_where_there_are_no_items_the_record_says_so(word_text: Read) -> None:
    told = step(
        "confirm_no_items", "无涉案物品，移交其他材料", {"handed_on": "2024-09-20", "reason": "未查扣物品"}
    )
    text = word_text("items_handover_record", told)
    assert "未查扣物品。" in text and "移交的\n涉案物品" not in text


def test_a_report_to_the_police_speaks_of_no_penalty_and_one_to_the_head_of_no_crime(word_text: Read) -> None:
    to_police = word_text("investigation_report", REFERRAL["investigation_report"])
    assert "处罚" not in to_police
    closing = step("close_investigation", "调查终结", {"opinion": "建议处罚", "officers": TEAM})
    assert "涉嫌罪名" not in word_text("investigation_report", closing)


def test_supervision_without_reconsideration_speaks_of_none(word_text: Read) -> None:
    told = REFERRAL["supervision_suggestion"]
    assert "提请复议" in word_text("supervision_suggestion", told)
    assert "提请复议" not in word_text("supervision_suggestion", told | {"done": {}})


def test_a_team_of_three_is_printed_whole(word_text: Read) -> None:
    third = {"name": "禄建军", "certificate_no": "晋H0981-0300"}
    told = step("form_team", "成立二人以上专案组", {"team": [*TEAM, third]}, before={"team": TEAM})
    text = word_text("special_team_form", told)
    assert all(one["name"] in text for one in (*KNOWN["team"], third))
