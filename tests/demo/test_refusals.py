"""Where the demonstration may be built, and what its files may say."""

from __future__ import annotations

import shutil
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from engine.building import open_house
from engine.core.calendar import SHANGHAI, civil_date
from engine.core.refusals import Refusal
from engine.demo import build
from engine.demo.building import FOLDER
from engine.demo.stories import load_stories
from engine.house import House
from engine.settings import Settings
from models import account_reading, records
from rules.data_file import DataFault
from tests.builders import Town
from tests.demo.conftest import PASSWORD, planned


def test_a_database_that_holds_other_findings_is_refused(town: Town) -> None:
    town.finding()

    with pytest.raises(Refusal) as refused:
        build(town.house, PASSWORD)

    assert [reason.code for reason in refused.value.reasons] == ["demo_wants_its_own_database"]
    with town.house.database.read() as connection:
        assert account_reading.marks(connection).get("demo") is None
        assert records.user_row(connection, "F03") is None


def test_other_peoples_accounts_are_not_joined_by_known_passwords(sqlite_url: str, tmp_path: Path) -> None:
    house = real_house(sqlite_url, tmp_path)
    try:
        add_somebody(house)
        with pytest.raises(Refusal) as refused:
            build(house, PASSWORD)
        assert [reason.code for reason in refused.value.reasons] == ["demo_wants_its_own_database"]
        assert len(house.accounts.users()) == 1
    finally:
        house.close()


def test_accounts_alone_are_there_without_findings_and_once(sqlite_url: str, tmp_path: Path) -> None:
    house = real_house(sqlite_url, tmp_path)
    try:
        told = build(house, PASSWORD, accounts_only=True)
        assert (told["findings"], told["inspections"], len(told["users"])) == (0, 0, 21)
        assert build(house, "another password", accounts_only=True) == told
        assert house.accounts.verify("H01", PASSWORD).roles == {"department_head"}
        with house.database.read() as connection:
            assert not account_reading.holds_findings(connection)
            assert "demo" in account_reading.marks(connection)
    finally:
        house.close()


def test_an_empty_password_is_refused_before_anything_is_written(sqlite_url: str, tmp_path: Path) -> None:
    house = real_house(sqlite_url, tmp_path)
    try:
        with pytest.raises(Refusal):
            build(house, "")
        assert house.accounts.users() == []
    finally:
        house.close()


@pytest.mark.parametrize(
    "now",
    [
        "2024-04-26T16:00:00",
        "2026-02-20T23:59:59",
        "2026-10-05T00:00:00",
        "2026-11-23T00:00:01",
        "2027-01-02T12:00:00",
        "2030-08-31T08:45:00",
    ],
)
def test_on_any_day_nothing_is_planned_after_now_and_every_case_keeps_its_order(now: str) -> None:
    instant = datetime.fromisoformat(f"{now}+08:00")
    plan = planned(instant)
    assert all(one.at <= instant for one in plan)
    assert [one.at for one in plan] == sorted(one.at for one in plan)
    last: dict[int, int] = {}
    for one in plan:
        assert one.number > last.get(one.case.number, -1)
        last[one.case.number] = one.number
    for one in plan:
        if one.body:
            points = [one.body["started_at"], *(each["discovered_at"] for each in one.body["findings"])]
            assert max(points) <= one.body["finished_at"] <= one.at.isoformat()
            begin = datetime.combine(civil_date(one.at), time.min, SHANGHAI)
            assert datetime.fromisoformat(min(points)) >= begin


def test_the_same_day_gives_the_same_plan() -> None:
    instant = datetime(2026, 11, 23, 16, tzinfo=SHANGHAI)
    once, again = planned(instant), planned(instant)
    assert [(one.key, one.at, one.body, one.steps) for one in once] == [
        (one.key, one.at, one.body, one.steps) for one in again
    ]
    assert len({one.key for one in once}) == len(once)


def test_a_later_day_moves_the_stories_along() -> None:
    instant = datetime(2026, 11, 23, 16, tzinfo=SHANGHAI)
    first, later = planned(instant)[-1].at, planned(instant + timedelta(days=30))[-1].at
    assert (later - first).days == 30


def test_what_was_not_yet_law_is_not_told() -> None:
    before, since = (
        {
            line.trigger
            for one in planned(datetime(year, 11, 23, 16, tzinfo=SHANGHAI))
            for line, _ in one.steps
        }
        for year in (2025, 2026)
    )
    assert since - before == {"take_down"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("copy_notice.waive_reply]", "copy_notice.forget]", "there is no act 'copy_notice.forget'"),
        ("[-27, +copied]", "[-27, +coppied]", "there is no run '+coppied'"),
        ("back: [0, 4]", "backwards: [0, 4]", "backwards"),
    ],
)
def test_a_mistake_in_a_story_is_told_by_file_and_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "demo")
    file = tmp_path / "demo" / "stories" / "copies.yaml"
    text = file.read_text(encoding="utf-8")
    broken = text.replace(old, new)
    assert broken != text
    file.write_text(broken, encoding="utf-8")

    with pytest.raises(DataFault) as fault:
        load_stories(tmp_path / "demo")

    assert told in str(fault.value)
    assert f"{file}:" in str(fault.value)


def real_house(url: str, folder: Path) -> House:
    """A house on real time."""
    return open_house(Settings(data_dir=folder, database_url=url))


def add_somebody(house: House) -> None:
    """An account that is not the demonstration's."""
    row = {
        "login_key": "zhang",
        "login": "zhang",
        "office_id": "yuanping",
        "name": "另一人",
        "department": "market_regulation",
        "roles": ["system_admin"],
        "password_hash": "no password",
        "disabled": False,
        "created_at": house.clock.now(),
    }
    house.writer.submit(lambda connection: records.add(connection, records.USER, [row]))
