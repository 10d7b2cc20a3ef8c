"""Delegation during leave over HTTP: it reaches what it should, on its days, and says for whom; and nothing else."""

from __future__ import annotations

from typing import Any

from httpx import Response

from models import account_reading
from tests.api.conftest import Browser, Office
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
    acts = [
        (row.action, row.by, row.detail["delegate"])
        for row in entries
        if row.action.startswith("delegation.")
    ]
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
