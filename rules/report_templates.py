"""Reports as data: the figures that can be counted, and what each report prints of them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from string import Formatter
from typing import Any

from rules.data_file import Fields, read_as

FOLDER = Path(__file__).parent / "reports"
FIGURES = "figures.yaml"
COVERS = ("month", "first_half", "year")
BLOCKS = ("heading", "text", "table", "blank")
PERIOD = "period"
"""The place of a text in which the period stands."""
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_HALF = re.compile(r"([0-9]{4})-H1", re.ASCII)
_YEAR = re.compile(r"([0-9]{4})", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Figure:
    """A query with a name: which steps it counts, or what of them it adds up."""

    code: str
    zh: str
    en: str
    unit: str
    charts: frozenset[str]
    taken: frozenset[str]
    sums: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a text with places for figures, a table by department, or so many empty lines."""

    kind: str
    text: str = ""
    figures: tuple[str, ...] = ()
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """One report: the duty that it meets, the period it covers, and what it prints."""

    code: str
    duty: str
    covers: str
    title: str
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]
    """Those that it prints, in the order of the catalogue."""


@dataclass(frozen=True, slots=True)
class Period:
    """The civil days that a report covers, first and last included, and their name."""

    key: str
    first: date
    last: date
    zh: str


def load_reports(triggers: Mapping[str, Collection[str]], folder: Path = FOLDER) -> dict[str, Report]:
    """Every report by its code; raises DataFault where one names what no chart or catalogue has."""
    figures = read_as(folder / FIGURES, lambda data: _figures(data, triggers))
    paths = (path for path in sorted(folder.glob("*.yaml")) if path.name != FIGURES)
    return {path.stem: read_as(path, partial(_report, path.stem, figures)) for path in paths}


def period_of(covers: str, key: str) -> Period | None:
    """The period of that name, such as 2024-09, 2024-H1 or 2024; None for what names none."""
    found = {"month": _MONTH, "first_half": _HALF, "year": _YEAR}[covers].fullmatch(key)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    year = int(found[1])
    if covers == "month":
        month = int(found[2])
        last = calendar.monthrange(year, month)[1]
        return Period(key, date(year, month, 1), date(year, month, last), f"{year}年{month}月")
    if covers == "first_half":
        return Period(key, date(year, 1, 1), date(year, 6, 30), f"{year}年上半年")
    return Period(key, date(year, 1, 1), date(year, 12, 31), f"{year}年")


def _figures(data: Any, triggers: Mapping[str, Collection[str]]) -> dict[str, Figure]:
    fields = Fields(data)
    return {code: _figure(code, Fields(fields.take(code), f"/{code}"), triggers) for code in data}


def _figure(code: str, fields: Fields, triggers: Mapping[str, Collection[str]]) -> Figure:
    zh, en, unit = (fields.text(name) for name in ("zh", "en", "unit"))
    if fields.boolean("open", default=False):
        fields.done()
        return Figure(code, zh, en, unit, frozenset(), frozenset(), open=True)
    charts = fields.codes("charts", triggers)
    taken = fields.codes("taken", sorted({one for chart in charts for one in triggers[chart]}))
    figure = Figure(
        code, zh, en, unit, frozenset(charts), frozenset(taken), sums=fields.text_or_none("sum") or ""
    )
    fields.done()
    return figure


def _report(code: str, figures: Mapping[str, Figure], data: Any) -> Report:
    fields = Fields(data)
    blocks = tuple(
        _block(Fields(one, f"/body/{position}"), figures) for position, one in enumerate(fields.items("body"))
    )
    printed = {name for block in blocks for name in block.figures}
    report = Report(
        code=code,
        duty=fields.text("duty"),
        covers=fields.code("covers", COVERS),
        title=fields.text("title"),
        blocks=blocks,
        figures=tuple(one for one in figures.values() if one.code in printed),
    )
    fields.done()
    return report


def _block(fields: Fields, figures: Mapping[str, Figure]) -> Block:
    named = [name for name in BLOCKS if fields.has(name)]
    if len(named) != 1:
        raise fields.fault("text", "not_one_source", allowed=BLOCKS)
    kind = named[0]
    if kind == "blank":
        block = Block(kind, lines=fields.integer(kind))
    elif kind == "table":
        block = Block(kind, figures=fields.codes(kind, figures))
    else:
        text = fields.text(kind)
        places = [place for _, place, _, _ in Formatter().parse(text) if place is not None]
        for place in places:
            if place not in figures and place != PERIOD:
                raise fields.fault(kind, "not_listed", value=place, allowed=tuple(figures))
        block = Block(kind, text, tuple(place for place in places if place != PERIOD))
    fields.done()
    return block
