"""The cells of a row: each column of the sheet reads its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.sheets.source import Said, Source
from engine.sheets.told import TELLERS, Telling
from engine.sheets.values import Cell, Values, day, joined, text
from rules.ledger_columns import Clause, Column


def cells_of(columns: Sequence[Column], source: Source, telling: Telling) -> list[Cell]:
    """The cells of the row in the order of the columns."""
    return [_cell(column, source, telling) for column in columns]


def _cell(column: Column, source: Source, telling: Telling) -> Cell:
    if column.told:
        return TELLERS[column.told](source, telling)
    if column.record:
        return _of_record(column, source, telling.values)
    if column.terms:
        return joined([day(one.due_effective) for one in source.deadlines if _last_of(column, one, source)])
    if column.state:
        chart = telling.values.charts[column.state]
        return joined([chart.states[one.state].zh for one in source.proceedings if one.kind == column.state])
    told = [_of_story(column, record, telling) for record in source.told(column.charts)]
    return joined([_shaped(column, cell) for cell in told])


def _last_of(column: Column, deadline: Any, source: Source) -> bool:
    """True for the last deadline of the terms in its proceeding: it says how long there is."""
    same = [
        one
        for one in source.deadlines
        if one.term in column.terms and one.proceeding_id == deadline.proceeding_id
    ]
    return bool(same) and same[-1] is deadline


def _of_record(column: Column, source: Source, values: Values) -> Cell:
    told = [_member(column.record, name, source) for name in column.members]
    if column.kind == "date":
        return joined([day(one) for one in told if one is not None])
    return joined([_written(column, one, values) for one in told], " ")


def _written(column: Column, value: Any, values: Values) -> Cell:
    if value is None:
        return None
    if column.vocabulary or isinstance(value, list | Mapping):
        return values.coded(column.vocabulary, value)
    return text(value)


def _member(record: str, path: str, source: Source) -> Any:
    row, (first, *rest) = source.row, path.split(".")
    if record == "finding":
        value = getattr(row, first)
    else:
        value = (row.inspection_intake if record == "inspection" else source.party).get(first)
    for name in rest:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _of_story(column: Column, record: Sequence[Said], telling: Telling) -> Cell:
    """What the steps of one record give: the last that gives anything, or all where the column says so."""
    found: list[Cell] = []
    for one in record:
        for clause in column.clauses:
            cell = _given(clause, one, telling) if _meant(clause, one) else None
            if cell is not None:
                found = [*found, cell] if clause.every else [cell]
    return joined(found)


def _meant(clause: Clause, one: Said) -> bool:
    return (clause.taken is None or one.entry.trigger in clause.taken) and (
        clause.into is None or one.entry.state in clause.into
    )


def _given(clause: Clause, one: Said, telling: Telling) -> Cell:
    entry = one.entry
    if clause.gives == "fact":
        value = entry.facts.get(clause.name)
        return None if value in (None, "", []) else telling.values.fact(clause.name, value)
    if clause.gives == "paper":
        return joined([text(doc_no) for kind, doc_no in one.papers if kind == clause.name])
    if clause.gives == "day":
        return day(entry.occurred_at)
    if clause.gives == "words":
        return text(clause.words[entry.trigger])
    if clause.gives == "who":
        return text(telling.names.get(entry.by.casefold(), entry.by))
    return text(telling.values.charts[entry.chart].row_into(entry.trigger, entry.state).zh)


def _shaped(column: Column, cell: Cell) -> Cell:
    return cell.date() if column.kind == "date" and isinstance(cell, datetime) else cell
