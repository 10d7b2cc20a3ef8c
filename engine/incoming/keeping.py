"""What is written of an inbound matter: its row, its entry in the audit chain, its clocks and what people are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.chaining import Deed, chain_entry, role_of
from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.incoming import ANONYMOUS, NAMED, NONE, RECEIVED, IncomingBook, IncomingKind
from engine.desk import Desk
from engine.incoming.clocks import Clocks
from engine.incoming.said import said
from models import incoming_reading, records
from models.at_rest import kept_payload
from models.matters_at_rest import sealed_with

CHART = "incoming"
"""What entries of matters name in place of a chart."""
RECEIVE = "receive_incoming"
SERIES = {False: ("incoming", "来"), True: ("incoming_confidential", "密来")}
"""Confidential matters have numbers of their own, so that no gap among the others tells of them (law 9)."""
DIGITS = 4
ARRIVED = "incoming_received"


@dataclass(frozen=True, slots=True)
class Intake:
    """A matter that is about to be taken in: of which kind, to and from whom, by which channel, and what it says."""

    id: str
    kind: IncomingKind
    department: str
    channel: str
    sender_department: str | None
    sender_name: str | None
    data: Mapping[str, Any]
    received_at: datetime
    late: bool = False
    system_id: str | None = None
    body: bytes | None = None
    entered_by: str | None = None
    referral: str | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """Writes on the connection of an open transaction."""

    desk: Desk
    book: IncomingBook
    clocks: Clocks

    @property
    def office_id(self) -> str:
        """The office whose matters these are."""
        return self.desk.office.office_id

    def take_in(
        self, connection: Connection, intake: Intake, who: Principal, now: datetime
    ) -> dict[str, Any]:
        """The matter stands, received, with its clocks; its row."""
        informant = dict(intake.data.get("informant") or {})
        matter = self._row(connection, intake, informant, now)
        told = {
            "number": matter["number"],
            "kind": matter["kind"],
            "channel": matter["channel"],
            "sender": matter["sender_department"] or matter["sender_name"],
            "informant": matter["informant"],
            **matter["content"],
        }
        self._enter(
            connection, matter, RECEIVE, RECEIVED, told, who, None, intake.received_at, now, intake.late
        )
        counted = self.clocks.keep(connection, matter, intake.kind, instants(matter["events"]), now)
        matter |= counted.columns
        person = {"incoming_id": matter["id"], "office_id": self.office_id}
        kept_apart = informant or intake.body is not None
        incoming_reading.add_matter(
            connection,
            matter,
            {**person, "particulars": informant, "body": intake.body} if kept_apart else None,
        )
        if not matter["confidential"]:
            self.tell(connection, matter["id"], matter, ARRIVED, "duty_clerk", "arrived", {}, now)
        return matter

    def act(
        self,
        connection: Connection,
        row: Any,
        act: str,
        to: str,
        facts: Mapping[str, Any],
        values: Mapping[str, Any],
        who: Principal,
        role: str | None,
        occurred_at: datetime,
        late: bool,
        now: datetime,
        told: Mapping[str, Any] | None = None,
    ) -> None:
        """The act stands: the matter has these values and that state, one more entry, and the clocks that follow.

        `told`: what the finding of the matter says, by event.
        """
        matter = {**row._mapping, **values, "state": to}
        events = {**matter["events"], act: occurred_at.isoformat()}
        kept = {**matter["said"], **{name: value for name, value in facts.items() if name != "inspection"}}
        self._enter(connection, matter, act, to, facts, who, role, occurred_at, now, late)
        matter |= {"events": events, "said": kept, "recorded_at": now}
        self.settle(connection, matter, now, told or {})
        if row.state != to:
            keys = [f"{ARRIVED}:{row.id}"]
            incoming_reading.settle_notices(connection, keys, who.login, now)

    def settle(
        self, connection: Connection, matter: Mapping[str, Any], now: datetime, told: Mapping[str, datetime]
    ) -> None:
        """The clocks and the row of the matter follow from its events and from what its finding tells."""
        kind = self.book.kinds[matter["kind"]]
        events = {**instants(matter["events"]), **told}
        counted = self.clocks.keep(connection, matter, kind, events, now)
        ended = self.book.states[matter["state"]].ended and not counted.running
        changed = {name: matter[name] for name in CHANGING} | {"ended": ended} | dict(counted.columns)
        incoming_reading.change_matter(connection, matter["id"], changed)

    def tell(
        self,
        connection: Connection,
        id: str,
        matter: Mapping[str, Any],
        kind: str,
        role: str,
        sentence: str,
        more: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Somebody of that role in the department is told of a matter that is no secret, once."""
        named = self.book.kinds[matter["kind"]]
        number = {"number": matter["number"]}
        word = said(
            sentence,
            {**number, "kind": named.zh, **more.get("zh", {})},
            {**number, "kind": named.en, **more.get("en", {})},
        )
        notice = {
            "natural_key": more.get("key", f"{kind}:{id}"),
            "office_id": self.office_id,
            "department": matter["department"],
            "role": role,
            "kind": kind,
            "finding_id": None,
            "detail": {"zh": word.zh, "en": word.en, "incoming": matter["id"]},
            "done": False,
            "recorded_at": now,
        }
        records.insert_once(connection, records.NOTICE, notice)

    def _row(
        self, connection: Connection, intake: Intake, informant: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        kind = intake.kind
        series, prefix = SERIES[kind.confidential]
        year = civil_date(now).year
        number = records.next_number(connection, self.office_id, series, year)
        content = {name: value for name, value in intake.data.items() if name != "informant"}
        known = NAMED if informant.get("name") else ANONYMOUS
        return {
            "id": intake.id,
            "office_id": self.office_id,
            "number": f"{prefix}〔{year}〕{number:0{DIGITS}d}",
            "kind": kind.kind,
            "state": RECEIVED,
            "ended": False,
            "department": intake.department,
            "confidential": kind.confidential,
            "channel": intake.channel,
            "system_id": intake.system_id,
            "sender_department": intake.sender_department,
            "sender_name": intake.sender_name,
            "informant": NONE if kind.informant == "none" else known,
            "title": content["title"],
            "content": content,
            "events": {"received": intake.received_at.isoformat()},
            "said": {},
            "handler": None,
            "entered_by": intake.entered_by,
            "inspection_id": None,
            "finding_id": None,
            "referral_id": intake.referral,
            "received_at": intake.received_at,
            "recorded_at": now,
            "sequence": 0,
            "head": "",
        }

    def _enter(
        self,
        connection: Connection,
        matter: dict[str, Any],
        trigger: str,
        state: str,
        facts: Mapping[str, Any],
        who: Principal,
        role: str | None,
        occurred_at: datetime,
        now: datetime,
        late: bool,
    ) -> None:
        """One more entry of the matter's chain, whose head the matter names."""
        matter["sequence"] += 1
        deed = Deed(
            record_id=matter["id"],
            sequence=matter["sequence"],
            version=matter["sequence"],
            chart=CHART,
            trigger=trigger,
            proceeding_id=None,
            state=state,
            by=who.login,
            role=role or role_of(who.roles),
            occurred_at=occurred_at,
            recorded_at=now,
            late=late,
        )
        told = {"facts": dict(facts), **self.desk.scribe.stamp}
        entry, payload = chain_entry(self.office_id, matter["head"], deed, told)
        matter["head"] = entry["hash"]
        records.add(connection, records.ENTRY, [entry])
        sealed = sealed_with(matter) is not None
        records.add(connection, records.PAYLOAD, [kept_payload(connection, payload) if sealed else payload])


CHANGING = (
    *("state", "events", "said", "handler", "inspection_id", "finding_id"),
    *("referral_id", "confidential", "recorded_at", "sequence", "head"),
)
"""What acts may change of a matter, and by what it is known how that is kept."""


def instants(events: Mapping[str, str]) -> dict[str, datetime]:
    """The events of a matter as instants."""
    return {name: datetime.fromisoformat(at) for name, at in events.items()}
