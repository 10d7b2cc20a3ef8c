"""Reports that member departments owe to the lead office."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, answered
from api.documented import body_of
from api.step_request import report_command
from engine.core.report_form import ReportForm

router = APIRouter(prefix="/api/v1/duties", tags=["duties"])


@router.get("")
def duties(call: Received) -> Response:
    """A page of what member departments owe, what was handed in, and what is missing."""
    return answer(call.house.duty_reader.duties(call.who, call.query))


@router.get("/{duty}/{period}/reports")
def reports(call: Received, duty: str, period: str) -> Response:
    """A page of what a department handed in on one period, with what was corrected."""
    return answer(call.house.duty_reader.reports(call.who, duty, period, call.query))


@router.post("/{duty}/{period}/reports", status_code=201, openapi_extra=body_of(ReportForm, keyed=True))
def hand_in(call: Received, duty: str, period: str) -> Response:
    """A report of the caller's own department is handed in, or corrected by a newer one."""
    who, outcome = call.command(report_command(duty, period), call.house.duties.handle)
    shown = call.house.duty_reader.item(who, duty, period)
    place = f"/api/v1/duties/{quote(duty)}/{quote(period)}/reports"
    return answered(shown | {"decision": dict(outcome.decision)}, outcome, place, {})
