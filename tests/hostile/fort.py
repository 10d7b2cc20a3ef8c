"""A bureau under attack: everything that must hold of every refusal, and that nothing has changed by it."""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from api.app import create_app
from engine.identity.tokens import issue_token
from engine.journal import JsonLines
from models import account_reading, records
from tests.builders import PARTY, Town, item
from tests.carrier.carried import on_its_way
from tests.engine.test_delegations import lend
from tests.engine.test_reminders import tell
from tests.exchange.linked import Linked
from tests.hostile.archived import held_and_proposed
from tests.hostile.matters import arrived
from tests.hostile.recusals import asked_to_step_back
from tests.hostile.served import order_served
from tests.hostile.sheets import made
from tests.hostile.wire import Answer, Wire, named
from tests.partner import Partner
from tests.rules.trial import edition_of_nothing, run_of_nothing
from tests.schemas import faults

PASSWORD = "原平-2024-Bihuan-geheim"
LEAKS = re.compile(
    rb"Traceback|site-packages|sqlalchemy|psycopg|pysqlite|\.py\b|SELECT |INSERT INTO|UPDATE .+ SET|argon2|whsec_"
)
CAREFUL = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "x-bihuan-clock": "test",
}
UNCOUNTED = {"sign_in": ("seen_at",), "api_token": ("last_used_on",)}
"""What reading alone may change."""
ATTEMPTS = "refused_attempt"
"""Keeps what somebody had no right to: that is no effect of it."""
TAKEN_ALONG = "sheet.export"
"""What a GET leaves in the record: that somebody took the rows of a list along."""


class Journal(logging.Handler):
    """Every line that would be written, as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[int, str]] = []
        self.setFormatter(JsonLines())

    def faults(self) -> list[str]:
        """What was written as an error since the last look."""
        written, self.lines = self.lines, []
        return [line for level, line in written if level >= logging.ERROR]

    def emit(self, record: logging.LogRecord) -> None:
        """The line is kept."""
        self.lines.append((record.levelno, self.format(record)))


@dataclass(frozen=True, slots=True)
class Kept:
    """A database file, the latest instant it holds, and when that was."""

    content: bytes
    last_recorded_at: Any
    moment: tuple[int, int]


@dataclass(slots=True)
class Fort:
    """The application over a town with records of every kind, and ways to ask it."""

    town: Town
    app: Any
    wire: Wire
    linked: Linked
    journal: Journal
    ids: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    partner: Partner | None = None
    keys: Any = field(default_factory=lambda: itertools.count(1))
    kept: Kept | None = None
    swaps: int = 0

    @classmethod
    def open(cls, town: Town, password_hash: str) -> Fort:
        """Everybody can sign in; nothing is recorded yet."""
        for login in town.people:
            change_account(town, login, password_hash=password_hash)
        app = create_app(town.house)
        journal = Journal()
        logging.getLogger().addHandler(journal)
        return cls(town, app, Wire(app), Linked(town, town.house.exchange), journal)

    def close(self) -> None:
        """The journal is no longer read, the house is closed."""
        logging.getLogger().removeHandler(self.journal)
        self.wire.close()
        self.town.close()

    def settle(self) -> None:
        """A finding just found, one on its way to the fire brigade, one hidden; papers, a link, tokens."""
        town = self.town
        self.ids["inspection"] = town.inspect(item(town))
        [self.ids["finding"]] = town.findings_of(self.ids["inspection"])
        self.partner = self.linked.link("yuanping-fire", "fire_rescue")
        self.linked.link("yuanping-tax", "taxation")
        self.ids["sent"], self.ids["transfer"] = self.linked.sent()
        self.ids["message"] = self.linked.messages(self.ids["sent"])[-1].id
        other = {**PARTY, "identifiers": [{"scheme": "unidentified", "value": ""}], "name": "别家"}
        self.ids["hidden_inspection"] = town.inspect(
            item(town, domain="fire", violation="fire_exit_blocked"),
            by="F01",
            department="fire_rescue",
            party=other,
            officers=["F01", "F02"],
        )
        [self.ids["hidden"]] = town.findings_of(self.ids["hidden_inspection"])
        self.ids["deadline"] = town.deadlines(self.ids["finding"])[0].id
        self.ids["hidden_deadline"] = town.deadlines(self.ids["hidden"])[0].id
        self.ids["party"] = str(town.row(self.ids["finding"]).party_id)
        self.ids["run"] = run_of_nothing(town)
        self.ids["edition"] = edition_of_nothing(town, self.ids["run"])
        self.ids["hidden_party"] = str(town.row(self.ids["hidden"]).party_id)
        self.ids["reminder"] = "rung:of-the-fort:red"
        tell(town, self.ids["reminder"], finding_id=self.ids["finding"], role="inspector")
        self.ids["served"] = order_served(town)
        self.ids |= on_its_way(self.linked)
        self.ids["delegation"] = lend(town, "C02", "U01", date(2024, 4, 26), date(2024, 4, 30))
        self.ids |= arrived(self) | asked_to_step_back(self) | held_and_proposed(self) | made(self)
        for name, scope, hours in (("read", "read", 9), ("write", "write", 9), ("expired", "write", -1)):
            self.tokens[name] = self._token("W01", scope, hours)
        for login in town.people:
            self.sign_in(login)
        change_account(town, "X01", disabled=True)
        with town.house.database.read() as connection:
            self.ids["document"] = records.documents_of(connection, self.ids["sent"], "transfer_letter")[0].id

    def _token(self, login: str, scope: str, hours: int) -> str:
        house = self.town.house
        now = house.clock.now()
        asked = {"login": login, "scope": scope, "expires": (now + timedelta(hours=hours)).isoformat()}
        told = house.writer.submit(lambda connection: issue_token(connection, house.office, asked, now))
        return str(told["token"])

    def sign_in(self, login: str) -> dict[str, str]:
        """The cookies of that person, who signs in on first use."""
        if login not in self.cookies:
            body = json.dumps({"login": login, "password": PASSWORD}).encode()
            told = self.wire.send(
                "POST", "/api/v1/session", named({"content-type": "application/json"}), [body]
            )
            assert told.status == 204, told.body
            self.cookies[login] = told.cookies()
        return self.cookies[login]

    def signed(self, login: str, method: str = "POST") -> dict[str, str]:
        """The headers by which that person's browser is known."""
        kept = self.sign_in(login)
        told = {"cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}
        return told if method in ("GET", "HEAD", "OPTIONS") else {**told, "x-csrf-token": kept["bihuan_csrf"]}

    def fresh_key(self) -> str:
        """A key that nobody has used."""
        return f"hostile-{next(self.keys)}"

    def get(self, login: str, target: str) -> Answer:
        """What the person reads there."""
        return self.wire.send("GET", target, named(self.signed(login, "GET")))

    def post(self, login: str, target: str, body: Any, **headers: str) -> Answer:
        """The answer to a command of that person under a fresh key; bytes are sent as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        told = {**self.signed(login), "content-type": "application/json", "idempotency-key": self.fresh_key()}
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.wire.send("POST", target, named(told | more), [raw])

    def secrets(self) -> Iterator[str]:
        """What nobody may read in an answer or the journal."""
        yield PASSWORD
        yield from self.tokens.values()
        for kept in self.cookies.values():
            yield from kept.values()

    def photograph(self) -> Kept:
        """The records as they are now, to be brought back; SQLite only."""
        with self.town.house.database.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Kept(self._file.read_bytes(), self.town.house.desk.last_recorded_at, self._moment)

    def bring_back(self, kept: Kept) -> None:
        """The records are as they were; whatever was recorded since was never recorded."""
        if kept.moment == self._moment:
            return
        self.swaps += 1
        self.town.house.database.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self._file}{ending}").unlink(missing_ok=True)
        self._file.write_bytes(kept.content)
        self.town.house.desk.last_recorded_at = kept.last_recorded_at

    def keep(self) -> None:
        """The records as they are now are those that `restore` brings back."""
        self.kept = self.photograph()

    def restore(self) -> None:
        """The records are those of `keep`."""
        assert self.kept is not None
        self.bring_back(self.kept)
        self.kept = replace(self.kept, moment=self._moment)

    @property
    def _file(self) -> Path:
        return Path(self.town.house.database.url.removeprefix("sqlite:///"))

    @property
    def _moment(self) -> tuple[int, int]:
        """Commits made and databases brought back: nothing was written while both stay the same."""
        return self.town.house.writer.commits, self.swaps

    def contents(self) -> dict[str, list[str]]:
        """Every row of every table, but for what reading alone may change, refused attempts, and sheets taken along."""
        with self.town.house.database.read() as connection:
            return {
                name: sorted(
                    repr([value for key, value in row.items() if key not in UNCOUNTED.get(name, ())])
                    for row in connection.execute(table.select()).mappings()
                    if row.get("action") != TAKEN_ALONG
                )
                for name, table in SQLModel.metadata.tables.items()
                if name != ATTEMPTS
            }

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What is done within changes no row of any table, but that a refused attempt is on record."""
        before = self.contents()
        yield
        after = self.contents()
        assert [name for name in before if before[name] != after[name]] == []

    def refused(self, answer: Answer, *codes: str) -> Any:
        """The problem, after everything that must hold of one; `codes` are those it may have, if any are named."""
        assert 400 <= answer.status < 500, (answer.status, answer.body[:300], self.journal.faults())
        self.careful(answer)
        assert answer.header("content-type") == "application/problem+json"
        problem = answer.json
        assert faults("problem", problem) == [], answer.body[:2000]
        assert problem["status"] == answer.status
        assert problem["remedy"]["zh"] and problem["remedy"]["en"]
        assert not codes or problem["code"] in codes, (
            problem["code"],
            problem["errors"],
            problem.get("reasons"),
        )
        return problem

    def careful(self, answer: Answer) -> None:
        """The answer carries every careful header once, and neither it nor the journal gives anything away."""
        for name, value in CAREFUL.items():
            assert answer.header(name) == value, name
        assert "default-src 'none'" in (answer.header("content-security-policy") or "")
        names = [name for name, _ in answer.headers if name != b"set-cookie"]
        assert len(names) == len(set(names)), names
        assert answer.header("x-request-id")
        assert not any(b"\r" in value or b"\n" in value for _, value in answer.headers)
        assert not LEAKS.search(answer.body), answer.body[:2000]
        lines, self.journal.lines = self.journal.lines, []
        assert not [line for level, line in lines if level >= logging.ERROR]
        for secret in self.secrets():
            assert secret.encode() not in answer.body
            assert not [line for _, line in lines if secret in line or "\n" in line]


def change_account(town: Town, login: str, **values: Any) -> None:
    """The account has these values from now on."""
    change: Mapping[str, Any] = values
    town.house.writer.submit(
        lambda connection: account_reading.change_user(connection, login.casefold(), change)
    )
