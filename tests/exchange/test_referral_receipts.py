"""Receipts of the police and the procuratorate: each takes its row of the referral, with the facts that the row asks for."""

from datetime import datetime
from typing import Any

import pytest

from engine.core.commands import Step
from engine.core.fact_types import Names
from engine.core.forms import Forms
from engine.core.receipts import lines_for, open_line, step_of, told_of
from engine.core.refusals import Faults, FieldError
from engine.core.snapshot import Record
from rules.charts import load_charts
from rules.exchange import load_receipts
from tests.schemas import example

CHARTS = load_charts()
CHART, FORMS = CHARTS["criminal_referral"], Forms(CHARTS.dictionary)
KINDS = load_receipts()
NOW = datetime.fromisoformat("2025-06-01T09:00:00+08:00")
POLICE = ("criminal_referral", "supplement_material", "items_handover", "psb_reconsideration")
PROCURATORATE = ("procuratorate_copy", "supervision_suggestion")


def said(kind: str, **more: Any) -> dict[str, Any]:
    """The data of the contract's example, with these members over it."""
    return {**example(f"receipt_{kind}")["data"], **more}


def taken(kind: str, state: str, message: str, data: dict[str, Any]) -> Step | None:
    """The step that the receipt asks for in answer to that message, or nothing."""
    record = Record(
        "0192fc65-93cf-7498-8388-040f0e4ef622", "criminal_referral", state, {"psb": "原平市公安局"}
    )
    line = open_line(lines_for(KINDS[kind], message, data, record), CHART, state)
    return step_of(line, record, data, NOW, lambda _: None) if line else None


@pytest.mark.parametrize(
    ("kind", "more", "state", "message", "trigger", "facts"),
    [
        (
            "signed_for",
            {"received_at": "2024-09-14T09:30:00+08:00"},
            "handed_over",
            "criminal_referral",
            "sign_receipt",
            {"psb": "原平市公安局", "signed_at": "2024-09-14T09:30:00+08:00"},
        ),
        (
            "supplement_asked",
            {"missing": ["抽样过程全程录像", "检验机构资质"]},
            "psb_reviewing",
            "criminal_referral",
            "ask_supplement",
            {"notice_received_on": "2024-09-14", "requirement": "抽样过程全程录像\n检验机构资质"},
        ),
        (
            "forwarded",
            {},
            "psb_reviewing",
            "criminal_referral",
            "psb_forward",
            {"psb": "忻州市公安局忻府分局", "received_on": "2024-09-14"},
        ),
        (
            "filed",
            {},
            "supplementing",
            "supplement_material",
            "psb_file",
            {"notice_no": "原公（食药）立字〔2024〕38号", "notice_received_on": "2024-09-18"},
        ),
        (
            "not_filed",
            {},
            "psb_reviewing",
            "criminal_referral",
            "psb_decline",
            {
                "notice_no": "原公（食药）不立字〔2024〕6号",
                "notice_received_on": "2024-09-18",
                "reason": "现有证据不能证明当事人明知，情节显著轻微。",
                "file_returned": True,
            },
        ),
        (
            "reconsideration_result",
            {"upheld": True},
            "reconsidering",
            "psb_reconsideration",
            "reconsideration_dismissed",
            {"notice_received_on": "2024-09-24", "reason": "维持不予立案决定。"},
        ),
        (
            "reconsideration_result",
            {"upheld": False},
            "reconsidering",
            "psb_reconsideration",
            "reconsideration_granted",
            {"notice_no": "原公复字〔2024〕2号", "notice_received_on": "2024-09-24"},
        ),
        (
            "supervision_result",
            {},
            "filing_supervision",
            "supervision_suggestion",
            "order_filing",
            {"notice_no": "原检侦监〔2024〕3号", "received_on": "2024-10-15"},
        ),
        (
            "supervision_result",
            {"result": "no_filing_upheld", "reasons": "理由成立。"},
            "filing_supervision",
            "supervision_suggestion",
            "reasons_stand",
            {"received_on": "2024-10-15", "reason": "理由成立。"},
        ),
    ],
)
def test_a_receipt_takes_its_row_with_what_the_row_asks_for(kind, more, state, message, trigger, facts):
    step = taken(kind, state, message, said(kind, **more))
    assert step is not None and (step.trigger, dict(step.facts)) == (trigger, facts)
    faults = Faults()
    FORMS.of(CHART.any_row(trigger)).read(
        step.facts, faults, Names(lambda _: None, lambda _: None, frozenset())
    )
    assert faults.errors == []


JUDGED = {"judgment_no": "（2025）晋0981刑初12号", "judgment_effective_on": "2025-03-20"}
ENDED = {"notice_no": JUDGED["judgment_no"], "notice_received_on": "2025-03-20", "reason": "见文书。"}


@pytest.mark.parametrize("state", ["psb_filed", "following_up"])
@pytest.mark.parametrize(
    ("result", "fine", "trigger", "facts"),
    [
        ("judged", 100000, "record_court_fine", {**JUDGED, "court_fine_fen": 100000}),
        ("judged", 0, "record_conviction", JUDGED),
        ("judged", None, "record_conviction", JUDGED),
        ("acquitted", None, "record_acquittal", JUDGED),
        ("exempted", None, "record_exemption", JUDGED),
        ("not_prosecuted", None, "not_prosecute", ENDED),
        ("case_cancelled", None, "psb_cancel", ENDED),
    ],
)
def test_the_outcome_chooses_the_row(state, result, fine, trigger, facts):
    data = {"in_reply_to": "01926faa-c3b0-7a15-8f9c-702c637c26f6", "case_no": JUDGED["judgment_no"]}
    data |= {"concluded_on": "2025-03-20", "result": result, "text": "见文书。"}
    data |= {} if fine is None else {"criminal_fine_fen": fine}
    step = taken("concluded", state, "criminal_referral", data)
    assert step is not None and (step.trigger, dict(step.facts)) == (trigger, facts)


def test_an_administrative_outcome_is_none_of_a_referral():
    data = said("concluded", result="penalised")
    assert taken("concluded", "psb_filed", "criminal_referral", data) is None
    assert not KINDS["concluded"].only_noted("criminal_referral", "criminal_referral")


@pytest.mark.parametrize(
    ("kind", "state"),
    [("signed_for", "handed_over"), ("filed", "psb_reviewing"), ("not_filed", "psb_reviewing")],
)
@pytest.mark.parametrize("message", PROCURATORATE)
def test_what_only_the_police_may_say_is_not_taken_from_the_procuratorate(kind, state, message):
    assert taken(kind, state, message, said(kind)) is None
    assert KINDS[kind].only_noted("criminal_referral", message)


@pytest.mark.parametrize("message", POLICE)
def test_what_only_the_procuratorate_may_say_is_not_taken_from_the_police(message):
    assert taken("supervision_result", "filing_supervision", message, said("supervision_result")) is None


def test_signing_for_a_later_message_signs_for_no_referral():
    assert taken("signed_for", "psb_forwarded", "criminal_referral", said("signed_for")) is not None
    for message in POLICE[1:]:
        assert taken("signed_for", "psb_forwarded", message, said("signed_for")) is None
        assert KINDS["signed_for"].only_noted("criminal_referral", message)


def test_reasons_that_the_police_gave_stand_on_the_timeline():
    data = said("supervision_result", result="explained")
    assert taken("supervision_result", "filing_supervision", "supervision_suggestion", data) is None
    assert KINDS["supervision_result"].only_noted("criminal_referral", "supervision_suggestion")


def test_items_that_differ_are_a_task_and_others_are_not():
    kind = KINDS["items_received"]
    assert kind.tasked({"differences": "少一桶"}) == "case_officer"
    assert kind.tasked({"differences": ""}) is None
    assert KINDS["supplement_asked"].tasked({}) == "case_officer"


def test_a_fault_in_what_the_record_knows_points_at_the_receipt_as_a_whole():
    (line,) = lines_for(
        KINDS["signed_for"], "criminal_referral", {}, Record("r", "criminal_referral", "handed_over")
    )
    (told,) = told_of(line, [FieldError("/facts/psb", "missing")])
    assert told.pointer == "/data"
