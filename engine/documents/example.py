"""An example of what a template prints: every field says its own name, so that whoever writes one sees where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from engine.documents.bound import Bound
from engine.documents.template import FieldDeclaration, conditions, names_in

DAY, MOMENT = "2024-04-28", "2024-04-28T09:30:00+08:00"
OF_THE_STEP = ("trigger", "refused")
"""What is asked of these changes the usual wording, which is what an example shows."""
SUM = 1_500_000
"""In fen."""
KNOWN: Mapping[str, Any] = {
    "organisation": "原平市市场监督管理局",
    "supervising": "原平市双随机、一公开监管工作领导小组办公室",
    "doc_no": "原市监示〔2024〕1号",
    "ledger_no": "原台〔2024〕0001",
    "to": "原平市示例局",
    "party_name": "原平市示例商行",
    "party_identifiers": [{"scheme": "uscc", "value": "92140981MA0L3Q8T17"}],
    "party_address": "山西省忻州市原平市示例街1号",
}
"""What would read oddly as a name in brackets; nobody's, as the check digits show."""


def example(template: Bound) -> dict[str, Any]:
    """What the desk might tell of one paper of the template; of several wordings the first holds."""
    told: dict[str, Any] = {"labels": {}}
    asked = dict(_asked(template))
    for name, declared in template.declared.items():
        if name in OF_THE_STEP and name not in asked:
            continue
        path = (declared.source or (name,))[0]
        value = KNOWN.get(name) or asked.get(name) or _value(template, declared)
        if declared.written == "code" and not declared.choice:
            told["labels"].setdefault(path.rpartition(".")[2], {})[value] = f"（{declared.zh}）"
        _put(told, path.split("."), value)
    return told


def _asked(template: Bound) -> Iterator[tuple[str, str]]:
    """The fields on whose value something hangs, each with the first that is asked for; later pairs win."""
    tested = [
        (match["name"], match["value"])
        for written in _conditions(template.template)
        for match in conditions(written)
        if match["test"] == "is" and not match["negated"] and match["name"] not in OF_THE_STEP
    ]
    yield from reversed(tested)
    for name, filters, _ in names_in(template.template):
        boxes = next((argument for kind, argument in filters if kind == "boxes"), None)
        if boxes is not None:
            yield name, next(iter(template.choices[boxes]))


def _conditions(node: object) -> Iterator[str]:
    if isinstance(node, BaseModel):
        written = getattr(node, "when", None)
        if isinstance(written, str):
            yield written
        for name in type(node).model_fields:
            yield from _conditions(getattr(node, name))
    elif isinstance(node, tuple):
        for member in node:
            yield from _conditions(member)


def _value(template: Bound, declared: FieldDeclaration) -> Any:
    if declared.written in ("date", "moment"):
        return DAY if declared.written == "date" else MOMENT
    if declared.written in ("money", "capitals"):
        return SUM
    if declared.written == "code":
        return next(iter(template.choices[declared.choice])) if declared.choice else "example"
    if declared.written == "rows":
        return [dict.fromkeys(declared.members, f"（{declared.zh}{number}）") for number in (1, 2)]
    return f"（{declared.zh}）"


def _put(told: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        inner = told.setdefault(step, {})
        if not isinstance(inner, dict):
            inner = told[step] = {"name": inner}  # a person who is named and of whom more is asked
        told = inner
    if isinstance(told.get(path[-1]), dict):
        told[path[-1]].setdefault("name", value)
    else:
        told[path[-1]] = value
