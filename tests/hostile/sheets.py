"""The ledger taken along as a sheet, as requests that are answered."""

from __future__ import annotations

from typing import Any

API, OFFICER = "/api/v1", "W01"

SHEETS: tuple[tuple[Any, ...], ...] = tuple(
    ("GET", f"{API}/ledger/sheet.{form}", OFFICER) for form in ("xlsx", "csv", "json")
)
"""The arguments of each operation."""
