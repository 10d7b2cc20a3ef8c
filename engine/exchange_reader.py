"""What went to other departments and what came back, as far as a person may see: figures by receiver, and paged sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.commands import Principal
from engine.core.policies import roles_for
from engine.core.strict_json import parsed
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.instants import recorded
from engine.projections.paging import page_asked
from engine.projections.sources import ReadClock
from engine.referrals import Referrals
from engine.second_person import check_role
from models.database import Database
from models.reading import exchanged
from models.reading.exchanged import ExchangeFilter
from models.reading.scope import behalf, scope
from rules.offices import Office

SETS = (*exchanged.FOR_A_PERSON, exchanged.PARKED, exchanged.WAITING, exchanged.SENT, exchanged.RECEIVED)
COUNTED = SETS[:-2]
"""Sets whose members are few: what is under way. All that was ever sent or received is listed and not counted."""


@dataclass(frozen=True, slots=True)
class ExchangeReader:
    """Reads in the database, within the findings and inspections that the person sees."""

    database: Database
    office: Office
    clock: ReadClock
    cursors: Cursors
    referrals: Referrals

    def figures(self, who: Principal) -> dict[str, Any]:
        """How many are in each counted set, and `recipients` with theirs; raises `not_yours`."""
        check_role(who, roles_for("exchange.read"))
        now, seen = self.clock.now(), scope(self.office.office_id, who)
        with self.database.read(behalf(self.office.office_id, who)) as connection:
            rows = exchanged.counts_by_recipient(connection, seen, now)
            parked = exchanged.count_parked(connection, seen)
        recipients = [dict(row._mapping) for row in rows]
        totals = {name: sum(row[name] for row in recipients) for name in COUNTED if name != exchanged.PARKED}
        return {
            "as_of": recorded(now),
            "sets": {**totals, exchanged.PARKED: parked},
            "recipients": recipients,
        }

    def page(self, who: Principal, query: Query, otherwise: str = exchanged.SENT) -> dict[str, Any]:
        """A page of the set that the query names, else of `otherwise`; raises `not_yours` and `parameter_invalid`."""
        check_role(who, roles_for("exchange.read"))
        asked = Asked(query, ("set", "recipient", *PAGING))
        name = asked.code("set", SETS) or otherwise
        department = asked.code("recipient", tuple(self.office.departments))
        page = page_asked(self.cursors, who, f"exchange {name}", asked, self.clock.now())
        after = None if page.after is None else (datetime.fromisoformat(page.after[0]), str(page.after[1]))
        wanted = ExchangeFilter(name, page.as_of, department)
        read = exchanged.page_of_receipts if name in exchanged.OF_RECEIPTS else exchanged.page_of_messages
        with self.database.read(behalf(self.office.office_id, who)) as connection:
            rows = read(connection, scope(self.office.office_id, who), wanted, after, page.limit + 1)
        shown = [_row(row) for row in rows[: page.limit]]
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        instant = "received_at" if name in exchanged.OF_RECEIPTS else "recorded_at"
        return page.answer(shown, None if last is None else (getattr(last, instant).isoformat(), last.id))

    def of_referral(self, who: Principal, referral: str) -> list[dict[str, Any]]:
        """The messages of a criminal referral, oldest first, for a person on its list; nothing for anybody else."""
        with self.database.read(self.referrals.behalf(who)) as connection:
            if self.referrals.known(connection, who, referral) is None:
                return []
            return [_row(row) for row in exchanged.messages_of_referral(connection, referral)]


def _row(row: Any) -> dict[str, Any]:
    """The row; of a reminder, `reminder` is what it says."""
    said = dict(row._mapping)
    body = said.pop("said", None)
    return {**said, "reminder": parsed(body)["data"] if body is not None else None}
