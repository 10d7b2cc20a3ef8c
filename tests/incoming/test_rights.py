"""Who sees and does what: other departments, confidential matters, referrals and their lists, who informs, and every record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from engine.auditing import verify
from engine.core.commands import Command, ResendCommand
from engine.core.refusals import Refusal
from engine.incoming import keeping
from engine.referral_sealing import ALL_ALONE_SEALED, ALL_MATTERS_SEALED, seal_what_is_plain
from models import audit_reading, exchange_reading, matters_at_rest, records
from tests.builders import Town, refused
from tests.exchange.planted import said_in_rows
from tests.hostile.outsiders import NEVER
from tests.incoming.senders import ADDRESS, NAME, PHONE, SAID, Senders, event_of, inspection, into
from tests.referral_walk import FILED, led, opened
from tests.rights.twins import Work

EVERYBODY = (
    "W01",
    "W02",
    "C01",
    "C02",
    "U01",
    "L01",
    "T01",
    "H01",
    "P01",
    "D01",
    "F01",
    "F02",
    "S01",
    "O01",
    "A01",
    "E01",
)
OF_THE_BUREAU = frozenset(EVERYBODY[:10])


def seeing(senders: Senders, matter: str) -> set[str]:
    """Who is shown the matter, in the list as alone."""
    alone, listed = set(), set()
    for login in EVERYBODY:
        try:
            senders.shown(login, matter)
            alone.add(login)
        except Refusal as refusal:
            assert refusal.code == "not_found"
        if matter in [one["id"] for one in senders.listed(login)["items"]]:
            listed.add(login)
    assert alone == listed
    return alone


def test_a_matter_is_seen_by_its_department_and_by_overseers(senders: Senders) -> None:
    assert seeing(senders, senders.sent("report")) == OF_THE_BUREAU | {"S01", "O01"}
    fire = into_fire(senders)
    assert seeing(senders, fire) == {"F01", "F02", "S01", "O01"}
    for login in ("W01", "H01", "S01", "A01"):
        expected = "not_found" if login in ("W01", "H01", "A01") else "not_yours"
        assert refused(senders.act, login, fire, "note", reason="other", explanation="x").code == expected


def into_fire(senders: Senders) -> str:
    """A report for the fire brigade."""
    hotline = senders.partner("report")
    into(senders.town, hotline, event_of(hotline, "report", recipient="fire_rescue"))
    return str(senders.listed("F02")["items"][0]["id"])


@pytest.mark.parametrize("kind", ["police_return", "procuratorial_opinion"])
def test_what_may_tell_of_a_crime_is_seen_by_heads_and_whoever_handles_it(
    senders: Senders, kind: str
) -> None:
    matter = senders.sent(kind)
    heads = {"C01", "H01", "P01"}
    assert seeing(senders, matter) == heads
    assert senders.row(matter).number.startswith("密来")
    senders.act("H01", matter, "assign", handler="W01")
    assert seeing(senders, matter) == heads | {"W01"}
    entered = senders.entered("D01", kind)
    assert seeing(senders, entered) == heads | {"D01"}
    finding = senders.accept("W01", matter)
    timeline = senders.town.house.reader.timeline(senders.town.people["W02"], finding, {})
    assert "密来" not in json.dumps(timeline, ensure_ascii=False)
    assert senders.town.house.incoming.reader.of_finding(senders.town.people["W02"], finding) == []
    [shown] = senders.town.house.incoming.reader.of_finding(senders.town.people["W01"], finding)
    assert shown["case_source"] in ("transferred", "procuratorate")


def referred(town: Town) -> tuple[str, str]:
    """A referral that the police filed, and the message that told them of it."""
    finding = town.finding(violation="toxic_food_sold")
    referral = opened(town, finding)
    led(town, referral, *FILED)
    with town.house.database.read() as connection:
        messages = exchange_reading.sent_as(connection, referral, "criminal_referral")
    return referral, messages[-1]


def test_what_answers_a_referral_belongs_to_it_and_makes_no_finding(senders: Senders) -> None:
    senders.partner("police_return"), senders.partner("procuratorial_opinion")
    town = senders.town
    referral, message = referred(town)
    words = {name: f"Kanarie-{name}" for name in ("title", "facts_summary")}
    returned = senders.sent("police_return", in_reply_to=message, **words)
    assert senders.row(returned).referral_id == referral
    on_list = {
        login
        for login in EVERYBODY
        if referral in [one["id"] for one in town.house.reader.referrals.known_to(town.people[login])]
    }
    assert "H01" not in on_list or "C02" in on_list
    assert seeing(senders, returned) == on_list
    reader = next(login for login in ("C02", "W01") if login in on_list)
    shown = senders.shown(reader, returned)
    assert shown["referral"]["id"] == referral
    opens = [one["act"] for one in shown["acts"] if one["open"]]
    assert "accept" not in opens
    body = inspection(town)
    assert refused(senders.act, "W01", returned, "accept", inspection=body).code == "step_shut"
    opinion = senders.sent("procuratorial_opinion")
    assert senders.row(opinion).referral_id is None
    named = {"reason": "in_referral", "explanation": "已在移送案件登记。"}
    senders.act("C02", returned, "note", **{**named, "explanation": "Kanarie-explanation"})
    assert senders.row(returned).state == "noted"
    told = json.dumps(senders.shown(reader, returned), ensure_ascii=False, default=str)
    assert all(word in told for word in (*words.values(), "Kanarie-explanation"))
    assert said_in_rows(town.house.database, "Kanarie") == {}


def test_what_was_plain_of_a_matter_of_a_referral_is_sealed_when_the_house_opens(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    senders.partner("police_return")
    town, house = senders.town, senders.town.house
    _, message = referred(town)
    with monkeypatch.context() as earlier:
        for name in ("matter", "changes", "person"):
            earlier.setattr(matters_at_rest, f"kept_{name}", lambda *given: given[-1])
        earlier.setattr(keeping, "kept_payload", lambda *given: given[-1])
        returned = senders.sent("police_return", in_reply_to=message, title="Kanarie-title")
    before = senders.shown("C02", returned)
    plain = {"incoming.title", "incoming.content", "incoming_person.body", "payload.body"}
    assert set(said_in_rows(house.database, "Kanarie")) == plain
    mark = records.MARK.c.name == ALL_MATTERS_SEALED
    house.writer.submit(lambda connection: connection.execute(delete(records.MARK).where(mark)))

    for _ in range(2):
        seal_what_is_plain(house.database, house.writer, house.desk.vault, house.clock.real_now())
        assert said_in_rows(house.database, "Kanarie") == {} and senders.shown("C02", returned) == before
    assert verify(house.database).faults == []


def test_a_confidential_matter_of_no_referral_says_nothing_in_the_database_either(
    each_senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    senders, house = each_senders, each_senders.town.house
    with monkeypatch.context() as earlier:
        for name in ("matter", "changes", "person"):
            earlier.setattr(matters_at_rest, f"kept_{name}", lambda *given: given[-1])
        earlier.setattr(keeping, "kept_payload", lambda *given: given[-1])
        old = senders.sent("police_return", title="Kanarie-old")
    before = senders.shown("H01", old)
    assert "payload.body" in said_in_rows(house.database, "Kanarie")
    mark = records.MARK.c.name == ALL_ALONE_SEALED
    house.writer.submit(lambda connection: connection.execute(delete(records.MARK).where(mark)))
    seal_what_is_plain(house.database, house.writer, house.desk.vault, house.clock.real_now())
    assert senders.shown("H01", old) == before

    new = senders.sent("procuratorial_opinion", title="Kanarie-new")
    senders.act("H01", new, "assign", handler="W01")
    senders.act("H01", new, "note", reason="other", explanation="Kanarie-explanation")
    told = json.dumps(senders.shown("W01", new), ensure_ascii=False, default=str)
    assert "Kanarie-new" in told and told.count("Kanarie-explanation") >= 1
    assert said_in_rows(house.database, "Kanarie") == {}
    assert verify(house.database).faults == []


def test_an_id_of_a_referral_costs_outsiders_what_one_that_never_was_costs(senders: Senders) -> None:
    senders.partner("police_return")
    town, work = senders.town, Work()
    _, message = referred(town)
    returned = senders.sent("police_return", in_reply_to=message)
    work.watch(town)

    def cost(act: Callable[..., Any], *told: Any, **facts: Any) -> tuple[str, tuple[int, int]]:
        work.taken()
        code = refused(act, *told, **facts).code
        return code, work.taken()

    def costs(login: str, matter: str, letter: str) -> list[tuple[str, tuple[int, int]]]:
        messages, who = town.house.exchange.acts, town.people[login]
        return [
            cost(senders.shown, login, matter),
            cost(senders.act, login, matter, "note", reason="other", explanation="x"),
            cost(messages.message, who, letter),
            cost(messages.handle, Command(who, f"{login} {letter}", letter, ResendCommand(letter))),
        ]

    known = {one for one in EVERYBODY if town.house.reader.referrals.known_to(town.people[one])}
    outsiders = set(EVERYBODY) - known
    assert len(outsiders) > 5
    for login in sorted(outsiders):
        asked = costs(login, returned, message)
        assert asked == costs(login, NEVER, NEVER)
        assert {code for code, _ in asked} == {"not_found"}


def test_who_informs_is_known_to_the_handler_and_the_heads_and_written_nowhere_else(senders: Senders) -> None:
    town = senders.town
    matter = senders.sent("report")
    known = {
        login
        for login in OF_THE_BUREAU
        if NAME in json.dumps(senders.shown(login, matter), ensure_ascii=False)
    }
    assert known == {"C01", "U01", "H01", "P01"}
    senders.act("D01", matter, "sign_for", handler="W02")
    assert senders.shown("W02", matter)["particulars"] == {"name": NAME, "phone": PHONE, "address": ADDRESS}
    assert senders.shown("W01", matter)["particulars"] == {"name": "***", "phone": "***", "address": "***"}
    assert senders.shown("S01", matter)["particulars"]["name"] == "***"
    senders.accept("W02", matter)
    with town.house.database.read() as connection:
        kept = json.dumps(audit_reading.chain(connection, matter), ensure_ascii=False, default=str)
    for login in ("H01", "W02"):
        assert PHONE not in json.dumps(senders.listed(login), ensure_ascii=False)
        assert PHONE not in json.dumps(
            town.house.reader.reminders.reminders(town.people[login], {}), ensure_ascii=False
        )
    assert all(secret not in kept for secret in (NAME, PHONE, ADDRESS))
    row = senders.row(matter)
    assert all(secret not in str(row) for secret in (NAME, PHONE, ADDRESS))
    assert verify(town.house.database).faults == []


def test_roles_that_were_lent_reach_ordinary_matters_and_no_confidential_one(senders: Senders) -> None:
    from datetime import date

    from tests.engine.test_delegations import lend, now_of

    town = senders.town
    lend(town, "H01", "U01", date(2024, 4, 26), date(2024, 4, 30))
    ordinary, secret = senders.sent("department_transfer"), senders.sent("police_return")
    town.people["U01"] = now_of(town, "U01")
    assert refused(senders.shown, "U01", secret).code == "not_found"
    town.people["C02"] = now_of(town, "C02")
    lend(town, "U01", "C02", date(2024, 4, 26), date(2024, 4, 30))
    town.people["C02"] = now_of(town, "C02")
    senders.act("C02", ordinary, "return", reason="other", explanation="不属本部门。")
    [*_, last] = senders.shown("H01", ordinary)["history"]
    assert last["facts"]["on_behalf_of"] == "U01"
    assert SAID["report"]["informant"]["name"] == NAME
