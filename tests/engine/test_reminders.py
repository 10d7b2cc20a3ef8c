"""Reminders: shown to whom they were told and who may see what they are about; done when one of them has seen them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from engine.core.refusals import Refusal
from models import records
from tests.builders import Town, refused
from tests.engine.test_ladder import registered
from tests.referral_walk import opened


def listed(town: Town, login: str, **query: str) -> list[dict[str, Any]]:
    """Every reminder of the person, page by page."""
    items: list[dict[str, Any]] = []
    asked = {name: [value] for name, value in query.items()}
    while True:
        page = town.house.reader.reminders.reminders(town.who(login), asked)
        items += page["items"]
        if page["next"] is None:
            return items
        asked["cursor"] = [page["next"]]


def tell(town: Town, key: str, **given: Any) -> None:
    """A notice is written."""
    row = {
        "natural_key": key,
        "office_id": town.house.office.office_id,
        "department": "market_regulation",
        "role": "case_officer",
        "kind": "request_reopening",
        "finding_id": None,
        "inspection_id": None,
        "detail": {"zh": "请办理。", "en": "please act"},
        "done": False,
        "recorded_at": town.house.clock.now(),
        **given,
    }

    def write(connection: Connection) -> None:
        records.add(connection, records.NOTICE, [row])

    town.house.writer.submit(write)


def keys(town: Town, login: str, **query: str) -> list[str]:
    return [one["key"] for one in listed(town, login, **query)]


def test_what_the_ladder_tells_is_shown_to_those_roles_in_both_languages(town: Town) -> None:
    finding = registered(town)
    town.at("2024-05-10T09:00", jump=True)
    town.house.ring()

    for login, roles in (("C02", {"case_officer"}), ("U01", {"unit_head"}), ("H01", {"department_head"})):
        shown = [one for one in listed(town, login) if one["kind"] == "rung" and one["finding"] == finding]
        assert {one["role"] for one in shown} == roles
        assert all("内部时限" in one["zh"] and "internal" in one["en"] for one in shown)
        assert {one["light"] for one in shown} <= {"overdue", "severe"}
        assert {one["kind"] for one in listed(town, login)} == {
            "rung"
        }  # the sweep's own reminder is not shown beside
    assert listed(town, "S01") and {one["role"] for one in listed(town, "S01")} == {"supervisor"}
    for login in ("F01", "F02", "O01", "A01", "E01"):
        assert listed(town, login) == [], login


def test_the_handler_is_shown_theirs_first_whatever_their_roles_and_the_role_loses_nothing(
    town: Town,
) -> None:
    mine, other = registered(town), town.finding()
    tell(town, "of mine", finding_id=mine)
    town.at("2024-04-27T09:00")
    tell(town, "of another", finding_id=other)

    assert "case_officer" not in town.who("W01").roles  # W01 handles it and has another role
    assert keys(town, "W01") == ["of mine"]
    assert keys(town, "C02") == ["of another", "of mine"]

    town.step("U01", mine, "reassign", handler="C02", reason="轮岗。")
    assert keys(town, "C02") == ["of mine", "of another"]
    assert keys(town, "W01") == [] and set(keys(town, "C01")) == {"of mine", "of another"}


def test_what_names_no_record_is_shown_to_nobody(town: Town) -> None:
    tell(town, "confidential")
    tell(town, "of an inspection", inspection_id=town.inspect(), role="department_head")
    assert keys(town, "C02") == [] and keys(town, "H01") == ["of an inspection"]
    assert refused(town.house.reminders.seen, town.who("C02"), "confidential").code == "not_found"


def test_a_referral_reminds_nobody_beside_its_list(town: Town) -> None:
    finding = town.finding()
    before = {login: keys(town, login) for login in town.people}
    referral = opened(town, finding)
    town.at("2024-05-20T09:00", jump=True)
    town.house.ring()
    for login in town.people:
        said = str([one for one in listed(town, login) if one["key"] not in before[login]])
        assert referral not in said and "移送" not in said and "DL77" not in said, login


def test_a_notice_about_what_one_may_not_see_is_not_shown(town: Town) -> None:
    finding = town.finding()
    tell(town, "to another department", finding_id=finding, department="fire_rescue")
    tell(town, "to the lead office", finding_id=finding, department="lead_office", role="supervisor")
    assert keys(town, "F01") == []
    assert keys(town, "S01") == ["to the lead office"] and keys(town, "C02") == []


def test_seen_is_kept_with_who_and_when_and_stays_as_it_was_first(town: Town) -> None:
    finding = town.finding()
    tell(town, "once", finding_id=finding)
    town.at("2024-04-27T09:00")
    first = town.house.reminders.seen(town.who("C02"), "once")
    town.at("2024-04-28T09:00")
    again = town.house.reminders.seen(town.who("C01"), "once")

    assert (first["done"], first["done_by"], first["done_at"]) == (True, "C02", "2024-04-27T09:00:00+08:00")
    assert {**again, "light": first["light"]} == first
    assert keys(town, "C02") == [] and keys(town, "C01", done="true") == ["once"]


@pytest.mark.parametrize("login", ["F01", "S01", "A01", "H01"])
def test_only_whom_it_was_told_to_may_have_seen_it(sqlite_town: Town, login: str) -> None:
    tell(sqlite_town, "theirs", finding_id=sqlite_town.finding())
    assert refused(sqlite_town.house.reminders.seen, sqlite_town.who(login), "theirs").code == "not_found"
    assert keys(sqlite_town, "C02") == ["theirs"]


def test_pages_go_on_without_losing_or_repeating_one(town: Town) -> None:
    finding, mine = town.finding(), registered(town)
    for number in range(7):
        town.at(f"2024-05-{number + 1:02d}T09:00")
        tell(town, f"n{number}", finding_id=finding if number % 2 else mine)
        tell(town, f"m{number}", finding_id=finding)
    shown = keys(town, "C02", limit="3")
    assert shown == sorted(shown, key=lambda key: (key[1], key[0]), reverse=True) and len(shown) == 14
    assert keys(town, "W01", limit="3") == ["n6", "n4", "n2", "n0"]


def test_pages_go_on_through_several_roles_at_one_instant(town: Town) -> None:
    finding = town.finding()
    town.step("U01", finding, "reassign", handler="C01", reason="轮岗。")
    other = town.finding(item="食品贮存")
    for number in range(4):
        tell(town, f"a{number}", finding_id=finding)
        tell(town, f"b{number}", finding_id=other)
        tell(town, f"c{number}", finding_id=other, role="department_head")
    whole = [key for key in keys(town, "C01") if len(key) == 2]
    assert whole[:4] == ["a3", "a2", "a1", "a0"] and len(whole) == 12
    for limit in ("1", "2", "5"):
        assert [key for key in keys(town, "C01", limit=limit) if len(key) == 2] == whole


@pytest.mark.parametrize("query", [{"done": "yes"}, {"cursor": "x.y"}, {"limit": "0"}, {"role": "clerk"}])
def test_a_wrong_parameter_is_refused(sqlite_town: Town, query: dict[str, str]) -> None:
    with pytest.raises(Refusal, match="parameter_invalid"):
        listed(sqlite_town, "C02", **query)
