"""An export read by its mapping: carried records or new inspections, and everything to report of its rows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine.intake.fields import members
from engine.intake.grouping import base_columns, columns_behind, filled_down, finding_key, grouped
from engine.intake.records import (
    CarriedFinding,
    CarriedInspection,
    NewInspection,
    RowFault,
    digest_of,
    row_fault,
)
from engine.intake.rows import Row, RowReader
from engine.intake.tables import Table, read_table
from rules.mapping import Mapping
from rules.mapping_schema import Pieces

Outcome = CarriedInspection | NewInspection | RowFault

_JOIN = "；"


class Export(Iterator[Outcome]):
    """A file that was read whole; iterating yields its outcomes, inspection by inspection.

    `read` counts its rows, blank ones left out; `references` holds the natural key of every row that has one,
    rejected rows too, so that what an earlier export held and this one does not can be told.
    """

    def __init__(self, path: Path, mapping: Mapping, progress: Callable[[int], None] | None = None) -> None:
        self._mapping, self._progress = mapping, progress
        self._reader = RowReader(mapping, path.parent)
        table = _table(path, mapping)
        self._headings = _headings(mapping, table)
        self._shared = columns_behind(mapping.form, mapping.form.inspection.fields)
        self._own = columns_behind(mapping.form, mapping.form.finding.fields) - self._shared
        self.read = len(table.lines)
        self._done = 0
        self._groups, self._strays = grouped(table.lines, mapping)
        self.references = frozenset(
            finding_key(reference, ordinal)
            for reference, lines in self._groups.items()
            for ordinal in range(1, len(lines) + 1)
        )
        self._outcomes = self._run()

    def __next__(self) -> Outcome:
        return next(self._outcomes)

    def heading_of(self, pointer: str) -> str | None:
        """The column behind a member of a body, by JSON pointer; None where no column fills it."""
        parts = pointer.strip("/").split("/")
        in_finding = parts[0] == "findings" and len(parts) > 2
        form = self._mapping.form
        fields = form.finding.fields if in_finding else form.inspection.fields
        path = ".".join(parts[2:] if in_finding else parts)
        for written, recipe in fields.items():
            if f"{written}.".startswith(f"{path}."):
                return self._headings.get(recipe.column or recipe.date or "")
        return None

    def _run(self) -> Iterator[Outcome]:
        for line in self._strays:
            empty = next(name for name in self._mapping.form.inspection.key if not line.cells.get(name))
            yield from line.faults
            yield row_fault(line.number, "key_missing", self._headings.get(empty, empty))
            self._count(1)
        make = self._carried if self._mapping.form.kind == "carry_over" else self._new
        for reference, lines in self._groups.items():
            if self._mapping.form.inspection.blank_means_as_above:
                lines = filled_down(lines, self._shared, self._headings)
            rows = [self._reader.read(line, self._headings) for line in lines]
            for notice in {place: notice for row in rows for place, notice in row.once.items()}.values():
                rows[0].notice(notice)
            made = make(reference, rows)
            for row in rows:
                yield from row.faults
            if made is not None:
                yield made
            self._count(len(rows))

    def _count(self, rows: int) -> None:
        self._done += rows
        if self._progress is not None:
            self._progress(self._done)

    def _carried(self, reference: str, rows: list[Row]) -> CarriedInspection | None:
        part = self._mapping.form.inspection
        findings = []
        for ordinal, row in enumerate(rows, start=1):
            finding = None if row.rejected else self._finding(finding_key(reference, ordinal), row)
            if finding is not None:
                findings.append(finding)
        if not findings:
            return None
        first = next(row for row in rows if not row.rejected)
        fields = members(part.fields, first, self._mapping)
        if first.rejected:
            _refuse_all(rows, first)
            return None
        state = str(part.present_state)
        stated, unknown = _noted(first, part.stated_dates), _noted(first, part.unknown_items)
        digest = digest_of([fields, state, stated, unknown])
        line = rows[0].line
        return CarriedInspection(reference, digest, fields, state, line, stated, unknown, tuple(findings))

    def _finding(self, reference: str, row: Row) -> CarriedFinding | None:
        part = self._mapping.form.finding
        fields = members(part.fields, row, self._mapping)
        if row.rejected:
            return None
        state = str(part.present_state)
        stated, unknown = _noted(row, part.stated_dates), _noted(row, part.unknown_items)
        proceedings = tuple(self._proceedings(row))
        digest = digest_of([fields, state, stated, unknown, proceedings])
        return CarriedFinding(
            row.line, reference, digest, fields, state, stated, unknown, row.line, proceedings
        )

    def _proceedings(self, row: Row) -> Iterator[dict[str, Any]]:
        for part in self._mapping.form.proceedings:
            state = next((s.present_state for s in part.states if s.when is None or row.text(s.when)), None)
            if state is not None:
                noted = {"stated_dates": part.stated_dates, "unknown_items": part.unknown_items}
                facts = {name: text for name, pieces in noted.items() if (text := _noted(row, pieces))}
                yield {"kind": part.kind, "present_state": state, "facts": facts}

    def _new(self, reference: str, rows: list[Row]) -> NewInspection | None:
        form = self._mapping.form
        body = members(form.inspection.fields, rows[0], self._mapping)
        findings, finding_lines = [], []
        for ordinal, row in enumerate(rows, start=1):
            if any(row.text(name) for name in self._own):
                finding = members(form.finding.fields, row, self._mapping)
                findings.append(finding | {"reference": finding_key(reference, ordinal)})
                finding_lines.append(row.line)
            elif len(rows) > 1:
                row.faults.append(row_fault(row.line, "row_without_finding"))
        faulty = next((row for row in rows if row.rejected), None)
        if faulty is not None:
            _refuse_all(rows, faulty)
            return None
        body |= {"reference": reference, "findings": findings}
        lines = tuple(row.line for row in rows)
        return NewInspection(reference, digest_of(body), body, lines, tuple(finding_lines))


def read_export(path: Path, mapping: Mapping, *, progress: Callable[[int], None] | None = None) -> Export:
    """Read a file by its mapping; `progress` is told how many rows are dealt with. Raises FileRefused."""
    return Export(path, mapping, progress)


def _table(path: Path, mapping: Mapping) -> Table:
    form = mapping.form
    return read_table(
        path,
        {name: column.header for name, column in form.columns.items()},
        frozenset(name for name, column in form.columns.items() if column.optional),
        delimiter=form.file.delimiter,
        sheet=form.file.sheet,
        refuse_extra=form.file.extra_columns == "refused",
    )


def _headings(mapping: Mapping, table: Table) -> dict[str, str]:
    """Return for every value the heading under which a reader of the file finds it."""
    return {
        name: "、".join(
            table.headings.get(column, mapping.form.columns[column].header[0]) for column in columns
        )
        for name, columns in base_columns(mapping.form).items()
    }


def _noted(row: Row, pieces: Pieces) -> str | None:
    return row.written(pieces, _JOIN) or None


def _refuse_all(rows: list[Row], faulty: Row) -> None:
    for row in rows:
        if not row.rejected:
            row.faults.append(row_fault(row.line, "inspection_refused", other=faulty.line))
