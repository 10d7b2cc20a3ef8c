"""What the ledger holds about a person is told to whoever may read it, and of nobody else's records."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.accounts import hash_password
from engine.keeping.personal import personal_report
from models import account_reading
from tests.api.conftest import PASSWORD
from tests.api.terminal import Terminal
from tests.builders import PARTY, Town, item, refused
from tests.referral_walk import opened

NAME, PHONE = "欧阳秉烛", "13803501234"


@pytest.fixture
def known(sqlite_town: Town) -> Town:
    """A town that knows a person from cases of two departments, a referral among them."""
    party = {**PARTY, "phone": PHONE}
    said = item(sqlite_town, facts_summary=f"店主{NAME}在场，" + "其余情况另见笔录。" * 20)
    inspection = sqlite_town.inspect(said, party=party)
    [finding] = sqlite_town.findings_of(inspection)
    opened(sqlite_town, finding)
    fire = item(sqlite_town, domain="fire", violation="fire_exit_blocked", facts_summary=f"{NAME}未到场。")
    other = {**PARTY, "name": "别家", "identifiers": [{"scheme": "unidentified", "value": ""}]}
    sqlite_town.inspect(fire, by="F01", department="fire_rescue", party=other, officers=["F01", "F02"])
    sqlite_town.add_person("B01", "lead_office", ("security_admin",))
    return sqlite_town


def places(town: Town, login: str, *values: str) -> list[dict[str, Any]]:
    """What is told to that person."""
    return personal_report(town.house, town.who(login), values)["places"]


def test_a_head_is_told_of_the_records_of_the_department_and_of_no_other(known: Town) -> None:
    told = places(known, "H01", NAME, PHONE)
    assert {one["in"] for one in told} >= {"finding", "party", "payload", "inspection"}
    assert {one["field"] for one in told if one["in"] == "party"} == {"detail.phone"}
    assert not [one for one in told if "未到场" in one["said"]]
    assert all(len(one["said"]) < 100 for one in told)
    [fire] = {one["id"] for one in places(known, "F02", NAME) if one["in"] == "finding"}
    assert fire not in {one.get("id") for one in told}


def test_a_referral_is_in_no_report(known: Town) -> None:
    referrals = {one.id for one in known.referrals(next(iter(_findings(known))))}
    told = str(places(known, "H01", "罂粟碱", "R05a", NAME))
    assert referrals and not [one for one in referrals if one in told]


def _findings(town: Town) -> set[str]:
    return {one["id"] for one in places(town, "H01", NAME) if one["in"] == "finding"}


def test_a_security_administrator_is_told_of_accounts_alone(known: Town) -> None:
    told = places(known, "B01", "姓名W01", NAME)
    assert [(one["in"], one["field"], one["login_key"]) for one in told] == [("user_account", "name", "w01")]


def test_that_somebody_asked_is_recorded_and_not_what_for(known: Town) -> None:
    places(known, "H01", NAME)
    with known.house.database.read() as connection:
        last = list(account_reading.admin_entries(connection, "yuanping"))[-1]
    assert (last.action, last.by) == ("personal.report", "H01")
    assert NAME not in str(last.detail)


def test_others_are_refused_and_so_is_what_stands_everywhere(known: Town) -> None:
    for login in ("W01", "A01", "S01"):
        assert refused(personal_report, known.house, known.who(login), [NAME]).code == "not_yours"
    wrong: tuple[list[str], ...] = ([], ["", "  "], ["a"], ["ab"] * 21)
    for values in wrong:
        assert refused(personal_report, known.house, known.who("H01"), values).code == "facts_invalid"


def test_the_report_is_a_file_of_the_person_who_asked(bihuan: Terminal, known: Town) -> None:
    hashed = hash_password(PASSWORD)
    known.house.writer.submit(
        lambda connection: account_reading.change_user(connection, "h01", {"password_hash": hashed})
    )
    bihuan.monkeypatch.setenv("BIHUAN_DATABASE_URL", known.house.database.url)
    bihuan.clock = "2024-04-26T17:05"
    file = bihuan.folder / "report.json"
    words = ("personal", str(file), "--as", "H01", "--password-stdin")
    told = bihuan.json(*words, says=f"{PASSWORD}\n{NAME}\n{PHONE}\n")
    assert len(json.loads(file.read_text())["places"]) == told["places"] > 3
    assert file.stat().st_mode & 0o777 == 0o600
    assert bihuan.json(*words, says=f"{PASSWORD}\n{NAME}\n", code=1)["code"] == "facts_invalid"
