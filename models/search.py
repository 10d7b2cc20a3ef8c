"""What can be searched for: one row per record that is found, and one per key under which it is found."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH

KEY_LENGTH = 64
Number = BigInteger().with_variant(Integer, "sqlite")
Key = String(KEY_LENGTH).with_variant(String(KEY_LENGTH, collation="C"), "postgresql")
"""Compared byte by byte on both databases, so that a beginning is a range of the index."""


class SearchRecord(SQLModel, table=True):
    """A party, finding, inspection or document with its spelt text; later records have greater numbers.

    Made from the records alone, and made again where it is missing: in no backup, and no proof rests on it. No criminal
    referral is in it.
    """

    __tablename__ = "search_record"
    __table_args__ = (Index("search_record_of", "kind", "record_id", unique=True),)

    n: int | None = Field(default=None, sa_column=Column(Number, primary_key=True, autoincrement=True))
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    kind: str = Field(max_length=1)
    record_id: str = Field(max_length=ID_LENGTH)
    text: str = Field(sa_column=Column(Text, nullable=False))


class SearchKey(SQLModel, table=True):
    """That the record of that number is found under the key; the keys follow from its text."""

    __tablename__ = "search_key"
    __table_args__ = {"sqlite_with_rowid": False}

    key: str = Field(sa_column=Column(Key, primary_key=True))
    n: int = Field(sa_column=Column(Number, primary_key=True, autoincrement=False))


DERIVED = frozenset({"search_record", "search_key", "closed_tally", "record_lead"})
"""Tables that are made again from others."""
