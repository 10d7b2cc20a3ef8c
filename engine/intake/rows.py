"""One line of an export as values: second files looked up, parts taken out, dates read, checks made."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from engine.intake.records import RowFault, quote, row_fault
from engine.intake.tables import Cell, Line, Table, read_table
from rules.mapping import Mapping
from rules.mapping_schema import PLACEHOLDER, Check, DateReading, Lookup, Notice, Pieces


@dataclass(slots=True)
class Row:
    """A line with every value the mapping makes of it, and everything the report says of it."""

    line: int
    values: dict[str, Cell]
    headings: dict[str, str]
    faults: list[RowFault]
    moments: dict[str, tuple[date, time | None]] = field(default_factory=dict)
    once: dict[str, Notice] = field(default_factory=dict)

    @property
    def rejected(self) -> bool:
        """True when a fault keeps the row out."""
        return any(fault.severity == "rejected" for fault in self.faults)

    def text(self, name: str) -> str:
        """The value as text; an empty one, or one that is not there, is the empty string."""
        if name in self.moments:
            day, clock = self.moments[name]
            return day.isoformat() if clock is None else f"{day} {clock:%H:%M}"
        value = self.values.get(name, "")
        return (
            value
            if isinstance(value, str)
            else value.isoformat(sep=" ")
            if isinstance(value, datetime)
            else str(value)
        )

    def heading(self, name: str) -> str:
        """The heading under which a reader of the file finds the value."""
        return self.headings.get(name, name)

    def notice(self, notice: Notice, name: str | None = None) -> None:
        """Record what the mapping says of this row."""
        zh, en = (self.filled(words) for words in (notice.zh, notice.en))
        heading = None if name is None else self.heading(name)
        self.faults.append(RowFault(self.line, notice.code, zh, en, notice.severity, heading))

    def reject(self, code: str, name: str, **values: object) -> None:
        """Record a fault of the house that keeps this row out; the first one of a column is enough."""
        heading = self.heading(name)
        if not any(fault.field == heading and fault.severity == "rejected" for fault in self.faults):
            self.faults.append(row_fault(self.line, code, heading, **values))

    def filled(self, text: str) -> str:
        """Return a text with its `{name}` filled in, each quoted short."""
        return PLACEHOLDER.sub(lambda match: quote(self.text(match.group(1))), text)

    def written(self, pieces: Pieces, join: str) -> str:
        """Return the pieces that apply to this row, joined; a piece with an empty name is left out."""
        kept = []
        for piece in pieces:
            if (piece.unless and self.text(piece.unless)) or (piece.when and not self.text(piece.when)):
                continue
            if all(self.text(name) for name in piece.names):
                kept.append(self._filled_whole(piece.text) if piece.names else piece.text)
        return join.join(kept)

    def _filled_whole(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda match: self.text(match.group(1)), text)


class SecondFile:
    """A look-up file in memory: its first row for every key, and the keys that it holds more than once."""

    def __init__(self, name: str, lookup: Lookup, folder: Path, delimiter: str) -> None:
        keys = [f"key{place}" for place in range(len(lookup.key))]
        columns: dict[str, tuple[str, ...]] = {
            key: (heading,) for key, heading in zip(keys, lookup.key, strict=True)
        }
        columns |= {taken: (heading,) for taken, heading in lookup.take.items()}
        table: Table = read_table(folder / lookup.file, columns, delimiter=delimiter)
        self._name, self._lookup, self._names = name, lookup, tuple(lookup.key.values())
        self._rows: dict[tuple[str, ...], Line] = {}
        self._repeated: set[tuple[str, ...]] = set()
        for line in table.lines:
            key = tuple(str(line.cells.get(part, "")) for part in keys)
            if self._rows.setdefault(key, line) is not line:
                self._repeated.add(key)

    def join(self, row: Row) -> None:
        """Add the values of the matching row, and say when there is none or more than one."""
        key = tuple(row.text(name) for name in self._names)
        found = self._rows.get(key)
        if found is None:
            if self._lookup.missing:
                _say(row, self._name + ".missing", self._lookup.missing)
            return
        row.values |= {
            f"{self._name}.{name}": found.cells[name] for name in self._lookup.take if name in found.cells
        }
        if key in self._repeated and self._lookup.repeated:
            _say(row, self._name + ".repeated", self._lookup.repeated)


def _say(row: Row, place: str, notice: Notice) -> None:
    if notice.each == "inspection":
        row.once[place] = notice
    else:
        row.notice(notice)


class RowReader:
    """Turns lines into rows as one mapping says; patterns are compiled and second files read once."""

    def __init__(self, mapping: Mapping, folder: Path) -> None:
        form = mapping.form
        delimiter = form.file.delimiter
        self._second = [SecondFile(name, lookup, folder, delimiter) for name, lookup in form.lookups.items()]
        self._extracts = [(extract, re.compile(extract.pattern)) for extract in form.extract]
        self._dates = [(name, reading, mapping.shapes[name]) for name, reading in form.dates.items()]
        self._checks = form.checks

    def read(self, line: Line, headings: dict[str, str]) -> Row:
        """Return the row of a line."""
        row = Row(line.number, dict(line.cells), headings, list(line.faults))
        for second in self._second:
            second.join(row)
        for extract, pattern in self._extracts:
            text = row.text(extract.source)
            match = pattern.fullmatch(text) if text else None
            if match is not None:
                row.values.update({name: (part or "").strip() for name, part in match.groupdict().items()})
            elif text and extract.unmatched:
                row.notice(extract.unmatched, extract.source)
        for name, reading, shapes in self._dates:
            _read_date(row, name, reading, shapes)
        for check in self._checks:
            if _hits(row, check):
                row.notice(check, check.date)
        return row


def _read_date(row: Row, name: str, reading: DateReading, shapes: tuple[re.Pattern[str], ...]) -> None:
    value = row.values.get(reading.source, "")
    if isinstance(value, datetime):
        row.moments[name] = value.date(), value.time().replace(microsecond=0)
        return
    if isinstance(value, date):
        row.moments[name] = value, None
        return
    if not value:
        return
    for shape in shapes:
        match = shape.fullmatch(value)
        if match is not None and (moment := _moment(match)) is not None:
            row.moments[name] = moment
            return
    for unreadable in reading.unreadable:
        if unreadable.matches is None or re.fullmatch(unreadable.matches, value):
            row.notice(unreadable, reading.source)
            return
    row.reject("not_a_date", reading.source, value=value)


def _moment(match: re.Match[str]) -> tuple[date, time | None] | None:
    parts = {name: int(number) for name, number in match.groupdict().items()}
    try:
        day = date(parts["year"], parts["month"], parts["day"])
        clock = (
            time(parts["hour"], parts.get("minute", 0), parts.get("second", 0)) if "hour" in parts else None
        )
    except ValueError:
        return None
    return day, clock


def _hits(row: Row, check: Check) -> bool:
    other = check.before or check.after
    if other is None or check.date not in row.moments or other not in row.moments:
        return False
    distance = (row.moments[check.date][0] - row.moments[other][0]).days
    return distance < -check.days if check.before else distance > check.days
