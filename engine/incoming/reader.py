"""Inbound matters as people read them: lists sorted by the database, one matter with its clocks, its story and its offers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.chart import CRIMINAL
from engine.core.commands import Principal
from engine.core.incoming import NONE, IncomingBook
from engine.core.incoming_rights import ENTERS, knows_informant
from engine.core.on_record import reckoned
from engine.core.visibility import reads_findings
from engine.cursor import Cursors
from engine.desk import Desk
from engine.incoming.offers import Offer, offers
from engine.incoming.sight import Sight, matter_of
from engine.projections.asked import Asked, Query
from engine.projections.deadlines import POINTS
from engine.projections.filters import PAGING
from engine.projections.instants import deadline_light, occurred, recorded
from engine.projections.paging import page_asked
from engine.projections.privacy import MASK
from engine.projections.sources import ReadClock
from engine.snapshots import restored
from models import audit_reading, incoming_reading, records, referral_reading
from models.incoming_reading import RUNNING, Wanted
from models.reading.lights import ALL
from models.second_wall import as_house
from rules.reckoning_answer import left_answer, reckoning_answer

FILTERS = ("kind", "state", "department", "light", "mine", "open", "q", "finding", *PAGING)
YES_NO = ("true", "false")
PARTICULARS = ("name", "phone", "address")
CLOCKED = ("term", "title", "title_en", "due_effective", "light", "nature", "provisional")


@dataclass(frozen=True, slots=True)
class IncomingReader:
    """Reads with the rights of this moment; what is hidden answers like what never was."""

    desk: Desk
    book: IncomingBook
    sight: Sight
    clock: ReadClock
    cursors: Cursors

    def open_to(self, who: Principal) -> bool:
        """True when the person sees the matters of some department."""
        return reads_findings(who)

    def enters(self, who: Principal) -> bool:
        """True when the person takes matters in for a department."""
        return who.department is not None and not who.all_roles.isdisjoint(ENTERS)

    def page(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of matters, soonest overdue first; raises `parameter_invalid`."""
        asked = Asked(query, FILTERS)
        wanted = self._wanted(who, asked)
        page = page_asked(self.cursors, who, "incoming", asked, self.clock.now())
        after = None if page.after is None else (datetime.fromisoformat(page.after[0]), str(page.after[1]))
        with self.desk.database.read(self.desk.referrals.behalf(who)) as connection:
            seen = self.sight.seen(connection, who)
            rows = incoming_reading.page_of_matters(
                connection, seen, wanted, page.as_of, after, page.limit + 1
            )
            shown = rows[: page.limit]
            items = self._items(connection, shown, page.as_of)
        last = (shown[-1].sorts_at.isoformat(), shown[-1].id) if len(rows) > page.limit else None
        return page.answer(items, last)

    def waiting(self, who: Principal, limit: int) -> list[dict[str, Any]]:
        """The open matters of the person's own department that are due first; none for who is of none."""
        if who.department is None or not reads_findings(who):
            return []
        now, wanted = self.clock.now(), Wanted(department=who.department, ended=False)
        with self.desk.database.read(self.desk.referrals.behalf(who)) as connection:
            seen = self.sight.seen(connection, who)
            rows = incoming_reading.page_of_matters(connection, seen, wanted, now, None, limit)
            return self._items(connection, rows, now)

    def of_finding(self, who: Principal, finding: str) -> list[dict[str, Any]]:
        """The matters that were accepted as the finding, as far as the person may know of them."""
        now = self.clock.now()
        with self.desk.database.read(self.desk.referrals.behalf(who)) as connection:
            seen = self.sight.seen(connection, who)
            rows = incoming_reading.page_of_matters(connection, seen, Wanted(finding=finding), now, None, 20)
            return self._items(connection, rows, now)

    def matter(self, who: Principal, id: str) -> dict[str, Any]:
        """One matter with everything the person may know of it; raises `not_found`."""
        now = self.clock.now()
        with self.desk.database.read(self.desk.referrals.behalf(who)) as connection:
            row = self.sight.find(connection, who, id)
            clocks = incoming_reading.clock_rows(connection, [id])
            return {
                **self._item(row, clocks, now),
                "content": dict(row.content),
                "said": dict(row.said),
                "particulars": self._particulars(connection, who, row),
                "clocks": [self._clock(one, now) for one in clocks],
                "why_no_clock": self._why_no_clock(row, clocks),
                "acts": [offer_answer(one) for one in self._offers(connection, who, row, clocks)],
                "history": self._history(connection, id),
                "of_finding": self._finding(connection, row),
                "referral": self._referral(connection, row),
            }

    def _offers(self, connection: Connection, who: Principal, row: Any, clocks: Sequence[Any]) -> list[Offer]:
        running = {one.term for one in clocks if one.state == RUNNING}
        return offers(self.book, who, row, running, self.sight.recused(connection, row))

    def _wanted(self, who: Principal, asked: Asked) -> Wanted:
        mine, open_only = asked.code("mine", YES_NO), asked.code("open", YES_NO)
        return Wanted(
            kinds=asked.many("kind", tuple(self.book.kinds)),
            states=asked.many("state", tuple(self.book.states)),
            department=asked.code("department", self.desk.office.departments),
            handler=who.login.casefold() if mine == "true" else None,
            lights=asked.many("light", ALL),
            ended=None if open_only is None else open_only == "false",
            finding=asked.text("finding"),
            text=asked.text("q"),
        )

    def _items(self, connection: Connection, rows: Sequence[Any], now: datetime) -> list[dict[str, Any]]:
        clocks: dict[str, list[Any]] = defaultdict(list)
        for one in incoming_reading.clock_rows(connection, [row.id for row in rows]):
            clocks[one.incoming_id].append(one)
        return [self._item(row, clocks[row.id], now) for row in rows]

    def _item(self, row: Any, clocks: Sequence[Any], now: datetime) -> dict[str, Any]:
        kind, state = self.book.kinds[row.kind], self.book.states[row.state]
        running = sorted((one for one in clocks if one.state == RUNNING), key=lambda one: one.overdue_at)
        first = self._clock(running[0], now) if running else None
        owner = self.book.owner(row.state, row.confidential)
        return {
            "id": row.id,
            "number": row.number,
            "kind": row.kind,
            "kind_zh": kind.zh,
            "kind_en": kind.en,
            "case_source": kind.case_source,
            "state": row.state,
            "state_zh": state.zh,
            "state_en": state.en,
            "ended": row.ended,
            "department": row.department,
            "confidential": row.confidential,
            "channel": row.channel,
            "sender": {"department": row.sender_department, "name": row.sender_name, "system": row.system_id},
            "informant": row.informant,
            "title": row.title,
            "handler": row.handler,
            "owner_role": None if row.ended else owner or "case_officer",
            "received_at": recorded(row.received_at),
            "light": None if first is None else first["light"],
            "due": None if first is None else {name: first[name] for name in CLOCKED},
            "finding": row.finding_id,
        }

    def _clock(self, row: Any, now: datetime) -> dict[str, Any]:
        term, law = self.desk.law.terms[row.term], self.desk.law
        told = reckoned(law, restored(row), now)
        return {
            "id": row.id,
            "term": row.term,
            "title": term.zh,
            "title_en": term.en,
            **{name: row.spec[name] for name in POINTS},
            "nature": row.nature,
            "basis": term.basis,
            "mark": term.mark,
            "provisional": row.provisional,
            "state": row.state,
            "light": deadline_light(row, now),
            "settled_at": recorded(row.settled_at) if row.settled_at else None,
            "reckoning": None if told is None else reckoning_answer(told.reckoning),
            "left": None
            if told is None or told.left is None
            else left_answer(told.reckoning, told.left, now),
        }

    def _why_no_clock(self, row: Any, clocks: Sequence[Any]) -> Mapping[str, str] | None:
        if row.ended or any(one.state == RUNNING for one in clocks):
            return None
        return self.book.states[row.state].why_no_clock

    def _particulars(self, connection: Connection, who: Principal, row: Any) -> dict[str, str] | None:
        """Who complains or informs; masked for whoever neither handles the matter nor heads its department."""
        person = None if row.informant == NONE else incoming_reading.person_row(connection, row.id)
        if person is None:
            return None
        known = knows_informant(who, matter_of(row))
        given = {name: person.particulars[name] for name in PARTICULARS if person.particulars.get(name)}
        return given if known else dict.fromkeys(given, MASK)

    def _history(self, connection: Connection, id: str) -> list[dict[str, Any]]:
        told = []
        for row in audit_reading.chain(connection, id):
            act = self.book.acts.get(row["trigger"])
            state = self.book.states[row["state"]]
            told.append(
                {
                    "sequence": row["sequence"],
                    "act": row["trigger"],
                    "zh": act.zh if act else "收到",
                    "en": act.en if act else "received",
                    "state": row["state"],
                    "state_zh": state.zh,
                    "state_en": state.en,
                    "by": row["by"],
                    "role": row["role"],
                    "occurred_at": occurred(row["occurred_at"], row["recorded_at"]),
                    "recorded_at": recorded(row["recorded_at"]),
                    "late": row["late"],
                    "facts": json.loads(row["body"])["facts"] if act and row["body"] is not None else {},
                }
            )
        return told

    def _finding(self, connection: Connection, row: Any) -> dict[str, Any] | None:
        with as_house(connection):  # told to whoever sees the matter, whichever department has the finding
            found = None if row.finding_id is None else records.finding_row(connection, row.finding_id, False)
        if found is None:
            return None
        source = self.book.kinds[row.kind].case_source
        named = ("id", "ledger_no", "item", "state", "closed")
        return {**{name: getattr(found, name) for name in named}, "case_source": source}

    def _referral(self, connection: Connection, row: Any) -> dict[str, Any] | None:
        """The referral that the matter belongs to, and the rows by which it is entered there from its present state."""
        found = (
            None if row.referral_id is None else referral_reading.referral_row(connection, row.referral_id)
        )
        if found is None:
            return None
        chart = self.desk.law.charts[CRIMINAL]
        named = self.book.kinds[row.kind].referral_rows
        rows = [one for one in chart.rows if one.trigger in named and one.source == found.state]
        return {
            "id": found.id,
            "state": found.state,
            "rows": [{"trigger": one.trigger, "zh": one.zh, "en": one.en} for one in rows],
        }


def offer_answer(offer: Offer) -> dict[str, Any]:
    """An act with whether it is open, and why it is not."""
    act = offer.act
    reasons = [one.answer() for one in offer.reasons]
    return {"act": act.act, "zh": act.zh, "en": act.en, "open": offer.open, "reasons": reasons}
