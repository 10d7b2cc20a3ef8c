"""Reports: figures that are counted on what was recorded by an instant, and come out the same whenever they are counted."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from engine.core.refusals import Refusal
from engine.reporting.reports import make_report, report_file, reports_of, written
from engine.sheets.ledger import WHOLE
from rules.data_file import DataFault
from rules.report_templates import FOLDER, load_reports, period_of
from tests.builders import Town, item
from tests.referral_walk import FILED, led, opened
from tests.sheets.test_ledger_sheet import rectified

PERIOD = "2024-04"


def figures(town: Town, login: str | None = None, **more: Any) -> dict[str, int]:
    """What the figures of April's report come to."""
    who = WHOLE if login is None else town.people[login]
    return {
        one.figure.code: one.value for one in make_report(town.house, who, "monthly", PERIOD, **more).counted
    }


def test_figures_count_the_steps_of_the_period(town: Town) -> None:
    finding = town.finding()
    rectified(town, finding)
    town.inspect(item(town), by="F01", department="fire_rescue")
    told = figures(town)
    assert {name: value for name, value in told.items() if value} == {
        "inspections": 2,
        "findings": 2,
        "open": 2,
        "orders": 1,
    }
    assert figures(town, "W01")["findings"] == figures(town, department="market_regulation")["findings"] == 1
    assert figures(town, "W01", department="fire_rescue")["findings"] == 0
    town.at("2024-05-06T09:00")
    assert figures(town) == told
    assert make_report(town.house, WHOLE, "monthly", "2024-05").counted[2].value == 0


def test_what_is_entered_later_changes_nothing_of_an_earlier_instant(sqlite_town: Town) -> None:
    town = sqlite_town
    finding = town.finding()
    then = town.house.clock.now()
    before = {
        form: written(town.house, make_report(town.house, WHOLE, "monthly", PERIOD, as_of=then), form)
        for form in ("docx", "pdf", "json", "csv")
    }
    town.at("2024-04-26T18:00")
    rectified(town, finding)
    town.finding()
    made = make_report(town.house, WHOLE, "monthly", PERIOD, as_of=then)
    assert {form: written(town.house, made, form) for form in before} == before
    assert figures(town)["findings"] == 2 and figures(town)["orders"] == 1


def test_a_step_that_was_withdrawn_is_counted_until_then_and_not_after(sqlite_town: Town) -> None:
    from engine.core.commands import CorrectionCommand

    town = sqlite_town
    finding = town.finding()
    rectified(town, finding)
    for_later = town.house.clock.now()
    town.at("2024-04-26T18:00")
    served = town.row(finding)
    town.handle("H01", CorrectionCommand("finding", finding, served.sequence, None, "误录。", served.version))
    [report] = (make_report(town.house, WHOLE, "monthly", PERIOD, as_of=at) for at in [for_later])
    assert report.counted[5].digest == make_report(town.house, WHOLE, "monthly", PERIOD).counted[5].digest


def test_a_criminal_referral_is_in_no_figure(sqlite_town: Town) -> None:
    finding = sqlite_town.finding()
    asked = {"as_of": ["2024-04-26T17:00:00+08:00"], "form": ["json"]}
    whole = {
        login: report_file(sqlite_town.house, sqlite_town.people[login], "monthly", PERIOD, asked)
        for login in ("C02", "S01")
    }
    led(sqlite_town, opened(sqlite_town, finding), *FILED)
    for login, before in whole.items():
        assert report_file(sqlite_town.house, sqlite_town.people[login], "monthly", PERIOD, asked) == before


def test_the_paper_names_every_query_and_says_what_was_counted(sqlite_town: Town) -> None:
    sqlite_town.finding()
    content, name, _ = report_file(sqlite_town.house, WHOLE, "monthly", PERIOD, {"form": ["pdf"]})
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "").replace("\u200b", "")
    made = make_report(sqlite_town.house, WHOLE, "monthly", PERIOD)
    assert name.endswith("-2024-04.pdf") and "2024年4月" in text and "发现问题1件" in text
    for one in made.counted:
        assert f"{one.figure.code} {one.rows}" in text and one.digest[7:23] in text
    content, _, _ = report_file(sqlite_town.house, WHOLE, "half_year", "2024-H1", {})
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert "上半年工作总结" in parts.read("word/document.xml").decode()
    content, _, _ = report_file(sqlite_town.house, WHOLE, "monthly", PERIOD, {"form": ["json"]})
    assert [one["query"] for one in json.loads(content)["figures"]] == [
        one.figure.code for one in made.counted
    ]


def test_who_sees_no_case_has_no_report_and_what_cannot_be_is_refused(sqlite_town: Town) -> None:
    house, now = sqlite_town.house, sqlite_town.house.clock.now()
    wrong: list[tuple[str, str, str, dict[str, Any]]] = [
        ("not_found", "weekly", PERIOD, {}),
        ("not_found", "monthly", "2024-13", {}),
        ("not_found", "annual", "2024-04", {}),
        ("parameter_invalid", "monthly", PERIOD, {"as_of": now + timedelta(days=1)}),
        (
            "parameter_invalid",
            "monthly",
            PERIOD,
            {"as_of": datetime.fromisoformat("2024-03-31T23:00:00+08:00")},
        ),
        ("parameter_invalid", "monthly", PERIOD, {"department": "nowhere"}),
        ("parameter_invalid", "monthly", PERIOD, {"records_max": -1}),
    ]
    for code, report, key, more in wrong:
        with pytest.raises(Refusal, match=code):
            make_report(house, WHOLE, report, key, **more)
    with pytest.raises(Refusal, match="not_yours"):
        make_report(house, sqlite_town.people["A01"], "monthly", PERIOD)


def test_the_reports_meet_the_duties_of_the_office(sqlite_town: Town) -> None:
    reports = reports_of(sqlite_town.house)
    assert {one.duty for one in reports.values()} == set(sqlite_town.house.office.duties.reports)
    assert period_of("month", "2024-02").last.isoformat() == "2024-02-29"  # type: ignore[union-attr]  # it is one


def test_a_template_that_names_no_figure_is_refused_with_its_line(tmp_path: Path, sqlite_town: Town) -> None:
    triggers = {name: chart.triggers for name, chart in sqlite_town.house.charts.by_name.items()}
    for path in FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(
            path.read_text(encoding="utf-8").replace("{closed}", "{closd}"), encoding="utf-8"
        )
    with pytest.raises(DataFault, match=r"annual.yaml:8: /body/1/text"):
        load_reports(triggers, tmp_path)
