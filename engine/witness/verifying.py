"""The whole look: chains, payloads, leaves, heads, and every checkpoint that is kept anywhere or brought along."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from engine.auditing import Audited, ChainFault, verify_within
from engine.witness.guard import Witness
from engine.witness.looking import LOG, Known, Seen, look
from models import log_reading

GIVEN = "given"


def verify_all(
    witness: Witness, given: str | None, progress: Callable[[int], None] | None = None
) -> tuple[Audited, Seen, int]:
    """What does not hold in the whole database; what the log is; and against how many checkpoints it was held.

    `given` is a checkpoint that was kept elsewhere: printed, time-stamped, with another office. It is held against the
    log even where two persons have accepted another state since.
    """
    with witness.database.read() as connection:
        notes = [("database", note) for note in log_reading.checkpoints(connection)]
        known, faults = witness.readable(since_accepted(witness, notes))
        beside, strange = witness.readable(witness.signer.anchors.notes())
        brought, forged = witness.readable([(GIVEN, given)] if given is not None else [])
        held = [*known, *beside, *brought]
        audited, seen = verify_held(
            connection, witness.office_id, held, dated=witness.dated(connection), progress=progress
        )
    audited.faults += [*faults, *strange, *forged]
    return audited, seen, len(held)


def since_accepted(witness: Witness, notes: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """The checkpoints from the last one on with which two persons accepted what was found."""
    known, _ = witness.readable(notes)
    accepted = [one for one in known if one.accepted_digest is not None]
    if not accepted:
        return notes
    return notes[[note for _, note in notes].index(accepted[-1].note) :]


def verify_held(
    connection: Connection,
    office_id: str,
    held: Sequence[Known],
    *,
    dated: bool,
    progress: Callable[[int], None] | None = None,
) -> tuple[Audited, Seen]:
    """What does not hold within the transaction that is open, against these checkpoints."""
    audited = verify_within(connection, progress)
    seen = look(connection, held, dated=dated)
    audited.faults += seen.faults
    for record, sequence in log_reading.ownerless(connection):
        audited.faults.append(ChainFault(record, sequence, *_OWNERLESS))
    for table, count in log_reading.foreign(connection, office_id):
        audited.faults.append(ChainFault(f"{LOG}:{table}", count, *_FOREIGN))
    return audited, seen


_OWNERLESS = (
    "条目没有所属的记录，或者内容没有条目",
    "an entry without its record, or a payload without its entry",
)
_FOREIGN = ("有条目写着别的机关", "rows name another office")
