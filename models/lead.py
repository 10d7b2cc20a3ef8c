"""What leads to a record and stands in no column of it: an officer's name or login, the day of its closing, a result code."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.case import partly
from models.columns import ID_LENGTH, OFFICE_ID_LENGTH

EVERY, HANDLER, NAME, LOGIN, RESULT, CLOSED_ON, CLOSED_IN = "a", "h", "n", "l", "r", "d", "m"
"""The key of every closed finding, which has them in the order of lists; and what others begin with: the login of who handled
a closed finding, the name or login of an officer who worked on one, the code of an inspection's result, the civil day or month
of its last closing."""
AFTER_CLOSINGS = "e"
OF_CLOSINGS = f"key >= '{CLOSED_ON}' AND key < '{AFTER_CLOSINGS}'"
"""What the leads to closings have in common, letter for letter as in their index."""
OPEN, CLOSED = "o", "c"
"""What a place begins with: nothing follows for a finding that is open; an inspection is told as what is closed."""
KEY_MAX = 100
"""So many characters of a key are kept; records that more than one of these leads to are told apart by themselves."""


class RecordLead(SQLModel, table=True):
    """That a finding or inspection is looked up by a key; kept by triggers, so that lists walk to no row in vain.

    Made from the records alone: in no backup, and no proof rests on it. A criminal referral is no part of any row.
    """

    __tablename__ = "record_lead"
    __table_args__ = (
        Index("record_lead_place", "key", "place", "record_id"),
        Index("record_lead_closing", "record_id", "key", **partly(OF_CLOSINGS)),
        {"sqlite_with_rowid": False},
    )

    key: str = Field(primary_key=True, max_length=KEY_MAX)
    department: str = Field(primary_key=True, max_length=60)
    place: str = Field(primary_key=True, max_length=64)
    """Of a closed finding its ledger number as lists compare it; of an inspection the day in UTC on which it was finished."""
    record_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
