"""Each kind of matter from its signed arrival to what its sender is told: clocks, finding, source and feedback."""

from __future__ import annotations

import pytest

from engine.auditing import verify
from tests.builders import refused
from tests.engine.test_recusals import recuse
from tests.incoming.senders import RETURNED, SAID, Senders, closed


def test_a_transfer_is_signed_for_accepted_and_fed_back(each_senders: Senders) -> None:
    senders, town = each_senders, each_senders.town
    matter = senders.sent("department_transfer")
    assert senders.clocks(matter) == {"DL52": ("running", "2024-05-07"), "DL53": ("running", "2024-05-20")}
    assert [one["act"] for one in senders.shown("D01", matter)["acts"] if one["open"]] == ["sign_for", "note"]

    senders.act("D01", matter, "sign_for", handler="W01")
    finding = senders.accept("W01", matter)

    assert senders.clocks(matter)["DL52"] == ("met", "2024-05-07")
    assert refused(senders.act, "W01", matter, "feed_back", result="已改正。").code == "step_shut"
    closed(town, finding)
    assert senders.clocks(matter) == {
        "DL52": ("met", "2024-05-07"),
        "DL53": ("met", "2024-05-20"),
        "DL56b": ("running", "2024-05-13"),
    }
    waiting = town.house.archive.reader.erasures(town.people["H01"], finding)["kept"]
    senders.act("W01", matter, "feed_back", result="经查不属实，已销号。")
    told = town.house.archive.reader.erasures(town.people["H01"], finding)["kept"]
    assert [one["en"] for one in waiting if one not in told] == ["a clock is still running"]

    shown = senders.shown("W01", matter)
    assert (shown["state"], shown["ended"], shown["owner_role"]) == ("fed_back", True, None)
    assert senders.clocks(matter)["DL56b"][0] == "met"
    assert shown["of_finding"]["case_source"] == "transferred"
    assert [one["act"] for one in shown["history"]] == ["receive_incoming", "sign_for", "accept", "feed_back"]
    assert verify(town.house.database).faults == []


@pytest.mark.parametrize("kind", list(SAID))
def test_every_kind_is_recorded_and_returned_in_time(senders: Senders, kind: str) -> None:
    matter = senders.sent(kind)
    assert senders.clocks(matter)["DL52"] == ("running", "2024-05-07")
    senders.act("H01", matter, "sign_for")
    senders.act("H01", matter, "return", **RETURNED)
    assert senders.row(matter).state == "returned"
    assert {state for state, _ in senders.clocks(matter).values()} == {"met"}
    assert senders.row(matter).ended


def test_what_became_a_case_is_shut_to_whoever_stepped_back_from_it(senders: Senders) -> None:
    town, matter = senders.town, senders.sent("department_transfer")
    senders.act("D01", matter, "sign_for", handler="W01")
    finding = senders.accept("W01", matter)
    again, open_case = senders.sent("department_transfer"), town.finding()
    recuse(town, "W01", open_case)
    assert refused(senders.act, "W01", again, "accept", finding=open_case).code == "recused"
    closed(town, finding)
    recuse(town, "W01", finding)
    assert refused(senders.act, "W01", matter, "feed_back", result="查无问题。").code == "recused"
    [shown] = [one for one in senders.shown("W01", matter)["acts"] if one["act"] == "feed_back"]
    assert not shown["open"] and "recused" in [one["code"] for one in shown["reasons"]]
    senders.act("H01", matter, "feed_back", result="经查不属实，已销号。")
