"""A file (卷宗) as one PDF: cover, index, every paper in the order of the steps, and what lies beside.

That of a finding holds what its reader is shown on the finding's own page and nothing of a criminal referral, whoever
asks; that of a criminal referral is a file of its own, for whoever is on its list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.documents import DocumentPress, DocumentUnknown
from engine.documents.binding import Leafed, Measured, bind
from engine.documents.press import paper_of
from engine.documents.wording import long_date
from engine.projections.asked import Query
from engine.reader import Reader
from engine.referral_reader import Printable, ReferralReader
from rules.offices import Office

if TYPE_CHECKING:
    from engine.house import House

COVER, INDEX, NOTE = "file_cover", "file_index", "file_note"
RESULTS = (
    "rectification_notice",
    "special_equipment_order",
    "transfer_letter",
    "copy_notice_letter",
    "penalty_decision",
    "summary_decision",
    "no_penalty_decision",
    "listing_decision",
    "criminal_referral_letter",
)
"""The papers that say what came of it, where they have a number."""
NAMING = ("filing_approval", "summary_decision", "rectification_notice", "special_team_form")
"""The papers that say who handles the case."""
WHOLE = "whole_file"
"""The part of a referral that is noted as read."""
PAGE = 200
ENCLOSED_BYTES_MAX = 100 * 1024 * 1024
"""Attachments beyond are listed and lie beside."""
BESIDE = "另附"


@dataclass(slots=True)
class Piece:
    """One entry of the index with what is bound for it."""

    title: str
    doc_no: str | None
    author: str
    on: date
    leafed: Leafed


@dataclass(slots=True)
class Contents:
    """What a record holds at one sequence, in order, and what the cover says of it."""

    finding: Mapping[str, Any]
    pieces: list[Piece] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    dated: date = date.min


class Holds(Protocol):
    """Where the papers of one kind of record are read, each asking who may."""

    def finding(self, who: Principal, id: str) -> Mapping[str, Any]:
        """`ledger_no, party, item, department` of the finding, `sequence` and `attachments` of the record."""

    def timeline(self, who: Principal, id: str, query: Query) -> Mapping[str, Any]:
        """A page of what happened to the record."""

    def document(self, who: Principal, id: str, doc: str) -> Any:
        """A document that the house issued on it: `kind, content, issued_on, doc_no`."""

    def attachment(self, who: Principal, id: str, digest: str) -> tuple[bytes, str, str]:
        """Bytes, name and media type of a paper that was handed in."""


@dataclass(frozen=True, slots=True)
class ReferralPapers:
    """The papers of a criminal referral, for whoever is on its list: that the whole was read is noted once."""

    reader: Reader

    def finding(self, who: Principal, id: str) -> Mapping[str, Any]:
        """Of the referral, with what it is about; raises `not_found`."""
        shown = self._quiet.referral(who, id)
        about = self.reader.finding(who, shown["finding"])
        self.reader.referrals.note(who, id, WHOLE)
        named = {name: about[name] for name in ("ledger_no", "party", "item")}
        return {**named, **{name: shown[name] for name in ("department", "sequence", "attachments")}}

    def timeline(self, who: Principal, id: str, query: Query) -> Mapping[str, Any]:
        """A page of what happened to the referral; raises `not_found`."""
        return self._quiet.timeline(who, id, query)

    def document(self, who: Principal, id: str, doc: str) -> Printable:
        """A document that the house issued on it; raises `not_found`."""
        return self._quiet.document(who, id, doc)

    def attachment(self, who: Principal, id: str, digest: str) -> tuple[bytes, str, str]:
        """A paper that was handed in; raises `not_found`."""
        return self._quiet.attachment(who, id, digest)

    @property
    def _quiet(self) -> ReferralReader:
        return replace(self.reader.referrals, noting=False)


def of_findings(house: House) -> Dossiers:
    """The files of findings."""
    return Dossiers(house.reader, house.press, house.office, "卷宗")


def of_referrals(house: House) -> Dossiers:
    """The files of criminal referrals, which are bound in memory alone."""
    return Dossiers(ReferralPapers(house.reader), house.press, house.office, "移送卷宗", in_memory=True)


@dataclass(frozen=True, slots=True)
class Dossiers:
    """Binds files for whoever may see the record."""

    reader: Holds
    press: DocumentPress
    office: Office
    called: str
    in_memory: bool = False

    def bound(self, who: Principal, id: str) -> tuple[str, bytes]:
        """Name and bytes, the same for the same sequence of the record and the same reader.

        Raises `not_found` for what is hidden or unknown, `not_ready` where others wait or it cannot be done in time.
        """
        contents = self._contents(who, id)
        title = f"{contents.finding['ledger_no'] or contents.finding['item']}　{self.called}"
        parts = [one.leafed for one in contents.pieces]
        covers = partial(self._covers, contents)
        author = self._organisation(contents.finding)
        made = bind(
            self.press.typesetter,
            parts,
            covers,
            title=title,
            author=author,
            dated=contents.dated,
            in_memory=self.in_memory,
        )
        return f"{title}.pdf", made

    def _contents(self, who: Principal, id: str) -> Contents:
        finding = self.reader.finding(who, id)
        contents = Contents(finding)
        attached = sorted(finding["attachments"], key=lambda one: (one["recorded_at"], one["digest"]))
        room = ENCLOSED_BYTES_MAX
        for entry in self._entries(who, id, finding["sequence"]):
            recorded = datetime.fromisoformat(entry["recorded_at"])
            while attached and datetime.fromisoformat(attached[0]["recorded_at"]) < recorded:
                room = self._attach(who, id, contents, attached.pop(0), room)
            contents.dated = civil_date(recorded)
            self._say(contents.said, entry)
            for document in entry["documents"]:
                self._take(who, id, contents, document)
        for one in attached:
            room = self._attach(who, id, contents, one, room)
        return contents

    def _entries(self, who: Principal, id: str, until: int) -> Iterator[Mapping[str, Any]]:
        after: int | None = 0
        while after is not None:
            page = self.reader.timeline(who, id, {"after": [str(after)], "limit": [str(PAGE)]})
            yield from (one for one in page["items"] if one["sequence"] <= until)
            after = page["next"]

    @staticmethod
    def _say(said: dict[str, Any], entry: Mapping[str, Any]) -> None:
        """What the cover prints of the step."""
        on = civil_date(datetime.fromisoformat(entry["occurred_at"])).isoformat()
        if entry["trigger"] == "approve_filing":
            said["filed_on"] = on
        if entry["trigger"] == "approve_close" and entry["chart"] == "finding":
            said["closed_on"] = on
        if entry["facts"].get("archive_no"):
            said["archive_no"] = entry["facts"]["archive_no"]

    def _take(self, who: Principal, id: str, contents: Contents, document: Mapping[str, Any]) -> None:
        """A paper of the house is bound; of others, that one was not attached is told."""
        if document["status"] == "missing":
            contents.missing.append(document["title"])
        if document["status"] != "issued":
            return
        row = self.reader.document(who, id, document["id"])
        try:
            template = self.press.template_of(row.kind, row.content)
        except DocumentUnknown:
            contents.missing.append(document["title"])
            return
        paper = paper_of(template, row.content, row.issued_on)
        leafed = Leafed(paper, template, row.issued_on)
        organisation = self._organisation(contents.finding)
        contents.pieces.append(Piece(paper.title, row.doc_no, organisation, row.issued_on, leafed))
        if row.kind in RESULTS and row.doc_no:
            told = f"{document['title']}（{row.doc_no}）"
            results = contents.said.setdefault("results", [])
            results += [told] if told not in results else []
        if row.kind == "filing_approval" and row.doc_no:
            contents.said["case_no"] = row.doc_no
        stated = row.content.get("step", {}).get("facts", {})
        officers = stated.get("officers") or stated.get("team")
        if officers and row.kind in NAMING:
            contents.said["officers"] = [one["name"] for one in officers if isinstance(one, Mapping)]

    def _attach(
        self, who: Principal, id: str, contents: Contents, attached: Mapping[str, Any], room: int
    ) -> int:
        """The attachment is bound where it can be and there is room; told is the room that is left."""
        size = attached["size"]
        fetch = partial(self._bytes, who, id, attached["digest"]) if size <= room else None
        media_type = attached["media_type"] if fetch else ""
        on = civil_date(datetime.fromisoformat(attached["recorded_at"]))
        title = attached.get("title") or attached["name"]
        piece = Piece(title, attached.get("doc_no"), "", on, Leafed(media_type=media_type, content=fetch))
        contents.pieces.append(piece)
        return room - size if piece.leafed.can_be_bound else room

    def _bytes(self, who: Principal, id: str, digest: str) -> bytes:
        return self.reader.attachment(who, id, digest)[0]

    def _organisation(self, finding: Mapping[str, Any]) -> str:
        return self.office.departments[finding["department"]].zh

    def _covers(self, contents: Contents, measured: Measured) -> tuple[list[Leafed], list[Leafed]]:
        rows = [_row(one, measured.leaves.get(place)) for place, one in enumerate(contents.pieces)]
        finding = contents.finding
        told = {
            "organisation": self._organisation(finding),
            "ledger_no": finding["ledger_no"],
            "party": finding["party"],
            "finding": {"item": finding["item"]},
            "file": {
                **contents.said,
                "count": sum(one["remark"] != BESIDE for one in rows),
                "leaves": measured.total,
                "entries": rows,
                "beside": [one["title"] for one in rows if one["remark"] == BESIDE],
                "missing": contents.missing,
            },
        }
        return self._sheets((COVER, INDEX), told, contents.dated), self._sheets((NOTE,), told, contents.dated)

    def _sheets(self, kinds: Sequence[str], told: Mapping[str, Any], dated: date) -> list[Leafed]:
        found = [self.press.in_force(kind) for kind in kinds]
        return [Leafed(paper_of(one, told, dated), one, dated) for one in found]


def _row(piece: Piece, leaves: tuple[int, int] | None) -> dict[str, Any]:
    """The line of the index; 另附 where the piece is not among the leaves."""
    first, number = leaves or (0, 0)
    return {
        "doc_no": piece.doc_no or "—",
        "author": piece.author or "—",
        "title": piece.title,
        "on": long_date(piece.on),
        "leaves": str(first) if number == 1 else f"{first}-{first + number - 1}" if leaves else "—",
        "remark": "" if leaves else BESIDE,
    }
