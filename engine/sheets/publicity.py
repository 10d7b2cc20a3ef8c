"""The inspections behind a number of the publicity rate as a sheet: the rows that its list has, for the same reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.projections.asked import Query
from engine.sheets.flat import csv_table
from engine.sheets.ledger import AT_ONCE_MAX, TOO_MANY, record_export
from engine.sheets.values import Cell, Values, joined, text, values_of
from models.reading.publicity import OWED
from rules.data_file import read_data

if TYPE_CHECKING:
    from engine.house import House

COLUMNS = Path(__file__).with_name("publicity.yaml")
A_PAGE = "200"


def publicity_bytes(house: House, who: Principal, query: Query, *, taken: bool = True) -> tuple[bytes, str]:
    """The set that is asked for (`owed` unless named) as CSV, newest first, and the name of the file.

    Where it is taken along, that is on record. Raises `not_yours` and `parameter_invalid`, too for a page and for
    more rows than are given at once.
    """
    reader = house.publicity_reader
    reader.page(who, {**query, "limit": ["1"]})  # tells what is wrong with the question
    figures = reader.figures(who, {name: asked for name, asked in query.items() if name != "set"})
    count = int(figures[(query.get("set") or [OWED])[0]])
    if count > AT_ONCE_MAX:
        raise Refusal("parameter_invalid", detail=TOO_MANY.format(count=count, most=AT_ONCE_MAX))
    values = values_of(house.charts, house.facts, house.office)
    rows = [_cells(values, item) for item in _items(house, who, query)]
    told = "".join(csv_table([one["zh"] for one in read_data(COLUMNS)], rows))
    if taken:
        record_export(house, who, "csv", query, len(rows))
    return told.encode(), f"公示-{figures['as_of'][:10]}.csv"


def _items(house: House, who: Principal, query: Query) -> Iterator[Mapping[str, Any]]:
    asked = {**query, "limit": [A_PAGE]}
    while True:
        page = house.publicity_reader.page(who, asked)
        yield from page["items"]
        if page["next"] is None:
            return
        asked = {**query, "limit": [A_PAGE], "cursor": [page["next"]]}


def _cells(values: Values, item: Mapping[str, Any]) -> list[Cell]:
    state = values.charts["inspection"].states[item["state"]]
    results = values.vocabularies["result_code"]
    return [
        text(item["task_no"] or item["reference"]),
        text(item["party"]["name"]),
        values.vocabularies["department"].get(item["department"], item["department"]),
        joined([results.get(code, code) for code in item["result_codes"] or ()], "、"),
        datetime.fromisoformat(item["finished_at"]),
        state.zh,
        date.fromisoformat(item["publication_due_on"]),
        date.fromisoformat(item["published_on"]) if item["published_on"] else None,
    ]
