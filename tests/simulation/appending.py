"""One more entry of a record, chained as the house chains it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, update

from engine.chaining import Deed, chain_entry
from engine.core.standing import STANDS, STATED, statement
from engine.standing import read_back
from models.records import ENTRY, PAYLOAD


def append(
    connection: Connection,
    office_id: str,
    salt: str,
    of: tuple[Table, Mapping[str, Any]],
    now: datetime,
    said: tuple[str, Mapping[str, Any]] = ("note", {}),
    *,
    moves_head: bool = True,
) -> None:
    """The record's chain is one entry longer, which states how the record stands."""
    table, head = of
    stands = read_back(connection, table.name, head["id"]) if table.name in STATED else None
    stated = {} if stands is None else stands.stated(salt)
    more = {} if stands is None else {STANDS: statement(stated, stated)}
    sequence = head["sequence"] + 1
    stays = ("finding", said[0], None, head["state"])
    deed = Deed(head["id"], sequence, 1, *stays, "W01", None, now, now, False)
    entry, payload = chain_entry(office_id, head["head"], deed, {"facts": said[1], **more})
    connection.execute(insert(ENTRY).values(entry))
    connection.execute(insert(PAYLOAD).values(payload))
    if moves_head:
        values = {"head": entry["hash"], "sequence": sequence}
        connection.execute(update(table).where(table.c.id == head["id"]).values(values))
