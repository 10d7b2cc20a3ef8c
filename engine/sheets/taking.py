"""An edited sheet comes back: each changed cell asks for a step, which goes through the desk with the uploader's own rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.comments import Comments
from engine.core.commands import Command, CommentCommand, Principal, StepCommand
from engine.core.refusals import Refusal
from engine.intake.excel import workbook_rows
from engine.intake.records import FileRefused
from engine.refused import attempt_of
from engine.sheets.book import HIDDEN
from engine.sheets.cell_steps import CellSteps, comments_of
from engine.sheets.cells import cells_of
from engine.sheets.ledger import editable, mark_of, sheet_of, shown_source
from engine.sheets.source import sources_of
from engine.sheets.told import Telling
from engine.sheets.values import plain, values_of
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
    "grave": "这一步须由本人在页面上办理。",
    "elsewhere": "“{column}”不从表格登记：{where}",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the uploaded sheet: where it stands, which finding it is, and the cells that somebody may have changed."""

    line: int
    finding: str
    version: str
    mark: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding as it is: its cells as text, those that a sheet may change, and every comment on it."""

    ledger_no: str
    version: int
    cells: Mapping[str, str]
    editable: Mapping[str, str]
    comments: frozenset[str]


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
    columns = {column.zh: column for column in sheet.columns if column.is_read or column.elsewhere}
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
        self._columns = {column.code: column for column in self._sheet.columns}
        self._comments = Comments(house.desk)
        self._asking = CellSteps(house, who, self._columns)
        self._values = values_of(house.charts, house.facts, house.office)

    def twice(self, row: Row) -> Told:
        """The second row of one finding."""
        return Told(row.line, "", REFUSED, why=WORDS["twice"])

    def take(self, row: Row, standing: Mapping[str, Standing]) -> Told:
        """What becomes of the row, and the steps that it asks for, carried out or tried."""
        now = standing.get(row.finding)
        if now is None:
            return Told(row.line, "", REFUSED, why=WORDS["not_found"])
        asked = {code: text for code, text in row.cells.items() if self._columns[code].is_read}
        changed = {code: text for code, text in asked.items() if text != now.cells[code]}
        if mark_of({**now.editable, **asked}) == row.mark:
            changed = {}
        changed = {code: text for code, text in changed.items() if not self._said_before(code, text, now)}
        beyond = self._beyond(row, now)
        changes = [
            {"column": self._columns[code].zh, "from": now.cells[code], "to": text}
            for code, text in (changed | beyond).items()
        ]
        if not changes:
            return Told(row.line, now.ledger_no, UNCHANGED)
        if row.version != str(now.version):
            return Told(row.line, now.ledger_no, CONFLICT, changes, WORDS["conflict"])
        if beyond:
            where = [self._columns[code] for code in beyond]
            why = "".join(WORDS["elsewhere"].format(column=one.zh, where=one.elsewhere) for one in where)
            return Told(row.line, now.ledger_no, REFUSED, changes, why)
        try:
            self._send(row, now.version, changed)
        except Refusal as refusal:
            return Told(row.line, now.ledger_no, REFUSED, changes, said(refusal))
        return Told(row.line, now.ledger_no, WOULD_BE_DONE if self._dry_run else DONE, changes)

    def _said_before(self, code: str, text: str, now: Standing) -> bool:
        """True for a comment that stands on the finding already, whether or not it is still the latest."""
        return self._columns[code].comment and (not text or text in now.comments)

    def _beyond(self, row: Row, now: Standing) -> dict[str, str]:
        """Changed cells that are registered elsewhere; of a finding that moved since the export nobody can tell."""
        if row.version != str(now.version):
            return {}
        return {
            code: text
            for code, text in row.cells.items()
            if self._columns[code].elsewhere and text != now.cells[code]
        }

    def standing(self, findings: Sequence[str]) -> dict[str, Standing]:
        """These findings as they are; what is not seen is not among them."""
        house, found = self._house, {}
        seen = scope(house.office.office_id, self._who)
        with house.database.read() as connection:
            known = sheets.seen_among(connection, seen, findings)
            telling = Telling(self._values, {}, house.clock.now(), 0)
            for source in sources_of(connection, None, [id for id in dict.fromkeys(findings) if id in known]):
                cells = cells_of(self._sheet.columns, shown_source(house, self._who, source), telling)
                told = zip(self._sheet.columns, cells, strict=True)
                found[str(source.row.id)] = Standing(
                    source.row.ledger_no or "",
                    source.row.version,
                    {column.code: plain(cell) for column, cell in told},
                    editable(self._sheet.columns, cells),
                    comments_of(source),
                )
        return found

    def _send(self, row: Row, version: int, changed: Mapping[str, str]) -> None:
        digest = mark_of(row.cells)
        commands: list[Command] = []
        steps = self._asking.steps(row.finding, changed, row.cells)
        if steps:
            asked = StepCommand("finding", row.finding, steps, version, several=len(steps) > 1)
            if self._house.step_up.is_grave(asked):
                raise Refusal("step_shut", detail=WORDS["grave"])
            commands.append(Command(self._who, f"sheet:{row.finding}:{version}:{digest}", digest, asked))
        for text in (text for code, text in changed.items() if self._columns[code].comment):
            said = CommentCommand(row.finding, {"text": text})
            commands.append(Command(self._who, f"sheet-comment:{row.finding}:{digest}", digest, said))

        def carried_out(connection: Connection) -> None:
            for command in commands:
                if isinstance(command.asked, CommentCommand):
                    self._comments.handle_within(connection, command)
                else:
                    self._house.desk.handle_within(connection, command)
            if self._dry_run:
                raise _OnlyTried

        desk = self._house.desk
        desk.ring_after_jump()
        try:
            self._house.writer.submit(carried_out)
        except _OnlyTried:
            return
        except Refusal as refusal:
            if not self._dry_run:
                desk.attempts.keep(self._who, attempt_of(commands[0]), refusal)
            raise


def said(refusal: Refusal) -> str:
    """Why the step was refused, in one line."""
    told = [refusal.detail or "", *(one.zh for one in refusal.reasons)]
    told += [str(one.answer()["zh"]) for one in refusal.errors]
    return "；".join(dict.fromkeys(one for one in told if one)) or refusal.code
