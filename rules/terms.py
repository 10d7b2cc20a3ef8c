"""Reads the periods of the law, one file per term."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, cast

from engine.core.counting import COUNTED_UNITS
from engine.core.deadlines import RED_SHARE
from engine.core.term import SET_BY_ORDER, Term
from rules.data_file import DataFault, Fields, located_in, read_as
from rules.faults import nearest

RULES = Path(__file__).parent
_TERMS = Path("sets", "national", "terms")
_ID = re.compile(r"DL\d\d[a-z]?(\.[a-z_]+)?")
_FIXED_DAY = re.compile(r"month_end|date (0[1-9]|1[0-2])-(0[1-9]|1\d|2\d)")
_WITHOUT_VALUE = (SET_BY_ORDER, "month_end", "date MM-DD")


def load_terms(root: Path = RULES) -> dict[str, Term]:
    """Every term under the rules' folder by id, extensions with what they are added to; raises DataFault."""
    terms = {path.stem: _read(path) for path in sorted((root / _TERMS).glob("*.yaml"))}
    return {id: _with_base(term, terms.get, root) for id, term in terms.items()}


def load_term(root: Path, id: str) -> Term:
    """One term, reading no file but its own and those of the terms it is added to.

    Raises KeyError when there is no such term, DataFault when its file is wrong.
    """
    term = _find(root, id)
    if term is None:
        raise KeyError(id)
    return _with_base(term, lambda other: _find(root, other), root)


def with_office(terms: Mapping[str, Term], internal_terms: Mapping[str, int]) -> dict[str, Term]:
    """The terms with the lengths that an office sets for its internal ones; no statutory term can be changed.

    Raises DataFault for a term that does not exist, is statutory, or has no length of its own.
    """
    changed = dict(terms)
    for id, value in internal_terms.items():
        term, field = terms.get(id), f"/internal_terms/{id}"
        if term is None:
            raise DataFault("no_such_term", field=field, near=nearest(id, terms), value=id)
        if term.nature != "internal" or term.value is None:
            raise DataFault("not_internal_term", field=field)
        if value < 0:
            raise DataFault("negative", field=field)
        changed[id] = replace(term, value=value)
    return changed


def with_lights(terms: Mapping[str, Term], lights: Mapping[str, int | Fraction]) -> dict[str, Term]:
    """The terms with the yellow lights that an office sets; no date that the law counts is changed by it.

    Raises DataFault for a term that does not exist, for hours set in days or days set as a share, and for a share
    that is not before red.
    """
    changed = dict(terms)
    for id, yellow in lights.items():
        term, field = terms.get(id), f"/lights/{id}"
        if term is None:
            raise DataFault("no_such_term", field=field, near=nearest(id, terms), value=id)
        if term.unit == "hour":
            if not isinstance(yellow, Fraction) or yellow >= RED_SHARE:
                raise DataFault("no_light_of_hours", field=field)
            changed[id] = replace(term, yellow_share=yellow)
        elif isinstance(yellow, Fraction):
            raise DataFault("no_light_of_days", field=field)
        else:
            changed[id] = replace(term, yellow_before=yellow)
    return changed


def _find(root: Path, id: str) -> Term | None:
    path = root / _TERMS / f"{id}.yaml"
    return _read(path) if _ID.fullmatch(id) and path.is_file() else None


def _read(path: Path) -> Term:
    term = read_as(path, _term)
    if term.id != path.stem:
        raise located_in(path, DataFault("file_name_differs", field="/id", file_name=f"{term.id}.yaml"))
    return term


def _with_base(term: Term, find: Any, root: Path) -> Term:
    """The term with the whole length of the one it is added to."""
    other = term.follows or term.of
    if other is None:
        return term
    base = find(other)
    if base is None:
        field = "/follows" if term.follows else "/of"
        path = root / _TERMS / f"{term.id}.yaml"
        raise located_in(path, DataFault("no_such_term", field=field, value=other))
    if not term.adds:
        return term
    base = _with_base(base, find, root)
    return replace(term, base_length=(base.value or 0) + base.base_length, base_unit=base.unit)


def _term(data: Any) -> Term:
    fields = Fields(data)
    term = Term(
        id=_id(fields),
        route=fields.text("route"),
        zh=fields.text("zh"),
        en=fields.text("en"),
        value=_value(fields),
        unit=_unit(fields),
        roll=fields.boolean("roll"),
        nature=cast(Literal["statutory", "internal"], fields.code("nature", ("statutory", "internal"))),
        start_event=fields.text("start_event"),
        extension=fields.text("extension"),
        approver=fields.text("approver"),
        on_expiry=fields.text("on_expiry"),
        basis=fields.text("basis"),
        mark=fields.text("mark"),
        stage=fields.text_or_none("stage"),
        of=fields.text_or_none("of"),
        follows=fields.text_or_none("follows"),
        adds=fields.boolean("adds", default=False),
        restricts_rights=fields.boolean("restricts_rights", default=False),
        yellow_before=_count_or_none(fields, "yellow_before") if fields.has("yellow_before") else None,
    )
    fields.done()
    _check_together(fields, term)
    return term


def _id(fields: Fields) -> str:
    id = fields.text("id")
    if not _ID.fullmatch(id):
        raise fields.fault("id", "no_term_id", value=id)
    return id


def _unit(fields: Fields) -> str:
    unit = fields.text("unit")
    if unit not in (*COUNTED_UNITS, SET_BY_ORDER, "percent_per_day") and not _FIXED_DAY.fullmatch(unit):
        allowed = (*COUNTED_UNITS, SET_BY_ORDER, "percent_per_day", "month_end", "date MM-DD")
        raise fields.fault("unit", "no_unit", near=nearest(unit, allowed), value=unit, allowed=allowed)
    return unit


def _value(fields: Fields) -> int | None:
    return _count_or_none(fields, "value")


def _count_or_none(fields: Fields, name: str) -> int | None:
    value = fields.take(name)
    if value is None:
        return None
    if type(value) is not int or value < 0:
        raise fields.fault(name, "not_count")
    return value


def _check_together(fields: Fields, term: Term) -> None:
    """Faults that only show when fields are read together."""
    has_none = term.by_order or bool(_FIXED_DAY.fullmatch(term.unit))
    if has_none != (term.value is None):
        raise fields.fault("value", "value_with_unit", unit=term.unit, without=_WITHOUT_VALUE)
    if term.adds and term.of is None:
        raise fields.fault("adds", "added_to_nothing")
    if term.follows is not None and not term.adds:
        raise fields.fault("follows", "follows_without_adding")
    if term.restricts_rights and term.roll:
        raise fields.fault("roll", "prolongs_measure")
    if term.mark.startswith("PRACTICE") and term.nature != "internal":
        raise fields.fault("nature", "practice_is_internal")
