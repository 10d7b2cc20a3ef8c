"""Reminders of reports: on the last working day before, and when overdue; each once, whatever rings or stood still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from engine.duty_bell import DutyBell
from models import records
from tests.builders import Town
from tests.desk.race import at_once
from tests.engine.test_duties import hand_in

MEMBERS, ROLES = 14, 2


def notices(town: Town) -> list[Any]:
    with town.house.database.read() as connection:
        told = connection.execute(records.NOTICE.select()).all()
    return [one for one in told if one.natural_key.startswith("duty:")]


def told(town: Town) -> Counter[tuple[str, str, str]]:
    """Kind, period and role → how many."""
    return Counter((one.kind, one.detail["period"], one.role) for one in notices(town))


def on(town: Town, day: str, hour: str = "00:05") -> Counter[tuple[str, str, str]]:
    """What has been told once the bell has rung at that time."""
    town.at(f"{day}T{hour}")
    town.house.ring()
    return told(town)


def test_clerk_and_head_are_reminded_on_the_working_day_before_and_not_earlier(town: Town) -> None:
    assert on(town, "2024-05-29", "23:59") == Counter()
    reminded = on(town, "2024-05-30")
    assert reminded == {
        ("duty_due", "2024-04", "duty_clerk"): MEMBERS,
        ("duty_due", "2024-04", "department_head"): MEMBERS,
    }
    [one] = [one for one in notices(town) if (one.department, one.role) == ("fire_rescue", "duty_clerk")]
    assert one.natural_key == "duty:yuanping:monthly_report:2024-04:fire_rescue:remind:duty_clerk"
    assert one.detail["zh"] == "消防救援大队：月报（2024年4月）应于 2024-05-31 前报领导小组办公室，尚未报送。"
    assert "Monthly report (2024-04) is due by 2024-05-31" in one.detail["en"]
    assert on(town, "2024-05-31") == reminded


def test_the_days_of_2024_ring_as_the_domain_says(sqlite_town: Town) -> None:
    days = {
        "2024-06-14": "2024-H1",
        "2024-06-28": "2024-05",
        "2024-08-30": "2024-07",
        "2024-11-29": "2024-10",
    }
    days |= {"2024-09-29": "2024-08", "2024-11-14": "2024"}
    for day, period in sorted(days.items()):
        year, month, number = (int(part) for part in day.split("-"))
        before = on(sqlite_town, f"{year}-{month:02d}-{number - 1:02d}")
        after = on(sqlite_town, day)
        assert after - before == {
            ("duty_due", period, "duty_clerk"): MEMBERS,
            ("duty_due", period, "department_head"): MEMBERS,
        }, day


def test_what_is_overdue_is_told_to_the_lead_office_too(sqlite_town: Town) -> None:
    on(sqlite_town, "2024-05-30")
    hand_in(sqlite_town, "D01")
    missing = MEMBERS - 1
    after = on(sqlite_town, "2024-06-01")
    assert {key: count for key, count in after.items() if key[0] == "duty_overdue"} == {
        ("duty_overdue", "2024-04", "duty_clerk"): missing,
        ("duty_overdue", "2024-04", "department_head"): missing,
        ("duty_overdue", "2024-04", "supervisor"): missing,
    }
    supervised = [one for one in notices(sqlite_town) if one.role == "supervisor"]
    assert {one.department for one in supervised} == {"lead_office"}
    assert "market_regulation" not in {one.detail["department"] for one in supervised}


def test_after_an_outage_each_is_told_once_and_no_reminder_of_what_has_passed(town: Town) -> None:
    after = on(town, "2024-09-02")
    assert {kind for kind, _, _ in after} == {"duty_overdue"}
    periods = {"2024-04", "2024-05", "2024-06", "2024-07", "2024-H1"}
    assert {period for _, period, _ in after} == periods
    assert set(after.values()) == {MEMBERS}
    for _ in range(3):
        town.house.ring()
    assert told(town) == after


def test_a_second_node_and_a_restart_tell_nothing_again(
    town_url: str, open_town: Callable[..., Town]
) -> None:
    first, second = open_town(town_url), open_town(town_url)
    for town in (first, second):
        town.at("2024-06-03T09:00")
    nodes = [first.house, second.house, *(first.house, second.house)]
    at_once(4, lambda number: nodes[number].ring())
    assert set(told(first).values()) == {MEMBERS} and len(notices(first)) == MEMBERS * (ROLES + 1)
    third = open_town(town_url, "2024-06-03T09:00")
    third.house.ring()
    assert told(third) == told(first)


def test_who_hands_in_while_it_rings_is_not_reminded(town: Town) -> None:
    """Whoever comes first: a reminder of what is handed in never stays open."""
    town.at("2024-06-03T09:00")

    def act(number: int) -> None:
        if number:
            hand_in(town, "D01")
        else:
            town.house.ring()

    at_once(2, act)
    assert not any(not one.done for one in notices(town) if one.detail["department"] == "market_regulation")
    assert town.house.duty_reader.notices(town.who("D01")) == []


def test_what_was_due_before_anybody_was_here_is_told_to_nobody(
    sqlite_town_url: str, open_town: Callable[..., Town]
) -> None:
    town = open_town(sqlite_town_url, "2024-08-05T09:00")
    assert on(town, "2024-08-06") == Counter()
    assert {period for _, period, _ in on(town, "2024-09-02")} == {"2024-07"}


def test_a_bell_of_the_same_day_asks_the_database_nothing(sqlite_town: Town) -> None:
    house = sqlite_town.house
    sqlite_town.at("2024-06-03T09:00")
    bell = DutyBell(house.clock, house.database, house.writer, house.duty_bell.book)
    assert bell.ring() == MEMBERS * (ROLES + 1)
    bell.database = None  # type: ignore[assignment]  # it must not be asked
    assert bell.ring() == 0


def test_each_person_reads_what_concerns_the_own_department(sqlite_town: Town) -> None:
    on(sqlite_town, "2024-06-03")
    read = sqlite_town.house.duty_reader.notices
    [mine] = read(sqlite_town.who("D01"))
    assert (mine["department"], mine["period"], mine["kind"]) == (
        "market_regulation",
        "2024-04",
        "duty_overdue",
    )
    assert [one["department"] for one in read(sqlite_town.who("F02"))] == ["fire_rescue"]
    assert len(read(sqlite_town.who("S01"))) == MEMBERS
    assert read(sqlite_town.who("C02")) == read(sqlite_town.who("A01")) == read(sqlite_town.who("O01")) == []
    hand_in(sqlite_town, "H01")
    assert read(sqlite_town.who("D01")) == read(sqlite_town.who("C01")) == []
    assert len(read(sqlite_town.who("S01"))) == MEMBERS - 1


def test_ringing_under_a_test_clock_reminds_before_the_next_command(sqlite_town: Town) -> None:
    sqlite_town.finding()
    sqlite_town.at("2024-05-30T09:00")
    sqlite_town.finding()
    assert len(notices(sqlite_town)) == MEMBERS * ROLES
