"""Clocks of matters: filing and feedback derived from the finding, opinions, overdue alarms, reopening, another calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.core.commands import Principal
from models import incoming_reading
from tests.builders import item, refused
from tests.engine.test_penalty_papers import FILING, verifying
from tests.incoming.senders import PHONE, TOLD, Senders, closed, inspection


def notices(senders: Senders, login: str) -> list[tuple[str, str]]:
    """Kind and role of what the person was told of matters, oldest first."""
    who: Principal = senders.town.people[login]
    items = senders.town.house.reader.reminders.reminders(who, {"limit": ["200"]})["items"]
    assert PHONE not in str(items)
    return [(one["kind"], one["role"]) for one in reversed(items) if one["kind"].startswith("incoming_")]


def test_an_undecided_matter_is_told_to_its_owner_then_to_the_head_and_never_accepted(
    senders: Senders,
) -> None:
    town = senders.town
    matter = senders.sent("department_transfer")
    secret = senders.sent("police_return")
    assert notices(senders, "D01") == [("incoming_received", "duty_clerk")]
    town.at("2024-05-07T09:00")
    town.house.ring()
    assert notices(senders, "D01") == [("incoming_received", "duty_clerk"), ("incoming_due", "duty_clerk")]
    assert notices(senders, "H01") == []
    for day, told in (("2024-05-08T09:00", 1), ("2024-05-09T09:00", 1), ("2024-05-30T09:00", 3)):
        town.at(day)
        town.house.ring()
        town.house.ring()
        assert notices(senders, "H01") == [("incoming_overdue", "department_head")] * told, day
    assert senders.row(matter).state == senders.row(secret).state == "received"
    assert senders.listed("H01", light="severe")["items"][0]["id"] == matter
    senders.act("H01", matter, "return", reason="other", explanation="不属本部门。")
    assert senders.clocks(matter)["DL52"][0] == "met_late"
    assert notices(senders, "H01") == []


def test_a_named_informant_is_told_whether_a_case_was_filed(senders: Senders) -> None:
    town = senders.town
    finding, case = verifying(town)
    named, nameless = senders.sent("report"), senders.sent("report", informant=None)
    for matter in (named, nameless):
        senders.act("C02", matter, "accept", finding=finding)
    assert refused(senders.act, "D01", named, "tell_informant", **TOLD).code == "step_shut"
    town.step("C02", finding, "propose_filing", case, **FILING)
    town.step("H01", finding, "approve_filing", case)
    day = town.house.clock.now().date()
    due = town.house.law.calendar.add(day, 5).isoformat()
    assert senders.clocks(named)["DL40"] == ("running", due)
    assert senders.clocks(named)["DL20"][0] == "met"
    assert "DL40" not in senders.clocks(nameless)
    assert refused(senders.act, "D01", nameless, "tell_informant", **TOLD).code == "step_shut"
    senders.act("D01", named, "tell_informant", told_how="telephone", told_on=day.isoformat())
    assert senders.clocks(named)["DL40"][0] == "met"
    assert senders.row(named).state == "accepted"


def test_the_row_of_the_penalty_tells_the_informant_too(senders: Senders) -> None:
    town = senders.town
    finding, case = verifying(town)
    matter = senders.sent("report")
    senders.act("C02", matter, "accept", finding=finding)
    town.step("C02", finding, "propose_filing", case, **FILING)
    town.step("H01", finding, "approve_filing", case, informant_named=True)
    day = town.house.clock.now().date().isoformat()
    town.step("C02", finding, "notify_informant", case, notified_on=day)
    assert senders.clocks(matter)["DL40"][0] == "met"


def test_a_finding_that_is_reopened_takes_the_feedback_back(senders: Senders) -> None:
    town = senders.town
    matter = senders.sent("department_transfer")
    finding = senders.accept("W01", matter)
    closed(town, finding)
    assert senders.clocks(matter)["DL56b"][0] == "running"
    why = {"reopen_ground": "new_evidence", "reason": "新的证据。"}
    town.step("C02", finding, "propose_reopening", **why)
    town.step("H01", finding, "reopen", **why, routes=["rectification"])
    assert senders.clocks(matter)["DL56b"][0] == "void"
    assert refused(senders.act, "W01", matter, "feed_back", result="x").code == "step_shut"
    assert senders.shown("W01", matter)["why_no_clock"] is None


def test_counting_again_changes_nothing(senders: Senders) -> None:
    """Clocks are a function of events, terms and calendar (law 6)."""
    town, room = senders.town, senders.town.house.incoming
    for kind in ("department_transfer", "procuratorial_opinion", "report"):
        senders.sent(kind)
    accepted = senders.sent("complaint")
    closed(town, senders.accept("W01", accepted, clue="紫外线灯损坏。"))

    def rows() -> list[dict[str, Any]]:
        ids = [one["id"] for one in senders.listed("H01")["items"]]
        with town.house.database.read() as connection:
            return [dict(row._mapping) for row in incoming_reading.clock_rows(connection, ids)]

    before = rows()
    assert len(before) == 9
    room.bell.following.recount(town.house.clock.now())
    assert rows() == before


@pytest.mark.parametrize(
    ("reply_by", "due"), [(None, "2024-06-26"), ("2024-05-20", "2024-05-20"), ("2024-09-01", "2024-06-26")]
)
def test_an_opinion_is_answered_within_two_months_or_the_shorter_day_it_states(
    senders: Senders, reply_by: str | None, due: str
) -> None:
    matter = senders.sent("procuratorial_opinion", reply_by=reply_by)
    assert senders.clocks(matter)["DL74"] == ("running", due)
    senders.act("P01", matter, "sign_for", handler="W01")
    senders.accept("W01", matter)
    assert senders.row(matter).handler == "w01"
    senders.act("W01", matter, "feed_back", result="已立案调查。")
    assert senders.clocks(matter)["DL74"][0] == "met"
    assert "DL56b" not in senders.clocks(matter)


def test_matters_with_an_inspection_of_more_or_of_others_are_not_accepted(senders: Senders) -> None:
    town = senders.town
    matter = senders.sent("department_transfer")

    def code(login: str = "W01", **facts: object) -> tuple[str, list[str]]:
        told = refused(senders.act, login, matter, "accept", **facts)
        return told.code, [one.pointer for one in told.errors]

    assert code() == ("facts_invalid", ["/facts/inspection"])
    two = inspection(town, item(town), item(town, item="另一项"))
    assert code(inspection=two) == ("facts_invalid", ["/facts/inspection/findings"])
    other = {**inspection(town), "department": "fire_rescue"}
    assert code(inspection=other)[0] == "not_yours"
    wrong = {**inspection(town), "party": {"kind": "enterprise", "name": "甲", "identifiers": []}}
    assert code(inspection=wrong)[0] == "facts_invalid"
    assert code(finding="0190ffff0190ffff") == ("facts_invalid", ["/facts/finding"])
    assert code("C02", inspection=inspection(town))[0] == "not_yours"
    assert code("D01", inspection=inspection(town))[0] == "not_yours"
    future = {**inspection(town), "finished_at": "2024-04-27T09:00:00+08:00"}
    assert code(inspection=future)[0] == "occurred_in_future"
    assert (senders.row(matter).state, senders.row(matter).finding_id) == ("received", None)


def test_a_complaint_without_a_clue_is_no_finding(senders: Senders) -> None:
    matter = senders.sent("complaint")
    body = inspection(senders.town)
    for clue in ({}, {"clue": ""}, {"clue": "   "}):
        told = refused(senders.act, "W01", matter, "accept", inspection=body, **clue)
        assert [one.pointer for one in told.errors] == ["/facts/clue"]
    forwarded = {"reason": "no_clue", "explanation": "属消费纠纷。", "to_department": "justice"}
    own = {**forwarded, "to_department": "market_regulation"}
    assert refused(senders.act, "C02", matter, "forward", **own).code == "facts_invalid"
    senders.act("C02", matter, "forward", **forwarded)
    assert senders.row(matter).state == "forwarded"
    transfer = senders.sent("department_transfer")
    assert refused(senders.act, "C02", transfer, "forward", **forwarded).code == "step_shut"


def test_a_duplicate_names_another_matter_of_the_department(senders: Senders) -> None:
    first, again = senders.sent("report"), senders.entered("D01", "report")
    numbers = {one: senders.row(one).number for one in (first, again)}
    same = {"reason": "duplicate", "explanation": "同一事项。"}
    for number in (None, "来〔2024〕9999", numbers[again]):
        given = {} if number is None else {"duplicate_of": number}
        assert refused(senders.act, "D01", again, "note", **same, **given).code == "facts_invalid"
    assert (
        refused(senders.act, "D01", again, "note", reason="in_referral", explanation="x").code
        == "facts_invalid"
    )
    senders.act("D01", again, "note", **same, duplicate_of=numbers[first])
    assert senders.shown("D01", again)["said"]["duplicate_of"] == numbers[first]


def test_days_told_lie_between_receipt_and_today(senders: Senders) -> None:
    matter = senders.entered("D01", "report")
    returned = {"reason": "no_power", "explanation": "非本部门职权。", "told_how": "letter"}
    for told_on in ("2024-04-27", "2024-04-25", "2024-02-30", None):
        given = {} if told_on is None else {"told_on": told_on}
        assert refused(senders.act, "H01", matter, "return", **returned, **given).code == "facts_invalid", (
            told_on
        )
    senders.act("H01", matter, "return", **returned, told_on=date(2024, 4, 26).isoformat())
