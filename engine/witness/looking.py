"""Looks whether the database is what was signed: leaves and what they commit to, heads, and checkpoints held against them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.auditing import MISSING, STILL_THERE, ChainFault, unreadable_told
from engine.core.audit import canonical
from engine.core.log_leaf import blind
from engine.core.merkle import Frontier, leaf_hash
from engine.core.signed_note import Checkpoint
from engine.witness.warrants import as_recorded, warrant_faults
from models import archiving, log_reading

LOG = "log"
"""What a fault names that concerns no single record."""
AT, ACCEPTED = "at ", "accepted "
SLACK = timedelta(hours=1)
"""A command may be recorded so long after its instant, and still come into the log behind a later checkpoint."""
EVERYTHING = 10**9


@dataclass(frozen=True, slots=True)
class Known:
    """A checkpoint that is held against the log, whose signature held, and where it comes from."""

    checkpoint: Checkpoint
    source: str
    note: str = ""

    @property
    def at(self) -> datetime | None:
        """When it was signed, where it says so."""
        told = [line.removeprefix(AT) for line in self.checkpoint.more if line.startswith(AT)]
        try:
            return datetime.fromisoformat(told[0]) if told else None
        except ValueError:
            return None

    @property
    def accepted_digest(self) -> str | None:
        """The digest of the faults that two persons accepted with it; None where it is an ordinary one."""
        told = [line.split(" ")[-1] for line in self.checkpoint.more if line.startswith(ACCEPTED)]
        return told[0] if told else None


@dataclass(slots=True)
class Seen:
    """What a look found: size and root now, what has no leaf yet, what does not hold."""

    size: int = 0
    root: bytes = b""
    unsequenced: int = 0
    accepted: tuple[datetime, ...] = ()
    """When checkpoints were signed with which two persons accepted a database."""
    taken_at: datetime | None = None
    """When what stood was last taken as it stood, by the house or by two persons; what came before is not compared."""
    standing: list[ChainFault] = field(default_factory=list)
    """Within the database: entries that are not what their leaves commit to."""
    against: list[ChainFault] = field(default_factory=list)
    """Against checkpoints: the log is shorter than was signed, or another one."""
    unreadable: list[ChainFault] = field(default_factory=list)
    """What cannot be read; nothing behind it was looked at, so nobody can accept it."""

    @property
    def faults(self) -> list[ChainFault]:
        """All of them."""
        return [*self.unreadable, *self.against, *self.standing]


def digest_of_faults(faults: Iterable[ChainFault]) -> str:
    """The digest of what does not hold, and of what was found in its place; equal for equal findings."""
    told = sorted([one.record, one.sequence, one.en, one.found] for one in faults)
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def look(
    connection: Connection, known: Sequence[Known], *, dated: bool, accepting: datetime | None = None
) -> Seen:
    """Every leaf was held against what it names, every head against the last entry, the roots against the checkpoints.

    And what stands as plain rows against what the record says of it. `dated` is True where time was always real: then
    nothing may be recorded before a checkpoint that does not hold it. `accepting` is the instant of an acceptance that is
    about to be signed.
    """
    seen = Seen()
    with unreadable_told(LOG, seen.unreadable):
        _look(connection, known, seen, _Floor(known if dated else ()))
        signed = (one.at for one in known if one.accepted_digest is not None)
        seen.accepted = tuple(filter(None, (*signed, accepting)))
        said = as_recorded(connection, seen.accepted)
        seen.taken_at = said.taken_at
        seen.standing += warrant_faults(connection, said)
    return seen


def _look(connection: Connection, known: Sequence[Known], seen: Seen, floor: _Floor) -> None:
    at_size: dict[int, list[Known]] = {}
    for one in known:
        at_size.setdefault(one.checkpoint.size, []).append(one)
    tree = Frontier()
    _hold(seen, at_size.pop(0, ()), tree)
    for leaf in log_reading.leaves(connection):
        if leaf["place"] != tree.size:
            seen.standing.append(_fault(LOG, tree.size, *_MOVED))
            break
        if leaf["digest"] is None or blind(leaf["salt"], leaf["digest"]) != leaf["leaf"]:
            place = leaf["record_id"] or LOG, leaf["sequence"] or leaf["place"]
            seen.standing.append(_fault(*place, *_OTHER, found=str(leaf["digest"])))
        if leaf["recorded_at"] is not None and floor.undercut(tree.size, leaf["recorded_at"]):
            seen.standing.append(_fault(str(leaf["record_id"]), leaf["sequence"] or 0, *_BACKDATED))
        tree.append(_node(leaf["leaf"]))
        _hold(seen, at_size.pop(tree.size, ()), tree)
    seen.size, seen.root = tree.size, tree.root()
    for one in (one for missed in at_size.values() for one in missed):
        seen.against.append(_fault(LOG, one.checkpoint.size, *_shorter(one)))
    _outside(connection, seen, floor)


def _hold(seen: Seen, held: Iterable[Known], tree: Frontier) -> None:
    """The checkpoints of this size name the root of the tree as it is."""
    seen.against += [
        _fault(LOG, one.checkpoint.size, *_another(one)) for one in held if one.checkpoint.root != tree.root()
    ]


def _outside(connection: Connection, seen: Seen, floor: _Floor) -> None:
    """Heads, payloads that are missing or should be, and what has no leaf yet."""
    for record, sequence, there in archiving.unaccounted(connection):
        seen.standing.append(_fault(record, sequence, *(STILL_THERE if there else MISSING)))
    for record, sequence in log_reading.differing_heads(connection):
        seen.standing.append(_fault(record, sequence, *_HEAD))
    for source in log_reading.unsequenced(connection, EVERYTHING):
        seen.unsequenced += 1
        if floor.undercut(seen.size, source["recorded_at"]):
            seen.standing.append(_fault(source["record_id"], source["sequence"], *_BACKDATED))


class _Floor:
    """The instant before which nothing may be recorded that stands behind so many leaves."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._steps = sorted((one.checkpoint.size, one.at) for one in known if one.at is not None)
        self._next = 0
        self._at: datetime | None = None

    def undercut(self, index: int, recorded_at: datetime) -> bool:
        while self._next < len(self._steps) and self._steps[self._next][0] <= index:
            at = self._steps[self._next][1]
            self._at = max(self._at, at) if self._at is not None else at
            self._next += 1
        return self._at is not None and recorded_at < self._at - SLACK


def _node(content: str) -> bytes:
    """The hash of the leaf; one whose content is no hash cannot be what was signed."""
    try:
        return leaf_hash(bytes.fromhex(content))
    except ValueError:
        return leaf_hash(content.encode())


def _fault(record: str, sequence: int, zh: str, en: str, found: str = "") -> ChainFault:
    return ChainFault(record, sequence, zh, en, found)


_MOVED = ("日志的叶缺失或者次序被改动", "leaves of the log are missing or moved")
_OTHER = (
    "条目与日志中的承诺值不符：内容被改动或者缺失",
    "the entry is not what the log commits to: changed or missing",
)
_HEAD = ("记录末尾与审计链不符：有条目缺失或者多出", "the record's head is not its last entry")
_BACKDATED = (
    "条目登记时间早于不含它的检查点：事后插入",
    "recorded before a checkpoint that does not hold it: inserted later",
)


def _shorter(one: Known) -> tuple[str, str]:
    return (
        f"日志短于检查点（{one.source}，{one.checkpoint.size} 叶）：数据库被换成旧的或者被截短",
        f"the log is shorter than the checkpoint {one.source} with {one.checkpoint.size} leaves: "
        "an old copy, or its tail was cut",
    )


def _another(one: Known) -> tuple[str, str]:
    return (
        f"日志与检查点（{one.source}，{one.checkpoint.size} 叶）不是同一个：历史被改写",
        f"the log is not the one that the checkpoint {one.source} with {one.checkpoint.size} leaves was signed over",
    )
