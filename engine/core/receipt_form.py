"""The form of a receipt: one CloudEvent, read strictly, every fault told at once by its pointer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.core.calendar import FIRST_YEAR, LAST_YEAR
from engine.core.envelope import SCHEMAS
from engine.core.refusals import Faults

ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
SOURCE = re.compile(r"/(offices|systems)/[a-z0-9-]{2,60}")
SEQUENCE = re.compile(r"[0-9]{20}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FEN_MAX = 2**53 - 1
TYPE = re.compile(r"bihuan\.(receipt|incoming)\.([a-z_]{1,40})\.v1")
RECEIPT, INCOMING = "receipt", "incoming"
"""What a linked system may send: an answer to what it was sent, or a matter of its own."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object on the wire: its type, its longest text, the codes it may have."""

    name: str
    type: str
    required: bool = True
    length: int = 0
    codes: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None


def optional(name: str, type: str, length: int = 0) -> Member:
    """A member that may be left out."""
    return Member(name, type, required=False, length=length)


PERSON = (
    Member("name", "text", length=100),
    Member("department", "department"),
    optional("title", "text", 100),
    optional("phone", "text", 40),
    optional("certificate_no", "text", 40),
)
INFORMANT = (
    optional("name", "text", 100),
    optional("phone", "text", 40),
    optional("address", "text", 300),
)
"""Who complains or informs; without a name it is somebody who did not give one."""
ATTACHMENT = (
    Member("digest", "pattern", pattern=DIGEST),
    Member("name", "text", length=200),
    Member("media_type", "text", length=100),
    Member("size", "count"),
    optional("title", "text", 200),
    optional("doc_no", "text", 60),
    optional("copies", "count"),
    optional("pages", "count"),
    optional("recorded_at", "instant"),
)
ITEM = (
    Member("name", "text", length=200),
    Member("quantity", "free", length=60),
    optional("unit", "text", 20),
    Member("value_fen", "money_fen", required=False),
    optional("state", "text", 200),
    optional("place", "text", 200),
)
COMMON = (Member("in_reply_to", "id"), optional("by", "person"), optional("remarks", "text", 2000))


def kind_named(event: Any, way: str = RECEIPT) -> str | None:
    """The kind that the event's type names, if it names one that comes in that way."""
    named = event.get("type") if isinstance(event, dict) else None
    found = TYPE.fullmatch(named) if isinstance(named, str) else None
    return found[2] if found and found[1] == way else None


def read_event(
    event: Mapping[str, Any],
    kind: str,
    members: tuple[Member, ...],
    departments: Collection[str],
    way: str = RECEIPT,
) -> None:
    """Returns when the event is one of that kind to the letter; else refuses with every fault.

    `members` are those of its data, of a receipt beside what every receipt may say.
    """
    faults = Faults()
    reading = Reading(faults, departments)
    reading.object(event, "", envelope_members(kind, way))
    if isinstance(event.get("data"), dict):
        reading.object(event["data"], "/data", (*COMMON, *members) if way == RECEIPT else members)
    faults.refuse()


def envelope_members(kind: str, way: str = RECEIPT) -> tuple[Member, ...]:
    """The members of an event of that kind."""
    return (
        Member("specversion", "code", codes=("1.0",)),
        Member("id", "id"),
        Member("source", "pattern", pattern=SOURCE),
        Member("type", "code", codes=(f"bihuan.{way}.{kind}.v1",)),
        Member("subject", "text", length=100),
        Member("time", "instant"),
        Member("datacontenttype", "code", codes=("application/json",)),
        Member("dataschema", "code", codes=(f"{SCHEMAS}/{way}_{kind}.json#/properties/data",)),
        Member("sender", "department"),
        Member("recipient", "department"),
        Member("data", "object"),
        Member("sequence", "pattern", required=False, pattern=SEQUENCE),
        optional("traceparent", "text", 60),
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """Where faults go, and which departments there are."""

    faults: Faults
    departments: Collection[str]

    def object(self, value: Any, pointer: str, members: tuple[Member, ...]) -> None:
        """Every member is read, unknown and missing ones are faults."""
        if not isinstance(value, dict):
            self.faults.add(pointer, "type")
            return
        known = {member.name: member for member in members}
        for name, said in value.items():
            place = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            if name in known:
                _READERS[known[name].type](self, said, place, known[name])
            else:
                self.faults.add(place, "unknown_field")
        for member in members:
            if member.required and member.name not in value:
                self.faults.add(f"{pointer}/{member.name}", "missing")

    def text(self, value: Any, pointer: str, member: Member) -> None:
        """A text of one to so many characters."""
        if value == "":
            self.faults.add(pointer, "missing")
        else:
            self.free(value, pointer, member)

    def free(self, value: Any, pointer: str, member: Member) -> None:
        """A text that may be empty."""
        if not isinstance(value, str):
            self.faults.add(pointer, "type")
        elif len(value) > member.length:
            longest = member.length
            self.faults.add(pointer, "range", f"不超过{longest}字", f"at most {longest} characters")
        elif UNSEEN.search(value):
            self.faults.add(pointer, "format", "含有不可见控制字符", "contains control characters")

    def texts(self, value: Any, pointer: str, member: Member) -> None:
        """A list of texts; a required one is not empty."""
        if not isinstance(value, list):
            self.faults.add(pointer, "type")
            return
        if member.required and not value:
            self.faults.add(pointer, "too_few")
        for index, one in enumerate(value):
            self.text(one, f"{pointer}/{index}", member)

    def items(self, value: Any, pointer: str, member: Member) -> None:
        """A list of things with their number; a required one is not empty."""
        if not isinstance(value, list):
            self.faults.add(pointer, "type")
            return
        if member.required and not value:
            self.faults.add(pointer, "too_few")
        for index, one in enumerate(value):
            self.object(one, f"{pointer}/{index}", ITEM)

    def code(self, value: Any, pointer: str, member: Member) -> None:
        """One of the codes."""
        if not isinstance(value, str):
            self.faults.add(pointer, "type")
        elif value not in member.codes:
            self.faults.add(pointer, "vocabulary")

    def department(self, value: Any, pointer: str, _: Member) -> None:
        """The code of a department."""
        if not isinstance(value, str):
            self.faults.add(pointer, "type")
        elif value not in self.departments:
            self.faults.add(pointer, "vocabulary", "没有这个部门代码", "unknown department code")

    def pattern(self, value: Any, pointer: str, member: Member) -> None:
        """A text of a fixed shape."""
        pattern = member.pattern or ID
        if not isinstance(value, str):
            self.faults.add(pointer, "type")
        elif not pattern.fullmatch(value):
            self.faults.add(pointer, "format")

    def day(self, value: Any, pointer: str, member: Member) -> None:
        """A civil date; null where the type allows it."""
        if value is None and member.type == "date or null":
            return
        self._point(value, pointer, DATE, date.fromisoformat)

    def instant(self, value: Any, pointer: str, _: Member) -> None:
        """An instant with offset."""
        self._point(value, pointer, INSTANT, datetime.fromisoformat)

    def _point(self, value: Any, pointer: str, shape: re.Pattern[str], read: Callable[[str], Any]) -> None:
        if not isinstance(value, str):
            self.faults.add(pointer, "type")
            return
        try:
            if not shape.fullmatch(value):
                raise ValueError(value)
            if not FIRST_YEAR <= read(value).year <= LAST_YEAR:
                raise ValueError(value)
        except ValueError:
            self.faults.add(pointer, "format")

    def boolean(self, value: Any, pointer: str, _: Member) -> None:
        """True or false."""
        if not isinstance(value, bool):
            self.faults.add(pointer, "type")

    def count(self, value: Any, pointer: str, _: Member) -> None:
        """A whole number, not negative."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.faults.add(pointer, "type")
        elif not 0 <= value <= FEN_MAX:
            self.faults.add(pointer, "range")


_READERS: Mapping[str, Callable[[Reading, Any, str, Member], None]] = {
    "text": Reading.text,
    "free": Reading.free,
    "texts": Reading.texts,
    "items": Reading.items,
    "code": Reading.code,
    "department": Reading.department,
    "pattern": Reading.pattern,
    "id": Reading.pattern,
    "date": Reading.day,
    "date or null": Reading.day,
    "instant": Reading.instant,
    "boolean": Reading.boolean,
    "count": Reading.count,
    "money_fen": Reading.count,
    "person": lambda reading, value, pointer, _: reading.object(value, pointer, PERSON),
    "attachment": lambda reading, value, pointer, _: reading.object(value, pointer, ATTACHMENT),
    "informant": lambda reading, value, pointer, _: reading.object(value, pointer, INFORMANT),
    "object": lambda reading, value, pointer, _: (
        None if isinstance(value, dict) else reading.faults.add(pointer, "type")
    ),
}
TYPES = frozenset(_READERS) - {"pattern", "object", "count"}
