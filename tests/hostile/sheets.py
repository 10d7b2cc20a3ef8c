"""Sheets, reports and background jobs, as requests that are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.jobs import book
from engine.jobs.runner import Runner

if TYPE_CHECKING:
    from tests.hostile.fort import Fort

API, OFFICER = "/api/v1", "W01"
ASKED = {"kind": "ledger_sheet", "parameters": {"form": "csv", "department": "market_regulation"}}


def made(fort: Fort) -> dict[str, str]:
    """A sheet that was made for the officer in the background."""
    house = fort.town.house
    job = book.ask(house, fort.town.people[OFFICER], "ledger_sheet", {"form": "csv"})
    Runner(house).run()
    return {"job": job["id"]}


SHEETS: tuple[tuple[Any, ...], ...] = (
    *(("GET", f"{API}/ledger/sheet.{form}", OFFICER) for form in ("xlsx", "csv", "json")),
    ("GET", f"{API}/reports/{{report}}/{{period}}", OFFICER),
    ("GET", f"{API}/jobs", OFFICER),
    ("POST", f"{API}/jobs", OFFICER, lambda _: dict(ASKED), False, "application/json", 202),
    ("GET", f"{API}/jobs/{{id}}", OFFICER),
    ("POST", f"{API}/jobs/{{id}}/cancel", OFFICER),
    ("GET", f"{API}/jobs/{{id}}/result", OFFICER),
)
"""The arguments of each operation."""
