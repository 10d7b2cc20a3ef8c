"""The whole look: chains, payloads, leaves, heads, and every checkpoint that is kept anywhere or brought along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from engine.auditing import Audited, ChainFault, unreadable_told, verify_within
from engine.witness.guard import Witness
from engine.witness.hand_overs import caught_up
from engine.witness.looking import LOG, Seen, look
from models import log_reading

GIVEN = "given"


def verify_all(
    witness: Witness, given: str | None, progress: Callable[[int], None] | None = None
) -> tuple[Audited, Seen, int]:
    """What does not hold in the whole database; what the log is; and against how many checkpoints it was held.

    `given` is a checkpoint that was kept elsewhere: printed, time-stamped, with another office. It is held against the
    log even where two persons have accepted another state since.
    """
    caught_up(witness.database, witness.signer)
    beside = witness.signer.anchors.notes()  # before the database, which knows each of them
    with witness.database.read() as connection:
        dated = witness.dated(connection)
        return verify_whole(witness, connection, given, beside, dated=dated, progress=progress)


def verify_whole(
    witness: Witness,
    connection: Connection,
    given: str | None,
    beside: Sequence[tuple[str, str]],
    *,
    dated: bool,
    progress: Callable[[int], None] | None = None,
) -> tuple[Audited, Seen, int]:
    """The same within a transaction that is open; `beside` are the checkpoints out of the database's reach."""
    rows: Sequence[Row[Any]] = ()
    unread: list[ChainFault] = []
    with unreadable_told(LOG, unread):
        rows = log_reading.checkpoints(connection)
    notes = since_accepted(witness, [("database", str(row.note)) for row in rows])
    known, faults = witness.signer.readable([*notes, *beside])
    brought, forged = witness.signer.readable([(GIVEN, given)] if given is not None else [])
    held = [*known, *brought]
    audited = verify_within(connection, progress)
    seen = look(connection, held, dated=dated)
    audited.faults += [*unread, *faults, *forged, *seen.faults]
    signed_at = {one.note: one.at for one in known}
    audited.faults += [
        ChainFault(LOG, 0, *_MISLABELLED, found=row.id)
        for row in rows
        if row.id != log_reading.id_of(str(row.note))
        or signed_at.get(row.note, row.signed_at) != row.signed_at
    ]
    audited.faults += [
        ChainFault(LOG, 0, *_UNKNOWN_WITHIN, found=name)
        for name, note in beside
        if note not in {row.note for row in rows}
    ]
    with unreadable_told(LOG, audited.faults):
        audited.faults += [ChainFault(*place, *_OWNERLESS) for place in log_reading.ownerless(connection)]
        for table, count in log_reading.foreign(connection, witness.office_id):
            audited.faults.append(ChainFault(f"{LOG}:{table}", count, *_FOREIGN))
    return audited, seen, len(held)


def since_accepted(witness: Witness, notes: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """The checkpoints from the last one on with which two persons accepted what was found."""
    known, _ = witness.signer.readable(notes)
    accepted = [one for one in known if one.accepted_digest is not None]
    if not accepted:
        return notes
    return notes[[note for _, note in notes].index(accepted[-1].note) :]


_MISLABELLED = ("数据库中的检查点标注有误", "a checkpoint in the database is labelled wrongly")
_UNKNOWN_WITHIN = (
    "数据库中缺少一个已签名的检查点",
    "a checkpoint that was signed is missing in the database",
)
_OWNERLESS = (
    "条目没有所属的记录，或者内容没有条目",
    "an entry without its record, or a payload without its entry",
)
_FOREIGN = ("有条目写着别的机关", "rows name another office")
