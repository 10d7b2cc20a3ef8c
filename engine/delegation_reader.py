"""Delegations as people read them, and what is lent to somebody at this moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.calendar import civil_date
from engine.core.chart import Charts
from engine.core.commands import HANDLERS_ROLE, Absentee, Principal
from engine.core.refusals import Refusal
from engine.core.visibility import sees_department, sees_office
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.instants import recorded
from engine.projections.paging import page_asked
from engine.projections.sources import ReadClock
from engine.projections.work import owned_states
from models import delegating
from models.database import Database
from models.reading import figures
from models.reading.scope import behalf
from rules.offices import Office

READS_ALL = frozenset({"security_admin", "audit_admin"})
EVERY_MAX = 1000


def lent_now(connection: Connection, office: Office, account: Any, today: date) -> tuple[Absentee, ...]:
    """Whom the account stands in for on that civil date.

    Of a lent role is left what the lender's own enabled account of the same department still holds and the office lets
    be lent; what was lent to the lender is none of it.
    """
    lent = []
    for row in delegating.lent_to(connection, account.login_key, today):
        roles = frozenset(row.lent) & frozenset(row.roles) & frozenset(office.delegation.roles)
        if roles and row.department == account.department:
            lent.append(Absentee(row.login, row.name, row.certificate_no, roles, row.first_on, row.last_on))
    return tuple(lent)


def reads(who: Principal, row: Row[Any]) -> bool:
    """True when the person may know of the delegation."""
    concerned = who.login.casefold() in (row.delegator, row.delegate)
    return concerned or _reads_all(who) or sees_department(who) == row.department


def _reads_all(who: Principal) -> bool:
    return sees_office(who) or not who.roles.isdisjoint(READS_ALL)


@dataclass(frozen=True, slots=True)
class DelegationReader:
    """Everybody knows who stands in for whom in their department; overseers and administrators of rights in all."""

    database: Database
    office_id: str
    clock: ReadClock
    cursors: Cursors
    charts: Charts

    def delegations(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of delegations, the latest first; raises `parameter_invalid`."""
        asked = Asked(query, ("state", *PAGING))
        state = asked.code("state", delegating.STATES)
        page = page_asked(self.cursors, who, "delegations", asked, self.clock.now())
        after = None if page.after is None else (date.fromisoformat(page.after[0]), str(page.after[1]))
        departments = "*" if _reads_all(who) else sees_department(who)
        today = civil_date(page.as_of)
        with self.database.read() as connection:
            rows = delegating.page_of_delegations(
                connection,
                self.office_id,
                who.login.casefold(),
                departments,
                state,
                today,
                after,
                page.limit + 1,
            )
        shown = rows[: page.limit]
        last = (shown[-1].first_on.isoformat(), shown[-1].id) if len(rows) > page.limit else None
        return page.answer([item_of(row, today) for row in shown], last)

    def delegation(self, who: Principal, id: str) -> dict[str, Any]:
        """One delegation; raises `not_found`."""
        with self.database.read() as connection:
            row = delegating.delegation_row(connection, self.office_id, id)
        if row is None or not reads(who, row):
            raise Refusal("not_found")
        return item_of(row, civil_date(self.clock.now()))

    def waiting_on_behalf(self, who: Principal, ids: Collection[str]) -> dict[str, Absentee]:
        """Of findings that wait for this person those that do so only for a colleague on leave, with that colleague."""
        if not who.acting_for or not ids:
            return {}
        left, found = set(ids), dict[str, Absentee]()
        with self.database.read(behalf(self.office_id, who)) as connection:
            for lender in (None, *who.acting_for):
                alone = replace(who, acting_for=()) if lender is None else _as_if(who, lender)
                waits = figures.waiting_for(alone, owned_states(self.charts, alone))
                theirs = figures.waiting_among(connection, left, waits)
                left -= theirs
                if lender is not None:
                    found |= dict.fromkeys(theirs, lender)
        return found

    def every(self, state: str | None) -> list[dict[str, Any]]:
        """The latest delegations, for the command line, whose user holds the database anyway."""
        today = civil_date(self.clock.now())
        with self.database.read() as connection:
            rows = delegating.page_of_delegations(
                connection, self.office_id, "", "*", state, today, None, EVERY_MAX
            )
        return [item_of(row, today) for row in rows]


def _as_if(who: Principal, lender: Absentee) -> Principal:
    """The colleague as far as they are stood in for."""
    handles = HANDLERS_ROLE in lender.roles
    return Principal(lender.login if handles else "", lender.name, lender.roles, who.department)


def item_of(row: Row[Any], today: date) -> dict[str, Any]:
    """A delegation with its state on that civil date."""
    return {
        "id": row.id,
        "state": _state(row, today),
        "department": row.department,
        "delegator": {"login": row.delegator_login, "name": row.delegator_name},
        "delegate": {"login": row.delegate_login, "name": row.delegate_name},
        "roles": list(row.roles),
        "from": row.first_on.isoformat(),
        "to": row.last_on.isoformat(),
        "reason": row.reason,
        "note": row.note,
        "given_by": row.given_by,
        "given_at": recorded(row.given_at),
        "ended_by": row.ended_by,
        "ended_at": recorded(row.ended_at) if row.ended_at else None,
    }


def _state(row: Row[Any], today: date) -> str:
    if row.ended_at is not None:
        return delegating.ENDED
    if row.last_on < today:
        return delegating.PAST
    return delegating.COMING if row.first_on > today else delegating.RUNNING
