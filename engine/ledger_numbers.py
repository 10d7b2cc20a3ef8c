"""The next number of the ledger, as it is proposed to whoever registers a finding."""

from __future__ import annotations

from datetime import date

from models.database import Database
from models.reading.ledger_numbers import latest_ledger_no
from models.reading.scope import every_record
from rules.offices import Office

PATTERN = "原台〔{year}〕"
DIGITS = 4


def next_ledger_no(database: Database, office: Office, on: date) -> str:
    """The number after the highest given this year, such as 原台〔2024〕0032; a proposal, not a reservation."""
    prefix = PATTERN.format(year=on.year)
    with database.read() as connection:
        latest = latest_ledger_no(connection, every_record(office.office_id), prefix)
    last = (latest or prefix).removeprefix(prefix)
    number = int(last) + 1 if last.isdecimal() else 1
    return f"{prefix}{number:0{DIGITS}d}"
