"""Law 9: with and without a criminal referral, whoever is not on its list reads the same bytes everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from api.rights import each_route
from engine.outbox import Asked
from models import linked_reading
from tests.builders import OFFICERS, Town
from tests.hostile.fort import Fort
from tests.hostile.wire import Answer, named
from tests.referral_walk import FILED, THRESHOLD, led, opened, stated
from web.pages import attach_pages

NOBODY = "nobody"
OUTSIDERS = ("W03", "T01", "F01", "F02", "F03", "S01", "O01", "A01", "B01", "E01", NOBODY, "yuanping-fire")
"""Ten kinds of officer who have no open step that depends on the referral, a stranger, and a linked system."""
SOME = OUTSIDERS[:-1:2]
LATER = (("W03", "market_regulation", ("inspector",)), ("F03", "fire_rescue", ("duty_clerk",)))
ADMINISTRATORS = (("B01", "lead_office", ("security_admin",)),)
NEVER = "01921dbe-2475-7c6c-8fa0-64652fff9bed"
FRESH = re.compile(rb"form-[0-9a-f-]{36}|urn:bihuan:request:[0-9a-f-]+")
"""What differs between any two readings of the same page."""
ELSE = {
    "{digest}": "sha256:" + "0" * 64,
    "{doc}": "criminal_referral_letter",
    "{finding}": "{id}",
    "{path:path}": "x",
}
"""What stands in paths for what is no id of a record."""
ASKED = (
    "/api/v1/findings?limit=200",
    "/api/v1/findings?state=open&limit=200",
    "/api/v1/findings?route=criminal_referral",
    "/api/v1/findings?route=penalty",
    "/api/v1/findings?q=%E7%BD%82%E7%B2%9F",
    "/api/v1/findings?q=%E5%88%91%E7%A7%BB",
    "/api/v1/deadlines?limit=200",
    "/api/v1/deadlines?term=DL60",
    "/api/v1/deadlines?term=DL77",
    "/api/v1/ledger?from=2024-01-01&to=2024-12-31",
    "/ledger?state=open",
    "/work?group=green",
    "/deadlines?light=green",
    "/api/v1/stuck?lacks=clock",
    "/stuck?lacks=owner",
)


@pytest.fixture
def office(database_url: str, tmp_path: Path, fort_hash: str) -> Iterator[Fort]:
    """A bureau with three findings of one party, two of them with a penalty, one of these of the same act."""
    town = Town.open(database_url, tmp_path, "2024-04-26T17:00")
    for login, department, roles in (*LATER, *ADMINISTRATORS):
        town.add_person(login, department, roles)
    fort = Fort.open(town, fort_hash)
    attach_pages(fort.app)
    fort.settle()
    for name in ("plain", "fined", "split"):
        fort.ids[name] = town.add_finding(fort.ids["inspection"], item=f"事项{name}")
    for name in ("fined", "split"):
        _investigated(town, fort.ids[name])
    yield fort
    fort.close()


def _investigated(town: Town, finding: str) -> None:
    """The finding has a penalty under investigation, which no inspector can fine on the spot any more."""
    clue = {"source_type": "inspection", "clue_on": "2024-04-26"}
    town.step("C02", finding, "open_penalty", urgent_ground="evidence", **clue)
    penalty = town.proceedings(finding)[-1].id
    filing = {
        "clause": "条款。",
        "facts_summary": "事实。",
        "jurisdiction_checked": True,
        "limitation_checked": True,
        "officers": OFFICERS,
    }
    town.step("C02", finding, "start_verification", penalty, officers=OFFICERS, **clue)
    town.step("C02", finding, "propose_filing", penalty, **filing)
    town.step("H01", finding, "approve_filing", penalty)
    town.step("U01", finding, "assign_officers", penalty, officers=OFFICERS)


def _paths(fort: Fort, referral: str) -> Iterator[str]:
    """Every GET route with every id there is, the referral's own and one that never was."""
    named = ("inspection", "party", "plain", "fined", "split")
    known = [*(fort.ids[name] for name in named if name in fort.ids), referral, NEVER]
    for route in each_route(fort.app.routes):
        path = getattr(route, "path", "")
        if "GET" not in (getattr(route, "methods", None) or ()) or "exchange/{" in path:
            continue
        for place, value in ELSE.items():
            path = path.replace(place, value)
        if "{id}" not in path:
            yield path
        yield from (path.replace("{id}", id) for id in known if "{id}" in path)
    yield from ASKED


def _read(fort: Fort, who: str, path: str) -> Answer:
    headers = {} if who == NOBODY else fort.signed(who, "GET")
    return fort.wire.send("GET", path, named(headers))


def _told(answer: Answer) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """What the reader gets, but for what is fresh each time."""
    headers = [one for one in answer.headers if one[0] not in (b"x-request-id",)]
    body = answer.body
    if answer.header("content-type") == "application/json" and b'"next"' in body:
        body = re.sub(rb'"next":"[^"]*"', b'"next":"..."', body)
    return answer.status, headers, FRESH.sub(b"fresh", body)


def _renamed(told: tuple[int, list[tuple[bytes, bytes]], bytes], id: str) -> tuple[int, Any, bytes]:
    """The same without the id that was asked for: pages say their own address."""
    status, headers, body = told
    named = [
        (name, value.replace(id.encode(), b"the id")) for name, value in headers if name != b"content-length"
    ]
    return status, named, body.replace(id.encode(), b"the id")


def everything(fort: Fort, referral: str, outsiders: Sequence[str]) -> dict[tuple[str, str], Any]:
    """Every answer to these outsiders, and the messages of the linked system."""
    paths = sorted({path for path in _paths(fort, referral) if path != "/metrics"})
    told: dict[tuple[str, str], Any] = {
        (who, path): _told(_read(fort, who, path)) for who in outsiders for path in paths
    }
    house = fort.town.house
    with house.database.read() as connection:
        system = linked_reading.system_row(connection, "yuanping-fire")
    assert system is not None
    for queue in ("ordinary", "criminal"):
        feed = house.exchange.outbox.feed(system, Asked(queue))
        events = [{name: value for name, value in one.items() if name != "id"} for one in feed["items"]]
        told["yuanping-fire", queue] = json.dumps(events, sort_keys=True)
    return told


CHANCE = re.compile(rb"[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _without_chance(read: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    """The same without ids, salts and hashes: two sweeps of one world write each their own."""
    return {
        key: told if isinstance(told, str) else (told[0], told[1][:0], CHANCE.sub(b"chance", told[2]))
        for key, told in read.items()
    }


def _differences(before: dict[tuple[str, str], Any], after: dict[tuple[str, str], Any]) -> list[str]:
    return [f"{who} at {path}" for (who, path), told in before.items() if after[who, path] != told]


def referred(fort: Fort) -> str:
    """A referral went its way to the police and came back filed; a suspicion is on record elsewhere too."""
    town = fort.town
    referral = opened(town, fort.ids["fined"])
    led(town, referral, *FILED, "handover_items")
    town.step("L01", fort.ids["plain"], "record_threshold", **THRESHOLD)
    return referral


def test_nobody_else_reads_a_byte_that_tells_of_it(office: Fort) -> None:
    """Every other of them on SQLite, some of the others on PostgreSQL: the questions are the same."""
    sqlite = office.town.house.database.dialect == "sqlite"
    outsiders = SOME if sqlite else OUTSIDERS[1:-1:4]
    before = everything(office, NEVER, outsiders)

    referral = referred(office)
    after = everything(office, referral, outsiders)

    with_its_id = {key: told for key, told in after.items() if referral in key[1]}
    assert _differences(before, {**before, **{k: v for k, v in after.items() if k in before}}) == []
    assert len({path for _, path in with_its_id}) >= 12 and {told[0] for told in with_its_id.values()} <= {
        303,
        401,
        403,
        404,
    }
    for (who, path), told in with_its_id.items():
        never = after[who, path.replace(referral, NEVER)]
        assert _renamed(told, referral) == _renamed(never, NEVER), f"{who} at {path}"


def test_no_step_of_anybody_else_is_answered_differently(office: Fort) -> None:
    steps = [
        {"trigger": "form_team", "facts": stated(office.town)["form_team"], "expected_version": 1},
        {"trigger": "no_such_trigger", "facts": {}, "expected_version": 7},
    ]
    referral = referred(office)
    for who in OUTSIDERS[:-2]:
        for body in steps:
            hidden = office.post(who, f"/api/v1/referrals/{referral}/steps", body)
            never = office.post(who, f"/api/v1/referrals/{NEVER}/steps", body)
            assert _told(hidden) == _told(never)
            assert (hidden.status, hidden.json["code"]) == (404, "not_found")


def test_its_overdue_clocks_are_told_to_nobody_else(tmp_path: Path, fort_hash: str) -> None:
    town = Town.open(f"sqlite:///{tmp_path / 'bihuan.db'}", tmp_path, "2024-04-26T17:00")
    for login, department, roles in (*LATER, *ADMINISTRATORS):
        town.add_person(login, department, roles)
    fort = Fort.open(town, fort_hash)
    attach_pages(fort.app)
    fort.settle()
    fort.ids["fined"] = town.add_finding(fort.ids["inspection"], item="事项")
    fort.keep()
    town.at("2024-06-26T09:00")
    town.house.sweep.run()
    before = everything(fort, NEVER, SOME)

    fort.restore()
    town.at("2024-04-26T17:00", jump=True)
    opened(town, fort.ids["fined"])
    town.at("2024-06-26T09:00")
    swept = town.house.sweep.run()

    after = everything(fort, NEVER, SOME)
    assert _differences(_without_chance(before), _without_chance(after)) == []
    assert swept.failed == 0
    fort.close()
