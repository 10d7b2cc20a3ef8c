"""Reads the condition of a rule file; what a lawyer gets wrong is named at its place, with what was probably meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from rules.condition_checks import check_each_says_something, check_none_stands_twice
from rules.conditions import All, AnyOf, Comparison, Condition, comparisons
from rules.data_file import DataFault
from rules.facts import LARGEST_INTEGER, Fact, FactDictionary
from rules.faults import nearest

ORDERED = ("<", "<=", ">", ">=")
OPERATORS = ("==", "!=", *ORDERED, "in")
MOST_DEEP = 8
MOST_COMPARISONS = 256

_SLIPS = {
    "=": "==",
    "===": "==",
    "is": "==",
    "eq": "==",
    "等于": "==",
    "!": "!=",
    "<>": "!=",
    "≠": "!=",
    "ne": "!=",
    "不等于": "!=",
    "=>": ">=",
    "≥": ">=",
    "ge": ">=",
    "不少于": ">=",
    "=<": "<=",
    "≤": "<=",
    "le": "<=",
    "不超过": "<=",
    "gt": ">",
    "大于": ">",
    "lt": "<",
    "小于": "<",
    "属于": "in",
    "IN": "in",
    "one of": "in",
}
"""What people write for an operator."""
_CHINESE_SIGN = re.compile("[，：；“”‘’【】［］（）]")
_DIGITS = re.compile(r"-?[0-9]+", re.ASCII)
_FEN_IN = {"元": 100, "万元": 1_000_000, "万": 1_000_000, "亿元": 10_000_000_000, "亿": 10_000_000_000}
_SUM = re.compile(r"([0-9.,]+)(元|万元|万|亿元|亿)")


def read_condition(data: Any, at: str, facts: FactDictionary) -> Condition:
    """The condition that the data states; raises DataFault where it means nothing safe, or says nothing."""
    condition = _read(data, at, facts, 1)
    count = sum(1 for _ in comparisons(condition))
    if count > MOST_COMPARISONS:
        raise DataFault("too_many_comparisons", field=at, count=count, most=MOST_COMPARISONS)
    check_each_says_something(condition, at, facts)
    check_none_stands_twice(condition, at)
    return condition


def _read(data: Any, at: str, facts: FactDictionary, depth: int) -> Condition:
    if isinstance(data, list):
        return _comparison(data, at, facts)
    _refuse_chinese_signs(data, at)
    if not isinstance(data, Mapping) or len(data) != 1 or next(iter(data)) not in ("all", "any"):
        raise DataFault("no_condition", field=at)
    if depth > MOST_DEEP:
        raise DataFault("too_deep", field=at, most=MOST_DEEP)
    name, parts = next(iter(data.items()))
    if not isinstance(parts, list) or not parts:
        raise DataFault("empty_group", field=f"{at}/{name}")
    read = tuple(_read(part, f"{at}/{name}/{i}", facts, depth + 1) for i, part in enumerate(parts))
    return All(read) if name == "all" else AnyOf(read)


def _comparison(data: list[Any], at: str, facts: FactDictionary) -> Comparison:
    if len(data) != 3 or not isinstance(data[0], str):
        for part in data:
            _refuse_chinese_signs(part, at)
        grouped = len(data) > 3 and all(_DIGITS.fullmatch(str(part)) for part in data[2:])
        raise DataFault("digits_grouped" if grouped else "three_parts", field=at, count=len(data))
    name, operator, value = data
    fact = facts.by_name.get(name)
    if fact is None:
        raise DataFault("unknown_fact", field=f"{at}/0", near=nearest(name, facts.by_name), value=name)
    if operator not in OPERATORS:
        raise DataFault(
            "unknown_operator", field=f"{at}/1", near=_meant(operator), value=operator, allowed=OPERATORS
        )
    named = {"fact": name, "title": fact.title}
    if operator in ORDERED and fact.type != "integer":
        raise DataFault("no_order", named, field=f"{at}/1")
    if operator == "!=" and fact.unknown is not None:
        raise DataFault("unknown_would_hold", named, field=f"{at}/1")
    if operator == "in":
        return Comparison(name, operator, _listed(fact, value, f"{at}/2"))
    if isinstance(value, list):
        raise DataFault("list_needs_in", field=f"{at}/2", operator=operator)
    check_value(fact, value, f"{at}/2")
    return Comparison(name, operator, value)


def _refuse_chinese_signs(data: Any, at: str) -> None:
    if isinstance(data, str) and (found := _CHINESE_SIGN.search(data)):
        raise DataFault("fullwidth_sign", field=at, sign=found[0])


def _meant(operator: object) -> str | None:
    written = unicodedata.normalize("NFKC", str(operator)).strip(" \"'“”‘’")
    meant = _SLIPS.get(written, written)
    return meant if meant in OPERATORS else None


def _listed(fact: Fact, value: Any, at: str) -> tuple[str, ...]:
    if fact.type != "code" or not isinstance(value, list) or not value:
        raise DataFault("in_takes_codes", field=at)
    for position, code in enumerate(value):
        check_value(fact, code, f"{at}/{position}")
        if code in value[:position]:
            raise DataFault("twice", field=f"{at}/{position}", value=code)
    return tuple(value)


def check_value(fact: Fact, value: Any, at: str) -> None:
    """A fault when the value is none of the fact, with what was probably meant."""
    fault = fact.fault(value)
    if fault is None:
        return
    named = {"value": value, "fact": fact.name, "title": fact.title}
    if fact.type != "integer":
        allowed = tuple(fact.vocabulary) if fact.type == "code" else ("true", "false")
        near = _word_for(value, fact) or nearest(value, fact.vocabulary or allowed)
        raise DataFault("no_value_of_fact", named, field=at, near=near, allowed=allowed)
    too_long = isinstance(value, str) and bool(_DIGITS.fullmatch(value)) and abs(int(value)) > LARGEST_INTEGER
    if fault == "range" or too_long:
        raise DataFault("out_of_range", named, field=at, least=fact.minimum, most=LARGEST_INTEGER)
    if fact.unit != "fen":
        raise DataFault("number_as_text", named, field=at)
    fen = _fen(value)
    if fen is None:
        raise DataFault("money_as_text", field=at, value=value)
    raise DataFault("money_meant", field=at, value=value, fen=fen)


def _word_for(value: Any, fact: Fact) -> str | None:
    """`yes` for true and the like, each in the words of the fact."""
    if fact.type == "boolean":
        return {"yes": "true", "是": "true", "no": "false", "否": "false", "1": "true", "0": "false"}.get(
            str(value)
        )
    word = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else None
    return word if word in fact.vocabulary else None


def _fen(value: Any) -> int | None:
    """The fen of a sum that names its unit, as in 5万; None when no unit says what is meant."""
    found = _SUM.fullmatch(unicodedata.normalize("NFKC", str(value)).replace(" ", "").replace("_", ""))
    if found is None:
        return None
    try:
        fen = Decimal(found[1].replace(",", "")) * _FEN_IN[found[2]]
    except InvalidOperation:
        return None
    return int(fen) if fen == int(fen) else None
