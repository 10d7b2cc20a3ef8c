"""What answers say besides what stands in the rows: charts, terms, names of departments, code lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection

from engine.core.calendar import WorkingCalendar
from engine.core.chart import Charts
from engine.core.commands import Principal
from engine.core.deadlines import Term
from rules.data_file import read_as
from rules.vocabulary import Word, read_words

LIGHTS_FILE = Path(__file__).with_name("lights.yaml")
NOTES_FILE = Path(__file__).with_name("notes.yaml")


class ReadClock(Protocol):
    """The clock as reading sees it."""

    @property
    def is_test(self) -> bool: ...
    def now(self) -> datetime: ...


Steps = Callable[[Connection, str, str, Principal, datetime], list[dict[str, Any]]]
"""(connection, "finding" | "inspection", id, who, now) → the `steps` of the contract."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The words and code lists of the house that projections read."""

    office_id: str
    charts: Charts
    terms: Mapping[str, Term]
    calendar: WorkingCalendar
    departments: Mapping[str, str]
    """Code → short Chinese name, in the order of the office."""
    domains: Mapping[str, Collection[str]]
    """Domain → its violation codes, `none` and `other` included."""
    result_codes: Collection[str]
    confidential: frozenset[str]
    """Rule facts that no answer shows."""
    half_open: bool
    """True where the office counts the last day of an exclusion."""
    personal: frozenset[str]
    """Identifier schemes that name a natural person."""
    lights: Mapping[str, Word]
    """Code → words, severe first, `none` last."""
    told_otherwise: frozenset[str]
    """Kinds of notice that the office's ladder tells already, so that nobody is told twice."""
    notes: Mapping[str, Word]
    """Entries that move no chart (attachments, receipts, bootstrap): trigger → words."""


@cache
def words(path: Path) -> dict[str, Word]:
    """The words of a file by code, in its order; raises DataFault."""
    return read_as(path, lambda data: read_words(data, ""))
