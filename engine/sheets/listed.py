"""Lists taken along as sheets: the rows that the list has under the same filters for the same reader, as CSV."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.refusals import FieldError, Refusal
from engine.projections.asked import PAGE_LENGTH_MAX, Query
from engine.projections.filters import PAGING
from engine.sheets.flat import csv_table
from engine.sheets.ledger import AT_ONCE_MAX, Progress, record_export
from engine.sheets.list_cells import CELLS, Saying
from engine.sheets.values import Cell
from models.reading import sheets
from models.reading.exchanged import OF_RECEIPTS
from rules.data_file import read_data
from rules.intake_lists import intake_vocabularies
from rules.vocabulary import Word

if TYPE_CHECKING:
    from engine.house import House

FILE = Path(__file__).with_name("lists.yaml")
LANGUAGES = ("zh", "en")
FORM = "csv"
TOO_MANY = (
    "符合条件的超过 {most} 条，一次最多直接导出 {most} 条：请缩小范围，或者后台导出。 · "
    "More than {most} rows match, at most {most} are given at once: narrow the filters, or have it made in the background."
)
Page = Callable[["House", Principal, Query], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a sheet is called, its columns in their order, and the words for codes in its cells."""

    title: Word
    columns: Sequence[Word]


LISTS: Mapping[str, Page] = {
    "publicity": lambda house, who, query: house.publicity_reader.page(who, query),
    "inspections": lambda house, who, query: house.reader.inspections(who, query),
    "stuck": lambda house, who, query: house.stuck_reader.page(who, query),
    "duties": lambda house, who, query: house.duty_reader.duties(who, query),
    "exchange": lambda house, who, query: house.exchange_reader.page(who, query),
}
"""A page of each list, by the name of its page; each asks for itself what the person may read."""


@cache
def shape_of(name: str) -> Shape:
    """The sheet of that name in lists.yaml."""
    told = read_data(FILE)["lists"][name]
    return Shape(Word(name, told["zh"], told["en"]), [Word(**one) for one in told["columns"]])


def check_list(house: House, who: Principal, name: str, query: Query) -> None:
    """Returns when the person may have that sheet; raises `not_yours` and `parameter_invalid`, too for a part of a list."""
    parts = [FieldError(f"/?{one}", "unknown_field") for one in PAGING if one in query]
    if parts:
        raise Refusal("parameter_invalid", errors=parts)
    LISTS[name](house, who, {**query, "limit": ["1"]})


def write_list(
    house: House,
    who: Principal,
    name: str,
    query: Query,
    path: Path,
    language: str,
    progress: Progress | None = None,
    rows_max: int | None = None,
    *,
    taken: bool = True,
) -> dict[str, Any]:
    """The sheet stands at the path; where it is taken along, that is on record. Answers `rows`, `as_of` and `name`.

    Raises what `check_list` raises, and `parameter_invalid` for more rows than `rows_max`.
    """
    check_list(house, who, name, query)
    shape = _shape_asked(name, query)
    reading = _Reading(house, who, name, query, progress or (lambda done, of: None), rows_max)
    with path.open("w", encoding="utf-8", newline="") as file:
        headings = [getattr(one, language) for one in shape.columns]
        file.writelines(csv_table(headings, reading.rows(shape, _saying(house, language))))
    if taken:
        record_export(house, who, FORM, query, reading.done, name)
    title = getattr(shape.title, language)
    return {"rows": reading.done, "as_of": reading.as_of, "name": f"{title}-{reading.as_of[:10]}.{FORM}"}


def list_bytes(
    house: House, who: Principal, name: str, query: Query, language: str, *, taken: bool = True
) -> tuple[bytes, str]:
    """The sheet as bytes and the name of the file; raises what `write_list` raises, too where it has too many rows."""
    with tempfile.TemporaryDirectory(prefix="bihuan-") as folder:
        path = Path(folder) / f"sheet.{FORM}"
        made = write_list(house, who, name, query, path, language, rows_max=AT_ONCE_MAX, taken=taken)
        return path.read_bytes(), str(made["name"])


class _Reading:
    """One walk through the pages of a list, all as of the instant of the first."""

    def __init__(
        self,
        house: House,
        who: Principal,
        name: str,
        query: Query,
        progress: Progress,
        rows_max: int | None,
    ) -> None:
        self._house, self._who, self._page, self._query = house, who, LISTS[name], query
        self._progress, self._rows_max = progress, rows_max
        self.done, self.as_of = 0, ""

    def rows(self, shape: Shape, say: Saying) -> Iterator[list[Cell]]:
        """The cells of each row in the order of the columns."""
        for item in self._items():
            cells = CELLS[shape.title.code](say, item)
            yield [cells.get(column.code) for column in shape.columns]

    def _items(self) -> Iterator[Mapping[str, Any]]:
        asked, follows = {**self._query, "limit": [str(PAGE_LENGTH_MAX)]}, True
        while follows:
            page = self._page(self._house, self._who, asked)
            self.as_of, follows = str(page["as_of"]), page["next"] is not None
            self.done += len(page["items"])
            if self._rows_max is not None and self.done + follows > self._rows_max:
                raise Refusal("parameter_invalid", detail=TOO_MANY.format(most=self._rows_max))
            yield from page["items"]
            # How many follow nobody knows before they are read: a page more than is done, while any do.
            self._progress(self.done, self.done + follows * PAGE_LENGTH_MAX)
            asked = {**asked, "cursor": [page["next"]]} if follows else asked


def _shape_asked(name: str, query: Query) -> Shape:
    """The exchange lists messages or receipts, which have little in common; every other list has one shape."""
    if name != "exchange":
        return shape_of(name)
    return shape_of("receipts" if (query.get("set") or [""])[0] in OF_RECEIPTS else "messages")


def _saying(house: House, language: str) -> Saying:
    with house.database.read() as connection:
        people = sheets.names_of(connection, house.office.office_id)
    words, listed = read_data(FILE)["words"], intake_vocabularies(house.facts, house.office)
    today = civil_date(house.clock.now())
    return Saying(language, house.charts, house.office, words, listed, people, today)
