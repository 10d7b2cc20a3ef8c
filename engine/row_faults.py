"""Rows that do not stand as entries say: the case itself, papers handed in with it, its party (decision 0045)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from engine.core.audit import ERASED, listed, payload_of, says_what_was_committed
from engine.core.snapshot import SUSPICION_ON_RECORD
from engine.core.standing import BEFORE, CASE, DEADLINES, PROCEEDINGS, STANDS, Statement, differing
from engine.digests import file_digest
from engine.parties import ERASED_IDENTITY, identity_of
from engine.standing import SUBJECTS, read_back
from models import audit_reading
from models.at_rest import NAMED

Told = tuple[int, str, str]
"""At which entry, and the sentence in Chinese and in English."""
ATTACHMENTS, PAPERS = "attachments", "papers"
_TELLING = (STANDS, ATTACHMENTS, PAPERS)
"""Members by which the text of a payload is told from one that says nothing of rows."""


def row_faults(
    connection: Connection, subject: str, id: str, entries: Sequence[Mapping[str, Any]], salt: str
) -> Iterator[Told]:
    """Whatever of the record does not stand as its entries say; these have salt and body."""
    if subject not in SUBJECTS:
        return
    if not entries:
        yield 0, *NO_ENTRY
        return
    said = [_payload(entry) for entry in entries]
    each = list(zip(entries, said, strict=True))
    stating = [(entry["sequence"], _stated(one), one is not None) for entry, one in each]
    if any(stated is not None for _, stated, _ in stating):
        now = read_back(connection, subject, id)
        assert now is not None, "its head was just read"
        for sequence, what in differing(stating, now.stated(salt)):
            yield sequence, *_TOLD[what]
    if subject != "inspection":
        erased = {paper for entry, one in each if entry["trigger"] == ERASED for paper in _erased_papers(one)}
        yield from _attachment_faults(connection, id, said, None if subject == "referral" else erased)


def party_faults(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """(party, Chinese, English) of each that no inspection of its own says so.

    A party says what the inspection said that came in last; one that has none any more is compared with nothing, and where
    one was lawfully erased its name and identity with its own particulars alone.
    """
    for id, rows in groupby(audit_reading.parties_as_said(connection), key=lambda row: row.id):
        (party, *_) = inspected = list(rows)
        if party.said is None:
            continue
        said = any(row.said == party.detail or row.erased for row in inspected)
        own = party.identity in (identity_of(party.detail), ERASED_IDENTITY + id)
        if not (said and own and party.name == party.detail["name"]):
            yield id, *PARTY


def memory_faults(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """(finding, Chinese, English) of each that has forgotten the crime suspected in it, which no entry of its own may state.

    The sentence is that of any other finding that was changed (law 9).
    """
    for id, record in audit_reading.memories_beside_referrals(connection):
        if record.get("registers", {}).get(SUSPICION_ON_RECORD) is not True:
            yield id, *_TOLD[CASE]


def _payload(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the entry says, None where it cannot be read; an empty one where it says nothing of rows."""
    body = entry["body"]
    if "shut" in entry or not says_what_was_committed(entry):
        return None
    return payload_of(entry) if any(f'"{name}"' in body for name in _TELLING) else {}


def _stated(said: Mapping[str, Any] | None) -> Statement | None:
    stated = (said or {}).get(STANDS)
    return stated if isinstance(stated, dict) else None


def _erased_papers(said: Mapping[str, Any] | None) -> list[Any]:
    facts = (said or {}).get("facts")
    return listed(facts, PAPERS) if isinstance(facts, dict) else []


def _attachment_faults(
    connection: Connection, id: str, said: Sequence[Mapping[str, Any] | None], erased: Collection[str] | None
) -> Iterator[Told]:
    """Papers that an entry says were handed in and that are not there as they were, and papers of which none says so.

    `erased` are the digests of those that were lawfully erased; None for a referral, whose papers are sealed and bound to
    their digest: whoever opens one learns whether it is it.
    """
    hidden, gone = (NAMED, frozenset[str]()) if erased is None else ((), frozenset(erased))
    named = {paper["digest"]: paper for paper in _papers(said)}
    for row in audit_reading.attachments_as_kept(connection, id):
        digest, content = row["digest"], bytes(row["content"])
        told = named.pop(digest, None)
        is_it = erased is None or digest == file_digest(content)
        if digest in gone:
            if content and not is_it:
                yield len(said), *OTHER_PAPER
            continue
        if told is None and None not in said:
            yield len(said), *UNSAID_PAPER
        if not is_it or any(row[name] != it for name, it in (told or {}).items() if name not in hidden):
            yield len(said), *OTHER_PAPER
    if named:
        yield len(said), *NO_PAPER


def _papers(said: Iterable[Mapping[str, Any] | None]) -> Iterator[Mapping[str, Any]]:
    for one in said:
        for paper in listed(one or {}, ATTACHMENTS):
            if isinstance(paper, dict) and isinstance(paper.get("digest"), str):
                yield paper


def _not_done_here(zh: str, en: str) -> tuple[str, str]:
    """The sentence, with what to do."""
    return (
        f"{zh}与最后一条登记所载不符：不是在系统中办理的。请查明是谁改了数据库，对照备份改回",
        f"{en} not as the last entry says: this was not done in the house. Find out who changed the database, and put it back "
        "as a backup has it",
    )


_TOLD: Mapping[str, tuple[str, str]] = {
    CASE: _not_done_here(
        "记录本身（状态、登记内容、承办人等）", "the record itself (state, content, handler) is"
    ),
    PROCEEDINGS: _not_done_here("处置程序", "its proceedings are"),
    DEADLINES: _not_done_here("期限", "its deadlines are"),
    BEFORE: (
        "在本条登记之前，记录已被改动，不是在系统中办理的；本条在改动之后作出，请对照备份核实",
        "before this entry the record had been changed, which was not done in the house; this step was taken upon it: compare "
        "it with a backup",
    ),
    STANDS: (
        "最后一条登记没有载明现状，而此前各条均有载明：不是在系统中登记的",
        "the last entry does not state how the record stands, as those before it do: it was not made in the house",
    ),
}
NO_ENTRY = (
    "记录没有任何登记：不是在系统中建立的",
    "the record has no entry at all: it was not made in the house",
)
OTHER_PAPER = ("附件的内容被改动", "a paper that was handed in says something else now")
UNSAID_PAPER = (
    "附件没有提交的登记：不是在系统中提交的",
    "there is a paper of which no entry says that it was handed in",
)
NO_PAPER = ("登记所载的附件缺失", "a paper that an entry says was handed in is gone")
PARTY = (
    "当事人的信息与其各次检查所载均不符：不是在系统中登记的。请查明是谁改了数据库，对照备份改回",
    "the party is not as any inspection of it says: this was not done in the house. Find out who changed the database, and put "
    "it back as a backup has it",
)
