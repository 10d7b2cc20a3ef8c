"""An edited sheet comes back: what was changed is done with the uploader's rights, the rest is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter

from engine.comments import COMMENT
from engine.core.refusals import Refusal
from engine.jobs import book
from engine.jobs.runner import Runner
from engine.sheets.ledger import write_ledger
from engine.sheets.taking import take_sheet
from tests.builders import OFFICERS, Town, item
from tests.scenarios.player import FIRE, Player, scenario
from tests.sheets.test_ledger_sheet import ORDER


def nobody_waits(done: int, of: int) -> None:
    """Told how far it is, says nothing."""


def exported(town: Town, folder: Path, login: str = "U01") -> Path:
    """The sheet that the person takes along."""
    path = folder / f"{login}.xlsx"
    write_ledger(town.house, town.people[login], {}, path)
    return path


def edited(path: Path, changes: Mapping[tuple[str, str], Any]) -> Path:
    """The same sheet with other cells, by finding and heading, as an office program saves it."""
    with python_calamine.CalamineWorkbook.from_path(path) as read:
        rows = [list(row) for row in read.get_sheet_by_index(0).iter_rows()]
    headings = rows[3]
    for row in rows[4:]:
        for (finding, heading), value in changes.items():
            if row[headings.index("bihuan_finding")] == finding:
                row[headings.index(heading)] = value
    saved = path.with_name(f"edited-{path.name}")
    with xlsxwriter.Workbook(saved, {"strings_to_formulas": False}) as made:
        page, day = made.add_worksheet(), made.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write(at, place, cell, *([day] if isinstance(cell, date) else []))
    return saved


def taken(town: Town, path: Path, login: str = "U01", *, dry_run: bool = False) -> dict[str, Any]:
    """What became of the rows."""
    return take_sheet(town.house, town.people[login], path, nobody_waits, dry_run=dry_run)


def results(told: dict[str, Any]) -> dict[str, int]:
    """How many rows came to what, without those that none came to."""
    names = ("unchanged", "would_be_done", "done", "refused", "conflict")
    return {name: told[name] for name in names if told[name]}


def served(town: Town) -> str:
    """A registered finding with an order to correct that was served."""
    finding = town.finding()
    town.step("C02", finding, "register", ledger_no="x", department="market_regulation", handler="C02")
    town.step("C02", finding, "open_rectification", legal_ground="依据。", urgent_ground="on_the_spot")
    [order] = town.proceedings(finding)
    town.step("W01", finding, "order", order.id, **ORDER)
    served_on = {"served_on": "2024-04-26", "officers": OFFICERS, "signer": "店主"}
    town.step("W01", finding, "serve_directly", order.id, **served_on)
    return finding


def test_an_untouched_sheet_changes_nothing_even_when_the_findings_moved(
    sqlite_town: Town, tmp_path: Path
) -> None:
    finding = served(sqlite_town)
    path = exported(sqlite_town, tmp_path)
    assert results(taken(sqlite_town, path)) == {"unchanged": 1}
    sqlite_town.step("U01", finding, "reassign", handler="C01", reason="调整。")
    before = sqlite_town.row(finding).sequence
    assert results(taken(sqlite_town, path)) == {"unchanged": 1}
    assert sqlite_town.row(finding).sequence == before


def test_a_changed_cell_is_tried_then_done_and_done_once(town: Town, tmp_path: Path) -> None:
    finding, other = served(town), town.finding(item="另一事项")
    path = edited(exported(town, tmp_path), {(finding, "责任人"): "姓名C01"})
    before = town.row(finding)
    tried = taken(town, path, dry_run=True)
    assert results(tried) == {"unchanged": 1, "would_be_done": 1}
    assert tried["rows"][0]["changes"] == [{"column": "责任人", "from": "姓名C02", "to": "姓名C01"}]
    assert town.row(finding) == before
    assert results(taken(town, path)) == {"unchanged": 1, "done": 1}
    after = town.row(finding)
    assert after.record["registers"]["handler"]["login"] == "C01" and after.version == before.version + 1
    assert results(taken(town, path)) == {"unchanged": 2}
    assert town.row(finding) == after and town.row(other).version == 1


def test_a_day_becomes_the_fact_of_a_step_by_whoever_may_take_it(sqlite_town: Town, tmp_path: Path) -> None:
    finding = served(sqlite_town)
    path = edited(exported(sqlite_town, tmp_path, "C02"), {(finding, "整改完成日期"): date(2024, 4, 26)})
    told = taken(sqlite_town, path, "L01")
    assert results(told) == {"refused": 1} and told["rows"][0]["why"]
    assert results(taken(sqlite_town, path, "C02")) == {"done": 1}
    [order] = sqlite_town.proceedings(finding)
    assert order.state == "reported" and order.record["facts"]["reported_on"] == "2024-04-26"


def test_what_moved_meanwhile_is_a_conflict_and_what_cannot_be_is_told_row_by_row(
    sqlite_town: Town, tmp_path: Path
) -> None:
    town = sqlite_town
    moved, gone, wrong, emptied = (served(town) for _ in range(4))
    path = edited(
        exported(town, tmp_path, "U01"),
        {
            (moved, "责任人"): "姓名C01",
            (gone, "bihuan_finding"): "01921dbe-2475-7c6c-8fa0-64652fff9bed",
            (wrong, "责任人"): "查无此人",
            (emptied, "责任人"): "",
        },
    )
    town.step("U01", moved, "reassign", handler="U01", reason="调整。")
    told = taken(town, path)
    assert results(told) == {"refused": 3, "conflict": 1}
    whys = " ".join(row["why"] for row in told["rows"])
    for words in ("重新导出", "无权查看", "查无此人", "不能删空"):
        assert words in whys


def test_a_department_takes_nothing_of_another_s(sqlite_town: Town, tmp_path: Path) -> None:
    finding = served(sqlite_town)
    path = edited(exported(sqlite_town, tmp_path), {(finding, "责任人"): "姓名F01"})
    before = sqlite_town.row(finding)
    assert results(taken(sqlite_town, path, "F02")) == {"refused": 1}
    assert results(taken(sqlite_town, path, "S01")) == {"refused": 1}
    assert sqlite_town.row(finding) == before


def test_a_grave_act_is_never_taken_from_a_sheet(
    sqlite_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = served(sqlite_town)
    path = edited(exported(sqlite_town, tmp_path), {(finding, "责任人"): "姓名C01"})
    monkeypatch.setattr("engine.identity.step_up.StepUp.is_grave", lambda *_: True)
    told = taken(sqlite_town, path)
    assert results(told) == {"refused": 1} and "页面" in told["rows"][0]["why"]


def test_what_is_no_sheet_of_the_house_is_refused(sqlite_town: Town, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "other.xlsx") as made:
        made.add_worksheet().write(0, 0, "台账编号")
    (tmp_path / "none.xlsx").write_bytes(b"PK\x03\x04")
    for name in ("other.xlsx", "none.xlsx"):
        with pytest.raises(Refusal, match="upload_refused"):
            taken(sqlite_town, tmp_path / name)


def test_in_the_background_it_is_tried_first_and_taken_when_confirmed(
    sqlite_town: Town, tmp_path: Path
) -> None:
    town, house = sqlite_town, sqlite_town.house
    town.inspect(item(town))
    finding, who = served(town), town.people["U01"]
    content = edited(exported(town, tmp_path), {(finding, "责任人"): "姓名C01"}).read_bytes()
    first = book.ask(house, who, "sheet_import", {"name": "台账.xlsx"}, (content[:1000], content[1000:]))
    Runner(house).run()
    tried = book.one(house, who, first["id"])
    assert tried["state"] == "done" and tried["outcome"]["would_be_done"] == 1
    assert town.row(finding).record["registers"]["handler"]["login"] == "C02"
    with pytest.raises(Refusal, match="not_found"):
        book.ask(house, town.people["C02"], "sheet_import", {"of": first["id"]})
    for expected in ("done", "unchanged"):
        again = book.ask(house, who, "sheet_import", {"of": first["id"]})
        Runner(house).run()
        assert book.one(house, who, again["id"])["outcome"][expected] >= 1
    assert town.row(finding).record["registers"]["handler"]["login"] == "C01"
    with pytest.raises(Refusal, match="not_found"):
        book.ask(house, who, "sheet_import", {"of": again["id"]})


def comments(town: Town, finding: str) -> list[str]:
    """What was said on the finding, oldest first."""
    shown = town.house.reader.timeline(town.people["W01"], finding, {}, COMMENT)["items"]
    return [one["facts"]["text"] for one in shown]


def test_a_comment_in_a_sheet_stands_on_the_finding_and_comes_once(town: Town, tmp_path: Path) -> None:
    finding = served(town)
    said = {(finding, "最近备注"): "已电话联系。", (finding, "责任人"): "姓名C01"}
    path = edited(exported(town, tmp_path), said)
    before = town.row(finding)
    assert results(taken(town, path, dry_run=True)) == {"would_be_done": 1}
    assert town.row(finding) == before
    assert results(taken(town, path)) == {"done": 1}
    assert comments(town, finding) == ["已电话联系。"]
    assert town.row(finding).record["registers"]["handler"]["login"] == "C01"
    assert results(taken(town, path)) == {"unchanged": 1}
    again = exported(town, tmp_path)
    assert results(taken(town, edited(again, {(finding, "最近备注"): "下周复查。"}))) == {"done": 1}
    assert results(taken(town, edited(again, {(finding, "责任人"): "姓名C02"}))) == {"done": 1}
    assert comments(town, finding) == ["已电话联系。", "下周复查。"], "an older comment is not said again"


def test_an_answer_from_elsewhere_takes_both_its_cells(sqlite_town: Town, tmp_path: Path) -> None:
    town, story = sqlite_town, scenario("S06")
    answered = next(place for place, one in enumerate(story["steps"]) if one["trigger"] == "feed_back")
    player = Player(town, FIRE)
    player.play({**story, "steps": story["steps"][:answered]})
    finding, path = player.refs["F"], exported(town, tmp_path, "C02")
    result, day = (finding, "反馈结果"), (finding, "反馈日期")
    alone = taken(town, edited(path, {result: "已责令改正。"}), "C02")
    assert results(alone) == {"refused": 1} and "反馈日期" in alone["rows"][0]["why"]
    both = edited(path, {result: "已责令改正。", day: date(2024, 5, 24)})
    town.at("2024-05-24T16:00")
    assert results(taken(town, both, "C02")) == {"done": 1}
    [transfer] = [one for one in town.proceedings(finding) if one.kind == "transfer"]
    assert transfer.state == "fed_back" and transfer.record["facts"]["result_text"] == "已责令改正。"
    assert results(taken(town, both, "C02")) == {"unchanged": 1}


def test_a_cell_that_is_registered_elsewhere_is_refused_with_the_place(
    sqlite_town: Town, tmp_path: Path
) -> None:
    finding = served(sqlite_town)
    path = exported(sqlite_town, tmp_path)
    changes = {(finding, "复查日期"): date(2024, 4, 26), (finding, "责任人"): "姓名C01"}
    before = sqlite_town.row(finding)
    told = taken(sqlite_town, edited(path, changes))
    assert results(told) == {"refused": 1}
    assert "“复查日期”不从表格登记：复查须有两名执法人员" in told["rows"][0]["why"]
    assert sqlite_town.row(finding) == before
    sqlite_town.step("U01", finding, "reassign", handler="C01", reason="调整。")
    assert results(taken(sqlite_town, path)) == {"unchanged": 1}, "what moved since is no change of the sheet"
