"""A refused form comes back with everything typed, says what is wrong where it is wrong, and changed nothing."""

from __future__ import annotations

import pytest

from tests.web.conftest import Pages
from tests.web.town_at_work import AtWork, put_to_work
from tests.web.visitor import Visitor
from web.fields import Field, Typed, read_field, write_field

ORDER = "open_rectification order serve_directly"


@pytest.fixture
def at_work(pages: Pages) -> AtWork:
    return put_to_work(pages.town)


def test_missing_facts_are_told_at_their_inputs_and_the_rest_is_kept(pages: Pages, at_work: AtWork) -> None:
    inspector = pages.visit("W01")
    inspector.get(f"/findings/{at_work.found}")
    form = inspector.form(ORDER)
    answer = inspector.send(
        form,
        correction_requirements="更换紫外线灯。",
        clause="食品安全法第五十五条第二款",
        period_length="10",
    )
    assert (answer.status_code, inspector.problem) == (422, "facts_invalid")
    again = inspector.form(ORDER)
    assert again.values["correction_requirements"] == ["更换紫外线灯。"]
    assert again.values["idempotency_key"] == form.values["idempotency_key"]
    assert set(inspector.read().wrong) == {"served_on", "signer"}
    assert inspector.read().focus == ["served_on"]
    assert pages.town.proceedings(at_work.found) == []


def test_the_same_form_completed_is_taken(pages: Pages, at_work: AtWork) -> None:
    inspector = pages.visit("W01")
    inspector.get(f"/findings/{at_work.found}")
    typed = {
        "correction_requirements": "更换紫外线灯。",
        "clause": "食品安全法第五十五条第二款",
        "period_length": "10",
    }
    inspector.send(inspector.form(ORDER), **typed)
    answer = inspector.send(inspector.form(ORDER), served_on="2024-04-26", signer="樊志远")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/findings/{at_work.found}?flash=recorded")
    assert [one.state for one in pages.town.proceedings(at_work.found)] == ["correcting"]


def test_a_form_sent_twice_is_carried_out_once(pages: Pages, at_work: AtWork) -> None:
    head = pages.visit("H01")
    head.get(f"/findings/{at_work.proposed[0]}")
    form = head.form("approve_route")
    assert [head.send(form).status_code for _ in range(2)] == [303, 303]
    head.get(f"/findings/{at_work.proposed[0]}")
    assert head.last is not None
    assert head.last.text.count("批准处置路径</strong>") >= 1
    assert pages.town.row(at_work.proposed[0]).version == 3


def test_a_stale_form_says_what_happened_and_can_be_sent_again(pages: Pages, at_work: AtWork) -> None:
    officer, other = pages.visit("C01"), pages.visit("C02")
    for visitor in (officer, other):
        visitor.get(f"/findings/{at_work.found}")
    add = other.form("add_facts")
    typed = {"facts_summary": "补充：已停用凉菜间。", "corrections": "补充现场情况", "reason": "复核"}
    assert other.send(add, **typed).status_code == 303
    refused = officer.send(officer.form("add_facts"), **{**typed, "reason": "另一补充"})
    assert (refused.status_code, officer.problem) == (409, "stale_version")
    assert "补充、更正事实" in refused.text
    again = officer.form("add_facts")
    assert again.values["reason"] == ["另一补充"]
    assert officer.send(again).status_code == 303


def test_a_step_that_is_shut_says_every_reason(pages: Pages, at_work: AtWork) -> None:
    inspector = pages.visit("W01")
    fire = pages.town.finding(domain="fire", violation="fire_exit_blocked", item="疏散通道")
    inspector.get(f"/findings/{fire}")
    form = inspector.form(ORDER)
    answer = inspector.send(
        form,
        legal_ground="行政处罚法第二十八条",
        basis_clause="行政处罚法第二十八条",
        clause="消防法第二十八条",
        correction_requirements="清除",
        period_length="1",
        served_on="2024-04-26",
        signer="樊志远",
    )
    assert (answer.status_code, inspector.problem) == (409, "step_shut")
    assert 'data-reason="own_power"' in answer.text
    assert inspector.form(ORDER).values["correction_requirements"] == ["清除"]


def test_unticked_duties_are_not_taken_as_done(pages: Pages, at_work: AtWork) -> None:
    officer = pages.visit("C01")
    officer.get(f"/findings/{at_work.found}")
    form = officer.form("register propose_route confirm_route")
    answer = officer.send(form)
    assert answer.status_code == 422
    assert set(officer.read().wrong) == {"jurisdiction_checked", "limitation_checked"}
    assert pages.town.state(at_work.found) == "found"


def test_a_refused_inspection_comes_back_whole(pages: Pages) -> None:
    inspector = pages.visit("W01")
    inspector.get("/intake")
    form = inspector.form("record_result record_finding")
    answer = inspector.send(
        form,
        **{
            "party.name": "原平市某店",
            "party.kind": "enterprise",
            "party.identifiers.0.value": "92140981MA0L3Q8T18",
            "task_no": "T-1",
            "items": "食品安全",
            "check_type": "internal",
            "officers": ["W01", "W02"],
            "result_codes": ["CORRECTED"],
            "recusal_told": "true",
        },
    )
    assert (answer.status_code, inspector.problem) == (422, "uscc_invalid")
    again = inspector.form("record_result record_finding")
    assert again.values["party.name"] == ["原平市某店"]
    assert again.values["officers"] == ["W01", "W02"]
    assert inspector.read().wrong == ["party.identifiers.0.value"]
    assert inspector.read().focus == ["party.identifiers.0.value"]


def test_an_inspection_without_problems_needs_no_finding(pages: Pages) -> None:
    inspector = pages.visit("W01")
    inspector.get("/intake")
    answer = inspector.send(
        inspector.form("record_result record_finding"),
        **{
            "party.name": "原平市某店",
            "party.kind": "enterprise",
            "party.identifiers.0.value": "92140981MA0L3Q8T17",
            "task_no": "T-1",
            "items": "食品安全",
            "check_type": "internal",
            "officers": ["W01", "W02"],
            "result_codes": ["NO_PROBLEM"],
            "recusal_told": "true",
        },
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/inspections/")


def test_money_is_typed_in_yuan() -> None:
    field = Field("sales_fen", "销售金额", "money_fen")
    assert read_field(field, Typed(sales_fen_yuan=["1234.5"])) == 123450
    assert read_field(field, Typed(sales_fen_yuan=["0.07"])) == 7
    assert read_field(field, Typed(sales_fen_yuan=["1.234"])) == "1.234"
    assert write_field(field, 123450) == {"sales_fen_yuan": ["1234.5"]}


@pytest.mark.parametrize(
    "sent",
    [
        {"triggers": "no_such_step"},
        {"triggers": ""},
        {"triggers": "approve_route " * 30},
        {"expected_version": "many"},
        {"idempotency_key": ""},
        {"proceeding": "never-was-here"},
        {"routes": ["\x00"]},
        {"csrf": "another"},
    ],
)
def test_nonsense_is_a_page_with_a_problem(pages: Pages, at_work: AtWork, sent: dict[str, object]) -> None:
    head: Visitor = pages.visit("H01")
    head.get(f"/findings/{at_work.proposed[0]}")
    answer = head.send(head.form("approve_route"), **sent)
    assert 400 <= answer.status_code < 500
    assert head.problem
    assert pages.town.state(at_work.proposed[0]) == "route_confirmed"
