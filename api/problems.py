"""Refusals become problems by RFC 9457: one translator for HTTP and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from api.contract_schemas import read_schema
from engine.core.refusals import Reason, Refusal
from engine.projections.instants import occurred, recorded, written
from rules.data_file import Fields, read_as

PROBLEMS_FILE = Path(__file__).with_name("problems.yaml")
TYPE = "urn:bihuan:problem:"
REQUEST = "urn:bihuan:request:"
NOBODYS_REQUEST = f"{REQUEST}none"
CARRIED = ("happened", "version", "not_before", "limit_days", "retry_after", "roles", "trace")
FORBIDDEN = 403
ERRORS_MAX = 1000
"""More faults than that tell nobody anything; a body may hold a hundred thousand."""
HIDING = "not_found"
"""The problem that says the same, to the byte, for what is hidden and for what never was."""


@dataclass(frozen=True, slots=True)
class Known:
    """One code of the contract with its status and words."""

    code: str
    status: int
    zh: str
    en: str
    remedy: Mapping[str, str] | None = None


def _known(data: Any) -> dict[str, dict[str, Known]]:
    fields = Fields(data)
    kinds: dict[str, dict[str, Known]] = {}
    for kind in ("problems", "answers"):
        kinds[kind] = {}
        for position, item in enumerate(fields.items(kind)):
            entry = Fields(item, f"/{kind}/{position}")
            remedy = None
            if kind == "problems":
                said = Fields(entry.take("remedy"), f"/{kind}/{position}/remedy")
                remedy = {"zh": said.text("zh"), "en": said.text("en")}
                said.done()
            known = Known(
                entry.text("code"), entry.integer("status"), entry.text("zh"), entry.text("en"), remedy
            )
            entry.done()
            kinds[kind][known.code] = known
    fields.done()
    return kinds


@cache
def _catalogue() -> dict[str, dict[str, Known]]:
    return read_as(PROBLEMS_FILE, _known)


def problems() -> Mapping[str, Known]:
    """Every problem by code."""
    return _catalogue()["problems"]


def answers() -> Mapping[str, Known]:
    """The words of answers that are no problems, by code."""
    return _catalogue()["answers"]


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return problems()[refusal.code].status


def problem_of(refusal: Refusal, request_id: str | None = None) -> dict[str, Any]:
    """The refusal as the contract's problem; what hides a record names no request."""
    known = problems()[refusal.code]
    hides = refusal.code == HIDING or request_id is None
    problem: dict[str, Any] = {
        "type": TYPE + known.code,
        "title": known.zh,
        "status": known.status,
        "code": known.code,
        "zh": known.zh,
        "en": known.en,
        "remedy": known.remedy,
        "instance": NOBODYS_REQUEST if hides else REQUEST + str(request_id),
        "errors": [error.answer() for error in refusal.errors[:ERRORS_MAX]],
    }
    if refusal.code == HIDING:
        return problem
    if refusal.detail:
        problem["detail"] = refusal.detail
    if refusal.reasons:
        problem["reasons"] = [_told(reason, known.status) for reason in refusal.reasons]
    for name in CARRIED:
        if refusal.carries.get(name) is not None:
            problem[name] = _spoken(name, refusal.carries[name])
    return problem


@cache
def reason_codes() -> frozenset[str]:
    """The codes that the contract has for reasons; clients may count on there being no other."""
    reason = read_schema("problem")["properties"]["reasons"]["items"]
    return frozenset(reason["properties"]["code"]["enum"])


def _told(reason: Reason, status: int) -> dict[str, Any]:
    """The reason as the contract's JSON; one of the house's own keeps its words under the code that comes nearest."""
    said = reason.answer()
    if reason.code not in reason_codes():
        said["code"] = "role_not_allowed" if status == FORBIDDEN else "no_such_step"
    return said


def _spoken(name: str, value: Any) -> Any:
    """A carried member with its times as answers write them."""
    if name == "happened":
        return [_happened(one) for one in value]
    if isinstance(value, datetime):
        return written(value)
    return value.isoformat() if isinstance(value, date) else value


def _happened(entry: Mapping[str, Any]) -> dict[str, Any]:
    times = {
        "occurred_at": occurred(entry["occurred_at"], entry["recorded_at"]),
        "recorded_at": recorded(entry["recorded_at"]),
    }
    return {**entry, **times}
