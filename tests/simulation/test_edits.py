"""Whatever is changed in the database is found with one saved checkpoint; what went on as it should raises no alarm."""

from __future__ import annotations

from tests.builders import Town
from tests.simulation.edits import tamper


def test_every_edit_is_found_and_no_clean_record_is_doubted(town: Town) -> None:
    sqlite = town.house.database.dialect == "sqlite"
    edits, clean = (40, 8) if sqlite else (12, 3)

    assert tamper(town, edits, clean, 20261128).total() == edits
