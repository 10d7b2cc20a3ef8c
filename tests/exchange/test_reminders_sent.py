"""Reminders go out to whoever takes them: once for each rung, end and recipient."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from engine.core.ladder import Ladder
from engine.outbox import asked_for
from engine.projections.instants import CIVIL
from models import exchange_reading
from tests.builders import Town, item
from tests.engine.test_ladder import registered, ring_at_each_rung, rungs_told, running, term_of
from tests.engine.test_penalty_papers import verifying
from tests.exchange.linked import SIGNED, Linked, Post, tasks
from tests.once import Copies
from tests.partner import Partner
from tests.schemas import faults
from tests.throwaway_postgres import ThrowawayPostgres

OWN, LEAD, FIRE, POLICE = "own-office", "yuanping-lead", "yuanping-fire", "yuanping-psb"
DEPARTMENTS = {
    OWN: "market_regulation",
    LEAD: "lead_office",
    FIRE: "fire_rescue",
    POLICE: "public_security",
}
RUNGS = ["yellow", "red", "overdue", "overdue+3", "severe"]


def link_all(linked: Linked) -> dict[str, Partner]:
    """A system of each department that tests speak of."""
    return {id: linked.link(id, department) for id, department in DEPARTMENTS.items()}


def queue(town: Town, system: str, name: str = "ordinary") -> list[dict[str, Any]]:
    """Everything in the queue of that system, in its order."""
    asked = asked_for({"limit": ["200"], "queue": [name]})
    return list(
        town.house.exchange.outbox.feed(SimpleNamespace(id=system, office_id="yuanping"), asked)["items"]
    )


def reminders(town: Town, system: str, name: str = "ordinary") -> list[dict[str, Any]]:
    """The reminders in that queue, every one as the contract's schema says."""
    found = [one for one in queue(town, system, name) if one["type"] == "bihuan.message.reminder.v1"]
    assert [faults("message_reminder", one) for one in found] == [[]] * len(found)
    return found


def all_reminders(town: Town) -> list[Any]:
    """The rows of every reminder in the outbox."""
    table = exchange_reading.MESSAGE
    with town.house.database.read() as connection:
        return list(connection.execute(table.select().where(table.c.kind == "reminder")).all())


def data(events: list[dict[str, Any]], name: str) -> list[Any]:
    return [one["data"][name] for one in events]


def test_each_rung_goes_out_once_to_the_department_that_is_told(linked: Linked) -> None:
    link_all(linked)
    finding = registered(linked.town)
    deadline = running(linked.town, finding)
    ring_at_each_rung(linked.town, deadline)

    own, lead = reminders(linked.town, OWN), reminders(linked.town, LEAD)
    assert data(own, "light") == ["yellow", "red", "overdue", "overdue", "severe"]
    assert data(lead, "light") == ["overdue", "overdue", "severe"]
    assert data(own, "number") == [1, 2, 3, 4, 5] and data(lead, "number") == [1, 2, 3]
    for sent in (own, lead):
        assert [int(one["sequence"]) for one in sent] == list(range(1, len(sent) + 1))
        assert {one["data"]["finding"] for one in sent} == {finding}
        assert {(one["data"]["term"], one["data"]["nature"]) for one in sent} == {("DL14", "internal")}
        assert {one["data"]["ledger_no"] for one in sent} == {"原台〔2024〕0001"}
        assert all("“路径分流审批”（内部时限）" in one["data"]["text"] for one in sent)
    assert "市场监管局的" in lead[0]["data"]["text"] and "请督促" in lead[0]["data"]["text"]
    assert own[0]["data"]["text"] != own[1]["data"]["text"]
    assert reminders(linked.town, FIRE) == []


def test_a_silent_receiver_is_reminded_and_the_lead_office_has_a_copy(linked: Linked) -> None:
    partners = link_all(linked)
    finding, transfer = linked.sent()
    letter = queue(linked.town, FIRE)[0]
    ring_at_each_rung(linked.town, term_of(linked.town, finding, "DL51"))

    fire = reminders(linked.town, FIRE)
    assert data(fire, "number") == list(range(1, len(fire) + 1)) and fire[-1]["data"]["light"] == "severe"
    assert {one["data"]["about_message"] for one in fire} == {letter["id"]}
    assert {one["data"]["proceeding"] for one in fire} == {transfer}
    assert "贵单位" in fire[0]["data"]["text"]
    assert fire[-1]["data"]["text"].endswith("，逾期后果：自动上报领导小组办公室。")
    of_transfer = [one for one in reminders(linked.town, LEAD) if one["data"]["term"] == "DL51"]
    assert of_transfer and all("消防救援大队的“签收回执”" in one["data"]["text"] for one in of_transfer)
    assert not any("about_message" in one["data"] for one in of_transfer)
    own = [one for one in reminders(linked.town, OWN) if one["data"]["term"] == "DL51"]
    assert "请催办" in own[-2]["data"]["text"]

    answered = Post(linked, partners[FIRE], fire[-1])
    assert answered("signed_for", **SIGNED).code == "recorded"
    assert linked.state(finding) == "sent", "a receipt to a reminder stands on the timeline alone"
    assert [one.state for one in linked.receipts(finding)] == ["noted"]


def test_of_feedback_the_lead_office_has_its_copy_from_the_end_on(sqlite_linked: Linked) -> None:
    partners = link_all(sqlite_linked)
    town = sqlite_linked.town
    finding, transfer = sqlite_linked.sent()
    post = Post(sqlite_linked, partners[FIRE], queue(town, FIRE)[0])
    post("signed_for", **SIGNED)
    post(
        "accepted", case_no="1", accepted_on="2024-04-26", handler={"name": "甲", "department": "fire_rescue"}
    )
    progress = term_of(town, finding, "DL56a")
    for turn in ("red_at", "overdue_at"):
        town.at(getattr(progress, turn).astimezone(CIVIL).strftime("%Y-%m-%dT%H:%M"), jump=True)
        town.house.ladder_bell.ring()  # without the sweep, whose row tells the lead office anyhow
    lead = [one for one in reminders(town, LEAD) if one["data"]["term"] == "DL56a"]
    fire = [one for one in reminders(town, FIRE) if one["data"]["term"] == "DL56a"]
    assert data(lead, "light") == ["overdue"] and data(fire, "light")[-2:] == ["red", "overdue"]
    assert transfer == lead[0]["data"]["proceeding"]


def test_whoever_has_no_system_is_told_in_the_house_alone(sqlite_linked: Linked) -> None:
    sqlite_linked.link("psb-of-another-kind", "lead_office", "copy_notice")
    finding, _ = sqlite_linked.sent()
    sqlite_linked.town.at("2024-07-01T09:00", jump=True)
    sqlite_linked.town.house.ring()
    assert all_reminders(sqlite_linked.town) == [] and rungs_told(sqlite_linked.town)
    letters = [
        one
        for one in tasks(sqlite_linked, finding, "paper_message")
        if one.detail["chart_name"] == "reminder"
    ]
    assert letters == [], "no paper task"


def test_a_department_that_the_office_lets_take_no_reminders_gets_none(sqlite_linked: Linked) -> None:
    sqlite_linked.link("court", "court")
    sqlite_linked.link("xinzhou", "xinzhou_fire_rescue")
    sqlite_linked.sent(target_department="xinzhou_fire_rescue", receiver_kind="vertical")
    sqlite_linked.town.at("2024-07-01T09:00", jump=True)
    sqlite_linked.town.house.ring()
    assert rungs_told(sqlite_linked.town) and all_reminders(sqlite_linked.town) == []


def test_after_an_outage_each_recipient_hears_once_how_it_stands(sqlite_linked: Linked) -> None:
    link_all(sqlite_linked)
    deadline = running(sqlite_linked.town, registered(sqlite_linked.town))
    sqlite_linked.town.at("2024-05-13T09:00", jump=True)  # three working days after the end, not severe yet
    sqlite_linked.town.house.ring()
    sqlite_linked.town.house.ring()
    assert data(reminders(sqlite_linked.town, OWN), "light") == ["overdue"]
    assert data(reminders(sqlite_linked.town, LEAD), "light") == ["overdue"]
    assert rungs_told(sqlite_linked.town)[-1].detail["deadline"] == deadline.id
    sqlite_linked.town.at("2024-07-01T09:00", jump=True)
    sqlite_linked.town.house.ring()
    assert data(reminders(sqlite_linked.town, OWN), "number") == [1, 2]


def test_an_end_that_was_put_off_is_reminded_of_anew(sqlite_linked: Linked) -> None:
    link_all(sqlite_linked)
    town = sqlite_linked.town
    finding, case = verifying(town)
    town.at("2024-05-20T09:00", jump=True)
    town.house.ring()
    first = [one for one in reminders(town, OWN) if one["data"]["term"] == "DL20"]
    town.step("C02", finding, "propose_verify_extension", case, reason="情况特殊。")
    town.step("H01", finding, "verify_extend", case, reason="情况特殊。")
    town.at(term_of(town, finding, "DL20").red_at.astimezone(CIVIL).strftime("%Y-%m-%dT%H:%M"), jump=True)
    town.house.ring()
    both = [one for one in reminders(town, OWN) if one["data"]["term"] == "DL20"]
    assert data(first, "light") == ["red"] and data(both, "light") == ["red", "red"]
    assert len(set(data(both, "due_effective"))) == 2 and data(both, "number") == [1, 2]
    assert all("（法定时限）" in text for text in data(both, "text"))


def test_a_restart_loses_nothing_and_sends_nothing_twice(
    town_url: str, open_town: Callable[..., Town]
) -> None:
    first = open_town(town_url)
    link_all(Linked(first, first.house.exchange))
    registered(first)
    first.at("2024-05-20T09:00", jump=True)
    first.house.ring()
    sent = {id: queue(first, id) for id in (OWN, LEAD)}
    first.close()

    second = open_town(town_url, "2024-05-20T10:00")
    second.house.ring()
    assert all(sent.values()) and {id: queue(second, id) for id in sent} == sent
    for event in sent[OWN]:
        second.house.exchange.outbox.acknowledge(SimpleNamespace(id=OWN), event["id"])
    second.house.ring()
    assert queue(second, OWN) == [] and queue(second, LEAD) == sent[LEAD]


def test_notice_and_message_stand_or_fall_together(sqlite_linked: Linked, monkeypatch: Any) -> None:
    link_all(sqlite_linked)
    town = sqlite_linked.town
    registered(town)
    town.at("2024-05-06T09:00", jump=True)

    def power_cut(*_: Any, **__: Any) -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as cut:
        cut.setattr(exchange_reading, "enqueue", power_cut)
        with pytest.raises(OSError, match="power"):
            town.house.ladder_bell.ring()
    assert rungs_told(town) == [] and all_reminders(town) == []
    town.house.ladder_bell.ring()
    assert rungs_told(town) and len(all_reminders(town)) == 1


def test_two_nodes_send_each_reminder_once_and_in_order(
    tables: Copies, postgres: ThrowawayPostgres, open_town: Callable[..., Town]
) -> None:
    url = tables.postgres(postgres)
    nodes = [open_town(url), open_town(url)]
    link_all(Linked(nodes[0], nodes[0].house.exchange))
    findings = [registered(nodes[0], number) for number in range(1, 7)]
    for node in nodes:
        node.at("2024-05-20T09:00", jump=True)
    work = [
        *(node.house.ladder_bell.ring for node in nodes),
        *(node.house.sweep.run for node in nodes),
    ]
    ringing = [Thread(target=one) for one in work]
    for one in ringing:
        one.start()
    for one in ringing:
        one.join()

    for system in (OWN, LEAD):
        sent = reminders(nodes[0], system)
        assert sorted(data(sent, "finding")) == sorted(findings)
        assert [int(one["sequence"]) for one in sent] == list(range(1, len(findings) + 1))
        assert set(data(sent, "number")) == {1}


def test_a_hundred_rungs_in_one_ring(sqlite_linked: Linked) -> None:
    link_all(sqlite_linked)
    town = sqlite_linked.town
    inspection = town.inspect(*(item(town, item=f"第{number}项") for number in range(100)))
    findings = town.findings_of(inspection)
    town.at(town.deadlines(findings[0])[0].red_at.astimezone(CIVIL).strftime("%Y-%m-%dT%H:%M"), jump=True)
    before = town.house.writer.commits
    town.house.ladder_bell.ring()
    commits = town.house.writer.commits - before

    with town.house.database.read() as connection:
        sent = exchange_reading.feed(connection, OWN, "ordinary", None, 200)
    events = [json.loads(one.body) for one in sent]
    assert sorted(data(events, "finding")) == sorted(findings) and set(data(events, "number")) == {1}
    assert [one.sequence for one in sent] == list(range(1, 101))
    assert commits <= 3, "fifty in one transaction"
    assert {one["subject"] for one in events} == set(findings) and set(data(events, "ledger_no")) == {
        "尚未编号"
    }


def test_a_rung_that_stays_in_the_house_goes_to_no_system(sqlite_linked: Linked) -> None:
    link_all(sqlite_linked)
    town = sqlite_linked.town
    ladder = town.house.law.ladder
    kept = tuple(replace(rung, message=rung.name not in ("red", "overdue")) for rung in ladder.rungs)
    law = replace(town.house.law, ladder=Ladder(kept, ladder.silent))
    town.house.ladder_bell.law = town.house.sweep.law = law
    deadline = running(town, registered(town))
    ring_at_each_rung(town, deadline)
    assert data(reminders(town, OWN), "light") == ["yellow", "overdue", "severe"]
    assert data(reminders(town, LEAD), "light") == ["overdue", "severe"], "and the sweep does not go round it"
    assert {one.detail["rung"] for one in rungs_told(town)} == set(RUNGS)


def test_of_an_inspection_nothing_goes_out(sqlite_linked: Linked) -> None:
    link_all(sqlite_linked)
    town = sqlite_linked.town
    town.inspect(result_codes=["NO_PROBLEM"])
    town.at("2024-07-20T09:00", jump=True)
    town.house.ring()
    assert rungs_told(town) and all_reminders(town) == []
