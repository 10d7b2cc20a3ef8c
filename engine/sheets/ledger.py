"""The ledger as a sheet: the rows that a list of the same filter has, with what the reader may see of each."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.comments import COMMENT
from engine.core.audit import canonical
from engine.core.commands import Principal
from engine.core.comment_form import CommentForm
from engine.core.refusals import Refusal
from engine.projections.asked import Query
from engine.projections.filters import PAGING, finding_filter
from engine.projections.instants import recorded
from engine.projections.privacy import knows_particulars, masked
from engine.sheets.book import Line, write_book
from engine.sheets.cells import cells_of
from engine.sheets.flat import csv_lines, json_lines
from engine.sheets.source import Source, sources_of
from engine.sheets.told import Telling
from engine.sheets.values import Cell, plain, values_of
from models.reading import sheets
from models.reading.findings import FindingFilter
from models.reading.scope import Scope, scope
from rules.ledger_columns import Column, Known, LedgerSheet, load_ledger_sheet

if TYPE_CHECKING:
    from engine.house import House

BATCH = 200
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
AT_ONCE_MAX = 2_000
"""So many rows are made while somebody waits for the answer."""
TOO_MANY = (
    "符合条件的有 {count} 条，一次最多直接导出 {most} 条：请缩小范围，分次导出。 · "
    "{count} rows match, at most {most} are given at once: narrow the filters."
)
WHOLE = Principal("export", "本机导出", frozenset({"oversight_reader"}), kind="export")
"""Whoever holds the database and names no account: every finding, no personal particulars, no criminal referral."""
NOTED = "sheet"
"""The part that the reading of a criminal referral is noted under."""
Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many; what it raises ends the work."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one sheet: how many, as of when, and each in its turn."""

    sheet: LedgerSheet
    count: int
    as_of: datetime
    lines: Iterator[Line]
    referrals: set[str]
    """The criminal referrals that the lines so far tell of."""


def sheet_of(house: House) -> LedgerSheet:
    """The columns that the office of this house prints; raises DataFault."""
    charts, dictionary = house.charts, house.charts.dictionary
    values = values_of(charts, house.facts, house.office)
    known = Known(
        triggers={
            name: (*chart.triggers, *([COMMENT] if name == "finding" else []))
            for name, chart in charts.by_name.items()
        },
        states={name: chart.states for name, chart in charts.by_name.items()},
        facts=(*dictionary["facts"], *CommentForm.model_fields),
        papers=dictionary["documents"],
        terms=house.law.terms,
        vocabularies=values.vocabularies,
    )
    return load_ledger_sheet(house.office.office_id, known)


@contextmanager
def ledger_rows(
    house: House, who: Principal, query: Query, progress: Progress | None = None
) -> Iterator[Rows]:
    """The rows that the filter gives this person, by ledger number; all are read as of one instant.

    Raises `parameter_invalid`. What the person reads of criminal referrals is on record.
    """
    asked, wanted = finding_filter(house.reader.sources, query)
    for name in PAGING:
        if name in asked.given:
            asked.wrong(name, "unknown_field")
    asked.done()
    now = house.clock.now()
    with house.database.read(house.desk.referrals.behalf(who)) as connection:
        reading = _Reading(house, connection, who, wanted, now)
        count = sheets.how_many(connection, reading.seen, wanted, now)
        told = progress or (lambda done, of: None)
        sheet = sheet_of(house)
        yield Rows(sheet, count, now, reading.lines(sheet, count, told), reading.referrals)


class _Reading:
    """One walk through the findings of a filter on one connection."""

    def __init__(
        self, house: House, connection: Connection, who: Principal, wanted: FindingFilter, now: datetime
    ) -> None:
        self._house, self._connection, self._who = house, connection, who
        self._wanted, self._now = wanted, now
        self.seen: Scope = scope(house.office.office_id, who)
        self.referrals: set[str] = set()
        self._asking = house.reader.referrals.referrals.asking(who)

    def lines(self, sheet: LedgerSheet, count: int, progress: Progress) -> Iterator[Line]:
        """Each row in its turn; so many at a time are in memory."""
        house, done = self._house, 0
        telling = Telling(
            values_of(house.charts, house.facts, house.office),
            sheets.names_of(self._connection, house.office.office_id),
            self._now,
            0,
        )
        found = sheets.findings_by_number(self._connection, self.seen, self._wanted, self._now, BATCH)
        for ids in found:
            for source in sources_of(self._connection, self._asking, ids):
                done += 1
                yield self._line(sheet, source, replace(telling, serial=done))
            progress(done, count)

    def _line(self, sheet: LedgerSheet, source: Source, telling: Telling) -> Line:
        for referral in source.referrals:
            self._house.reader.referrals.note(self._who, referral, NOTED)
            self.referrals.add(referral)
        cells = cells_of(sheet.columns, shown_source(self._house, self._who, source), telling)
        return Line(cells, (source.row.id, source.row.version, mark_of(editable(sheet.columns, cells))))


def shown_source(house: House, who: Principal, source: Source) -> Source:
    """The source with what this person may know of the party."""
    if knows_particulars(who, source.row.department):
        return source
    return replace(source, party=masked(source.party, house.reader.sources.personal))


def editable(columns: Sequence[Column], cells: Sequence[Cell]) -> dict[str, str]:
    """The cells that an uploaded sheet may change, as text, by the codes of their columns."""
    return {column.code: plain(cell) for column, cell in zip(columns, cells, strict=True) if column.is_read}


def mark_of(cells: Mapping[str, str]) -> str:
    """By which a row is known that nobody has edited."""
    return hashlib.sha256(canonical(dict(cells)).encode()).hexdigest()[:16]


def write_ledger(
    house: House,
    who: Principal,
    query: Query,
    path: Path,
    progress: Progress | None = None,
    rows_max: int | None = None,
    referrals: set[str] | None = None,
    *,
    taken: bool = True,
) -> dict[str, Any]:
    """The sheet stands at the path, in the format that its name ends with; where it is taken along, that is on record.

    Answers `rows` and `as_of`. Raises `parameter_invalid`, too for more rows than `rows_max`. The criminal
    referrals that the sheet tells of are added to `referrals`.
    """
    with ledger_rows(house, who, query, progress) as rows:
        if rows_max is not None and rows.count > rows_max:
            raise Refusal("parameter_invalid", detail=TOO_MANY.format(count=rows.count, most=rows_max))
        if path.suffix == ".xlsx":
            write_book(path, rows.sheet, subtitle(house, query, rows), rows.lines, rows.as_of)
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(flat_lines(path.suffix.removeprefix("."), rows))
        if referrals is not None:
            referrals |= rows.referrals
    if taken:
        record_export(house, who, path.suffix.removeprefix("."), query, rows.count)
    return {"rows": rows.count, "as_of": recorded(rows.as_of)}


def ledger_bytes(
    house: House, who: Principal, query: Query, form: str, *, taken: bool = True
) -> tuple[bytes, str]:
    """The sheet as bytes, and the name of the file; raises `parameter_invalid`, too where it has too many rows."""
    with tempfile.TemporaryDirectory(prefix="bihuan-") as folder:
        path = Path(folder) / f"sheet.{form}"
        done = write_ledger(house, who, query, path, rows_max=AT_ONCE_MAX, taken=taken)
        return path.read_bytes(), f"台账-{done['as_of'][:10]}.{form}"


def flat_lines(form: str, rows: Rows) -> Iterator[str]:
    """The rows as CSV or JSON, line by line."""
    if form == "csv":
        return csv_lines(rows.sheet.columns, rows.lines)
    head = {"as_of": recorded(rows.as_of), "count": rows.count}
    return json_lines(rows.sheet.columns, head, rows.lines)


def subtitle(house: House, query: Query, rows: Rows) -> str:
    """The line under the title: what was asked for, how many rows, as of when."""
    period = {name: (query.get(name) or [""])[0] for name in ("from", "to", "department")}
    department = house.office.departments.get(period["department"])
    words = [department.short if department else "各部门"]
    if period["from"] or period["to"]:
        words.append(f"发现日期 {period['from'] or '—'} 至 {period['to'] or '—'}")
    if set(query) - set(period):
        words.append("另有筛选条件")
    return "　".join([*words, f"共 {rows.count} 条", f"截至 {plain(rows.as_of)}"])


def record_export(
    house: House, who: Principal, form: str, query: Query, count: int, listed: str = "ledger"
) -> None:
    """That this person took the rows of that list along is on record, with the names of the filters and not what they say."""
    told = {
        "list": listed,
        "format": form,
        "rows": count,
        "filters": sorted(query),
        "department": who.department,
    }
    office_id, now = house.office.office_id, house.clock.now()
    house.writer.submit(
        lambda connection: enter(connection, office_id, "sheet.export", who.login, told, now), always=True
    )
