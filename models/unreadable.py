"""What was found in the database and cannot be what a column should hold, told apart from a database that does not work."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, StatementError

NO_VALUE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""What reading raises where a value is of no kind that its reader knows: SQLite keeps any value in any column."""
NO_TEXT = ("could not decode", "malformed json")
"""What SQLite says of a text that is none."""


def is_unreadable(fault: Exception) -> bool:
    """True where somebody left what no reader expects; False where the disk, the connection or the statement failed."""
    if isinstance(fault, DataError):  # an instant that no calendar of ours has
        return True
    if isinstance(fault, DBAPIError):
        return any(words in str(fault.orig).lower() for words in NO_TEXT)
    if isinstance(fault, StatementError):
        return isinstance(fault.orig, NO_VALUE)
    return isinstance(fault, NO_VALUE)
