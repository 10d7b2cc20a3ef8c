"""The one way in which anything is read: it takes the principal and gives what that principal may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row

from engine.backtest_reader import BacktestReader
from engine.board_reader import BoardReader
from engine.core.commands import Principal
from engine.core.lawbook import Lawbook
from engine.core.refusals import Refusal
from engine.cursor import Cursors, cursor_secret
from engine.edition_reader import EditionReader
from engine.history_reader import HistoryReader
from engine.projections.asked import Asked, Query
from engine.projections.filters import deadline_filter, finding_filter, inspection_filter, ledger_filter
from engine.projections.findings import finding_answer
from engine.projections.gather import gather_sources, steps_of
from engine.projections.history import audit_entry
from engine.projections.inspections import inspection_answer
from engine.projections.instants import CIVIL, recorded
from engine.projections.ledger import ledger_figures
from engine.projections.lines import deadline_lines, finding_lines, inspection_lines
from engine.projections.paging import Page, page_asked
from engine.projections.parties import party_answer
from engine.projections.privacy import knows_particulars
from engine.projections.sources import ReadClock, Sources, Steps
from engine.projections.timeline import timeline_page
from engine.reckoning_reader import ReckoningReader
from engine.recorded import steps_of_payment
from engine.referral_reader import ReferralReader
from engine.referral_vault import ReferralVault
from engine.referrals import Referrals
from engine.reminders import ReminderReader
from engine.rule_reader import RuleReader
from engine.search.filling import fill_search
from engine.search.reader import SearchReader
from engine.work_reader import WorkReader
from engine.writer import Writer
from models.database import Database
from models.reading import deadlines, entries, figures, findings, inspections, listed, parties, publicity
from models.reading.findings import FindingFilter
from models.reading.lights import position
from models.reading.scope import Scope, behalf, every_record, scope
from models.second_wall import Behalf
from rules.facts import FactDictionary
from rules.offices import Office

TIMELINE_LENGTH = 50
TIMELINE_LENGTH_MAX = 200
SEQUENCE_MAX = 999_999_999

T = TypeVar("T")


class Reader:
    """Projections of the ledger; whatever is hidden or absent answers `not_found`, in the same words."""

    def __init__(
        self,
        database: Database,
        sources: Sources,
        clock: ReadClock,
        steps: Steps,
        secret: bytes,
        referrals: ReferralReader,
    ) -> None:
        """`secret` seals cursors and belongs to the database, so that each node opens the others' cursors."""
        self._database, self.sources, self._clock, self._steps = database, sources, clock, steps
        self.referrals, self.reckonings = referrals, ReckoningReader(database, referrals)
        self.cursors = Cursors(secret)
        self.backtests = BacktestReader(database, sources, clock, self.cursors)
        self.rules = RuleReader(database, sources)
        self.board = BoardReader(database, sources, clock)
        self.editions = EditionReader(database, sources.office_id, clock, self.cursors)
        self.reminders = ReminderReader(database, sources, clock, self.cursors)
        self.histories = HistoryReader(database, sources)
        self.search = SearchReader(database, sources, clock, self.cursors)
        self.works = WorkReader(database, sources, clock, self.cursors)

    def finding(self, who: Principal, id: str) -> dict[str, Any]:
        """finding_answer without `decision`."""
        now = self._clock.now()
        with self._database.read(self._behalf(who)) as connection:
            row = self._finding(connection, who, id)
            parts = {
                "finding": row,
                "party": _there(parties.party_row(connection, row.party_id)),
                "first": _there(entries.first_entry(connection, id)),
                "proceedings": findings.proceedings_of(connection, id),
                "deadlines": deadlines.deadlines_of_finding(connection, id),
                "attachments": findings.attachments_of(connection, id),
                "paying": steps_of_payment(connection, id),
                "particulars": knows_particulars(who, row.department),
                "clock": "test" if self._clock.is_test else "real",
            }
            steps = self._steps(connection, "finding", id, who, now)
        referral = self.referrals.of_finding(who, id)
        shown = {"steps": steps} if referral is None else {"steps": steps, "referral": referral}
        return finding_answer(self.sources, parts, now) | shown

    def party_of(self, who: Principal, id: str) -> str:
        """The id of the party of a finding."""
        with self._database.read(self._behalf(who)) as connection:
            return str(self._finding(connection, who, id).party_id)

    def findings(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of findings: {"items", "next", "as_of"}; raises `parameter_invalid`."""
        asked, wanted = finding_filter(self.sources, query)
        page = page_asked(self.cursors, who, "findings", asked, self._clock.now())
        with self._database.read(self._behalf(who)) as connection:
            return self._finding_page(connection, page, wanted)

    def inspection(self, who: Principal, id: str) -> dict[str, Any]:
        """inspection_answer with steps, version, sequence and state."""
        now, seen = self._clock.now(), self._seen(who)
        with self._database.read(self._behalf(who)) as connection:
            row = _there(inspections.seen_inspection(connection, seen, id))
            answer = inspection_answer(
                self.sources,
                row,
                inspections.findings_of_inspections(connection, seen, [id]),
                deadlines.deadlines_of_inspection(connection, id),
                knows_particulars(who, row.department),
                inspections.has_open_finding(connection, id),
                now,
            )
            return answer | {"steps": self._steps(connection, "inspection", id, who, now)}

    def inspections(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of inspections, newest first; raises `parameter_invalid`."""
        asked, wanted = inspection_filter(self.sources, query)
        page = page_asked(self.cursors, who, "inspections", asked, self._clock.now())
        seen, today = self._seen(who), page.as_of.astimezone(CIVIL).date()
        after = None if page.after is None else (datetime.fromisoformat(page.after[0]), str(page.after[1]))
        with self._database.read(self._behalf(who)) as connection:
            rows = inspections.page_of_inspections(connection, seen, wanted, today, after, page.limit + 1)
            lines = inspection_lines(connection, seen, rows[: page.limit])
        return page.answer(lines, _last(rows, page, lambda row: (row.finished_at.isoformat(), row.id)))

    def timeline(self, who: Principal, id: str, query: Query, only: str | None = None) -> dict[str, Any]:
        """What happened to a finding or inspection, oldest first; `next` is the `after` of the next page.

        `only`: the entries of that trigger.
        """
        asked = Asked(query, ("after", "limit"))
        after = asked.number("after", 0, 0, SEQUENCE_MAX)
        limit = asked.number("limit", TIMELINE_LENGTH, 1, TIMELINE_LENGTH_MAX)
        asked.done()
        with self._database.read(self._behalf(who)) as connection:
            department = _there(entries.department_of(connection, self._seen(who), id))
            particulars = knows_particulars(who, department)
            return timeline_page(connection, self.sources, id, after, limit, particulars, only)

    def deadlines(self, who: Principal, query: Query) -> dict[str, Any]:
        """deadline_answer: running deadlines, severe first, then soonest; raises `parameter_invalid`."""
        asked, wanted = deadline_filter(self.sources, query)
        page, seen = page_asked(self.cursors, who, "deadlines", asked, self._clock.now()), self._seen(who)
        after = None if page.after is None else position(page.after)
        with self._database.read(self._behalf(who)) as connection:
            places = deadlines.page_of_deadlines(connection, seen, wanted, page.as_of, after, page.limit + 1)
            rows = deadlines.deadlines_by_id(connection, [place[3] for place in places[: page.limit]])
            lines = deadline_lines(connection, self.sources, seen, rows, page.as_of)
        return page.answer(lines, _last(places, page, lambda place: place))

    def named(self, who: Principal, ids: Collection[str]) -> dict[str, Row[Any]]:
        """Ledger number, item and party of those of these findings, or inspections, that the principal sees, by id."""
        with self._database.read(self._behalf(who)) as connection:
            of = findings.named_findings(connection, self._seen(who), ids)
            alone = set(ids) - of.keys()
            return (
                {**inspections.named_inspections(connection, self._seen(who), alone), **of} if alone else of
            )

    def ledger(self, who: Principal, query: Query) -> dict[str, Any]:
        """ledger_answer: figures of what the principal sees, each with the list that gives exactly it."""
        asked, wanted, inspected = ledger_filter(self.sources, query)
        asked.done()
        now, seen = self._clock.now(), self._seen(who)
        base = [(name, asked.given[name][0]) for name in ("from", "to", "department") if name in asked.given]
        with self._database.read(self._behalf(who)) as connection:
            tallies = figures.tallies(connection, seen, wanted, now)
            routes = figures.findings_by_route(connection, seen, wanted)
            public = publicity.counts(connection, seen, inspected, now.astimezone(CIVIL).date())
        return {
            "as_of": recorded(now),
            "period": {name: asked.given.get(name, [None])[0] for name in ("from", "to")},
            **ledger_figures(self.sources, tallies, routes, base),
            "publicity": publicity.of_ledger(public),
        }

    def party(self, who: Principal, id: str) -> dict[str, Any]:
        """Identity, penalties and flags of a party, and the first page of its findings, as far as seen."""
        asked, wanted = finding_filter(self.sources, {"party": [id]})
        page, seen = page_asked(self.cursors, who, "findings", asked, self._clock.now()), self._seen(who)
        with self._database.read(self._behalf(who)) as connection:
            met = parties.departments_that_met(connection, seen, id)
            if not met:
                raise Refusal("not_found")
            row = _there(parties.party_row(connection, id))
            particulars = any(knows_particulars(who, department) for department in met)
            sanctions = parties.sanctions_of(connection, seen, id)
            first = self._finding_page(connection, page, wanted)
        answer = party_answer(self.sources, row, particulars, sanctions)
        return answer | {"findings": first["items"], "next": first["next"], "as_of": first["as_of"]}

    def audit(self, who: Principal, id: str) -> dict[str, Any]:
        """The audit chain of a finding or inspection; for the audit administrator without what it says."""
        with self._database.read() as connection:
            seen_in = entries.department_of(connection, self._seen(who), id)
            if seen_in is None:
                hidden = (
                    every_record(self.sources.office_id) if "audit_admin" in who.roles else self._seen(who)
                )
                _there(entries.department_of(connection, hidden, id))
            rows = entries.entries_after(connection, id, 0)
        particulars = seen_in is not None and knows_particulars(who, seen_in)
        chain = [audit_entry(self.sources, row, seen_in is not None, particulars) for row in rows]
        return {"record": id, "head": rows[-1].hash if rows else None, "entries": chain}

    def attachment(self, who: Principal, id: str, digest: str) -> tuple[bytes, str, str]:
        """The bytes of an attachment, its name and its media type."""
        with self._database.read(self._behalf(who)) as connection:
            self._finding(connection, who, id)
            row = _there(entries.attachment_row(connection, id, digest))
        if not row.content:  # its bytes were lawfully erased
            raise Refusal("not_found")
        return bytes(row.content), row.name, row.media_type

    def document(self, who: Principal, id: str, doc: str) -> Row[Any]:
        """The row of a document that the house issued on a finding or inspection, ready to be printed."""
        with self._database.read(self._behalf(who)) as connection:
            _there(entries.department_of(connection, self._seen(who), id))
            row = _there(entries.document_row(connection, id, doc))
        if row.status != "issued":
            raise Refusal("not_found")
        return row

    def work(self, who: Principal, query: Query) -> dict[str, Any]:
        """What waits for this person, in four groups, worst first."""
        return self.works.work(who, query)

    def _finding_page(
        self,
        connection: Connection,
        page: Page,
        wanted: FindingFilter,
        also: Sequence[ColumnElement[bool]] = (),
    ) -> dict[str, Any]:
        after = None if page.after is None else position(page.after)
        seen = self._seen(page.who)
        places = listed.page_of_findings(connection, seen, wanted, page.as_of, after, page.limit + 1, also)
        lines = finding_lines(connection, self.sources, places.found[: page.limit], page.as_of)
        last = _last(places.found, page, lambda place: place)
        return (
            page.answer(lines, last) if places.cut is None else page.answer(lines, places.cut) | {"cut": True}
        )

    def _finding(self, connection: Connection, who: Principal, id: str) -> Row[Any]:
        return _there(findings.seen_finding(connection, self._seen(who), id))

    def _seen(self, who: Principal) -> Scope:
        return scope(self.sources.office_id, who)

    def _behalf(self, who: Principal) -> Behalf:
        return behalf(self.sources.office_id, who)


def open_reader(
    database: Database,
    writer: Writer,
    law: Lawbook,
    office: Office,
    facts: FactDictionary,
    clock: ReadClock,
    referrals: Referrals,
    vault: ReferralVault,
) -> Reader:
    """The reader over a database that has its tables."""
    fill_search(database, writer, office.office_id)
    secret, sources = cursor_secret(writer, clock.now()), gather_sources(law, office, facts)
    confidential = ReferralReader(database, writer, clock, law, sources, referrals, vault)
    return Reader(database, sources, clock, steps_of(law, office), secret, confidential)


def _there(row: T | None) -> T:
    """The row; raises `not_found` when there is none."""
    if row is None:
        raise Refusal("not_found")
    return row


def _last(rows: Sequence[T], page: Page, place: Callable[[T], Sequence[Any]]) -> Sequence[Any] | None:
    """Where the page ended, None when the one row too many did not come."""
    return place(rows[page.limit - 1]) if len(rows) > page.limit else None
