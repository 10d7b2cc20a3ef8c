"""The catalogue, the working days and the contract, as every test of the clocks reads them."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.core.calendar import WorkingCalendar
from engine.core.term import Term
from rules.calendars import load_calendar
from rules.terms import load_terms

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"


@pytest.fixture(scope="session")
def contract() -> Any:
    """Reads a file of the contract by name."""
    return lambda name: json.loads((CONTRACT / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def terms() -> dict[str, Term]:
    return load_terms()


@pytest.fixture(scope="session")
def calendar() -> WorkingCalendar:
    return load_calendar()
