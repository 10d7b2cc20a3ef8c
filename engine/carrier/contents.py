"""What a bundle brings: the messages to the byte, and every paper that they name, as far as the house has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.carrier_codes import CODED_KINDS, code_for, shown
from engine.core.messages import ROUTES
from engine.digests import file_digest
from engine.papers import Papers
from models import records
from models.reading import entries

NAMED = {"digest", "name", "media_type"}
"""An object of a message that has these names a paper."""
ENDING = "bin"
ACCEPTED_BY = ("transfer_letter",)
"""Messages that the receiver may accept by code as well as sign for."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Members by name, and the messages as the manifest lists them."""

    members: dict[str, bytes]
    messages: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Filling:
    """Finds the bytes of what messages name."""

    papers: Papers

    def of(self, connection: Connection, rows: Sequence[Row[Any]], secret: bytes) -> Contents:
        """The contents of a bundle that brings these messages in this order."""
        members: dict[str, bytes] = {}
        messages = []
        for row in rows:
            event, body = self.papers.vault.said(row), self.papers.vault.body_of(row)
            name = f"messages/{event['sequence']}-{row.id}.json"
            members[name] = body
            papers = [
                self._enclosed(connection, record_of(row), one, members)
                for one in named_papers(event["data"])
            ]
            data = event["data"]
            letter = data.get("letter") or {}
            messages.append(
                {
                    "id": row.id,
                    "sequence": event["sequence"],
                    "kind": row.kind,
                    "title": ROUTES[row.chart_name].title,
                    "subject": event["subject"],
                    "doc_no": letter.get("doc_no") or data.get("doc_no"),
                    "member": name,
                    "sha256": hashlib.sha256(body).hexdigest(),
                    "size": len(body),
                    "papers": papers,
                    "codes": {kind: shown(code_for(secret, row.id, kind)) for kind in coded_kinds(row)},
                }
            )
        return Contents(members, messages)

    def _enclosed(
        self, connection: Connection, record: str, named: Mapping[str, Any], members: dict[str, bytes]
    ) -> dict[str, Any]:
        """The paper as the manifest lists it; its bytes are among the members where the house has them."""
        told = {name: named.get(name) for name in ("digest", "name", "title", "doc_no")}
        wanted = str(named["digest"]).removeprefix("sha256:")
        content, exact = self._bytes(connection, record, named)
        if content is None:
            return {**told, "member": None, "as_printed": False}
        digest = wanted if exact else hashlib.sha256(content).hexdigest()
        member = f"papers/{digest}.{_ending(str(named['name']))}"
        members[member] = content
        return {**told, "member": member, "as_printed": not exact}

    def _bytes(
        self, connection: Connection, record: str, named: Mapping[str, Any]
    ) -> tuple[bytes | None, bool]:
        """The bytes and whether they have the digest that was named; a letter may be set otherwise by a later program."""
        row = entries.attachment_row(connection, record, named["digest"])
        if row is not None:
            return self.papers.vault.bytes_of(row), True
        last = None
        for document in reversed(self._candidates(connection, record, named)):
            content = self.papers.vault.content_of(document)
            pdf = self.papers.press.pdf(document.kind, content, issued_on=document.issued_on)
            if file_digest(pdf) == named["digest"]:
                return pdf, True
            last = last or pdf
        return last, False

    def _candidates(self, connection: Connection, record: str, named: Mapping[str, Any]) -> list[Row[Any]]:
        titles = self.papers.charts.dictionary["documents"]
        called = {named.get("title"), PurePosixPath(str(named["name"])).stem}
        return [
            row
            for row in records.documents_of(connection, record)
            if row.status == "issued"
            and (row.doc_no == named["doc_no"] if named.get("doc_no") else titles[row.kind]["zh"] in called)
        ]


def record_of(row: Any) -> str:
    """The record whose papers a message names: a referral, a finding, or an inspection."""
    return str(row.finding_id or row.proceeding_id or row.inspection_id)


def coded_kinds(row: Any) -> tuple[str, ...]:
    """The receipts to the message that may come back as a code."""
    return CODED_KINDS if row.chart_name in ACCEPTED_BY else CODED_KINDS[:1]


def named_papers(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every paper that the message names, each once, in the order it names them."""
    seen = set()
    for one in _objects(node):
        if one["digest"] not in seen:
            seen.add(one["digest"])
            yield one


def _objects(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        if set(node) >= NAMED:
            yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)


def _ending(name: str) -> str:
    ending = PurePosixPath(name).suffix.removeprefix(".").lower()
    plain = ending.isascii() and ending.isalnum() and len(ending) <= 5
    return ending if plain else ENDING
