"""What a record can be found by, kept in the transaction that changes the record.

Of a criminal referral nothing is kept, and no number of a person (identity card, passport): who may not read one could
guess it through the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.core.search_words import DOCUMENT, FINDING, INSPECTION, PARTY, keys_of, lines_spelt
from engine.search.initials import initials_of
from models import searching


def public_codes(party: Mapping[str, Any]) -> list[str]:
    """The identifiers of a party that anybody may read who sees the party."""
    return [one["value"] for one in party.get("identifiers", ()) if one["scheme"] not in searching.PERSONAL]


def index_party(connection: Connection, office_id: str, id: str, name: str, party: Mapping[str, Any]) -> None:
    """The party is found by its name, the initials of its name and its codes."""
    _keep(connection, office_id, PARTY, id, [name, *public_codes(party)])


def index_finding(connection: Connection, office_id: str, id: str, search_text: str) -> None:
    """The finding is found by what its list is searched in."""
    _keep(connection, office_id, FINDING, id, search_text.split("\n"))


def index_inspection(
    connection: Connection, office_id: str, id: str, party: str, numbers: Iterable[str | None]
) -> None:
    """The inspection is found by the name of its party and by its numbers: of plan, task and sender."""
    _keep(connection, office_id, INSPECTION, id, [party, *(one for one in numbers if one)])


def index_document(connection: Connection, office_id: str, id: str, doc_no: str) -> None:
    """The document is found by its number."""
    _keep(connection, office_id, DOCUMENT, id, [doc_no])


def _keep(connection: Connection, office_id: str, kind: str, id: str, lines: Iterable[str]) -> None:
    text = lines_spelt("\n".join(lines))
    known = searching.known(connection, kind, id)
    if known is None:
        n, before = searching.entered(connection, office_id, kind, id, text), frozenset[str]()
    elif known.text == text:
        return
    else:
        n, before = known.n, keys_of(kind, known.text, initials_of)
        searching.reworded(connection, n, text)
    after = keys_of(kind, text, initials_of)
    searching.drop_keys(connection, n, before - after)
    searching.add_keys(connection, n, after - before)
