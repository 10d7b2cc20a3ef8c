"""Law 9: reminders of a criminal referral go to the police on its own queue, and the ordinary queues tell nothing of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from models import exchange_reading, records
from tests.builders import Town
from tests.engine.test_ladder import registered, rungs_told, term_of
from tests.engine.test_penalty_papers import verifying
from tests.exchange.linked import Linked
from tests.exchange.test_reminders_sent import (
    DEPARTMENTS,
    FIRE,
    LEAD,
    OWN,
    POLICE,
    all_reminders,
    data,
    link_all,
    queue,
    reminders,
)
from tests.once import Copies
from tests.referral_walk import FILED, led, opened

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def spoken(town: Town) -> dict[str, list[str]]:
    """The bytes of every ordinary queue; ids, which chance gives, by the order in which they come."""
    with town.house.database.read() as connection:
        sent = {
            id: [one.body.decode() for one in exchange_reading.feed(connection, id, "ordinary", None, 200)]
            for id in DEPARTMENTS
        }
    known: dict[str, str] = {}
    return {
        id: [ID.sub(lambda found: known.setdefault(found.group(), f"id{len(known)}"), one) for one in bodies]
        for id, bodies in sent.items()
    }


def story(linked: Linked, *, with_referral: bool) -> str | None:
    """A finding that runs late for two months, and of which a crime is suspected or not; the referral's id."""
    link_all(linked)
    town = linked.town
    finding = registered(town)
    referral = opened(town, finding) if with_referral else None
    if referral is not None:
        led(town, referral, *FILED[:4])  # handed over, and not signed for
    for day in ("2024-05-08T09:00", "2024-07-01T09:00"):
        town.at(day, jump=True)
        town.house.ring()
    return referral


def test_ordinary_queues_say_the_same_bytes_with_and_without_a_referral(
    tables: Copies, open_town: Callable[..., Town], tmp_path: Path
) -> None:
    plain, confided = (open_town(tables.sqlite(tmp_path / name)) for name in ("plain.db", "confided.db"))
    assert story(Linked(plain, plain.house.exchange), with_referral=False) is None
    assert story(Linked(confided, confided.house.exchange), with_referral=True)
    said = spoken(plain)
    assert spoken(confided) == said
    assert len(said[OWN]) == len(said[LEAD]) == 2 and said[POLICE] == []
    assert reminders(confided, POLICE, "criminal"), "so that there was something to keep silent about"


def test_the_bell_rings_on_where_nothing_can_be_sealed_and_tells_it_later(sqlite_linked: Linked) -> None:
    town = sqlite_linked.town
    key = town.house.settings.referral_key_file
    story(sqlite_linked, with_referral=True)
    told = reminders(town, POLICE, "criminal")
    led(town, opened(town, registered(town)), *FILED[:4])
    town.at("2024-09-02T09:00", jump=True)
    own = key.read_bytes()
    key.write_bytes(b"no key\n")
    town.house.ring()
    key.write_bytes(own)
    assert reminders(town, POLICE, "criminal") == told
    town.house.ring()
    assert len(reminders(town, POLICE, "criminal")) > len(told)


def test_the_police_alone_are_reminded_of_a_referral_on_its_own_queue(linked: Linked) -> None:
    referral = story(linked, with_referral=True)
    letter, *told = queue(linked.town, POLICE, "criminal")
    assert told == reminders(linked.town, POLICE, "criminal")
    assert set(data(told, "term")) == {"DL79"} and data(told, "number") == [1, 2]
    assert data(told, "light") == ["overdue", "severe"]
    assert {one["queue"] for one in told} == {"criminal"}
    assert {one["data"]["about_message"] for one in told} == {letter["id"]}
    assert {one["data"]["finding"] for one in told} == {referral}
    for system in (OWN, LEAD, FIRE):
        assert queue(linked.town, system, "criminal") == []
    rows = [one for one in all_reminders(linked.town) if one.queue == "criminal"]
    assert {(one.finding_id, one.inspection_id, one.proceeding_id) for one in rows} == {
        (None, None, referral)
    }


def test_of_a_penalty_that_waits_for_the_police_no_ordinary_system_hears(sqlite_linked: Linked) -> None:
    link_all(sqlite_linked)
    town = sqlite_linked.town
    finding, case = verifying(town)
    referral = opened(town, finding)
    led(town, referral, *FILED[:4])
    town.step("H01", finding, "await_criminal", case, reason="移送。", suspend_ground="criminal")
    assert term_of(town, finding, "DL76")
    town.at("2025-03-01T09:00", jump=True)
    town.house.ring()
    told = {one.detail["term"] for one in rungs_told(town)}
    assert "DL76" in told
    for system in (OWN, LEAD, FIRE, POLICE):
        assert "DL76" not in data(reminders(town, system), "term")


def test_a_referral_whose_receiver_is_not_linked_leaves_no_trace_of_a_reminder(sqlite_linked: Linked) -> None:
    sqlite_linked.link(LEAD, "lead_office")
    town = sqlite_linked.town
    referral = opened(town, town.finding())
    led(town, referral, *FILED[:4])
    town.at("2024-07-01T09:00", jump=True)
    town.house.ring()
    assert {one.queue for one in all_reminders(town)} == {"ordinary"}
    with town.house.database.read() as connection:
        notices = connection.execute(records.NOTICE.select()).all()
    assert not any("DL79" in str(one.detail) for one in notices)
