"""A copy of the ledger to learn with: the same cases and dates, and not one word about a real person.

It holds findings with their inspections, proceedings, deadlines, papers and accounts. Criminal referrals, inbound matters,
letters, reminders, tokens and what administrators did are left out. It is a sandbox for ever, on SQLite.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import yaml
from sqlalchemy import Connection

from engine.core.audit import GENESIS, canonical, chained, commitment, utc_text
from engine.core.commands import CLOCK_LOGIN, IMPORTER_LOGIN
from engine.core.standing import STANDS
from engine.demo.marking import DEMO
from engine.digests import file_digest
from engine.documents import PRESSED_WITH
from engine.identity.passwords import hash_password
from engine.keeping.lines import line_of, rows_of
from engine.keeping.masking import Mask
from engine.parties import identity_of
from engine.sandbox import SANDBOX
from models import audit_reading, keeping
from models.database import Database
from models.migrate import migrate
from rules.charts import CHARTS_FOLDER
from rules.rulebook import ROOT as RULES

MASKED = "masked"
"""The mark of a copy whose words are invented."""
ROOMS = (CHARTS_FOLDER, RULES)
INVENTED_PEOPLE = RULES / "demo"
"""Of what the program ships, the one folder with names of people, though invented ones."""
PAPER_STATES = ("issued", "missing")
EVENTS = (
    "opened",
    "extended",
    "excluded",
    "suspended",
    "resumed",
    "recomputed",
    "settled",
    "lapsed",
    "cancelled",
)
"""What the history of a deadline tells, as the contract's codes name it."""
WORDS_OF_THE_CODE = frozenset({CLOCK_LOGIN, IMPORTER_LOGIN, *PAPER_STATES, *EVENTS})
PLAIN: Mapping[str, frozenset[str]] = {
    "inspection": frozenset({"state", "department"}),
    "finding": frozenset({"state", "department", "owner_role", "domain", "violation", "due_effective"}),
    "proceeding": frozenset({"kind", "state", "target_department"}),
    "deadline": frozenset({"department", "term", "nature", "state", "due_effective"}),
    "document": frozenset({"kind", "status"}),
    "document_series": frozenset({"kind"}),
    "attachment": frozenset({"media_type"}),
    "calendar_notice": frozenset({"calendar", "source", "document_no", "file", "digest"}),
    "calendar_recount": frozenset({"notice"}),
    "user_account": frozenset({"department", "unit", "roles"}),
    "party": frozenset(),
}
"""The tables of a copy, and their columns that hold codes of the program or what the State Council announced."""
LOGINS = frozenset({"handler", "recorded_by", "login", "login_key"})
EVERYWHERE = frozenset({"office_id"})
PAPER = b"%PDF-1.4\n% (masked copy) "


def known_words() -> set[str]:
    """Every text that the program ships: codes, and the words of law and forms."""
    found = set(WORDS_OF_THE_CODE)
    for room in ROOMS:
        for path in room.rglob("*.yaml"):
            if INVENTED_PEOPLE not in path.parents:
                _collect(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader), found)
    return found


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            _collect(name, found)
            _collect(one, found)
    elif isinstance(value, list):
        for one in value:
            _collect(one, found)


class MaskedCopy:
    """Fills a new database from one that is at work."""

    def __init__(self, source: Database, file: Path, password: str) -> None:
        self._source, self._file = source, file
        self._password_hash = hash_password(password)

    def make(self, now: Any, progress: Callable[[int], None] | None = None) -> dict[str, Any]:
        """The file is a sandbox with invented words whose audit chains hold; told is how much it has."""
        target = Database(f"sqlite:///{self._file}")
        migrate(target)
        rows = 0
        with self._source.read() as reading, target.writing() as writing, writing.begin():
            self._mask = self._mask_of(reading)
            heads = self._chains(reading, writing)
            for name in PLAIN:
                for masked in self._table(reading, name, heads):
                    keeping.fill(writing, self._form(name), masked)
                    rows += len(masked)
                    if progress is not None:
                        progress(rows)
            marks = [{"name": name, "value": "for ever", "recorded_at": now} for name in self._marks(reading)]
            keeping.fill(writing, self._form("mark"), marks)
        keeping.into_one_file(target)
        target.dispose()
        return {"file": str(self._file), "rows": rows, "records": len(heads)}

    def _mask_of(self, reading: Connection) -> Mask:
        logins = self._column(reading, "user_account", "login")
        names = self._column(reading, "user_account", "name") | self._column(reading, "party", "name")
        mask = Mask(secrets.token_bytes(32), known_words() - names, logins)
        own = mask.digest_of
        mask.digest_of = lambda value: (
            file_digest(paper(own(value))) if value.startswith("sha256:") else own(value)
        )
        self._own_digest = own
        return mask

    def _column(self, reading: Connection, table: str, column: str) -> set[str]:
        at = [name for name, _ in keeping.table_forms()[table]].index(column)
        return {row[at] for part in self._rows(reading, table) for row in part}

    def _marks(self, reading: Connection) -> Iterator[str]:
        yield from (SANDBOX, MASKED)
        yield from (name for name in (DEMO, "test_clock") if keeping.is_marked(reading, name))

    def _form(self, name: str) -> Any:
        return keeping.table_of(name, keeping.table_forms()[name])

    def _rows(self, reading: Connection, name: str) -> Iterator[Sequence[Sequence[Any]]]:
        yield from keeping.rows(reading, name, keeping.table_forms()[name], keeping.key_of(name))

    def _chains(self, reading: Connection, writing: Connection) -> dict[str, str]:
        """The heads of the copied records, whose entries were chained anew over the invented words."""
        heads = {}
        for _, record, _, _ in audit_reading.heads_of_cases(reading):
            entries, payloads, head = [], [], GENESIS
            for row in audit_reading.chain(reading, record):
                salt = secrets.token_hex(16)
                said = _without_digests(orjson.loads(row.pop("body") or "{}"))
                body = canonical(self._mask.document(said))
                row |= {
                    "by": self._mask.login(row["by"]),
                    "commitment": commitment(salt, body),
                    "previous": head,
                }
                row.pop("salt")
                times = {name: utc_text(row[name]) for name in ("occurred_at", "recorded_at")}
                head = row["hash"] = chained(head, {**row, **times})
                entries.append(row)
                same = {name: row[name] for name in ("record_id", "sequence", "office_id")}
                payloads.append({**same, "salt": salt, "body": body})
            keeping.fill(writing, self._form("entry"), entries)
            keeping.fill(writing, self._form("payload"), payloads)
            heads[record] = head
        return heads

    def _table(
        self, reading: Connection, name: str, heads: Mapping[str, str]
    ) -> Iterator[list[dict[str, Any]]]:
        columns = keeping.table_forms()[name]
        kinds = dict(columns)
        for part in self._rows(reading, name):
            found = rows_of(b"".join(line_of(row, columns) for row in part), columns)
            mine = [row for row in found if self._belongs(name, row, heads)]
            yield [self._row(name, row, kinds, heads) for row in mine]

    def _belongs(self, name: str, row: Mapping[str, Any], heads: Mapping[str, str]) -> bool:
        """False for papers of records that are left out."""
        owner = {"document": "record_id", "attachment": "finding_id"}.get(name)
        return owner is None or row[owner] in heads

    def _row(
        self, name: str, row: dict[str, Any], kinds: Mapping[str, str], heads: Mapping[str, str]
    ) -> dict[str, Any]:
        masked = {
            column: value
            if value is None or column in PLAIN[name] or column in EVERYWHERE
            else self._value(column, value, kinds[column])
            for column, value in row.items()
        }
        if name in ("inspection", "finding"):
            masked["head"] = heads[row["id"]]
        if name == "finding":
            masked["search_text"] = masked["item"].casefold()
        if name == "document":
            masked["content"].pop(PRESSED_WITH, None)  # templates are not copied; the program's own print
        if name == "party":
            masked["identity"] = identity_of(masked["detail"])
        if name == "user_account":
            masked["password_hash"] = self._password_hash
        if name == "attachment":
            content = paper(self._own_digest(row["digest"]))
            masked |= {"content": content, "size": len(content), "digest": file_digest(content)}
        return masked

    def _value(self, column: str, value: Any, kind: str) -> Any:
        if kind == "text":
            told = self._mask.login(value) if column in LOGINS else self._mask.text(value)
            return told.casefold() if column == "login_key" else told
        return self._mask.document(value) if kind == "json" else b"" if kind == "bytes" else value


def _without_digests(body: dict[str, Any]) -> dict[str, Any]:
    """What an entry says without the digests of papers and rows, and what a file is, which become others in the copy."""
    for document in body.get("documents", ()):
        document.pop("paper", None)
    for file in body.get("attachments", ()):
        file.pop("size", None)
        file.pop("media_type", None)
    body.pop(STANDS, None)
    return body


def paper(token: str) -> bytes:
    """What stands in the place of a paper: nobody's, and another one for each."""
    return PAPER + token.encode() + b"\n%%EOF\n"
