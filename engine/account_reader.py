"""Accounts and the administrative record as administrators read them; of cases neither says anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.commands import Principal
from engine.core.policies import roles_for
from engine.core.refusals import Refusal
from engine.core.warrants import done
from engine.cursor import Cursors
from engine.identity.tokens import Tokens
from engine.natural_persons import persons_known
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.instants import recorded
from engine.projections.paging import page_asked
from engine.projections.sources import ReadClock
from engine.refused import COUNTED, KEPT
from engine.second_person import check_role
from engine.user_acts import LOGIN, NOBODYS_ROLES
from models import records
from models.database import Database
from models.reading import accounts as reading
from rules.offices import Office

IN_USE, DISABLED = "in_use", "disabled"
STATES = (IN_USE, DISABLED)
CHANGES_MAX = 50
PERIOD = ("from", "to")


@dataclass(frozen=True, slots=True)
class AccountReader:
    """What is told of accounts to security and audit administrators, and of what was done in administration to all three."""

    database: Database
    office: Office
    clock: ReadClock
    cursors: Cursors
    tokens: Tokens
    roles: tuple[str, ...]
    """The roles that a person may hold."""

    def page(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of accounts by login; raises `not_yours` and `parameter_invalid`."""
        check_role(who, roles_for("account.read"))
        asked = Asked(query, ("q", "role", "department", "state", *PAGING))
        state = asked.code("state", STATES)
        wanted = reading.AccountsAsked(
            asked.text("q"),
            asked.code("role", self.roles),
            asked.code("department", tuple(self.office.departments)),
            None if state is None else state == DISABLED,
        )
        page = page_asked(self.cursors, who, "accounts", asked, self.clock.now())
        after = None if page.after is None else str(page.after[0])
        with self.database.read() as connection:
            rows = reading.page_of_accounts(connection, self.office.office_id, wanted, after, page.limit + 1)
            shown = rows[: page.limit]
            items = self._items(connection, shown)
        return page.answer(items, (shown[-1].login_key,) if len(rows) > page.limit else None)

    def account(self, who: Principal, login: str) -> dict[str, Any]:
        """One account with its tokens and the latest acts on it; raises `not_yours` and `not_found`."""
        check_role(who, roles_for("account.read"))
        with self.database.read() as connection:
            row = records.user_row(connection, login) if LOGIN.fullmatch(login) else None
            if row is None or row.office_id != self.office.office_id:
                raise Refusal("not_found")
            [item] = self._items(connection, [row])
            about = reading.EntriesAsked(about=row.login)
            changes = reading.page_of_entries(connection, self.office.office_id, about, None, CHANGES_MAX)
            known = persons_known(connection, self.office.office_id)
            others = sorted(known.logins_of(row.login) - {row.login_key})
        return {
            **item,
            "others": others,
            "tokens": self.tokens.listed(row.login),
            "changes": [_entry(one) for one in changes if not one.action.startswith("session.")],
        }

    def entries(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of administrative entries, newest first; raises `not_yours` and `parameter_invalid`."""
        check_role(who, roles_for("record.read"))
        return self._page(who, query, "entries", reading.page_of_entries, _entry, None)

    def attempts(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of refused attempts, newest first, without the record that was meant; raises as `entries`."""
        check_role(who, roles_for("attempt.read"))
        return self._page(who, query, "attempts", reading.page_of_attempts, _attempt, sorted(KEPT))

    def _page(
        self,
        who: Principal,
        query: Query,
        name: str,
        rows_of: Callable[..., Sequence[Row[Any]]],
        item: Callable[[Any], dict[str, Any]],
        codes: list[str] | None,
    ) -> dict[str, Any]:
        asked = Asked(query, ("act", "by", *PERIOD, *PAGING))
        act = asked.text("act") if codes is None else asked.code("act", codes)
        wanted = reading.EntriesAsked(
            act, asked.text("by"), since=asked.since("from"), until=asked.until("to")
        )
        page = page_asked(self.cursors, who, name, asked, self.clock.now())
        after = None if page.after is None else str(page.after[0])
        with self.database.read() as connection:
            rows = rows_of(connection, self.office.office_id, wanted, after, page.limit + 1)
        shown = rows[: page.limit]
        last = (shown[-1].id,) if len(rows) > page.limit else None
        return page.answer([item(row) for row in shown], last)

    def _items(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
        keys = [row.login_key for row in rows]
        seen = reading.last_seen(connection, keys)
        proven = reading.with_second_factor(connection, keys)
        return [
            {
                "login": row.login,
                "name": row.name,
                "department": row.department,
                "unit": row.unit,
                "roles": list(row.roles),
                "certificate_no": row.certificate_no,
                "state": DISABLED if row.disabled else IN_USE,
                "must_change": row.must_change,
                "second_factor": row.login_key in proven,
                "last_seen": recorded(seen[row.login_key]) if row.login_key in seen else None,
                "created_at": recorded(row.created_at),
            }
            for row in rows
        ]


def roles_offered(dictionary: Mapping[str, Any]) -> tuple[str, ...]:
    """The roles that a person may hold, in the order of the charts' dictionary."""
    return tuple(role for role in dictionary["roles"] if role not in NOBODYS_ROLES)


def _entry(row: Any) -> dict[str, Any]:
    """Without what it states for the comparison: what was done says the rest of it in words."""
    detail = done(row.detail)
    return {"action": row.action, "by": row.by, "detail": detail, "at": recorded(row.recorded_at)}


def _attempt(row: Any) -> dict[str, Any]:
    """Without the id: an administrator sees no case, and a referral is not told from what never was."""
    shown = {"by": row.by, "subject": row.subject, "code": row.code, "at": recorded(row.recorded_at)}
    return shown | {"more": row.attempted if row.subject == COUNTED else ""}
