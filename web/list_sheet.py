"""A list is taken along as a sheet: at once as CSV, or in the background where it is long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import Response

from api.answers import file
from api.calls import only_head
from engine.sheets.ledger import MEDIA_TYPES
from engine.sheets.listed import FORM, LISTS, list_bytes
from web.asking import Asking
from web.look import query_path

SHEET = "/sheet.csv"
"""Below the path of the list."""


def list_sheet(asking: Asking, name: str) -> Response:
    """The rows that the list of that name has under the filters of the request, with headings in the page's language."""
    taken = not only_head(asking.request)
    content, named = list_bytes(
        asking.house, asking.who, name, asking.query, asking.words.language, taken=taken
    )
    return file(content, named, MEDIA_TYPES[FORM])


def taken_along(path: str, query: Mapping[str, list[str]], **more: str) -> dict[str, str]:
    """Where the sheet of the list at that path is, and the list itself for the form that has it made in the background."""
    whole = {name: values for name, values in query.items() if name not in ("cursor", "limit")}
    return {"sheet": query_path(path + SHEET, whole, **more), "of": query_path(path, whole, **more)}


def job_of(asking: Asking, of: str, form: str) -> tuple[str, dict[str, Any]]:
    """The kind of job that makes the sheet of the list with that address, and what it is asked for."""
    address, query = urlsplit(of), dict[str, Any]()
    for name, value in parse_qsl(address.query):
        if name != "cursor":
            query.setdefault(name, []).append(value)
    listed = address.path.strip("/")
    if listed in LISTS:
        return "list_sheet", {**query, "list": listed, "language": asking.words.language}
    return "ledger_sheet", {**query, "form": form or "xlsx"}
