"""Who may lend what to whom during leave, over HTTP and by two administrators; what is wrong is told by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.accounts import add_user
from engine.administration import Administration
from engine.building import open_house
from engine.core.commands import Principal
from engine.settings import Settings
from tests.api.conftest import PASSWORD, Office
from tests.api.terminal import Terminal
from tests.api.test_delegations import DELEGATIONS, LEAVE, code, given

BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["/delegate", "/from", "/to", "/reason"]),
    ({"from": "2024-04-25"}, ["/from"]),
    ({"from": "2024-13-01"}, ["/from"]),
    ({"from": 20240506}, ["/from"]),
    ({"to": "2024-05-05"}, ["/to"]),
    ({"to": "2024-07-05"}, ["/to"]),
    ({"to": "5月8日"}, ["/to"]),
    ({"reason": "holiday"}, ["/reason"]),
    ({"reason": "other"}, ["/note"]),
    ({"note": "\u0001"}, ["/note"]),
    ({"note": "长" * 201}, ["/note"]),
    ({"delegate": "nobody"}, ["/delegate"]),
    ({"delegate": "F02"}, ["/delegate"]),
    ({"delegate": "H01"}, ["/delegate"]),
    ({"delegate": "h01"}, ["/delegate"]),
    ({"delegate": "A01"}, ["/delegate"]),
    ({"delegate": "importer"}, ["/delegate"]),
    ({"delegate": ["U01"]}, ["/delegate"]),
    ({"roles": []}, ["/roles"]),
    ({"roles": ["case_officer"]}, ["/roles/0"]),
    ({"roles": ["security_admin"]}, ["/roles/0"]),
    ({"roles": ["legal_reviewer"]}, ["/roles/0"]),
    ({"first_on": "2024-05-06"}, ["/first_on"]),
    ({"delegator": "F01"}, ["/delegator"]),
    ({"delegator": "P01"}, ["/delegator"]),
    ({"delegator": "C01"}, ["/delegator"]),
    ({"delegator": "C01", "roles": ["case_officer", "department_head"]}, ["/roles/1"]),
    ({"delegator": "P01", "roles": ["principal_head"]}, ["/roles/0"]),
    ({"delegator": "L01"}, ["/delegator"]),
    ({"delegator": "C02", "delegate": "H01"}, ["/delegate"]),
]


def test_bad_input_is_told_by_field(office: Office) -> None:
    browser = office.visit("H01")
    for body, pointers in BAD:
        answer = browser.post(DELEGATIONS, {"delegate": "U01", **LEAVE, **body} if body else {})
        told = [one["pointer"] for one in answer.json()["errors"]]
        assert (body, code(answer), told) == (body, (422, "facts_invalid"), pointers)
    assert code(browser.post(DELEGATIONS, [])) == (422, "facts_invalid")


def test_sixty_days_are_the_most_and_one_day_is_enough(office: Office) -> None:
    assert given(office, "H01", "U01", **{"from": "2024-04-26", "to": "2024-04-26"})["state"] == "running"
    given(office, "H01", "U01", **{"from": "2024-05-06", "to": "2024-07-04"})


def test_one_role_has_one_substitute_at_a_time_who_is_there(office: Office) -> None:
    told = given(office, "H01", "U01")
    browser = office.visit("H01")
    overlapping = {**LEAVE, "delegate": "C02", "from": "2024-05-08", "to": "2024-05-10"}
    answer = browser.post(DELEGATIONS, overlapping)
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/from"]
    assert browser.post(DELEGATIONS, {**overlapping, "from": "2024-05-09"}).status_code == 201
    away = office.visit("P01").post(DELEGATIONS, {**LEAVE, "delegate": "H01"})
    assert [one["pointer"] for one in away.json()["errors"]] == ["/delegate"]
    browser.post(f"{DELEGATIONS}/{told['id']}/end", {})
    assert given(office, "P01", "H01")["roles"] == ["principal_head"]
    given(office, "C01", "U01", roles=["case_officer"])
    given(office, "C01", "L01", roles=["department_head"])


def test_who_may_lend(office: Office) -> None:
    def of(login: str, **body: Any) -> tuple[int, str]:
        return code(office.visit(login).post(DELEGATIONS, {"delegate": "U01", **LEAVE, **body}))

    for login in ("W01", "L01", "T01", "D01", "S01", "O01", "A01", "E01"):
        assert of(login) == (403, "not_yours"), login
        assert of(login, delegator="C02") == (403, "not_yours"), login
    assert of("U01", delegator="C02") == (403, "not_yours")
    assert of("F02", delegator="C02") == (422, "facts_invalid")
    assert of("H01", delegator="C02") == (201, "")
    assert of("H01", delegator="C01", roles=["case_officer"]) == (201, "")
    assert office.stranger().post(DELEGATIONS, json={}).status_code == 401
    without = office.visit("H01")
    answer = without.client.post(DELEGATIONS, json={"delegate": "U01", **LEAVE}, headers=without.csrf)
    assert code(answer) == (400, "key_missing")


def test_a_lent_head_lends_for_nobody(office: Office) -> None:
    given(office, "H01", "U01")
    office.town.at("2024-05-07T09:00")
    body = {**LEAVE, "delegator": "C02", "delegate": "L01", "from": "2024-05-07"}
    assert code(office.visit("U01").post(DELEGATIONS, body)) == (403, "not_yours")


def test_the_list_shows_the_department_page_by_page(office: Office) -> None:
    made = [
        given(office, "H01", "U01", **{"from": f"2024-05-{day:02}", "to": f"2024-05-{day:02}"})["id"]
        for day in range(6, 12)
    ]
    given(office, "F02", "F01")
    browser, seen, cursor = office.visit("W01"), [], ""
    while True:
        page = browser.get(f"{DELEGATIONS}?limit=4{cursor}").json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == made[::-1]
    office.town.at("2024-05-08T09:00")

    def states(state: str) -> int:
        return len(browser.get(f"{DELEGATIONS}?state={state}").json()["items"])

    assert [states(one) for one in ("past", "running", "coming", "ended")] == [2, 1, 3, 0]
    assert len(office.visit("S01").get(DELEGATIONS).json()["items"]) == 7
    assert office.visit("A01").get(DELEGATIONS).json()["items"] == []
    assert browser.get(f"{DELEGATIONS}?state=soon").status_code == 400
    assert browser.get(f"{DELEGATIONS}/{made[0]}?x=1").status_code == 400
    assert office.visit("F01").get(f"{DELEGATIONS}/{made[0]}").status_code == 404


def test_one_key_gives_one_delegation(office: Office) -> None:
    browser, body = office.visit("H01"), {"delegate": "U01", **LEAVE}
    first, again = browser.post(DELEGATIONS, body, key="k"), browser.post(DELEGATIONS, body, key="k")
    assert first.headers["location"] == f"{DELEGATIONS}/{first.json()['id']}"
    assert first.json()["id"] == again.json()["id"] and again.headers["idempotent-replay"] == "true"
    assert code(browser.post(DELEGATIONS, {**body, "to": "2024-05-07"}, key="k")) == (422, "key_reused")


def test_two_administrators_enter_it_for_a_head_who_is_away(bihuan: Terminal) -> None:
    """The first word of the command line is a proposal once there are accounts and time is real."""
    bihuan.clock = "2026-05-06T09:00"
    for login, role in (("H01", "department_head"), ("U01", "unit_head"), ("B01", "security_admin")):
        account = ("--name", login, "--role", role, "--department", "market_regulation")
        assert bihuan("user", "add", login, *account, "--password-stdin", says=f"{PASSWORD}\n")[0] == 0
    lent = ("delegation", "add", "H01", "--delegate", "U01", "--from", "2026-05-06", "--to", "2026-05-08")
    told = bihuan.json(*lent)
    assert (told["delegator"], told["delegate"], told["roles"]) == ("H01", "U01", ["department_head"])
    refusal = bihuan.json(*lent, code=1)
    assert [one["pointer"] for one in refusal["errors"]] == ["/from"]
    assert bihuan.json("delegation", "add", "U01", *lent[3:], code=1)["code"] == "facts_invalid"
    [one] = bihuan.json("delegation", "list", "--state", "running")["delegations"]
    assert one["id"] == told["id"] and one["given_by"].startswith("os:")
    assert bihuan.json("delegation", "end", told["id"])["delegate"] == "U01"
    assert bihuan.json("delegation", "end", told["id"], code=1)["code"] == "step_shut"
    assert bihuan.json("delegation", "end", "0190ffff", code=1)["code"] == "not_found"
    assert "ended" in bihuan("delegation", "list")[1]


def test_an_administrators_delegation_waits_for_the_second_one(tmp_path: Path, password_hash: str) -> None:
    house = open_house(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'one.db'}"))
    roles = {"H01": "department_head", "U01": "unit_head"}
    rows = [{**account(login, role), "password_hash": password_hash} for login, role in roles.items()]
    now, administration = house.clock.now(), Administration(house)
    for row in rows:
        house.writer.submit(lambda connection, row=row: add_user(connection, house.office, row, now))
    today = now.date().isoformat()
    detail = {
        "delegator": "H01",
        "delegate": "U01",
        "from": today,
        "to": today,
        "reason": "leave",
        "by": "os:x",
    }
    asked = administration.ask("delegation.add", detail, command="delegation add H01")
    who = house.accounts.named("U01")
    assert not asked.done and who is not None and who.acting_for == ()
    second = Principal("B01", "B01", frozenset({"security_admin"}), "market_regulation")
    administration.confirm(str(asked.proposal), second)
    who = house.accounts.named("u01")
    assert who is not None and who.all_roles == {"unit_head", "department_head"}
    assert administration.entries()[-1]["action"] == "delegation.add"
    house.close()


def account(login: str, role: str) -> dict[str, Any]:
    return {"login": login, "name": login, "roles": [role], "department": "market_regulation"}
