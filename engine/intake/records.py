"""What reading an export yields: carried records, new records, and faults of rows."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from rules.mapping import intake_words

LONGEST_QUOTE = 60
"""Characters of a cell that a report quotes."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing the report says of one line; `rejected` means that the line was not taken."""

    line: int
    code: str
    zh: str
    en: str
    severity: Literal["rejected", "warning"]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class CarriedFinding:
    """A finding of an old record in its present state, with the proceedings the record shows."""

    line: int
    reference: str
    digest: str
    fields: dict[str, Any]
    present_state: str
    stated_dates: str | None
    unknown_items: str | None
    source_line: int
    proceedings: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class CarriedInspection:
    """An inspection of an old record with those of its findings that may be taken."""

    reference: str
    digest: str
    fields: dict[str, Any]
    present_state: str
    source_line: int
    stated_dates: str | None
    unknown_items: str | None
    findings: tuple[CarriedFinding, ...]


@dataclass(frozen=True, slots=True)
class NewInspection:
    """The body of one new inspection; `lines` are all its rows, `finding_lines` those of findings."""

    reference: str
    digest: str
    body: dict[str, Any]
    lines: tuple[int, ...]
    finding_lines: tuple[int, ...]

    def line_of(self, pointer: str) -> int:
        """Return the line that holds the member at this JSON pointer of the body."""
        parts = pointer.split("/")
        if len(parts) > 2 and parts[1] == "findings" and parts[2].isdecimal():
            place = int(parts[2])
            if place < len(self.finding_lines):
                return self.finding_lines[place]
        return self.lines[0]


class FileRefused(Exception):
    """A file that is not read at all, and why, in both languages."""

    def __init__(self, code: str, **values: object) -> None:
        words = intake_words()[code]
        self.code, self.zh, self.en = code, words.zh.format(**values), words.en.format(**values)
        super().__init__(self.en)


def row_fault(line: int, code: str, field: str | None = None, **values: object) -> RowFault:
    """Return a fault that keeps a row out, in the words of the house."""
    words = intake_words()[code]
    quoted = {name: quote(value) for name, value in values.items()} | {"column": field}
    return RowFault(line, code, words.zh.format(**quoted), words.en.format(**quoted), "rejected", field)


def quote(value: object) -> str:
    """Return a value as a report quotes it: one line, not longer than it need be."""
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def digest_of(content: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a content, in hexadecimal."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
