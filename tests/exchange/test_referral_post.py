"""What steps of a referral send: to the right systems, on the criminal queue, with the papers that the steps issued.

The steps are told to the post room as the desk tells them, one after the other; whether they may be taken is not asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.core.effects import IssueDocument, Taken
from engine.core.snapshot import Act
from engine.snapshots import load_referral
from models import exchange_reading
from tests.exchange.linked import Linked
from tests.referral_walk import opened
from tests.schemas import faults

BEFORE: dict[str, Any] = {
    "team": ["W01", "W02"],
    "suspected_crime": "生产、销售有毒、有害食品罪",
    "threshold_rule": "R05a",
    "facts_summary": "火锅底料检出罂粟碱。",
    "evidence_list": "抽样记录\n检验报告",
    "reported_at": "2024-04-26T10:00:00+08:00",
    "approved_at": "2024-04-26T15:30:00+08:00",
}
HANDED = {
    "psb": "原平市公安局",
    "handed_over_at": "2024-04-26T16:20:00+08:00",
    "team": ["W01", "W02"],
    "materials_complete": True,
}
NUMBER = "原市监刑移〔2024〕1号"
Told = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def tell(sqlite_linked: Linked) -> Told:
    """Lets the post room know of a step; answers the messages that went out, every one as its schema says."""
    town = sqlite_linked.town
    desk = town.house.desk
    now = town.house.clock.now()
    sqlite_linked.link("yuanping-psb", "public_security")
    sqlite_linked.link("yuanping-procuratorate", "procuratorate")
    referral = opened(town, town.finding())
    sequence = [10]

    def take(connection: Connection, trigger: str, facts: dict[str, Any]) -> None:
        file = load_referral(connection, referral)
        assert file is not None
        record, step = file.snapshot.main, desk.law.charts["criminal_referral"].any_row(trigger)
        known.update(facts)
        record.facts.update(known)
        record.acts["approve_referral"] = Act("P01", 9, datetime.fromisoformat(BEFORE["approved_at"]), now)
        record.acts[trigger] = Act("C01", sequence[0], now, now)
        taken = Taken(step, None, facts, now, False, sequence[0])
        for kind in step.documents:
            desk.scribe.papers.issue(connection, file, taken, IssueDocument(kind, None), town.who("C01"), now)
        for effect in step.effects:
            name, _, told = effect.partition(":")
            if name == "dispatch":
                assert desk.scribe.post.dispatch(connection, file, taken, told, town.who("C01"), now)

    known: dict[str, Any] = dict(BEFORE)

    def told(trigger: str, **facts: Any) -> list[dict[str, Any]]:
        sequence[0] += 1
        desk.writer.submit(lambda connection: take(connection, trigger, facts))
        with town.house.database.read() as connection:
            queue = connection.execute(exchange_reading.MESSAGE.select().order_by("id")).all()
        sent = [one for one in queue if one.step_sequence == sequence[0]]
        about = [(one.finding_id, one.inspection_id, one.proceeding_id) for one in sent]
        assert about == [(None, None, referral)] * len(sent)
        events = [desk.vault.said(one) for one in sent]
        for one, event in zip(sent, events, strict=True):
            assert faults(f"message_{one.kind}", event) == []
            assert (one.queue, one.state) == ("criminal", "waiting")
        return events

    return told


def test_the_referral_goes_to_the_police_and_its_copy_to_the_procuratorate(tell: Told) -> None:
    (referral,) = tell("hand_over", **HANDED)
    assert (referral["recipient"], referral["subject"]) == ("public_security", NUMBER)
    data = referral["data"]
    assert (data["doc_no"], data["letter"]["doc_no"]) == (NUMBER, NUMBER)
    assert data["evidence"] == ["抽样记录", "检验报告"]
    assert [one["certificate_no"] for one in data["special_team"]] != ["未载明", "未载明"]
    assert data["investigation_report"]["title"] == "涉嫌犯罪案件情况的调查报告"
    titles = [one["title"] for one in data["attachments"]]
    assert {"涉嫌犯罪案件移送书", "涉嫌犯罪案件情况的调查报告", "涉案物品清单"} <= set(titles)

    copied = {"procuratorate": "原平市人民检察院", "copied_at": "2024-04-26T16:50:00+08:00"}
    (copy,) = tell("copy_to_procuratorate", **copied)
    assert (copy["recipient"], copy["data"]["copy_of"]) == ("procuratorate", referral["id"])
    assert (copy["data"]["doc_no"], copy["data"]["copied_at"]) == (NUMBER, copied["copied_at"])


def test_police_and_procuratorate_answer_side_by_side_until_the_case_is_referred_anew(
    tell: Told, sqlite_linked: Linked
) -> None:
    def answerable(*messages: dict[str, Any]) -> list[bool]:
        with sqlite_linked.town.house.database.read() as connection:
            rows = [exchange_reading.message_row(connection, one["id"]) for one in messages]
            return [bool(row and row.answerable) for row in rows]

    (first,) = tell("hand_over", **HANDED)
    (copy,) = tell(
        "copy_to_procuratorate", procuratorate="原平市人民检察院", copied_at="2024-04-26T16:50:00+08:00"
    )
    (supplement,) = tell("supply_material", sent_on="2024-04-27", evidence_list="抽样录像")
    assert answerable(first, copy, supplement) == [True, True, True]
    (again,) = tell("hand_over", **HANDED)
    assert answerable(first, copy, supplement, again) == [False, False, False, True]


def test_what_follows_bears_the_number_of_the_referral_and_of_the_sending(tell: Told) -> None:
    (referral,) = tell("hand_over", **HANDED)
    for number in (1, 2):
        (supplement,) = tell("supply_material", sent_on="2024-04-27", evidence_list="抽样录像")
        assert supplement["data"]["doc_no"] == f"{NUMBER}-补{number}"
        assert supplement["data"]["in_reply_to"] == referral["id"]
    (items,) = tell("handover_items", items_list="火锅底料26千克", handed_on="2024-04-28", psb="原平市公安局")
    assert (items["data"]["doc_no"], items["subject"]) == (f"{NUMBER}-物1", NUMBER)
    assert items["data"]["items"] == [{"name": "火锅底料26千克", "quantity": ""}]
    (query,) = tell("query_result", sent_on="2024-06-01")
    assert (query["recipient"], query["data"]["about_message"]) == ("public_security", items["id"])


def test_letters_have_numbers_of_their_own_and_name_the_referral(tell: Told) -> None:
    tell("hand_over", **HANDED)
    (asked,) = tell("request_reconsideration", applied_on="2024-04-30", reason="检验报告证明明知")
    (suggested,) = tell("suggest_supervision", sent_on="2024-05-06", procuratorate="原平市人民检察院")
    (replied,) = tell("reply_opinion", reply="已作出行政处罚。", sent_on="2024-06-06")
    letters = [one["data"] for one in (asked, suggested, replied)]
    assert [one["recipient"] for one in (asked, suggested, replied)] == [
        "public_security",
        "procuratorate",
        "procuratorate",
    ]
    assert [one["doc_no"] for one in letters] == [f"原市监刑移〔2024〕{n}号" for n in (2, 3, 4)]
    assert {one["about"] for one in letters} == {NUMBER}
    assert not [one for one in letters if "finding" in one]


def test_a_decision_made_before_is_copied_to_the_police_and_to_the_procuratorate(tell: Told) -> None:
    tell("hand_over", **HANDED)
    tell("note_prior_penalty", decision_no="原市监罚〔2024〕9号", decided_on="2024-04-20")
    copies = tell("copy_prior_decision", sent_on="2024-04-28")
    assert [one["recipient"] for one in copies] == ["public_security", "procuratorate"]
    assert {one["data"]["doc_no"] for one in copies} == {"原市监罚〔2024〕9号"}


def test_the_police_that_the_case_was_passed_on_to_get_what_follows(
    tell: Told, sqlite_linked: Linked
) -> None:
    sqlite_linked.link("xinzhou-psb", "xinzhou_public_security")
    tell("hand_over", **HANDED)
    (items,) = tell("handover_items", items_list="火锅底料", handed_on="2024-04-28", psb="忻州市公安局")
    assert items["recipient"] == "xinzhou_public_security"
    (other,) = tell("handover_items", items_list="火锅底料", handed_on="2024-04-28", psb="忻府区派出所")
    assert other["recipient"] == "public_security"
