"""Messages of a criminal referral say what its record knows, in the shape of the contract, and nothing more."""

from typing import Any

import pytest

from engine.core.messages import ROUTES, compose
from engine.core.referral_messages import NO_RULE, RECIPIENTS, REFERRAL
from rules.charts import load_charts
from tests.exchange.test_messages import BARE, FULL, sent
from tests.schemas import example, faults

NUMBER = "原市监刑移〔2024〕1号"
EXAMPLE = example("message_criminal_referral")["data"]
FACTS: dict[str, Any] = {
    "team": ["W01", "W02"],
    "suspected_crime": EXAMPLE["suspected_crime"],
    "facts_summary": EXAMPLE["facts_summary"],
    "threshold_rule": "R05a（第1版）",
    "evidence_list": "\n".join(EXAMPLE["evidence"]),
    "reported_at": EXAMPLE["report_submitted_at"],
    "approved_at": EXAMPLE["approved_at"],
    "handed_over_at": EXAMPLE["handed_over_at"],
    "copied_at": EXAMPLE["copied_at"],
    "psb": "原平市公安局",
    "procuratorate": "原平市人民检察院",
    "materials_complete": True,
}
KNOWN: dict[str, Any] = {
    **{name: BARE[name] for name in ("finding_id", "proceeding_id", "contact", "now")},
    "chart": REFERRAL,
    "ledger_no": "原台〔2024〕0088",
    "party": EXAMPLE["suspects"][0],
    "facts": FACTS,
    "doc_no": NUMBER,
    "referral_no": NUMBER,
    "letter": EXAMPLE["letter"],
    "approved_by": EXAMPLE["approved_by"],
    "approved_at": "2024-09-13T16:00:00+08:00",
    "occurred_at": "2024-09-20T14:30:00+08:00",
    "team": EXAMPLE["special_team"],
    "threshold": [{**EXAMPLE["threshold_reference"][0], "title": "涉嫌生产、销售有毒、有害食品罪"}],
    "amounts": {**EXAMPLE["amounts"], "illegal_gains_fen": -1},
    "papers": {name: EXAMPLE[name] for name in ("investigation_report", "items_list")},
    "appraisals": EXAMPLE["appraisals"],
    "attachments": EXAMPLE["attachments"],
    "referral_message": "01926faa-c3b0-7a15-8f9c-702c637c26f6",
    "early_involvement": False,
}


def told(**facts: Any) -> dict[str, Any]:
    """What is known, with these facts of the step over those of the record."""
    return {**KNOWN, "facts": {**FACTS, **facts}, "step_facts": facts}


def data(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """What the message says; it travels on the criminal queue and obeys its schema."""
    schema, event = sent(name, content)
    assert event["queue"] == "criminal"
    assert faults(schema, event) == []
    return event["data"]


def test_the_referral_of_the_contract_is_composed_to_the_letter():
    said = data("criminal_referral", told(items_list="火锅底料26千克\n褐色粉末1.4千克"))
    own = {"referral", "contact", "items"}
    assert {name: one for name, one in said.items() if name not in own} == {
        name: one for name, one in EXAMPLE.items() if name not in own
    }
    assert said["items"] == [
        {"name": "火锅底料26千克", "quantity": ""},
        {"name": "褐色粉末1.4千克", "quantity": ""},
    ]


def test_the_copy_names_the_message_it_is_a_copy_of_and_the_original_names_none():
    copy, original = (data(name, told()) for name in ("procuratorate_copy", "criminal_referral"))
    assert copy.pop("copy_of") == KNOWN["referral_message"]
    assert copy == original


@pytest.mark.parametrize(
    ("said", "rule", "version"),
    [
        ("R05a/2", "R05a", 2),
        ("依 R17 第1版", "R17", 1),
        ("R07 @ 2024.1", "R07", 0),
        ("销售金额逾五万元", NO_RULE, 0),
    ],
)
def test_a_threshold_is_what_the_officer_named_and_his_words_stand_beside_it(said, rule, version):
    content = {**told(threshold_rule=said), "threshold": None}
    basis = [{"title": said, "article": "未载明"}]
    wanted = [{"rule": rule, "version": version, "basis": basis}]
    assert data("criminal_referral", content)["threshold_reference"] == wanted


def test_of_a_long_list_nothing_is_lost():
    line = "钢瓶" * 150
    items = data("items_handover", told(items_list=f"{line}\n\n扳手一把", notice_no="原公立字〔2024〕38号"))[
        "items"
    ]
    assert [one["name"] for one in items] == [line[:200], line[200:], "扳手一把"]
    evidence = data("criminal_referral", told(evidence_list=line))["evidence"]
    assert "".join(evidence) == line


def test_items_go_over_with_the_number_of_the_filing_and_of_the_sending():
    said = data(
        "items_handover", {**told(items_list="火锅底料", notice_no="原公立字〔2024〕38号"), "sent_before": 1}
    )
    assert (said["filing_doc_no"], said["doc_no"]) == ("原公立字〔2024〕38号", f"{NUMBER}-物2")
    assert (said["place"], said["handed_over_at"]) == ("原平市公安局", KNOWN["occurred_at"])
    assert said["handed_by"] == EXAMPLE["special_team"]


def test_an_old_referral_without_a_team_is_handed_over_by_one_who_is_known_and_one_who_is_not_stated():
    content = {**told(items_list="火锅底料", team=None), "team": None}
    known, unknown = data("items_handover", content)["handed_by"]
    assert (known["name"], unknown["name"]) == (KNOWN["contact"]["name"], "未载明")


def test_a_supplement_answers_the_receipt_that_asked_or_the_referral():
    paper = {"evidence_form": {**EXAMPLE["letter"], "title": "证据提取单"}}
    content = {**told(requirement="抽样过程全程录像\n检验机构资质"), "papers": paper}
    by_receipt = data("supplement_material", {**content, "asked_in": "0192c8cd-43d1-7823-8654-0f8fc7b401c4"})
    assert by_receipt["in_reply_to"] == "0192c8cd-43d1-7823-8654-0f8fc7b401c4"
    assert by_receipt["doc_no"] == f"{NUMBER}-补1"
    assert [one["asked"] for one in by_receipt["supplied"]] == ["抽样过程全程录像", "检验机构资质"]
    assert {one["document"]["title"] for one in by_receipt["supplied"]} == {"证据提取单"}
    assert data("supplement_material", content)["in_reply_to"] == KNOWN["referral_message"]


@pytest.mark.parametrize(
    ("name", "facts", "words"),
    [
        (
            "psb_reconsideration",
            {"notice_no": "不立字6号", "reason": "检验报告证明明知"},
            "不立字6号|检验报告证明明知",
        ),
        (
            "supervision_suggestion",
            {"notice_no": "不立字6号"},
            "滏香火锅店涉嫌生产、销售有毒、有害食品罪一案|不立字6号|罂粟碱",
        ),
        ("opinion_reply", {"reply": "已作出行政处罚。"}, "已作出行政处罚。"),
        (
            "decision_copy",
            {"decision_no": "原市监罚〔2024〕9号", "decided_on": "2024-09-01"},
            "原市监罚〔2024〕9号，2024-09-01",
        ),
    ],
)
def test_a_letter_speaks_of_the_referral_and_never_of_the_finding(name, facts, words):
    said = data(name, told(**facts))
    assert all(one in said["text"] for one in words.split("|"))
    assert (said["about"], said["referral"], said["fields"]) == (NUMBER, KNOWN["proceeding_id"], facts)
    assert "finding" not in said


def test_a_question_about_a_referral_goes_out_on_the_criminal_queue_and_others_do_not():
    assert data("progress_query", told())["term"] == "DL75"
    assert compose("progress_query", FULL)[1] == "ordinary"


def test_every_message_that_a_referral_sends_has_its_recipients():
    rows = load_charts()[REFERRAL].rows
    names = {
        effect.partition(":")[2] for row in rows for effect in row.effects if effect.startswith("dispatch:")
    }
    assert names == set(RECIPIENTS)
    assert {name for name in names if ROUTES[name].queue == "criminal"} == names - {"progress_query"}
