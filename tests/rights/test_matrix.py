"""Rights against an oracle that is written beside them: nothing leaks, and nobody is refused what is theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.app import create_app
from api.command_line.rights import page, policies
from api.rights import ROUTES, check_policies, each_route
from engine.core.chart import CRIMINAL
from engine.core.policies import POLICIES, Caller, Reach
from rules.charts import load_charts
from tests.hostile.fort import Fort
from tests.hostile.operations import BY_NAME, OPEN_TO_ALL, SYSTEM
from tests.rights.matrix import (
    ASKING,
    ORACLE,
    RECORDS,
    Expected,
    ask,
    questions,
    sent,
    told_too_much,
    verdict_of,
)
from web.rights import PAGES

ELSEWHERE = re.compile(
    r"/(attachments|documents|static)/|/file.pdf$|/reports$|/corrections/\{"
    r"|^GET /(systems|rulebook)/\{id\}|accounts/\{login\}|/sso"
)
"""Reading routes below a record whose own rights they have: tests/hostile asks them with hidden ids."""


def test_every_reading_route_stands_in_the_oracle() -> None:
    asked = {f"GET {path}" for line in (*ORACLE["records"], *ORACLE["lists"]) for path in line["asks"]}
    known = {name for name in (*ROUTES, *PAGES) if name.startswith("GET ") and "/exchange/{" not in name}
    assert {name for name in known - asked if not ELSEWHERE.search(name)} == set()
    assert asked - known == {"GET /openapi.json"}


def test_every_operation_that_a_person_sends_stands_in_the_oracle() -> None:
    elsewhere, open_to_all = {"POST /api/v1/receipt-codes"}, {one.name for one in OPEN_TO_ALL}
    elsewhere.add("DELETE /api/v1/session")  # of everybody, and then nobody is there
    known = {one.name for one in BY_NAME.values() if one.method != "GET" and one.who != SYSTEM}
    assert known - open_to_all - elsewhere == set(ORACLE["sent"])


def test_whoever_asks_is_answered_as_the_oracle_says(office: Fort) -> None:
    wrong, asked = [], 0
    for path, record, expected in questions():
        place = path.replace("{id}", office.ids[RECORDS[record]]) if record else path
        for who in ASKING:
            answer = ask(office, who, place)
            asked += 1
            if verdict_of(answer) != expected.verdict(who):
                wrong.append(f"{who} at {path} [{record}]: {verdict_of(answer)}, not {expected.verdict(who)}")
            wrong += [
                f"{who} at {place} reads {name}" for name in told_too_much(office, who, place, answer.body)
            ]
    assert wrong == []
    assert asked > 2_000


@pytest.mark.parametrize("name", sorted(ORACLE["sent"]))
def test_whoever_sends_is_answered_as_the_oracle_says(office: Fort, name: str) -> None:
    wrong = []
    for record, said in ORACLE["sent"][name].items():
        expected = Expected.of(said)
        for who in ASKING:
            office.restore()
            told = verdict_of(sent(office, name, who, record))
            if told != expected.verdict(who):
                wrong.append(f"{who} [{record}]: {told}, not {expected.verdict(who)}")
    office.restore()
    assert wrong == []


def test_an_account_that_was_disabled_is_nobody(office: Fort) -> None:
    for path in ("/api/v1/findings", f"/api/v1/findings/{office.ids['finding']}", "/work"):
        assert verdict_of(ask(office, "X01", path)) == "sign"


def test_nothing_is_served_without_a_policy(office: Fort) -> None:
    routes = create_app(office.town.house).router.routes
    ours = [one for one in each_route(routes) if getattr(one, "path", "") != "/openapi.json"]
    check_policies(ours, ROUTES)
    fewer = {name: action for name, action in ROUTES.items() if name != "GET /api/v1/stuck"}
    unknown = {**ROUTES, "GET /api/v1/stuck": "stuck.look"}
    for differing in (fewer, unknown, {**ROUTES, "GET /api/v1/nowhere": "finding.read"}):
        with pytest.raises(RuntimeError, match=r"stuck|nowhere"):
            check_policies(ours, differing)


def test_what_is_confidential_is_reached_by_its_list_alone() -> None:
    of_referrals = {
        POLICIES[action].reach for name, action in {**ROUTES, **PAGES}.items() if "/referrals/" in name
    }
    others = {
        POLICIES[action].reach for name, action in {**ROUTES, **PAGES}.items() if "/referrals/" not in name
    }
    assert of_referrals == {Reach.LIST} and Reach.LIST not in others


def test_only_linked_systems_use_the_exchange_and_use_nothing_else() -> None:
    by_system = {name for name, action in ROUTES.items() if POLICIES[action].caller is Caller.SYSTEM}
    assert by_system == {name for name in ROUTES if "/exchange/{system}/" in name}


def test_the_page_of_rights_is_made_from_the_policies() -> None:
    written = (Path(__file__).parents[2] / "docs" / "rights.md").read_text(encoding="utf-8")
    assert written == page(policies()), "write it anew: ./dev bihuan rights > docs/rights.md"
    assert [row["action"] for row in policies() if not row["routes"]] == []


def test_the_roles_of_policies_are_roles_of_the_charts() -> None:
    charts = load_charts()
    held = {role for chart in charts.by_name.values() for row in chart.rows for role in row.by}
    administrators = {"system_admin", "security_admin", "audit_admin"}
    named = {role for policy in POLICIES.values() for role in policy.roles or ()}
    assert named <= held | administrators
    assert CRIMINAL in charts.by_name
