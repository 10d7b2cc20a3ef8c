"""What the tests of intake share: the code lists of the demonstration office, mappings, small files."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from rules.facts import FactDictionary, load_facts
from rules.intake_lists import intake_vocabularies
from rules.mapping import Mapping, load_mapping
from rules.offices import Office, load_office
from rules.vocabulary import load_vocabulary

ROOT = Path(__file__).parents[2]
WRITTEN_AT = datetime(2024, 5, 1, 9, 0)


@pytest.fixture(scope="session")
def sample() -> Path:
    return ROOT / "tests" / "data" / "sf" / "violations.csv"


@pytest.fixture(scope="session")
def sf() -> Mapping:
    return load_mapping("sf")


@pytest.fixture(scope="session")
def facts() -> FactDictionary:
    return load_facts(ROOT / "rules" / "facts.yaml", load_vocabulary(ROOT / "rules" / "vocabulary.yaml"))


@pytest.fixture(scope="session")
def office() -> Office:
    return load_office(ROOT / "rules" / "offices" / "yuanping.yaml")


@pytest.fixture(scope="session")
def intake(facts: FactDictionary, office: Office) -> Mapping:
    return load_mapping("intake", intake_vocabularies(facts, office))


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook of text, numbers and dates; a date cell is given as a datetime."""

    def write(rows: Sequence[Sequence[Any]], sheet: str = "检查与问题", name: str = "filled.xlsx") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            book.set_properties({"created": WRITTEN_AT})  # the same rows give the same bytes
            page = book.add_worksheet(sheet)
            moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            for line, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, str | int | float):
                        page.write(line, place, cell)
                    elif cell is not None:
                        page.write_datetime(line, place, cell, moment)
        return path

    return write
