"""Sessions: what ends them, and who sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import account_reading
from tests.api.conftest import Office
from tests.identity.conftest import administrative, form_at
from tests.identity.test_changing_passwords import HERE, signed_in
from tests.web.visitor import Visitor


@pytest.mark.parametrize(("hours", "status"), [(11, 200), (13, 401)])
def test_a_session_ends_after_half_a_day_however_busy_it_is(office: Office, hours: int, status: int) -> None:
    browser, house = signed_in(office, "W01"), office.town.house
    begun = house.clock.real_now() - timedelta(hours=hours)
    house.writer.submit(
        lambda connection: connection.execute(account_reading.SESSION.update().values(created_at=begun))
    )
    assert browser.get(HERE).status_code == status


def test_the_others_are_ended_from_the_account_page_and_not_this_one(office: Office) -> None:
    elsewhere = signed_in(office, "W02")
    person = Visitor.sign_in(office.app, "W02")
    shown = person.get("/account").text
    assert shown.count("data-this") == 1 and shown.count("<tr") == 3
    assert person.send(form_at(person, "/account/sessions")).status_code == 303
    assert elsewhere.get(HERE).status_code == 401
    assert person.client.get("/account").status_code == 200
    assert administrative(office, "session.end_others") == [{"login": "W02", "ended": 1}]


def test_signing_in_and_out_stands_in_the_record_once_each(office: Office) -> None:
    browser = signed_in(office, "F01")
    assert browser.client.delete(HERE, headers=browser.csrf).status_code == 204
    told = [administrative(office, action) for action in ("session.open", "session.end")]
    assert [one["login"] for one in told[0] if one["login"] == "F01"] == ["F01"]
    assert {"login": "f01"} in told[1]
    assert browser.client.cookies.get("bihuan_session") is None
