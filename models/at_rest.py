"""What a criminal referral says stands sealed in the columns of the database: the one door by which it is kept and read.

How something is sealed is not known here, and no key comes into a statement: each connection names who seals and opens
for it. What was written before anything was sealed is plain, and is read as it is.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, Row
from sqlalchemy.engine import result_tuple

from engine.core.refusals import Refusal

OPTION = "seals"
"""The execution option of a connection that names who seals and opens."""
SEALED = "sealed"
"""The only member of a JSON document that is sealed."""
NAMED = ("name", "title", "doc_no")
"""What is said of a paper that was handed in, beside its bytes."""


NOT_ITS_PLACE = (
    "本材料的密文被改动或者不在原处，不能打开：请管理员从备份核对"
    " · the ciphertext was changed or moved and does not open: an administrator compares it with a backup"
)


ATTACHED = "attached"
"""The status of a document that others made."""


class Seals(Protocol):
    """Seals what is said of a referral, bound to its place: a table and the names of a row."""

    def seal(self, referral: str, place: tuple[str, ...], plain: bytes) -> bytes:
        """The bytes as they are kept; raises `not_ready` without a key."""

    def open(self, referral: str, place: tuple[str, ...], kept: bytes) -> bytes:
        """The bytes as they were; raises `not_ready` where the key is not here or they belong elsewhere."""

    def knows(self, kept: bytes) -> bool:
        """True where the key is here that they were sealed with."""


class NoSeals:
    """For a database that is opened without keys, to be copied: nothing is sealed and nothing opened."""

    def seal(self, referral: str, place: tuple[str, ...], plain: bytes) -> bytes:
        """Refused."""
        raise Refusal("not_ready")

    def open(self, referral: str, place: tuple[str, ...], kept: bytes) -> bytes:
        """Refused."""
        raise Refusal("not_ready")

    def knows(self, kept: bytes) -> bool:
        """No key is here."""
        return False


def is_sealed_document(kept: Mapping[str, Any]) -> bool:
    """True for a JSON document of which nothing is plain."""
    return set(kept) == {SEALED}


# --- what entries say


def kept_payload(connection: Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of a referral's entry as it is kept: body and salt sealed together.

    With its salt beside it, a commitment would tell whether a guess of what was said is right.
    """
    said = orjson.dumps([row["salt"], row["body"]])
    kept = _seals(connection).seal(row["record_id"], _of_entry(row["sequence"]), said)
    return {**row, "salt": "", "body": base64.b64encode(kept).decode()}


def is_sealed_text(body: str | None) -> bool:
    """True for the body of a payload that is sealed; any other is a JSON object."""
    return body is not None and body[:1] != "{"


def opened_payload(connection: Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    """`salt` and `body` of an entry, each as it was committed to; raises `not_ready`."""
    salt, body = _opened(connection, row["record_id"], _of_entry(row["sequence"]), row["body"])
    return {"salt": salt, "body": body}


def can_open(connection: Connection, row: Mapping[str, Any]) -> bool:
    """True where the key is here with which the payload of an entry was sealed, if it was."""
    try:
        return _seals(connection).knows(_raw(row["body"]))
    except ValueError:
        return True


def _raw(text: str) -> bytes:
    """The bytes that were written so; ValueError for any other spelling of them, which nobody here wrote."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("the last letter stands for bits that no byte has")
    return raw


def opened_entries(connection: Connection, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Entries with what they say; one of a referral is opened, raises `not_ready`."""
    return [
        changed_row(row, opened_payload(connection, row._asdict())) if is_sealed_text(row.body) else row
        for row in rows
    ]


# --- what a referral remembers


def kept_record(connection: Connection, id: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """What the referral remembers, as it is kept."""
    return kept_said(connection, id, ("referral",), record)


def record_of(connection: Connection, row: Any) -> dict[str, Any]:
    """What the referral of that row remembers; raises `not_ready`."""
    return opened_said(connection, row.id, ("referral",), row.record)


def record_if_open(connection: Connection, row: Any) -> dict[str, Any] | None:
    """The same; None where it does not open at this moment, for what must go on all the same."""
    try:
        return record_of(connection, row)
    except Refusal:
        return None


# --- why its deadlines moved


def kept_history(
    connection: Connection, referral: str, deadline: str, history: Sequence[Any]
) -> list[dict[str, Any]]:
    """What happened to a deadline of the referral, as it is kept: one sealed member of the list."""
    said = {"history": list(history)}
    return [kept_said(connection, referral, _of_deadline(deadline), said)]


def opened_histories(
    connection: Connection, rows: Iterable[Row[Any]], *, whole: bool = False
) -> list[Row[Any]]:
    """Deadlines of referrals with what happened to them; raises `not_ready` where it must be the whole of it.

    Otherwise what does not open at this moment stays sealed among the rest, so that a deadline can be counted on: clocks
    of the law run whether or not the key is here.
    """
    return [changed_row(row, {"history": _history(connection, row, row.history, whole)}) for row in rows]


def told_history(history: Sequence[Any]) -> list[Any]:
    """What of it can be told: all that is opened."""
    return [one for one in history if not is_sealed_document(one)]


def _history(connection: Connection, row: Any, kept: Sequence[Any], whole: bool) -> list[Any]:
    told: list[Any] = []
    for one in kept:
        if not is_sealed_document(one):
            told.append(one)
            continue
        try:
            said = opened_said(connection, row.referral_id, _of_deadline(row.id), one)["history"]
        except Refusal:
            if whole:
                raise
            told.append(one)
        else:
            told += _history(connection, row, said, whole)
    return told


# --- what papers are called


def kept_paper(connection: Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    """A paper handed in on a referral, with what it is called sealed; its bytes are sealed by whoever has them."""
    said = orjson.dumps({name: row[name] for name in NAMED})
    told = _seals(connection).seal(row["finding_id"], _of_paper(row["digest"]), said)
    return {**row, "name": "", "title": None, "doc_no": None, "told": told}


def opened_papers(connection: Connection, rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Papers with what they are called; one of a referral is opened, raises `not_ready`."""
    return [row if row.told is None else changed_row(row, _named(connection, row)) for row in rows]


def _named(connection: Connection, row: Any) -> dict[str, Any]:
    kept = _seals(connection).open(row.finding_id, _of_paper(row.digest), bytes(row.told))
    return {**orjson.loads(kept), "told": None}


def kept_document(connection: Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    """A document that others made and that came on a referral, with the number they gave it sealed as its content."""
    said = {"doc_no": row["doc_no"]}
    content = kept_said(connection, row["record_id"], _of_number(row["id"]), said)
    return {**row, "doc_no": None, "content": content}


def opened_documents(connection: Connection, rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Documents with their numbers; those of others on a referral are opened, raises `not_ready`."""
    return [
        changed_row(row, opened_said(connection, row.record_id, _of_number(row.id), row.content))
        if row.status == ATTACHED and row.content
        else row
        for row in rows
    ]


# --- files of jobs


def kept_piece(connection: Connection, job: str, side: str, ordinal: int, content: bytes) -> bytes:
    """A piece of the file of a job as it is kept, with a key of the job's own: it may tell of referrals, or of nobody."""
    return _seals(connection).seal(job, _of_piece(side, ordinal), content)


def opened_piece(connection: Connection, job: str, side: str, ordinal: int, kept: bytes) -> bytes:
    """The piece of the file; raises `not_ready`."""
    return _seals(connection).open(job, _of_piece(side, ordinal), kept)


# --- how


_NONE = NoSeals()


def kept_said(
    connection: Connection, referral: str, place: tuple[str, ...], said: Mapping[str, Any]
) -> dict[str, Any]:
    """A JSON document of the referral as it is kept in that place."""
    kept = _seals(connection).seal(referral, place, orjson.dumps(said))
    return {SEALED: base64.b64encode(kept).decode()}


def opened_said(
    connection: Connection, referral: str, place: tuple[str, ...], kept: Mapping[str, Any]
) -> dict[str, Any]:
    """The document again; one that was never sealed as it is. Raises `not_ready`."""
    if not is_sealed_document(kept):
        return dict(kept)
    return dict(_opened(connection, referral, place, kept[SEALED]))


def _opened(connection: Connection, referral: str, place: tuple[str, ...], kept: str) -> Any:
    try:
        return orjson.loads(_seals(connection).open(referral, place, _raw(kept)))
    except ValueError as fault:  # what stands there was never sealed
        raise Refusal("not_ready", detail=NOT_ITS_PLACE) from fault


def _seals(connection: Connection) -> Seals:
    seals: Seals = connection.get_execution_options().get(OPTION, _NONE)
    return seals


def _of_entry(sequence: int) -> tuple[str, ...]:
    return "payload", str(sequence)


def _of_deadline(id: str) -> tuple[str, ...]:
    return "deadline", id


def _of_number(document: str) -> tuple[str, ...]:
    return "number", document


def _of_piece(side: str, ordinal: int) -> tuple[str, ...]:
    return "job", side, str(ordinal)


def _of_paper(digest: str) -> tuple[str, ...]:
    return "paper", digest


def changed_row(row: Row[Any], values: Mapping[str, Any]) -> Row[Any]:
    """The row with other values in columns that it has."""
    names = row._fields
    told: Row[Any] = result_tuple(names)([values.get(name, getattr(row, name)) for name in names])
    return told
