"""The counts that are kept of what is closed, held against the records: triggers keep them, and this proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import leading, tallying

if TYPE_CHECKING:
    from engine.house import House


def differing_figures(house: House) -> int:
    """How many of the kept counts, and of what leads to records, are not what these say; 0 in a sound house."""
    with house.database.read() as connection:
        return len(tallying.differing(connection)) + len(leading.differing(connection))


def recount_figures(house: House) -> None:
    """Every kept count is what the records say, and so is what leads to them."""
    house.writer.submit(tallying.recount)
    house.writer.submit(leading.remake)
