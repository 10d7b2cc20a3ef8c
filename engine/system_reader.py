"""Linked systems as people read them: how each fares, its keys by name, its changes. The criminal queue is in no figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Row

from engine.core.calendar import SHANGHAI, civil_date
from engine.core.commands import Principal
from engine.core.policies import roles_for
from engine.core.refusals import Refusal
from engine.core.warrants import done
from engine.courier_book import OPEN, as_destination
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.instants import recorded
from engine.projections.paging import page_asked
from engine.projections.sources import ReadClock
from engine.second_person import check_role
from engine.signing import in_force, scheme_of
from engine.systems import STATES, state_of
from models import delivering, linked_reading
from models.database import Database
from models.reading import linked
from rules.offices import Office

DAYS = 14
CHANGES_MAX = 50


@dataclass(frozen=True, slots=True)
class SystemReader:
    """What is told of linked systems, to whoever reads the register."""

    database: Database
    office: Office
    clock: ReadClock
    cursors: Cursors

    def page(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of systems by id, each with how it fares; raises `not_yours` and `parameter_invalid`."""
        check_role(who, roles_for("system.read"))
        asked = Asked(query, ("department", "state", *PAGING))
        department = asked.code("department", tuple(self.office.departments))
        state = asked.code("state", STATES)
        page = page_asked(self.cursors, who, "systems", asked, self.clock.now())
        after = None if page.after is None else str(page.after[0])
        with self.database.read() as connection:
            rows = linked.page_of_systems(
                connection, self.office.office_id, department, state, after, page.limit + 1
            )
            shown = rows[: page.limit]
            health = linked.health_of(connection, [row.id for row in shown])
            known = delivering.destinations(connection)
        items = [self._item(row, health[row.id], known.get(row.id), page.as_of) for row in shown]
        return page.answer(items, (shown[-1].id,) if len(rows) > page.limit else None)

    def system(self, who: Principal, id: str) -> dict[str, Any]:
        """One system with its keys, its last days in numbers and its changes; raises `not_yours` and `not_found`."""
        check_role(who, roles_for("system.read"))
        now = self.clock.now()
        with self.database.read() as connection:
            row = linked_reading.system_row(connection, id)
            if row is None or row.office_id != self.office.office_id:
                raise Refusal("not_found")
            health = linked.health_of(connection, [id])[id]
            known = delivering.destinations(connection).get(id)
            days = _days(now)
            figures = zip(
                linked.messages_by_day(connection, id, days),
                linked.deliveries_by_day(connection, id, days),
                linked.receipts_by_day(connection, id, days),
                strict=True,
            )
            changes = linked.changes_of(connection, self.office.office_id, id, CHANGES_MAX)
        return {
            **self._item(row, health, known, now),
            "keys": [_key(key) for key in in_force(row.secrets, now)],
            "encryption_keys": [_sealing_key(key, now) for key in row.encryption_keys],
            "days": [
                {
                    "day": civil_date(day[0]).isoformat(),
                    "sent": sent,
                    "delivered": delivered,
                    "receipts": came,
                }
                for day, (sent, delivered, came) in zip(days, figures, strict=True)
            ],
            "changes": [
                {"at": recorded(one.recorded_at), "by": one.by, "detail": done(one.detail)} for one in changes
            ],
        }

    def _item(self, row: Row[Any], health: Row[Any], known: Row[Any] | None, now: datetime) -> dict[str, Any]:
        circuit = as_destination(known, rests=health.waiting > 0)
        keys = in_force(row.secrets, now)
        ends = [key["until"] for key in keys if key.get("until")]
        return {
            "id": row.id,
            "department": row.department,
            "kinds": list(row.kinds),
            "url": row.url,
            "allow_private": row.allow_private,
            "scheme": row.scheme,
            "state": state_of(row),
            "carrier": row.carrier,
            "reachable": _reachable(row, health, circuit),
            "left_alone_until": circuit["open_until"],
            "allowed": circuit["allowed"],
            "failing": health.failing,
            "waiting": int(health.waiting),
            "oldest_waiting": _said(health.oldest_waiting),
            "dead": int(health.dead),
            "last_delivered": _said(health.last_delivered),
            "parked": int(health.parked),
            "keys_in_force": len(keys),
            "overlap_until": max(ends) if ends else None,
            "sealed": bool(in_force(row.encryption_keys, now)),
            "created_at": recorded(row.created_at),
        }


def _reachable(row: Row[Any], health: Row[Any], circuit: Mapping[str, Any]) -> str:
    """How letters fare with the system.

    `carried`, `pulls`, `gone`, `suspended`; `left_alone` while its circuit is open; `failing` while the first message that
    waits was refused; `yes` after a delivery, else `unknown`.
    """
    if row.carrier or row.url is None:
        return "carried" if row.carrier else "pulls"
    if row.disabled:
        return state_of(row)
    if circuit["circuit"] == OPEN:
        return "left_alone"
    if health.failing is not None:
        return "failing"
    return "yes" if health.last_delivered is not None else "unknown"


def _said(instant: datetime | None) -> str | None:
    return None if instant is None else recorded(instant)


def _key(key: Any) -> dict[str, Any]:
    """A signature key by its fingerprints, and how long it counts."""
    scheme = scheme_of(key)
    return {
        "version": scheme.version,
        "since": key.get("since"),
        "until": key.get("until"),
        **scheme.named(key),
    }


def _sealing_key(key: Any, now: datetime) -> dict[str, Any]:
    return {
        "kid": key["jwk"]["kid"],
        "curve": key["jwk"]["crv"],
        "thumbprint": key["thumbprint"],
        "since": key["since"],
        "until": key["until"],
        "in_force": bool(in_force([key], now)),
    }


def _days(now: datetime) -> list[linked.Day]:
    """The last days in Asia/Shanghai, the latest first."""
    today = civil_date(now)
    firsts = [datetime.combine(today - timedelta(days=back), time(), SHANGHAI) for back in range(-1, DAYS)]
    return [(first, after) for after, first in pairwise(firsts)]
