"""Law 9: with and without a criminal referral, whoever is not on its list reads the same bytes everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.outbox import Asked
from models import linked_reading
from tests.builders import Town
from tests.hostile.fort import Fort
from tests.hostile.outsiders import (
    ADMINISTRATORS,
    LATER,
    NEVER,
    OUTSIDERS,
    SOME,
    as_told,
    asked,
    places,
    referred,
    renamed,
    settled,
)
from tests.referral_walk import opened, stated
from web.pages import attach_pages


@pytest.fixture
def office(database_url: str, tmp_path: Path, fort_hash: str) -> Iterator[Fort]:
    """A bureau with three findings of one party, two of them with a penalty, one of these of the same act."""
    town = Town.open(database_url, tmp_path, "2024-04-26T17:00")
    for login, department, roles in (*LATER, *ADMINISTRATORS):
        town.add_person(login, department, roles)
    fort = Fort.open(town, fort_hash)
    settled(fort)
    yield fort
    fort.close()


ELSEWHERE = {"/metrics", "/admin/record"}
"""What tells of the asking itself, such as sheets that were taken along; the twins compare the record."""


def everything(fort: Fort, referral: str, outsiders: Sequence[str]) -> dict[tuple[str, str], Any]:
    """Every answer to these outsiders, and the messages of the linked system."""
    paths = sorted({path for path in places(fort, referral) if path not in ELSEWHERE})
    told: dict[tuple[str, str], Any] = {
        (who, path): as_told(asked(fort, who, path)) for who in outsiders for path in paths
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


def test_nobody_else_reads_a_byte_that_tells_of_it(office: Fort) -> None:
    """Some of them on SQLite, some of the others on PostgreSQL: the questions are the same."""
    sqlite = office.town.house.database.dialect == "sqlite"
    outsiders = SOME if sqlite else OUTSIDERS[1:-1:5]
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
        assert renamed(told, referral) == renamed(never, NEVER), f"{who} at {path}"


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
            assert as_told(hidden) == as_told(never)
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
