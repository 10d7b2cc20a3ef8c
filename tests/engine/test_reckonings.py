"""How deadlines on record were counted: from what is stored of them, for whoever may see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest

from engine.core.calendar import WorkingCalendar
from engine.core.counting import Exclusion
from engine.core.deadlines import compute
from engine.core.lawbook import Lawbook
from engine.core.on_record import OnRecord, reckoned
from engine.core.running import Moment
from engine.core.snapshot import Deadline, Record, Snapshot
from engine.core.standing_still import run_on
from engine.lawbook_of_the_house import load_lawbook
from models import referral_reading
from rules.data_file import DataFault
from rules.offices import load_office
from rules.terms import RULES
from tests.builders import Town, refused
from tests.engine.test_extended_clocks import SPECIAL
from tests.engine.test_penalty_papers import FILING, verifying
from tests.referral_walk import opened

OFFICE = RULES / "offices" / "yuanping.yaml"
HEARING = Exclusion(date(2024, 10, 10), date(2024, 10, 30), "听证期间")
NOW = datetime.fromisoformat("2024-10-31T09:00:00+08:00")


def reckoning(town: Town, login: str, id: str) -> dict[str, Any]:
    return town.house.reader.reckonings.reckoning(town.who(login), id)


def running(town: Town, finding: str, term: str) -> str:
    return next(
        str(one.id)
        for one in town.deadlines(finding)
        if one.term == term and one.state in ("running", "suspended")
    )


def test_an_extended_and_interrupted_deadline_is_told_with_who_did_what(town: Town) -> None:
    finding, case = verifying(town)
    town.step("C02", finding, "propose_filing", case, **FILING)
    town.step("H01", finding, "approve_filing", case)
    town.step("U01", finding, "assign_officers", case, officers=["W01", "W02"])
    town.step("C02", finding, "propose_decide_extension", case, **SPECIAL)
    town.step("H01", finding, "decide_extend_first", case, **SPECIAL)
    clock, kind = running(town, finding, "DL28"), {"test_kind": "inspection"}
    day = town.house.clock.now().date()
    town.step(
        "C02", finding, "start_test", case, **kind, testing_body="检验检测中心", started_on=day.isoformat()
    )

    standing = reckoning(town, "C02", clock)
    assert standing["left"] is None
    assert standing["standing_still"] == [
        {"since": day.isoformat(), "reason": "检测、检验、检疫、鉴定或者辨认期间"}
    ]

    town.at("2024-05-06T09:00")
    town.step("C02", finding, "end_test", case, **kind, ended_on="2024-05-06", result_text="不合格。")
    told = reckoning(town, "C02", clock)
    assert told["as_recorded"] and told["standing_still"] == []
    counted = told["reckoning"]
    assert (counted["length"], counted["own_length"], counted["counts"]) == (120, 90, 120)
    assert sum(one["units"] for one in counted["stretches"]) == 120
    assert counted["stretches"][-1]["last"] == told["deadline"]["due_effective"]
    [excluded] = [one for one in counted["stretches"] if one["kind"] == "excluded"]
    assert excluded["excluded"][0]["ground"].startswith("检测") and excluded["last"] == "2024-05-06"
    assert counted["otherwise"] is not None
    assert [(one["what"], one["by"]) for one in told["deadline"]["history"]] == [
        ("opened", "H01"),
        ("extended", "H01"),
        ("suspended", "C02"),
        ("excluded", "C02"),
    ]
    assert told["left"]["unit"] == "calendar_day" and told["left"]["count"] > 0


def test_a_settled_deadline_is_told_and_has_nothing_left(town: Town) -> None:
    finding, case = verifying(town)
    town.step("C02", finding, "propose_filing", case, **FILING)
    town.step("H01", finding, "approve_filing", case)
    over = [one for one in town.deadlines(finding) if one.settled_at is not None]
    assert over
    for one in over:
        told = reckoning(town, "C02", one.id)
        assert told["as_recorded"] and told["left"] is None, one.term
        assert told["reckoning"]["stretches"][-1]["last"] == told["deadline"]["due_effective"]


def test_a_hidden_deadline_is_none(sqlite_town: Town) -> None:
    finding, _ = verifying(sqlite_town)
    clock = sqlite_town.deadlines(finding)[0].id
    for login in ("F01", "A01", "E01"):
        assert refused(reckoning, sqlite_town, login, clock).code == "not_found"
        assert sqlite_town.house.reader.reckonings.of(sqlite_town.who(login), [clock]) == {}
    assert reckoning(sqlite_town, "S01", clock)["deadline"]["id"] == clock


def test_a_clock_of_a_referral_is_told_to_its_list_and_the_reading_is_on_record(town: Town) -> None:
    referral = opened(town, town.finding())
    with town.house.database.read() as connection:
        clocks = [one.id for one in referral_reading.shown_deadlines(connection, [referral])]
    for login in ("W01", "S01", "F01"):
        assert refused(reckoning, town, login, clocks[0]).code == "not_found"
    told = reckoning(town, "C02", clocks[0])
    assert told["deadline"]["proceeding"] == referral and told["reckoning"]["stretches"]
    with town.house.database.read() as connection:
        noted = connection.execute(referral_reading.READING.select()).all()
    assert [(one.login, one.part) for one in noted if one.part == "reckoning"] == [("C02", "reckoning")]


@cache
def lawbook() -> Lawbook:
    return load_lawbook(load_office(OFFICE))


def kept(term: str, start: date, **how: Any) -> Deadline:
    law = lawbook()
    dates = compute(law.terms[term], start, law.calendar, **how)
    deadline = Deadline("D", term, None, start, dates, "statutory", unit=dates.unit)
    deadline.exclusions = list(how.get("exclusions", ()))
    return deadline


def counted(law: Lawbook, deadline: Deadline) -> OnRecord:
    found = reckoned(law, deadline, NOW)
    assert found is not None
    return found


def test_what_was_counted_before_a_setting_changed_is_told_as_it_was_counted() -> None:
    law = lawbook()
    before = kept("DL28", date(2024, 7, 14), exclusions=[HEARING], half_open=True)
    told = counted(law, before)
    assert told.as_recorded and told.reckoning.half_open and not law.half_open

    sooner = replace(law, terms={**law.terms, "DL12": replace(law.terms["DL12"], value=8)})
    told = counted(sooner, kept("DL12", date(2024, 5, 11)))
    assert told.as_recorded and told.reckoning.dates.length == 10


def test_another_calendar_gives_another_day_and_that_is_said() -> None:
    law = lawbook()
    deadline = kept("DL26", date(2024, 9, 27))
    told = counted(replace(law, calendar=WorkingCalendar([], [], [2024])), deadline)
    assert not told.as_recorded and told.left is None
    assert told.reckoning.dates.due_effective == date(2024, 10, 4)


def test_an_office_may_count_the_last_excluded_day(tmp_path: Any) -> None:
    written, file = OFFICE.read_text(encoding="utf-8"), tmp_path / "office.yaml"
    told = {}
    for setting in ("exclusions: closed", "exclusions: half_open", ""):
        file.write_text(written.replace("exclusions: closed", setting), encoding="utf-8")
        told[setting] = load_office(file).half_open
    assert told == {"exclusions: closed": False, "exclusions: half_open": True, "": False}
    file.write_text(written.replace("exclusions: closed", "exclusions: open"), encoding="utf-8")
    with pytest.raises(DataFault):
        load_office(file)


@pytest.mark.parametrize(("half_open", "due"), [(False, date(2024, 11, 10)), (True, date(2024, 11, 9))])
def test_a_stated_date_moves_by_the_days_that_were_not_counted(half_open: bool, due: date) -> None:
    law = replace(lawbook(), half_open=half_open)
    deadline = kept("DL28", date(2024, 7, 15), fixed_due=date(2024, 10, 20))
    deadline.fixed_due = date(2024, 10, 20)
    deadline.suspended = {"request_hearing": HEARING.first}
    main = Record("F", "finding", "in_progress")
    snapshot = Snapshot("finding", "F", main, 1, 1, "market_regulation", deadlines=[deadline])
    run_on(law, snapshot, None, "DL28", Moment(NOW, NOW, 2), ("request_hearing",), HEARING.last)
    assert deadline.fixed_due == due
