"""Lines of what was found, in the order in which it was found, with the places that were looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine.core.search_marks import Range, hits, parts
from engine.core.search_words import Sought, spelt
from engine.projections.instants import CIVIL
from engine.projections.lines import finding_lines, inspection_lines
from engine.projections.paging import Page
from engine.projections.sources import Sources
from engine.search.index import public_codes
from engine.search.initials import place_of
from models import searching
from models.reading import inspections
from models.reading.findings import parties_by_id
from models.reading.scope import scope

Match = dict[str, Any]
Lines = Callable[[Connection, Sources, Page, Sought, list[str]], list[dict[str, Any]]]


def matches(wanted: Sought, fields: Iterable[tuple[str, str | None]]) -> list[Match]:
    """The fields in which something stands that was looked for: {"in", "parts"}."""
    told = []
    for name, text in fields:
        found = hits(text, (wanted.whole, *wanted.words)) if text else []
        if text and found:
            told.append(_match(name, text, found))
    return told


def _match(name: str, text: str, found: Sequence[Range]) -> Match:
    return {"in": name, "parts": [list(one) for one in parts(text, found)]}


def _parties(
    connection: Connection, sources: Sources, page: Page, wanted: Sought, ids: list[str]
) -> list[dict[str, Any]]:
    known = parties_by_id(connection, ids)
    return [_party(known[id], wanted) for id in ids]


def _party(row: Any, wanted: Sought) -> dict[str, Any]:
    codes = public_codes(row.detail)
    found = matches(wanted, [("name", row.name), *(("code", code) for code in codes)])
    if not found and wanted.initials is not None:
        found = _by_initials(row.name, wanted.initials)
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.detail.get("kind"),
        "codes": codes,
        "address": row.detail.get("address"),
        "matches": found,
    }


def _by_initials(name: str, initials: str) -> list[Match]:
    compared, places = spelt(name)
    found = place_of(compared, initials)
    if found is None:
        return []
    return [_match("name", name, [(places[found[0]], places[found[1] - 1] + 1)])]


def _findings(
    connection: Connection, sources: Sources, page: Page, wanted: Sought, ids: list[str]
) -> list[dict[str, Any]]:
    lines = finding_lines(connection, sources, [("", "", "", id) for id in ids], page.as_of)
    texts = searching.texts_of_findings(connection, ids)
    return [{**line, "matches": matches(wanted, _fields(line, texts[line["id"]]))} for line in lines]


def _fields(line: Mapping[str, Any], row: Any) -> Iterable[tuple[str, str | None]]:
    yield "ledger_no", line["ledger_no"]
    yield from (("doc_no", one) for one in row.record.get("doc_numbers", ()))
    yield "party", line["party"]["name"]
    yield from (("code", one) for one in public_codes(row.party_detail))
    yield "item", line["item"]
    yield (
        "facts_summary",
        row.record.get("facts", {}).get("facts_summary") or row.intake.get("facts_summary"),
    )


def _inspections(
    connection: Connection, sources: Sources, page: Page, wanted: Sought, ids: list[str]
) -> list[dict[str, Any]]:
    today = page.as_of.astimezone(CIVIL).date()
    rows = inspections.inspections_by_id(connection, ids, today)
    lines = inspection_lines(connection, scope(sources.office_id, page.who), rows)
    return [
        {
            **line,
            "matches": matches(
                wanted,
                [
                    ("party", line["party"]["name"]),
                    *((name, line[name]) for name in ("plan_no", "task_no", "reference")),
                ],
            ),
        }
        for line in lines
    ]


def _documents(
    connection: Connection, sources: Sources, page: Page, wanted: Sought, ids: list[str]
) -> list[dict[str, Any]]:
    rows = searching.documents_by_id(connection, ids)
    return [_document(sources, rows[id], wanted) for id in ids]


def _document(sources: Sources, row: Any, wanted: Sought) -> dict[str, Any]:
    said = sources.charts.dictionary["documents"].get(row.kind, {})
    return {
        "id": row.id,
        "doc_no": row.doc_no,
        "document": row.kind,
        "title": said.get("zh", row.kind),
        "status": row.status,
        "issued_on": row.issued_on.isoformat(),
        "finding": row.finding_id,
        "inspection": row.inspection_id,
        "ledger_no": row.ledger_no,
        "matches": matches(wanted, [("doc_no", row.doc_no)]),
    }


LINES: Mapping[str, Lines] = {
    "parties": _parties,
    "findings": _findings,
    "inspections": _inspections,
    "documents": _documents,
}
