"""Rows of one inspection found together, under a natural key that never depends on their content."""

import hashlib
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Members
from dataclasses import replace

from engine.intake.records import row_fault
from engine.intake.tables import Line
from rules.mapping import Mapping
from rules.mapping_schema import MappingFile, Recipe

LONGEST_INSPECTION_KEY = 57
"""So that `/` and an ordinal of six digits still fit into the 64 characters of a reference."""


def inspection_key(source: str | None, parts: Sequence[str]) -> str:
    """Return source and key values joined by `/`; what is too long keeps its head and gets a hash."""
    if len(parts) > 1:
        parts = [part.replace("~", "~0").replace("/", "~1") for part in parts]
    key = "/".join(filter(None, [source, *parts]))
    if len(key) <= LONGEST_INSPECTION_KEY:
        return key
    return f"{key[: LONGEST_INSPECTION_KEY - 21]}~{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def finding_key(inspection: str, ordinal: int) -> str:
    """Return the natural key of a finding: its inspection and its ordinal among that inspection's rows."""
    return f"{inspection}/{ordinal}"


def grouped(lines: Iterable[Line], mapping: Mapping) -> tuple[dict[str, list[Line]], list[Line]]:
    """Return the lines of every inspection in file order, and the lines that belong to none."""
    part = mapping.form.inspection
    groups: dict[str, list[Line]] = {}
    strays = []
    above: str | None = None
    for line in lines:
        key = tuple(str(line.cells.get(name, "")) for name in part.key)
        if all(key):
            above = inspection_key(mapping.source, key)
            groups.setdefault(above, []).append(line)
        elif above is not None and part.blank_means_as_above and not any(key):
            groups[above].append(line)
        else:
            strays.append(line)
    return groups, strays


def filled_down(lines: list[Line], columns: Iterable[str], headings: Members[str, str]) -> list[Line]:
    """Return the lines with the inspection's columns alike in all; a line that contradicts is told so."""
    stated: dict[str, Line] = {}
    for name in columns:
        for line in lines:
            if name in line.cells:
                stated.setdefault(name, line)
    filled = []
    for line in lines:
        faults = [
            row_fault(line.number, "differs_from_above", headings.get(name, name), other=first.number)
            for name, first in stated.items()
            if line.cells.get(name, first.cells[name]) != first.cells[name]
        ]
        cells = line.cells | {name: first.cells[name] for name, first in stated.items()}
        filled.append(replace(line, cells=cells, faults=(*line.faults, *faults)))
    return filled


def columns_behind(form: MappingFile, recipes: Members[str, Recipe]) -> frozenset[str]:
    """Return the columns of the file on which the recipes rest, through dates, extracts and look-ups."""
    behind = base_columns(form)
    names = set()
    for recipe in recipes.values():
        names |= {name for name in (recipe.column, recipe.date) if name}
        names |= {name for piece in recipe.text or () for name in piece.names}
    return frozenset(column for name in names for column in behind.get(name, ()))


def base_columns(form: MappingFile) -> dict[str, tuple[str, ...]]:
    """Return for every value of a row the columns of the file it comes from."""
    behind: dict[str, tuple[str, ...]] = {name: (name,) for name in form.columns}
    for name, lookup in form.lookups.items():
        keys = tuple(column for value in lookup.key.values() for column in behind.get(value, ()))
        behind |= {f"{name}.{taken}": keys for taken in lookup.take}
    for extract in form.extract:
        behind |= {group: behind.get(extract.source, ()) for group in extract.groups}
    return behind | {name: behind.get(reading.source, ()) for name, reading in form.dates.items()}
