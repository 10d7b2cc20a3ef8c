"""The ledger as a sheet: the rows of a list of findings with the columns of the office."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import file
from api.calls import Received, only_head
from engine.sheets.ledger import MEDIA_TYPES, ledger_bytes

router = APIRouter(prefix="/api/v1", tags=["ledger"])


@router.get("/ledger/sheet.xlsx")
def workbook(call: Received) -> Response:
    """The rows that the list of findings has under the same filters, as a workbook to be printed."""
    return _sheet(call, "xlsx")


@router.get("/ledger/sheet.csv")
def table(call: Received) -> Response:
    """The same rows as CSV."""
    return _sheet(call, "csv")


@router.get("/ledger/sheet.json")
def document(call: Received) -> Response:
    """The same rows as JSON, by the codes of the columns."""
    return _sheet(call, "json")


def _sheet(call: Received, form: str) -> Response:
    content, name = ledger_bytes(call.house, call.who, call.query, form, taken=not only_head(call.request))
    return file(content, name, MEDIA_TYPES[form])
