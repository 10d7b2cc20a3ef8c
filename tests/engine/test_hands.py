"""One natural person is one hand: by a second account, lent roles, after a change of roles, and as it is learnt later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.administration import Administration
from engine.core.commands import Absentee, Principal
from engine.core.persons import KnownAccount, Persons
from engine.hands import audit_hands
from engine.natural_persons import make_one, set_apart
from models import account_reading
from tests.builders import Town, refused
from tests.engine.test_steps import routed
from tests.engine.test_times import ORDER

NEW = {"department": "market_regulation", "unit": None, "password_hash": "no password"}


def now_of(town: Town, login: str) -> Principal:
    """The person with the rights of this moment."""
    who = town.house.accounts.named(login)
    assert who is not None
    return who


def ask(town: Town, act: str, **detail: Any) -> tuple[str, ...]:
    """The act is done, as under a test clock; what was pointed out."""
    asked = Administration(town.house).ask(act, detail, command=act)
    assert asked.done
    return asked.pointed_out


def add(town: Town, login: str, *roles: str, **more: Any) -> tuple[str, ...]:
    """An account was added, and its person may act; what was pointed out."""
    said = ask(town, "user.add", **NEW | {"login": login, "name": f"新{login}", "roles": list(roles)} | more)
    town.people[login] = now_of(town, login)
    return said


def refresh(town: Town) -> None:
    """Everybody asks with the rights of this moment."""
    for login in town.people:
        town.people[login] = town.house.accounts.named(login) or town.people[login]


def proposed(town: Town) -> str:
    """A finding whose route C02 has proposed and confirmed."""
    finding = town.finding()
    town.step("W01", finding, "register", ledger_no="原台1", department="market_regulation", handler="W01")
    town.step("C02", finding, "propose_route", routes=["rectification"], legal_ground="依据。")
    checked = {"jurisdiction_checked": True, "limitation_checked": True}
    town.step("C02", finding, "confirm_route", routes=["rectification"], **checked)
    return finding


def test_nobody_approves_by_a_second_account_what_they_proposed_by_the_first(sqlite_town: Town) -> None:
    finding = proposed(sqlite_town)
    add(sqlite_town, "H02", "department_head", person="c02")

    told = refused(sqlite_town.step, "H02", finding, "approve_route", routes=["rectification"])
    assert (told.code, [one.code for one in told.reasons]) == (
        "proposer_cannot_approve",
        ["approver_is_not_proposer"],
    )
    sqlite_town.step("H01", finding, "approve_route", routes=["rectification"])


def test_what_is_learnt_later_holds_for_what_was_proposed_before_and_for_disabled_accounts(
    sqlite_town: Town,
) -> None:
    finding = proposed(sqlite_town)
    ask(sqlite_town, "user.disable", login="C02")
    ask(sqlite_town, "user.same_person", login="H01", other="C02")
    refresh(sqlite_town)

    told = refused(sqlite_town.step, "H01", finding, "approve_route", routes=["rectification"])
    assert told.code == "proposer_cannot_approve"


def test_other_roles_make_nobody_another_person(sqlite_town: Town) -> None:
    finding = proposed(sqlite_town)
    change = {"values": {"roles": ["department_head"], "name": "改名"}, "was": {}}
    ask(sqlite_town, "user.change", login="C02", **change)
    refresh(sqlite_town)
    assert sqlite_town.people["C02"].roles == {"department_head"}

    told = refused(sqlite_town.step, "C02", finding, "approve_route", routes=["rectification"])
    assert told.code == "proposer_cannot_approve"


def test_two_officers_are_two_natural_persons(sqlite_town: Town) -> None:
    add(sqlite_town, "W09", "inspector", person="W01")
    finding = routed(sqlite_town, "rectification")
    sqlite_town.step("C02", finding, "open_rectification", legal_ground="依据。")
    rectification = sqlite_town.proceedings(finding)[0].id
    refresh(sqlite_town)
    by_certificate = {"name": "姓名W01", "certificate_no": "晋H0981-W01"}

    for officers in (["W01", "W09"], ["W01", by_certificate], ["W09", by_certificate]):
        told = refused(
            sqlite_town.step, "W02", finding, "order", rectification, **ORDER | {"officers": officers}
        )
        assert [one.code for one in told.reasons] == ["two_officers"], officers
    sqlite_town.step("W02", finding, "order", rectification, **ORDER | {"officers": ["W09", "W02"]})


def test_a_second_account_of_the_handler_does_not_verify(sqlite_town: Town) -> None:
    add(sqlite_town, "U09", "unit_head", person="W01")
    verifier = now_of(sqlite_town, "U09")
    assert verifier.persons == {"u09", "w01"}
    assert verifier.is_among([{"name": "姓名W01", "certificate_no": "晋H0981-W01"}])
    assert not verifier.is_among([{"name": "新U09", "certificate_no": "another"}])


def test_one_certificate_is_one_person_and_one_name_is_pointed_out(sqlite_town: Town) -> None:
    (said,) = add(sqlite_town, "X1", "inspector", certificate_no="晋H0981-W02", name="别名")
    assert "w02" in said and now_of(sqlite_town, "X1").persons == {"x1", "w02"}
    (said,) = add(sqlite_town, "X2", "inspector", name="姓名W02")
    assert "W02" in said and now_of(sqlite_town, "X2").persons == {"x2"}
    told = refused(ask, sqlite_town, "user.add", **NEW | {"login": "X3", "name": "丙"}, roles=["inspector"],
                   person="C02", certificate_no="晋H0981-W02")  # fmt: skip
    assert [error.pointer for error in told.errors] == ["/certificate_no"]


def test_persons_are_made_one_and_set_apart_again(sqlite_town: Town) -> None:
    office, writer = sqlite_town.house.office.office_id, sqlite_town.house.writer
    writer.submit(lambda one: make_one(one, office, "W01", "W02"))
    writer.submit(lambda one: make_one(one, office, "C01", "C02"))
    writer.submit(lambda one: make_one(one, office, "W02", "C02"))
    assert now_of(sqlite_town, "C01").persons == {"w01", "w02", "c01", "c02"}
    writer.submit(lambda one: set_apart(one, office, "W01"))
    assert now_of(sqlite_town, "W01").persons == {"w01"}
    assert now_of(sqlite_town, "C02").persons == {"w02", "c01", "c02"}


def test_nobody_lends_to_their_own_second_account(sqlite_town: Town) -> None:
    add(sqlite_town, "H02", "department_head", "case_officer", person="H01")
    body = {
        "delegate": "H02",
        "from": "2024-05-06",
        "to": "2024-05-07",
        "reason": "leave",
        "delegator": "H01",
    }
    told = refused(sqlite_town.house.delegations.check, body)
    assert [(one.pointer, one.code) for one in told.errors] == [("/delegate", "inconsistent")]


def test_whoever_stands_in_for_somebody_is_the_hand_of_all_their_accounts() -> None:
    known = Persons((KnownAccount("c02", "c01"), KnownAccount("c01", "c01")))
    lender = now_lent("C02")
    who = Principal("H01", "丁", frozenset({"department_head"}), acting_for=(lender,), register=known)
    assert who.persons == {"h01", "c01", "c02"}


def now_lent(login: str) -> Absentee:
    """The colleague as somebody stands in for them."""
    return Absentee(login, "乙", None, frozenset({"case_officer"}), date(2024, 1, 1), date(2024, 1, 2))


ADMINISTRATORS = {"B01": "security_admin", "B02": "security_admin", "B03": "security_admin"}


@pytest.fixture
def real(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> Administration:
    """Administration as in real time: nothing is done by one."""
    sqlite_town.add_people({login: ("market_regulation", (role,)) for login, role in ADMINISTRATORS.items()})
    monkeypatch.setattr(Administration, "acts_directly", lambda _: False)
    return Administration(sqlite_town.house)


def test_nobody_grants_themselves(real: Administration, sqlite_town: Town) -> None:
    by = {login: now_of(sqlite_town, login) for login in ADMINISTRATORS}
    change = {"login": "B01", "values": {"name": "新名"}, "was": {}}
    assert refused(real.ask, "user.change", change, command="", who=by["B01"]).code == "not_yours"
    proposal = real.ask("user.change", change, command="", who=by["B02"]).proposal or ""
    told = refused(real.confirm, proposal, by["B01"])
    assert (told.code, [one.code for one in told.reasons]) == ("not_yours", ["role_not_allowed"])
    real.confirm(proposal, by["B03"])
    assert now_of(sqlite_town, "B01").name == "新名"


def test_nobody_grants_themselves_by_another_account(real: Administration, sqlite_town: Town) -> None:
    sqlite_town.house.writer.submit(lambda one: account_reading.change_user(one, "w01", {"person": "b01"}))
    by = {login: now_of(sqlite_town, login) for login in ADMINISTRATORS}
    change = {"login": "W01", "values": {"roles": ["inspector", "department_head"]}, "was": {}}
    assert refused(real.ask, "user.change", change, command="", who=by["B01"]).code == "not_yours"
    same = {"login": "W01", "other": "W02"}
    proposal = real.ask("user.same_person", same, command="", who=by["B02"]).proposal or ""
    assert refused(real.confirm, proposal, by["B01"]).code == "not_yours"
    # a second account for a merged administrator is no second administrator
    sqlite_town.house.writer.submit(lambda one: account_reading.change_user(one, "b03", {"person": "b02"}))
    assert refused(real.confirm, proposal, now_of(sqlite_town, "B03")).code == "proposer_cannot_approve"


@pytest.mark.parametrize(
    "roles",
    [["system_admin", "security_admin"], ["audit_admin", "inspector"], ["security_admin", "supervisor"]],
)
def test_the_three_administrators_are_nothing_else(
    real: Administration, sqlite_town: Town, roles: list[str]
) -> None:
    new = NEW | {"login": "X1", "name": "丙", "roles": roles}
    told = refused(real.ask, "user.add", new, command="")
    assert [(one.pointer, one.code) for one in told.errors] == [("/roles", "exclusive")]
    change = {"login": "W01", "values": {"roles": roles}, "was": {}}
    assert [one.pointer for one in refused(real.ask, "user.change", change, command="").errors] == ["/roles"]


def test_bootstrap_is_told_of_a_mixture_and_goes_on(sqlite_town: Town) -> None:
    (said,) = add(sqlite_town, "X1", "system_admin", "inspector")
    assert "三类管理员" in said and now_of(sqlite_town, "X1").roles == {"system_admin", "inspector"}


def test_a_change_that_nobody_saw_is_refused(real: Administration, sqlite_town: Town) -> None:
    change = {"login": "W01", "values": {"roles": ["unit_head"]}, "was": {"roles": ["inspector"]}}
    proposal = real.ask("user.change", change, command="").proposal or ""
    sqlite_town.house.writer.submit(
        lambda one: account_reading.change_user(one, "w01", {"roles": ["case_officer"]})
    )
    assert refused(real.confirm, proposal, now_of(sqlite_town, "B01")).code == "step_shut"


def test_what_one_person_did_for_two_before_it_was_known_is_told_and_stays(sqlite_town: Town) -> None:
    finding = routed(sqlite_town, "rectification")
    house = sqlite_town.house
    nothing = audit_hands(house.database, house.charts, house.office.office_id)
    assert nothing["found"] == [] and nothing["records"] > 1
    before = sqlite_town.row(finding).head

    ask(sqlite_town, "user.same_person", login="H01", other="C02")

    told = audit_hands(house.database, house.charts, house.office.office_id)
    (one,) = told["found"]
    assert (one["record"], one["trigger"], one["by"]) == (finding, "approve_route", "H01")
    assert (one["with"]["by"], one["en"]) == ("C02", "the same person proposed and approved")
    assert sqlite_town.row(finding).head == before
