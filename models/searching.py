"""Every statement that fills the search, and every one that looks something up in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    exists,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)

from engine.core import search_words
from engine.core.search_words import INITIALS, WHOLE, WITHIN, Sought
from models import search_leading
from models.prepared import Prepared
from models.reading.scope import Scope
from models.reading.unled import aside
from models.records import DOCUMENT, FINDING, INSPECTION, PARTY, table_of
from models.search import SearchRecord
from models.search_leading import KEY, Leading, begins, leading
from models.second_wall import as_house

RECORD = table_of(SearchRecord)
PERSONAL = ("resident_id", "passport", "foreign_permit")
"""Schemes of numbers of persons, which are no keys."""
EXACT, WORDS = 0, 1
"""How well something was found: a whole line of it was typed, or every word is in it."""
BEGINNINGS_MOST = 2_000
"""So many keys of one beginning are looked at; who typed so little is told to type more."""

ITSELF = ("-", "-")
"""Kind and id of the one row in which the search says of itself how far it is filled; it has no keys."""
FILLING = "filling "

Place = tuple[int, int]
"""Where a page ended: how well it was found, and the number of the record."""

_KNOWN = Prepared(
    select(RECORD.c.n, RECORD.c.text).where(
        RECORD.c.kind == bindparam("kind"), RECORD.c.record_id == bindparam("record_id")
    )
)


def known(connection: Connection, kind: str, record_id: str) -> Row[Any] | None:
    """The number and text of the record, where it can be found."""
    return _KNOWN.one(connection, {"kind": kind, "record_id": record_id})


def entered(connection: Connection, office_id: str, kind: str, record_id: str, text: str) -> int:
    """The number of a record that can be found from now on."""
    row = {"office_id": office_id, "kind": kind, "record_id": record_id, "text": text}
    return int(connection.execute(insert(RECORD).values(**row).returning(RECORD.c.n)).scalar_one())


def reworded(connection: Connection, n: int, text: str) -> None:
    """The record has that text."""
    connection.execute(RECORD.update().where(RECORD.c.n == n).values(text=text))


def add_keys(connection: Connection, n: int, keys: Collection[str]) -> None:
    """The record is found under these keys too."""
    if keys:
        source = _EACH[connection.dialect.name]
        connection.execute(
            text(f"INSERT INTO search_key (key, n) SELECT value, :n {source}"), _bound(n, keys)
        )


def drop_keys(connection: Connection, n: int, keys: Collection[str]) -> None:
    """The record is not found under these keys any more."""
    if keys:
        these = f"SELECT value {_EACH[connection.dialect.name]}"
        gone = text(f"DELETE FROM search_key WHERE n = :n AND key IN ({these})")
        connection.execute(gone, _bound(n, keys))


_EACH = {
    "sqlite": "FROM json_each(:keys)",
    "postgresql": "FROM json_array_elements_text(CAST(:keys AS json)) AS value",
}
"""Where many keys come from in one statement; what they are is bound, and only this is said differently."""


def _bound(n: int, keys: Collection[str]) -> dict[str, Any]:
    return {"n": n, "keys": json.dumps(sorted(keys))}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One kind of what is sought, and what leads to it."""

    kind: str
    sought: Sought
    leading: Leading
    office_id: str

    @property
    def initials(self) -> str | None:
        """The initials of names that are looked for rather than words."""
        return self.sought.initials if self.kind == search_words.PARTY else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody sees of findings and inspections, and of which of them also the numbers of persons."""

    records: Scope
    particulars: Scope


@dataclass(frozen=True, slots=True)
class Found:
    """The next records: (rank, n, record_id), whole lines first, then the newest."""

    rows: Sequence[Row[Any]]
    cut: Place | None
    """How far was looked where there are too many to look at for one page and these are all until there."""


def page(connection: Connection, seen: Seen, wanted: Wanted, after: Place | None, limit: int) -> Found:
    """The next records that were found and are seen."""
    first = 0 if after is None else after[0]
    floor = _floor(connection, wanted, after)
    parts = [(EXACT, _exactly(wanted)), (WORDS, _with_words(wanted, floor))]
    if wanted.kind == search_words.PARTY:
        parts.append((EXACT, _by_number_of_a_person(seen.particulars, wanted)))
    pages = [
        _page_of(part, rank, seen.records, wanted.kind, after, limit)
        for rank, part in parts
        if part is not None and rank >= first
    ]
    if not pages:
        return Found([], None)
    found = union_all(*(select(one.subquery()) for one in pages)).subquery()
    asked = select(found).order_by(found.c.rank, found.c.n.desc()).limit(limit)
    rows = connection.execute(asked).all()
    return Found(rows, None if floor is None or len(rows) == limit else (WORDS, floor))


def _floor(connection: Connection, wanted: Wanted, after: Place | None) -> int | None:
    """The oldest record that is looked at for this page, where many lie before it."""
    lead = wanted.leading
    if not lead.many or lead.beginning is not None or wanted.initials is not None:
        return None
    below = after[1] if after is not None and after[0] == WORDS else None
    return search_leading.floor(connection, wanted.kind + lead.pairs[0], below)


def _page_of(
    part: Select[Any], rank: int, seen: Scope, kind: str, after: Place | None, limit: int
) -> Select[Any]:
    n = part.selected_columns.n
    asked = part.add_columns(literal(rank).label("rank")).where(_seen(kind, seen))
    if after is not None and rank == after[0]:
        asked = asked.where(n < after[1])
    return asked.order_by(n.desc()).limit(limit)


def _exactly(wanted: Wanted) -> Select[Any]:
    return _found(KEY.c.key == wanted.kind + WHOLE + wanted.sought.whole)


def _by_number_of_a_person(knows: Scope, wanted: Wanted) -> Select[Any]:
    """The person with that number, for whoever may read it; it stands under no key, and nobody else is told."""
    number = wanted.sought.whole.upper()
    identities = [f"{scheme}::{number}" for scheme in PERSONAL]
    id = PARTY.c.id
    of_theirs = (exists().where(one.c.party_id == id, aside(knows)(one)) for one in (FINDING, INSPECTION))
    joined = PARTY.join(RECORD, (RECORD.c.record_id == id) & (RECORD.c.kind == wanted.kind))
    return (
        select(RECORD.c.n, RECORD.c.record_id)
        .select_from(joined)
        .where(PARTY.c.office_id == wanted.office_id, PARTY.c.identity.in_(identities), or_(*of_theirs))
    )


def _found(condition: ColumnElement[bool]) -> Select[Any]:
    joined = KEY.join(RECORD, RECORD.c.n == KEY.c.n)
    return select(KEY.c.n, RECORD.c.record_id).select_from(joined).where(condition)


def _with_words(wanted: Wanted, floor: int | None) -> Select[Any] | None:
    """Records from the floor on that hold the words or, of parties, whose name has the initials; none of a whole line."""
    kind, sought = wanted.kind, wanted.sought
    whole = select(KEY.c.n).where(KEY.c.key == kind + WHOLE + sought.whole)
    if wanted.initials is not None:
        return _beginning(kind + INITIALS + wanted.initials).where(RECORD.c.n.not_in(whole))
    if wanted.leading.beginning is not None:
        asked = _beginning(kind + wanted.leading.beginning)
    elif wanted.leading.pairs:
        rarest, *others = wanted.leading.pairs
        asked = _found(KEY.c.key == kind + rarest)
        asked = _with_pairs(asked, kind, others)
        asked = asked if floor is None else asked.where(KEY.c.n >= floor)
    else:
        return None
    held = [RECORD.c.text.like(f"%{word}%") for word in sought.words]
    return asked.where(asked.selected_columns.n.not_in(whole), *held)


def _with_pairs(asked: Select[Any], kind: str, pairs: Sequence[str]) -> Select[Any]:
    """Of what a key found, the records that have these keys too.

    Asked so, PostgreSQL looks at no record, whose row policy takes its time, before its keys.
    """
    for pair in pairs:
        other = KEY.alias()
        has = select(true()).where(other.c.key == kind + pair, other.c.n == KEY.c.n)
        asked = asked.where(has.scalar_subquery())
    return asked


def _beginning(first: str) -> Select[Any]:
    """Records with a key that begins so, as far as so many keys are looked at."""
    keys = select(KEY.c.n).where(begins(first))
    several = keys.order_by(KEY.c.key).limit(BEGINNINGS_MOST).subquery()
    return select(RECORD.c.n, RECORD.c.record_id).where(RECORD.c.n.in_(select(several.c.n)))


def _seen(kind: str, seen: Scope) -> ColumnElement[bool]:
    """The record itself is there and seen, as the lists see it."""
    id = RECORD.c.record_id
    if kind == search_words.FINDING:
        return exists().where(FINDING.c.id == id, seen(FINDING))
    if kind == search_words.INSPECTION:
        return exists().where(INSPECTION.c.id == id, seen(INSPECTION))
    if kind == search_words.PARTY:
        return or_(*(exists().where(one.c.party_id == id, aside(seen)(one)) for one in (FINDING, INSPECTION)))
    of_record = (
        exists().where(DOCUMENT.c.id == id, one.c.id == DOCUMENT.c.record_id, seen(one))
        for one in (FINDING, INSPECTION)
    )
    return or_(*of_record)


def findings_that_may_hold(connection: Connection, words: Sequence[str]) -> Iterator[Select[Any]]:
    """Selections of findings, each with all of those that hold these words letter for letter, the narrower first.

    Asked of the search, where it is filled: by letters and digits, longest first, and by the pairs of other characters
    where not even the rarest of them is too common to be walked through.
    """
    within = sorted(
        {run for word in words for run in search_words.surely_within(word)}, key=len, reverse=True
    )
    pairs = tuple(dict.fromkeys(pair for word in words for pair in search_words.surely_kept(word)))
    with as_house(connection):
        row = known(connection, *ITSELF) if within or pairs else None
    if row is None or row.text.startswith(FILLING):
        return
    kind = search_words.FINDING
    found = select(RECORD.c.record_id).join(KEY, KEY.c.n == RECORD.c.n)
    for run in within:
        yield found.where(or_(begins(kind + run), begins(kind + WITHIN + run)))
    led = leading(connection, [kind], Sought((), "", pairs, (), None))[kind]
    if pairs and not led.many:
        rarest, *others = led.pairs
        yield _with_pairs(found.where(KEY.c.key == kind + rarest), kind, others)


def texts_of_findings(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """What the findings say that their lists leave out: intake, record, and `party_detail`."""
    columns: Any = (FINDING.c.id, FINDING.c.intake, FINDING.c.record, PARTY.c.detail.label("party_detail"))
    asked: Any = select(*columns).join(PARTY, PARTY.c.id == FINDING.c.party_id).where(FINDING.c.id.in_(ids))
    return {row.id: row for row in connection.execute(asked)}


def documents_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """The documents without their content; with `finding_id` and `ledger_no`, or with `inspection_id`."""
    names = ("id", "kind", "doc_no", "status", "issued_on")
    joined = DOCUMENT.outerjoin(FINDING, FINDING.c.id == DOCUMENT.c.record_id)
    joined = joined.outerjoin(INSPECTION, INSPECTION.c.id == DOCUMENT.c.record_id)
    asked: Any = select(
        *(DOCUMENT.c[name] for name in names),
        FINDING.c.id.label("finding_id"),
        FINDING.c.ledger_no,
        INSPECTION.c.id.label("inspection_id"),
    ).select_from(joined)
    return {row.id: row for row in connection.execute(asked.where(DOCUMENT.c.id.in_(ids)))}
