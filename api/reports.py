"""Reports of the office: the monthly report, the half-year summary and the annual self-check."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import file
from api.calls import Received
from engine.reporting.reports import report_file

router = APIRouter(prefix="/api/v1", tags=["ledger"])


@router.get("/reports/{report}/{period}")
def report(call: Received, report: str, period: str) -> Response:
    """A report on a period, as DOCX, PDF, JSON or CSV, counted as of an instant."""
    return file(*report_file(call.house, call.who, report, period, call.query))
