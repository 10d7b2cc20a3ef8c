"""An edited sheet comes back: each changed cell asks for a step, which goes through the desk with the uploader's own rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.core.commands import Command, Principal, Step, StepCommand
from engine.core.refusals import Refusal
from engine.intake.excel import workbook_rows
from engine.intake.records import FileRefused
from engine.sheets.book import HIDDEN
from engine.sheets.cells import cells_of
from engine.sheets.ledger import editable, mark_of, sheet_of, shown_source
from engine.sheets.source import sources_of
from engine.sheets.told import Telling
from engine.sheets.values import values_of
from models import account_reading
from models.reading import sheets
from models.reading.scope import scope
from rules.ledger_columns import Column, LedgerSheet

if TYPE_CHECKING:
    from engine.house import House

Progress = Callable[[int, int], None]
UNCHANGED, WOULD_BE_DONE, DONE, REFUSED, CONFLICT = (
    "unchanged",
    "would_be_done",
    "done",
    "refused",
    "conflict",
)
RESULTS = (UNCHANGED, WOULD_BE_DONE, DONE, REFUSED, CONFLICT)
ROWS_TOLD_MAX = 500
ROWS_MAX = 200_000
AT_A_TIME = 200
"""So many findings are read together, to see which rows were edited at all."""
FINDING, VERSION, MARK = HIDDEN
WORDS = {
    "no_sheet": (
        "这不是导出的台账：缺少隐藏的标识列。请用导出的台账修改后上传。 · "
        "Not a sheet of this house: its hidden columns are missing."
    ),
    "too_long": "行数太多，请分次上传。 · Too many rows: upload them in parts.",
    "not_found": "没有这一条，或者您无权查看。",
    "twice": "同一条在表中出现两次。",
    "conflict": "导出以后这一条又有办理，您的改动没有登记。请重新导出后再改。",
    "emptied": "内容不能删空，已登记的由更正程序处理。",
    "shut": "现在不能办理：{why}",
    "grave": "这一步须由本人在页面上办理。",
    "nobody": "本部门没有唯一的承办人“{name}”，请填写账号。",
    "no_date": "“{value}”不是日期，写作 2024-05-13。",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the uploaded sheet: where it stands, which finding it is, and its editable cells as text."""

    line: int
    finding: str
    version: str
    mark: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding as it is: its number, its version, and its editable cells as text."""

    ledger_no: str
    version: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class Told:
    """What becomes of one row."""

    line: int
    ledger_no: str
    result: str
    changes: list[dict[str, str]] = field(default_factory=list)
    why: str = ""


class _OnlyTried(Exception):
    """Raised within the transaction of a dry run, so that nothing of it is kept."""


def take_sheet(
    house: House, who: Principal, path: Path, progress: Progress, *, dry_run: bool
) -> dict[str, Any]:
    """How many rows came to what, and each that is not unchanged; a dry run carries out and keeps nothing.

    Sent again, a sheet changes nothing more. Raises `upload_refused` for what is no sheet of this house.
    """
    rows = read_sheet(path, sheet_of(house))
    counts = dict.fromkeys(RESULTS, 0)
    told: list[dict[str, Any]] = []
    taking, seen = _Taking(house, who, dry_run), set[str]()
    for begun in range(0, len(rows), AT_A_TIME):
        part = rows[begun : begun + AT_A_TIME]
        standing = taking.standing([row.finding for row in part])
        for done, row in enumerate(part, start=begun + 1):
            became = taking.twice(row) if row.finding in seen else taking.take(row, standing)
            seen.add(row.finding)
            counts[became.result] += 1
            if became.result != UNCHANGED and len(told) < ROWS_TOLD_MAX:
                told.append(asdict(became))
            progress(done, len(rows))
    return {"dry_run": dry_run, "read": len(rows), **counts, "rows": told}


def read_sheet(path: Path, sheet: LedgerSheet) -> list[Row]:
    """The rows that were exported, with what their editable cells say now; columns may stand in any order."""
    columns = {column.zh: column for column in sheet.columns if column.edit is not None}
    places: dict[str, int] | None = None
    rows: list[Row] = []
    try:
        for line, cells in workbook_rows(path, None):
            if places is None:
                places = _places(cells, columns)
            elif (finding := _text(cells, places[FINDING])) != "":
                told = {
                    columns[name].code: _text(cells, at) for name, at in places.items() if name in columns
                }
                rows.append(
                    Row(line, finding, _text(cells, places[VERSION]), _text(cells, places[MARK]), told)
                )
            if len(rows) > ROWS_MAX:
                raise Refusal("upload_refused", detail=WORDS["too_long"])
    except FileRefused as fault:
        raise Refusal("upload_refused", detail=WORDS["no_sheet"]) from fault
    if places is None:
        raise Refusal("upload_refused", detail=WORDS["no_sheet"])
    return rows


def _places(cells: Sequence[Any], columns: Mapping[str, Column]) -> dict[str, int] | None:
    """Where the headings stand, once a row has those that are hidden."""
    found = {
        str(cell).strip(): at for at, cell in enumerate(cells) if str(cell).strip() in (*columns, *HIDDEN)
    }
    return found if all(name in found for name in HIDDEN) else None


def _text(cells: Sequence[Any], at: int) -> str:
    """The cell as exported sheets write it as text."""
    cell = cells[at] if at < len(cells) else ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute) else cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


class _Taking:
    """One walk through an uploaded sheet."""

    def __init__(self, house: House, who: Principal, dry_run: bool) -> None:
        self._house, self._who, self._dry_run = house, who, dry_run
        self._sheet = sheet_of(house)
        self._columns = {column.code: column for column in self._sheet.columns if column.edit is not None}
        self._values = values_of(house.charts, house.facts, house.office)

    def twice(self, row: Row) -> Told:
        """The second row of one finding."""
        return Told(row.line, "", REFUSED, why=WORDS["twice"])

    def take(self, row: Row, standing: Mapping[str, Standing]) -> Told:
        """What becomes of the row, and the step that it asks for, carried out or tried."""
        now = standing.get(row.finding)
        if now is None:
            return Told(row.line, "", REFUSED, why=WORDS["not_found"])
        ledger_no, version, cells = now.ledger_no, now.version, now.cells
        changed = {code: text for code, text in row.cells.items() if text != cells[code]}
        whole = {**cells, **row.cells}
        if not changed or mark_of(whole) == row.mark:
            return Told(row.line, ledger_no, UNCHANGED)
        changes = [
            {"column": self._columns[code].zh, "from": cells[code], "to": text}
            for code, text in changed.items()
        ]
        if row.version != str(version):
            return Told(row.line, ledger_no, CONFLICT, changes, WORDS["conflict"])
        try:
            self._send(row, version, tuple(self._steps(row.finding, changed)))
        except Refusal as refusal:
            return Told(row.line, ledger_no, REFUSED, changes, said(refusal))
        return Told(row.line, ledger_no, WOULD_BE_DONE if self._dry_run else DONE, changes)

    def standing(self, findings: Sequence[str]) -> dict[str, Standing]:
        """Number, version and editable cells of these findings as they are; what is not seen is not among them."""
        house, found = self._house, {}
        seen = scope(house.office.office_id, self._who)
        with house.database.read() as connection:
            known = sheets.seen_among(connection, seen, findings)
            telling = Telling(self._values, {}, house.clock.now(), 0)
            for source in sources_of(connection, None, [id for id in dict.fromkeys(findings) if id in known]):
                cells = cells_of(self._sheet.columns, shown_source(house, self._who, source), telling)
                found[str(source.row.id)] = Standing(
                    source.row.ledger_no or "", source.row.version, editable(self._sheet.columns, cells)
                )
        return found

    def _steps(self, finding: str, changed: Mapping[str, str]) -> Iterator[Step]:
        listed = self._house.reader.finding(self._who, finding)["steps"]
        for code, text in changed.items():
            column = self._columns[code]
            edit = column.edit
            assert edit is not None, "only columns that may be edited are read"
            if not text:
                raise Refusal("facts_invalid", detail=WORDS["emptied"])
            meant = [one for one in listed if one["chart"] in edit.charts and one["trigger"] in edit.take]
            opened = [one for one in meant if one["open"]]
            if not opened:
                why = [reason["zh"] for one in meant for reason in one.get("reasons", ())]
                raise Refusal(
                    "step_shut", detail=WORDS["shut"].format(why="；".join(dict.fromkeys(why)) or "—")
                )
            step = min(opened, key=lambda one: edit.take.index(one["trigger"]))
            facts = {**edit.given, edit.fact: self._fact(edit.fact, text)}
            yield Step(step["trigger"], step["proceeding"], facts)

    def _fact(self, name: str, text: str) -> Any:
        """The cell as the fact of a step: a login for a colleague's name, a day for a date."""
        kind = self._house.charts.dictionary["facts"][name]["type"]
        if kind == "officer":
            return self._login(text)
        if kind == "date":
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError as fault:
                raise Refusal("facts_invalid", detail=WORDS["no_date"].format(value=text)) from fault
        return text

    def _login(self, name: str) -> str:
        with self._house.database.read() as connection:
            known = account_reading.users(connection, self._house.office.office_id)
        mine = [
            one
            for one in known
            if one.department == self._who.department and not one.disabled and name in (one.name, one.login)
        ]
        if len(mine) != 1:
            raise Refusal("facts_invalid", detail=WORDS["nobody"].format(name=name))
        return str(mine[0].login)

    def _send(self, row: Row, version: int, steps: tuple[Step, ...]) -> None:
        asked = StepCommand("finding", row.finding, steps, version, several=len(steps) > 1)
        if self._house.step_up.is_grave(asked):
            raise Refusal("step_shut", detail=WORDS["grave"])
        digest = mark_of(row.cells)
        command = Command(self._who, f"sheet:{row.finding}:{version}:{digest}", digest, asked)
        if not self._dry_run:
            self._house.desk.handle(command)
            return

        def tried(connection: Connection) -> None:
            self._house.desk.handle_within(connection, command)
            raise _OnlyTried

        try:
            self._house.writer.submit(tried)
        except _OnlyTried:
            return


def said(refusal: Refusal) -> str:
    """Why the step was refused, in one line."""
    told = [refusal.detail or "", *(one.zh for one in refusal.reasons)]
    told += [str(one.answer()["zh"]) for one in refusal.errors]
    return "；".join(dict.fromkeys(one for one in told if one)) or refusal.code
