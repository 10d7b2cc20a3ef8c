"""Reminders over HTTP and on the work page: listed, seen, and nobody else's."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.api.conftest import Office
from tests.engine.test_ladder import registered

PATH = "/api/v1/reminders"


def told(office: Office, at: str = "2024-05-08T09:00") -> dict[str, Any]:
    """The first reminder that a case officer has of a finding in the ledger."""
    registered(office.town)
    office.town.at(at, jump=True)
    office.town.house.ring()
    items: list[dict[str, Any]] = office.visit("C02").get(PATH).json()["items"]
    return next(one for one in items if one["kind"] == "rung" and one["ledger_no"])


def test_a_reminder_is_seen_by_its_key_however_it_is_written(each_office: Office) -> None:
    reminder = told(each_office)
    browser = each_office.visit("C02")
    path = f"{PATH}/{quote(reminder['key'], safe='')}/seen"

    first = browser.post(path, {})
    assert (first.status_code, first.json()["done_by"]) == (200, "C02")
    assert browser.post(path, {}).json()["done_at"] == first.json()["done_at"]
    assert reminder["key"] not in {one["key"] for one in browser.get(PATH).json()["items"]}
    assert reminder["key"] in {one["key"] for one in browser.get(f"{PATH}?done=true").json()["items"]}
    assert browser.get(f"{PATH}?done=perhaps").json()["code"] == "parameter_invalid"


def test_what_was_told_to_others_answers_like_what_never_was(each_office: Office) -> None:
    reminder = told(each_office)
    for login in ("F01", "H01", "S01"):
        browser = each_office.visit(login)
        other, nobodys = (browser.post(f"{PATH}/{quote(key)}/seen", {}) for key in (reminder["key"], "never"))
        assert (other.status_code, other.content) == (404, nobodys.content), login
        assert reminder["key"] not in {one["key"] for one in browser.get(PATH).json()["items"]}
    assert each_office.stranger().get(PATH).status_code == 401
