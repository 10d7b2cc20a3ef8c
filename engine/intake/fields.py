"""Members of a record out of a row, by the recipes of a mapping."""

import re
import unicodedata
from collections.abc import Mapping as Members
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.identifiers import identifier_faults
from engine.intake.rows import Row
from rules.mapping import Mapping, plain
from rules.mapping_schema import Recipe

CIVIL = ZoneInfo("Asia/Shanghai")
_SEPARATORS = re.compile(r"[;；、\n]")
_YES_NO = {
    "是": True,
    "yes": True,
    "true": True,
    "1": True,
    "否": False,
    "no": False,
    "false": False,
    "0": False,
}

_ABSENT = object()
"""There is nothing to read."""

_FAULTY = object()
"""There is something, it cannot be taken, and the row says so."""


def members(recipes: Members[str, Recipe], row: Row, mapping: Mapping) -> dict[str, Any]:
    """Return the record that the recipes make of a row; what is wrong is recorded on the row."""
    flat: dict[str, Any] = {}
    for path, recipe in recipes.items():
        value = _value(recipe, row, mapping, flat)
        if value is _ABSENT and recipe.required:
            row.reject("missing", _name(recipe))
        elif value is not _ABSENT and value is not _FAULTY:
            flat[path] = value
    record = _nested(flat)
    _check_identifiers(recipes, record, row)
    return record


def _name(recipe: Recipe) -> str:
    return recipe.column or recipe.date or ""


def _value(recipe: Recipe, row: Row, mapping: Mapping, flat: Members[str, Any]) -> Any:
    if recipe.constant is not None:
        return recipe.constant
    if recipe.date is not None:
        return _moment(recipe, row)
    text = row.written(recipe.text, recipe.join) if recipe.text is not None else row.text(_name(recipe))
    if recipe.kind == "code":
        text = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if recipe.codes is not None:
        return _coded(recipe, text, row, mapping, flat)
    if not text:
        return _ABSENT
    if len(text) > recipe.longest:
        row.reject("too_long", _name(recipe), limit=recipe.longest)
        return _FAULTY
    return _typed(recipe, text, row)


def _typed(recipe: Recipe, text: str, row: Row) -> Any:
    if recipe.kind == "list":
        return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
    if recipe.kind == "integer":
        if re.fullmatch(r"[0-9]{1,15}", text):
            return int(text)
        row.reject("not_an_integer", _name(recipe), value=text)
        return _FAULTY
    if recipe.kind == "fen":
        return _fen(recipe, text, row)
    if recipe.kind == "yes_no":
        answer = _YES_NO.get(plain(text))
        if answer is None:
            row.reject("not_yes_no", _name(recipe), value=text)
            return _FAULTY
        return answer
    return text


def _fen(recipe: Recipe, text: str, row: Row) -> Any:
    """Yuan as they are written become fen exactly; thousands separators may stand, a third decimal not."""
    written = unicodedata.normalize("NFKC", text).removesuffix("元").strip()
    try:
        if not re.fullmatch(r"(?:\d{1,13}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{1,2})?", written, re.ASCII):
            raise InvalidOperation
        return int(Decimal(written.replace(",", "")) * 100)
    except InvalidOperation:
        row.reject("not_money", _name(recipe), value=text)
        return _FAULTY


def _coded(recipe: Recipe, text: str, row: Row, mapping: Mapping, flat: Members[str, Any]) -> Any:
    vocabulary = str(recipe.codes)
    if recipe.within is not None:
        if recipe.within not in flat:
            return _FAULTY
        vocabulary = f"{vocabulary}.{flat[recipe.within]}"
    labels = [part.strip() for part in _SEPARATORS.split(text)] if recipe.kind == "list" else [text]
    codes = []
    for label in filter(None, labels):
        code = mapping.code_of(vocabulary, label)
        if code is None and recipe.otherwise is None:
            row.reject("not_in_list", _name(recipe), value=label)
            return _FAULTY
        codes.append(code or recipe.otherwise)
    if recipe.kind == "list":
        return list(dict.fromkeys(codes)) or _ABSENT
    return codes[0] if codes else recipe.blank or _ABSENT


def _moment(recipe: Recipe, row: Row) -> Any:
    name = str(recipe.date)
    if name not in row.moments:
        return _FAULTY if row.rejected else _ABSENT
    day, clock = row.moments[name]
    if recipe.kind == "date":
        return day.isoformat()
    if clock is None and recipe.at is None:
        row.reject("time_missing", name, value=day.isoformat())
        return _FAULTY
    clock = clock or time.fromisoformat(str(recipe.at))
    return datetime.combine(day, clock, CIVIL).isoformat()


def _nested(flat: Members[str, Any]) -> dict[str, Any]:
    """Turn `a.b.0.c` into objects and lists; a list closes up over entries that are not there."""
    root: dict[str, Any] = {}
    for path, value in flat.items():
        *way, last = path.split(".")
        here = root
        for step in way:
            here = here.setdefault(step, {})
        here[last] = value
    return {name: _closed(value) for name, value in root.items()}


def _closed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _closed(part) for name, part in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def _check_identifiers(recipes: Members[str, Recipe], record: dict[str, Any], row: Row) -> None:
    party = record.get("party")
    identifiers = party.get("identifiers", []) if isinstance(party, dict) else []
    for place, identifier in enumerate(identifiers):
        if identifier.get("scheme") == "unidentified":
            identifier.setdefault("value", "")
        for fault in identifier_faults(identifier):
            recipe = recipes.get(f"party.identifiers.{place}.{fault.field}")
            value = identifier.get(fault.field, "")
            row.reject(fault.reason, _name(recipe) if recipe else "", value=value)
