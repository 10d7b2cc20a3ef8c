"""The ledger is taken along as a sheet: the rows that the page lists under its filters."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import file
from api.calls import only_head
from engine.sheets.ledger import MEDIA_TYPES, ledger_bytes
from web.asking import Asked, Asking
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/ledger/sheet.xlsx")
def workbook(asking: Asked) -> Response:
    """The workbook to be printed."""
    return _sheet(asking, "xlsx")


@router.get("/ledger/sheet.csv")
def table(asking: Asked) -> Response:
    """The same rows for programs of tables."""
    return _sheet(asking, "csv")


def _sheet(asking: Asking, form: str) -> Response:
    content, name = ledger_bytes(
        asking.house, asking.who, asking.query, form, taken=not only_head(asking.request)
    )
    return file(content, name, MEDIA_TYPES[form])
