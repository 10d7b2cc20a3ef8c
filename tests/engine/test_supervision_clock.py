"""A supervision order (督办单) has a clock of its own: its light, its ladder and its messages, until it is lifted."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engine.projections.instants import CIVIL
from tests.builders import Town
from tests.engine.test_ladder import every_rung, registered, ring_at_each_rung, rungs_told, term_of, told_of
from tests.engine.test_reminders import listed
from tests.exchange.linked import Linked
from tests.exchange.test_reminders_sent import LEAD, OWN, data, link_all, queue, reminders

ORDER = {"requirement": "请于期限内办结并书面回复。", "reason": "多次催办未果。"}


def ordered(town: Town, finding: str, due_on: str = "2024-05-10") -> Any:
    """The clock of an order just given by the lead office."""
    town.step("S01", finding, "order_supervision", due_on=due_on, **ORDER)
    return term_of(town, finding, "DL18")


def of_order(town: Town, system: str) -> list[Any]:
    return [one for one in reminders(town, system) if one["data"]["term"] == "DL18"]


def test_the_order_climbs_the_ladder_and_goes_out_as_an_answer_to_itself(town: Town) -> None:
    link_all(Linked(town, town.house.exchange))
    finding = registered(town)
    clock = ordered(town, finding)
    assert clock.due_effective == "2024-05-10"
    (order,) = queue(town, OWN)
    ring_at_each_rung(town, clock)

    assert told_of(town, "DL18") == every_rung()
    own, lead = of_order(town, OWN), of_order(town, LEAD)
    assert data(own, "light") == ["yellow", "red", "overdue", "overdue", "severe"]
    assert data(lead, "light") == ["overdue", "overdue", "severe"]
    assert {one["data"]["about_message"] for one in own} == {order["id"]}
    assert not any("about_message" in one["data"] for one in lead)
    assert "“督办期限”（内部时限）已于2024-05-10到期" in own[2]["data"]["text"]
    shown = town.house.reader.finding(town.who("C01"), finding)
    (light,) = [one["light"] for one in shown["deadlines"] if one["term"] == "DL18" and one["light"]]
    assert light == "severe" and {"supervised", "overdue"} <= set(shown["marks"])


def test_the_order_goes_on_when_the_finding_has_another_handler(sqlite_town: Town) -> None:
    town = sqlite_town
    link_all(Linked(town, town.house.exchange))
    finding = registered(town)
    clock = ordered(town, finding)
    town.at(clock.red_at.astimezone(CIVIL).strftime("%Y-%m-%dT%H:%M"))
    town.house.ring()
    town.step("U01", finding, "reassign", handler="W02", reason="轮岗。")
    after = term_of(town, finding, "DL18")
    assert (after.id, after.due_effective, after.rung) == (clock.id, clock.due_effective, 2)

    town.at(clock.overdue_at.astimezone(CIVIL).strftime("%Y-%m-%dT%H:%M"))
    town.house.ring()
    town.house.ring()
    assert told_of(town, "DL18")[("overdue", "case_officer")] == 1
    assert data(of_order(town, OWN), "light") == ["red", "overdue"]
    theirs = {one["key"] for one in listed(town, "W02") if f":{clock.id}:overdue:" in one["key"]}
    assert theirs and not {one["key"] for one in listed(town, "W01")} & theirs, "the new handler is told"


def test_a_reply_goes_back_and_the_lifting_ends_the_reminders(sqlite_town: Town) -> None:
    town = sqlite_town
    link_all(Linked(town, town.house.exchange))
    finding = registered(town)
    clock = ordered(town, finding)
    town.step("C01", finding, "reply_supervision", reply="已督促当事人整改。")
    assert [one["type"] for one in queue(town, LEAD)] == ["bihuan.message.official_letter.v1"]
    assert term_of(town, finding, "DL18").id == clock.id, "the chart ends the order by its lifting alone"
    town.step("S01", finding, "lift_supervision", reason="已办结。")
    states = {one.id: one.state for one in town.deadlines(finding)}
    assert states[clock.id] == "met"

    town.at("2024-07-01T09:00", jump=True)
    town.house.ring()
    assert told_of(town, "DL18") == Counter()
    assert of_order(town, OWN) == of_order(town, LEAD) == []


def test_a_new_order_takes_the_place_of_the_old_one(sqlite_town: Town) -> None:
    town = sqlite_town
    link_all(Linked(town, town.house.exchange))
    finding = registered(town)
    first = ordered(town, finding, "2024-04-30")
    town.at("2024-04-30T09:00")
    town.house.ring()
    second = ordered(town, finding, "2024-05-20")
    town.at("2024-05-21T09:00", jump=True)
    town.house.ring()

    told = [one.detail["deadline"] for one in rungs_told(town) if one.detail["rung"] == "overdue"]
    assert first.id not in told and second.id in told
    orders = [one["id"] for one in queue(town, OWN) if "supervision_order" in one["type"]]
    sent = of_order(town, OWN)
    assert [one["data"]["about_message"] for one in sent] == orders
    assert data(sent, "light") == ["red", "overdue"]
