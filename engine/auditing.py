"""Checks the audit chains: every entry follows from the one before it, every payload is what was committed to, and the rows
of each record stand as its entries say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from engine.core.audit import (
    GENESIS,
    broken_at,
    erased_by,
    listed,
    payload_of,
    says_what_was_committed,
    utc_text,
)
from engine.core.refusals import Refusal
from engine.edition_shelf import EditionShelf
from engine.paper_digest import paper_digest
from engine.row_faults import memory_faults, party_faults, row_faults
from engine.standing import SALT
from models import archiving, audit_reading, editions, records
from models.at_rest import can_open, is_sealed_text, opened_payload
from models.database import Database
from models.unreadable import is_unreadable

log = logging.getLogger(__name__)
RECORDS, PARTIES = "records", "party"
"""What a fault names that concerns the records as a whole; and, with the id, a party."""


@dataclass(frozen=True, slots=True)
class ChainFault:
    """What does not hold, on which record, from which entry on."""

    record: str
    sequence: int
    zh: str
    en: str
    found: str = ""
    """What stands in its place, so that one fault is told from another; not told."""


@dataclass(slots=True)
class Audited:
    """How many records and entries were read, how many say nothing any more by law, and every fault."""

    records: int = 0
    entries: int = 0
    erased: int = 0
    """Entries of which the payload was lawfully erased: named by an entry of their own record, and gone."""
    faults: list[ChainFault] = field(default_factory=list)
    shut: list[tuple[str, int]] = field(default_factory=list)
    """Record and sequence of payloads of which the key is not here: what they say was not looked at."""
    sealed: int = 0
    """Payloads that were sealed, whether or not they open."""

    @property
    def unopened(self) -> int:
        """Payloads whose chain was followed and that were not looked into."""
        return len(self.shut)

    def answer(self) -> dict[str, Any]:
        """The result as the command line prints it."""
        told = [
            {"record": one.record, "sequence": one.sequence, "zh": one.zh, "en": one.en}
            for one in self.faults
        ]
        counted = {"records": self.records, "entries": self.entries, "lawfully_erased": self.erased}
        if self.unopened:  # with its keys a house has none, whether or not it has a referral
            counted["unopened"] = self.unopened
        return {**counted, "faults": told}


def verify_editions(shelf: EditionShelf) -> Iterator[ChainFault]:
    """Every edition of the rulebook that is not what this house has signed, or whose approval misses the one before."""
    with shelf.database.read() as connection:
        rows = editions.every_edition(connection, shelf.office_id)
    before = None
    for row in rows:
        try:
            shelf.check(row, before)
        except Refusal as refusal:
            zh, _, en = str(refusal.detail).partition(" · ")
            yield ChainFault(row.id, 0, zh, en)
        before = row.approval or before


def verify(database: Database, progress: Callable[[int], None] | None = None) -> Audited:
    """Every chain of the database was followed from its first entry to the head that its record names."""
    with database.read() as connection:
        return verify_within(connection, progress)


def verify_within(connection: Connection, progress: Callable[[int], None] | None = None) -> Audited:
    """The same within a transaction that is open."""
    audited = Audited()
    with unreadable_told(RECORDS, audited.faults):
        _verify_records(connection, audited, progress)
    with unreadable_told(PARTIES, audited.faults):
        audited.faults += [ChainFault(f"{PARTIES}:{id}", 0, *told) for id, *told in party_faults(connection)]
        audited.faults += [ChainFault(id, 0, *told) for id, *told in memory_faults(connection)]
    audited.faults += _key_faults(audited)
    return audited


def _verify_records(connection: Connection, audited: Audited, progress: Callable[[int], None] | None) -> None:
    confidential = audit_reading.confidential_records(connection)
    salt = records.mark_value(connection, SALT) or ""
    for headed in audit_reading.heads(connection):
        audited.records += 1
        with unreadable_told(headed.id, audited.faults):
            rows = _follow(connection, headed, audited, headed.id in confidential)
            told = row_faults(connection, headed.subject, headed.id, rows, salt)
            audited.faults += [ChainFault(headed.id, *one) for one in told]
        if progress is not None:
            progress(audited.records)


def _key_faults(audited: Audited) -> Iterator[ChainFault]:
    """What is sealed with a key that is not here, where the others open: else a changed name of a key would hide a change.

    Where none opens, it is the house that has no key; whoever has it verifies.
    """
    if len(audited.shut) < audited.sealed:
        for record, sequence in audited.shut:
            yield ChainFault(record, sequence, *NO_SUCH_KEY)


def _follow(
    connection: Connection, headed: audit_reading.Headed, audited: Audited, confidential: bool
) -> list[dict[str, Any]]:
    """One chain, to the head and sequence that its record names; only what a confidential record says may be sealed."""
    _, record, head, sequence = headed
    rows = audit_reading.chain_as_kept(connection, record)
    if confidential:
        rows = [_opened(connection, row) for row in rows]
    audited.entries += len(rows)
    audited.faults += _faults(record, head, sequence, rows)
    audited.faults += _paper_faults(connection, record, rows)
    erasures = Erasures(erased_by(rows), archiving.erased_payloads_of(connection, record))
    audited.faults += _payload_faults(record, rows, erasures)
    audited.shut += [(record, row["sequence"]) for row in rows if "shut" in row]
    audited.sealed += sum("sealed" in row for row in rows)
    audited.erased += sum(row["body"] is None and erasures.lawful(row) for row in rows)
    return rows


@contextmanager
def unreadable_told(record: str, faults: list[ChainFault]) -> Iterator[None]:
    """What stands in the database and cannot be read as what it should be is a fault of the record, not the look's end.

    SQLite keeps any value in any column, so whoever edits the file can leave what no reader expects.
    """
    try:
        yield
    except Exception as wrong:
        if not is_unreadable(wrong):
            raise
        # what it says may be personal, and stays out of the journal
        log.error("a record cannot be read", extra={"record": record, "why": type(wrong).__name__})
        faults.append(ChainFault(record, 0, *UNREADABLE, found=type(wrong).__name__))


def _opened(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    """The entry as it was committed to, where it is a referral's and opens.

    Where its key is not here it is `shut`, and its payload is left to whoever has the key, as the papers of a referral
    are: a figure of such entries would tell administrators of referrals. The chain is followed all the same.
    """
    if not is_sealed_text(row["body"]) or row["salt"]:  # beside what is sealed there stands no salt
        return row
    if not can_open(connection, row):
        return {**row, "sealed": True, "shut": True}
    try:
        return {**row, "sealed": True, **opened_payload(connection, row)}
    except Refusal:  # changed, or moved here from another place: not what was committed to
        return row


def _faults(record: str, head: str, sequence: int, rows: list[dict[str, Any]]) -> Iterator[ChainFault]:
    spoken = [
        {**row, "occurred_at": utc_text(row["occurred_at"]), "recorded_at": utc_text(row["recorded_at"])}
        for row in rows
    ]
    at = broken_at(spoken)
    if at is not None:
        yield ChainFault(
            record, at, "审计链在此断开：内容或者次序被改动", "the chain breaks here: changed or moved"
        )
    last = (rows[-1]["hash"], rows[-1]["sequence"]) if rows else (GENESIS, 0)
    if last != (head, sequence):
        yield ChainFault(
            record, last[1], "记录末尾与审计链不符：有条目缺失", "the record's head names another entry"
        )


@dataclass(frozen=True, slots=True)
class Erasures:
    """What was erased of a record, by sequence and commitment: as its own entries say, and as the database keeps it."""

    named: Mapping[int, str]
    kept: Mapping[int, str]

    def lawful(self, row: Mapping[str, Any]) -> bool:
        """True when both name this very entry: without the payload that is no fault."""
        held: str = row["commitment"]
        return self.named.get(row["sequence"]) == held == self.kept.get(row["sequence"])

    def claimed(self, row: Mapping[str, Any]) -> bool:
        """True when either does: then the payload must be gone."""
        return row["commitment"] in (self.named.get(row["sequence"]), self.kept.get(row["sequence"]))


def _payload_faults(record: str, rows: list[dict[str, Any]], erasures: Erasures) -> Iterator[ChainFault]:
    for row in rows:
        if row["body"] is None:
            if not erasures.lawful(row):
                yield ChainFault(record, row["sequence"], *MISSING)
        elif erasures.claimed(row):
            yield ChainFault(record, row["sequence"], *STILL_THERE)
        elif "shut" not in row and not says_what_was_committed(row):
            yield ChainFault(
                record, row["sequence"], "条目内容与承诺值不符", "the payload is not what was committed to"
            )
    for sequence in erasures.kept.keys() - {row["sequence"] for row in rows if erasures.lawful(row)}:
        yield ChainFault(record, sequence, *NO_ENTRY_SAYS_SO)


NO_SUCH_KEY = (
    "条目用这里没有的密钥封存，而其他条目可以打开：内容被改动，或者密钥文件缺了一把，无法核对",
    "sealed with a key that is not here while others open: it was changed, or the key file lacks a key; not verified",
)
UNREADABLE = (
    "数据库中有无法读取的内容：被改动或者损坏",
    "the database holds what cannot be read: changed or damaged",
)
MISSING = (
    "条目的内容缺失，没有依法销毁的记录",
    "the payload of this entry is missing, and no lawful erasure names it",
)
STILL_THERE = (
    "记录为已依法销毁的内容仍然存在",
    "the payload is there although an erasure says that it was destroyed",
)
NO_ENTRY_SAYS_SO = (
    "销毁记录与审计链不符：链上没有这一次销毁",
    "an erasure is on record that no entry of the chain names",
)


def _paper_faults(connection: Connection, record: str, rows: list[dict[str, Any]]) -> Iterator[ChainFault]:
    """Every paper that no longer is what the entry of its step says was issued; erased entries say nothing of theirs."""
    said = {
        one["id"]: (row["sequence"], one["paper"])
        for row in rows
        if row["body"] is not None and '"paper"' in row["body"]
        for one in listed(payload_of(row), "documents")
        if isinstance(one, dict) and isinstance(one.get("id"), str) and "paper" in one
    }
    if not said:
        return
    issued = [row for row in records.documents_of(connection, record) if row.status == "issued"]
    found = {row.id: paper_digest(row._asdict()) for row in issued}
    for id, (sequence, digest) in said.items():
        if found.get(id) != digest:
            zh, en = "已制发的文书被改动或者缺失", "a paper that was issued has been changed or is gone"
            yield ChainFault(record, sequence, zh, en)
