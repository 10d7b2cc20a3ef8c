"""Delegation during leave over HTTP: it reaches what it should, on its days, and says for whom; and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from httpx import Response

from engine.accounts import add_user
from engine.administration import Administration
from engine.core.commands import Principal
from engine.house import open_house
from engine.settings import Settings
from models import account_reading
from tests.api.conftest import PASSWORD, Browser, Office
from tests.api.terminal import Terminal
from tests.referral_walk import led, opened
from tests.schemas import faults
from tests.web.town_at_work import put_to_work

DELEGATIONS = "/api/v1/delegations"
LEAVE = {"from": "2024-05-06", "to": "2024-05-08", "reason": "leave"}


def given(office: Office, lender: str, delegate: str, **more: Any) -> dict[str, Any]:
    """The delegation that the lender has just given."""
    answer = office.visit(lender).post(DELEGATIONS, {"delegate": delegate, **LEAVE, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def step(browser: Browser, office: Office, finding: str, trigger: str, **facts: Any) -> Response:
    """The answer to one step with the finding's present version."""
    version = office.town.row(finding).version
    body = {"trigger": trigger, "facts": facts, "expected_version": version}
    return browser.post(f"/api/v1/findings/{finding}/steps", body)


def approve(office: Office, login: str, finding: str) -> Response:
    return step(office.visit(login), office, finding, "approve_route", routes=["rectification"])


def code(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def reasons(answer: Response) -> list[str]:
    return [one["code"] for one in answer.json()["reasons"]]


def opening(office: Office, login: str, finding: str, trigger: str) -> dict[str, Any]:
    """The trigger among the steps of the finding as the person sees them."""
    steps = office.visit(login).get(f"/api/v1/findings/{finding}").json()["steps"]
    return next(one for one in steps if one["trigger"] == trigger)


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


def test_a_delegate_approves_on_the_days_of_the_leave_and_the_entry_says_for_whom(
    each_office: Office,
) -> None:
    office = each_office
    first, second = put_to_work(office.town).proposed
    told = given(office, "H01", "U01")
    assert (told["state"], told["roles"]) == ("coming", ["department_head"])
    assert code(approve(office, "U01", first)) == (403, "not_yours")

    office.town.at("2024-05-05T23:59")
    assert not opening(office, "U01", first, "approve_route")["open"]
    office.town.at("2024-05-06T00:00")
    assert opening(office, "U01", first, "approve_route")["open"]
    assert approve(office, "U01", first).status_code == 200
    entry = office.visit("W01").get(f"/api/v1/findings/{first}/timeline").json()["items"][-1]
    assert (entry["by"], entry["role"], entry["on_behalf_of"]) == ("U01", "department_head", "H01")
    audited = office.visit("W01").get(f"/api/v1/audit/{first}").json()["entries"][-1]
    assert '"on_behalf_of":"H01"' in audited["body"]

    [absent] = office.visit("U01").get("/api/v1/session").json()["acting_for"]
    assert absent == {"login": "H01", "name": "姓名H01", "roles": ["department_head"], "to": "2024-05-08"}

    office.town.at("2024-05-08T23:59")
    assert "acting_for" not in office.visit("H01").get("/api/v1/session").json()
    assert opening(office, "U01", second, "approve_route")["open"]
    office.town.at("2024-05-09T00:00")
    refusal = approve(office, "U01", second)
    assert code(refusal) == (403, "not_yours") and reasons(refusal) == ["role_not_allowed"]
    assert office.visit("U01").get(f"{DELEGATIONS}/{told['id']}").json()["state"] == "past"
    assert approve(office, "H01", second).status_code == 200
    entry = office.visit("W01").get(f"/api/v1/findings/{second}/timeline").json()["items"][-1]
    assert (entry["by"], "on_behalf_of" in entry) == ("H01", False)


def test_it_is_ended_early_once_and_what_was_given_stays_on_record(each_office: Office) -> None:
    office = each_office
    first, _ = put_to_work(office.town).proposed
    told = given(office, "H01", "U01")
    office.town.at("2024-05-07T09:00")
    end = f"{DELEGATIONS}/{told['id']}/end"
    assert code(office.visit("W01").post(end, {})) == (403, "not_yours")
    assert code(office.visit("F02").post(end, {})) == (404, "not_found")
    assert code(office.visit("H01").post(end, {"when": "now"})) == (422, "facts_invalid")
    answer = office.visit("U01").post(end, {}, key="one-key")
    assert (answer.status_code, answer.json()["state"], answer.json()["ended_by"]) == (200, "ended", "U01")
    again = office.visit("U01").post(end, {}, key="one-key")
    assert again.headers["idempotent-replay"] == "true"
    assert code(office.visit("H01").post(end, {})) == (409, "step_shut")
    assert code(approve(office, "U01", first)) == (403, "not_yours")

    with office.town.house.database.read() as connection:
        entries = account_reading.admin_entries(connection, office.town.house.office.office_id)
    acts = [(row.action, row.by, row.detail["delegate"]) for row in entries]
    assert acts == [("delegation.add", "H01", "U01"), ("delegation.end", "U01", "U01")]


def test_who_stands_in_never_approves_what_the_absent_colleague_proposed(office: Office) -> None:
    """C01 proposed both; whoever is lent C01's roles is C01's hand, in their own right too."""
    office.town.add_people({"H02": ("market_regulation", ("department_head",))})
    first, second = put_to_work(office.town).proposed
    given(office, "C01", "U01", roles=["department_head"])
    given(office, "H01", "C02")
    office.town.at("2024-05-07T09:00")
    refusal = approve(office, "U01", first)
    assert code(refusal) == (403, "proposer_cannot_approve")
    assert reasons(refusal) == ["approver_is_not_proposer"]
    assert [one["code"] for one in opening(office, "U01", first, "approve_route")["reasons"]] == [
        "approver_is_not_proposer"
    ]
    assert approve(office, "C02", first).status_code == 200
    assert approve(office, "H01", second).status_code == 200


def test_the_absent_colleague_does_not_approve_what_was_proposed_for_them(office: Office) -> None:
    finding = office.town.finding()
    given(office, "C01", "U01")
    office.town.at("2024-05-07T09:00")
    browser = office.visit("U01")
    registered = {"ledger_no": "原台〔2024〕0009", "department": "market_regulation", "handler": "W01"}
    assert step(browser, office, finding, "register", **registered).status_code == 200
    routes = {"routes": ["rectification"], "legal_ground": "行政处罚法第二十八条"}
    assert step(browser, office, finding, "propose_route", **routes).status_code == 200
    checked = {"jurisdiction_checked": True, "limitation_checked": True}
    assert step(browser, office, finding, "confirm_route", routes=["rectification"], **checked).is_success
    assert code(approve(office, "C01", finding)) == (403, "proposer_cannot_approve")
    office.town.at("2024-05-20T09:00")
    assert code(approve(office, "C01", finding)) == (403, "proposer_cannot_approve")
    assert approve(office, "H01", finding).status_code == 200


def test_what_meets_a_referral_is_nobody_else_s_and_says_the_same_with_and_without_one(
    office: Office,
) -> None:
    """Law 9: no row that depends on a referral is lent, whether there is one or not, and no referral is shown."""
    suspected, plain = office.town.finding(), office.town.finding()
    referral = opened(office.town, suspected)
    for lender in ("P01", "H01", "C02"):
        given(office, lender, "T01")
    before = office.visit("T01").get(f"/api/v1/referrals/{referral}")
    office.town.at("2024-05-07T09:00")
    delegate = office.visit("T01")
    after = delegate.get(f"/api/v1/referrals/{referral}")
    unknown = delegate.get("/api/v1/referrals/0190ffff-ffff-7fff-bfff-ffffffffffff")
    assert before.status_code == after.status_code == unknown.status_code == 404
    assert before.content == after.content == unknown.content
    assert delegate.get(f"/api/v1/referrals/{referral}/timeline").content == before.content
    assert "referral" not in delegate.get(f"/api/v1/findings/{suspected}").json()
    with office.town.house.database.read() as connection:
        row = office.town.referrals(suspected)[0]
        assert "T01" not in office.town.house.desk.referrals.list_of(connection, row)

    body = {"urgent_ground": "crime_suspicion", "threshold_rule": "R05a", "threshold_facts": "检出吗啡。"}
    told = [step(delegate, office, one, "open_criminal_referral", **body) for one in (suspected, plain)]
    assert [code(one) for one in told] == [(403, "not_yours")] * 2
    assert {one.json()["reasons"][0]["zh"] for one in told} == {"这一步须由有权的人员本人办理，不得代理"}
    for one in (suspected, plain):
        shut = opening(office, "T01", one, "record_threshold")["reasons"]
        assert [(reason["code"], "本人" in reason["zh"]) for reason in shut] == [("role_not_allowed", True)]
        registered = {
            "ledger_no": f"原台〔2024〕{one[-4:]}",
            "department": "market_regulation",
            "handler": "W01",
        }
        assert step(delegate, office, one, "register", **registered).status_code == 200
        routes = {"routes": ["rectification", "criminal_referral"], "legal_ground": "行政处罚法第二十七条"}
        refusal = step(delegate, office, one, "propose_route", **routes)
        assert code(refusal) == (403, "not_yours") and "移送司法机关" in refusal.json()["reasons"][0]["zh"]
    for answer in told:
        assert faults("problem", answer.json()) == []


def test_what_the_principal_head_decides_in_person_is_refused_in_the_guard_s_own_words(
    office: Office,
) -> None:
    """The delegate is on the list by an own role, and still may not decide for the principal head."""
    finding = office.town.finding()
    referral = opened(office.town, finding)
    led(office.town, referral, "form_team", "submit_report")
    given(office, "P01", "H01")
    office.town.at("2024-05-07T09:00")
    delegate = office.visit("H01")
    shown = delegate.get(f"/api/v1/referrals/{referral}")
    assert shown.status_code == 200
    [approval] = [one for one in shown.json()["steps"] if one["trigger"] == "approve_referral"]
    assert [one["code"] for one in approval["reasons"]] == ["principal_head_only"]
    assert approval["reasons"][0]["zh"] == "正职负责人或主持工作的负责人决定，不得委托"
    body = {
        "trigger": "approve_referral",
        "facts": {"approved_at": "2024-05-07T08:00:00+08:00"},
        "expected_version": shown.json()["version"],
    }
    refusal = delegate.post(f"/api/v1/referrals/{referral}/steps", body)
    assert code(refusal) == (403, "not_yours") and reasons(refusal) == ["principal_head_only"]
    assert faults("problem", refusal.json()) == []
    assert office.visit("P01").post(f"/api/v1/referrals/{referral}/steps", body).status_code == 200


def test_a_disabled_account_lends_nothing_and_nothing_is_lent_on(office: Office) -> None:
    first, _ = put_to_work(office.town).proposed
    given(office, "H01", "U01")
    office.town.at("2024-05-07T09:00")
    office.visit("U01")
    lent_on = office.visit("U01").post(
        DELEGATIONS, {"delegate": "C02", "from": "2024-05-07", "to": "2024-05-08", "reason": "leave"}
    )
    assert lent_on.json()["roles"] == ["unit_head"]
    assert code(approve(office, "C02", first)) == (403, "not_yours")
    named = {**LEAVE, "from": "2024-05-08", "delegate": "L01", "roles": ["department_head"]}
    answer = office.visit("U01").post(DELEGATIONS, named)
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/roles/0"]
    office.town.house.writer.submit(
        lambda connection: account_reading.change_user(connection, "h01", {"disabled": True})
    )
    assert code(approve(office, "U01", first)) == (403, "not_yours")


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
