"""Confidential inbound matters say nothing in the database: sealed with their referral's key, else with one of their own."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.refusals import Refusal
from models.at_rest import changed_row, is_sealed_document, kept_said, opened_said

UNOPENED = "（密件，现有密钥打不开）"
"""What a list calls a matter that does not open at this moment."""


def sealed_with(matter: Mapping[str, Any]) -> str | None:
    """The record whose key seals the matter: its referral, of another confidential one itself; None of every other."""
    return matter["referral_id"] or (matter["id"] if matter["confidential"] else None)


def kept_matter(connection: Connection, matter: Mapping[str, Any]) -> Mapping[str, Any]:
    """The new matter as it is kept: of a confidential one what it says and what acts said of it are sealed."""
    record = sealed_with(matter)
    if record is None:
        return matter
    told = {name: matter[name] for name in ("title", "content")}
    content = kept_said(connection, record, _place(matter["id"], "content"), told)
    return {**kept_changes(connection, matter["id"], matter), "title": "", "content": content}


def kept_changes(connection: Connection, id: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What acts change of the matter, as it is kept; what did not open stays as it was."""
    record = sealed_with({"id": id, **values})
    if record is None or is_sealed_document(values["said"]):
        return values
    said = kept_said(connection, record, _place(id, "said"), values["said"])
    return {**values, "said": said}


def kept_person(
    connection: Connection, matter: Mapping[str, Any], person: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Who informs, and the event to the byte, as they are kept."""
    record = sealed_with(matter)
    if record is None:
        return person
    body = None if person["body"] is None else base64.b64encode(person["body"]).decode()
    told = {"particulars": person["particulars"], "body": body}
    kept = kept_said(connection, record, _place(matter["id"], "person"), told)
    return {**person, "particulars": kept, "body": None}


def opened_matter(connection: Connection, row: Row[Any] | None) -> Row[Any] | None:
    """The matter with what it says; raises `not_ready`."""
    if row is None or not row.confidential:
        return row
    return changed_row(row, {**_content(connection, row), **opened_words(connection, row.id, row)})


def opened_matters(connection: Connection, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Matters with what they say; one that does not open at this moment has no title and is closed otherwise."""
    told = []
    for row in rows:
        try:
            told.append(opened_matter(connection, row) or row)
        except Refusal:
            told.append(changed_row(row, {"title": UNOPENED}))
    return told


def opened_words(connection: Connection, id: str, row: Any) -> dict[str, Any]:
    """`said` of the matter of that id; raises `not_ready`."""
    return {"said": opened_said(connection, row.referral_id or id, _place(id, "said"), row.said)}


def opened_person(connection: Connection, row: Any) -> Row[Any] | None:
    """Who informs in a matter, from a row that has the `referral_id` of the matter; raises `not_ready`."""
    if row is None or not is_sealed_document(row.particulars):
        return row  # type: ignore[no-any-return]  # as it came
    record = row.referral_id or row.incoming_id
    told = opened_said(connection, record, _place(row.incoming_id, "person"), row.particulars)
    body = None if told["body"] is None else base64.b64decode(told["body"])
    return changed_row(row, {"particulars": told["particulars"], "body": body})


def _content(connection: Connection, row: Any) -> dict[str, Any]:
    if not is_sealed_document(row.content):
        return {}
    return opened_said(connection, row.referral_id or row.id, _place(row.id, "content"), row.content)


def _place(id: str, part: str) -> tuple[str, ...]:
    return "incoming", id, part
