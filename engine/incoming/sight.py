"""Who is shown which matters, by the rights of this moment and the lists of criminal referrals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine.core.commands import Principal
from engine.core.incoming import IncomingBook
from engine.core.incoming_rights import Matter, kinds_read
from engine.core.refusals import Refusal
from engine.core.visibility import sees_department, sees_office
from engine.desk import Desk
from models import incoming_reading, referral_reading
from models.recusing import recused_in
from models.second_wall import as_house


@dataclass(frozen=True, slots=True)
class Sight:
    """Answers what rights ask of the database."""

    desk: Desk
    book: IncomingBook

    def seen(self, connection: Connection, who: Principal) -> incoming_reading.Seen:
        """The matters that this person may know of, as a condition on rows."""
        own = who.department if who.kind == "person" and sees_department(who) is not None else None
        return incoming_reading.Seen(
            office_id=self.desk.office.office_id,
            any_department=sees_office(who),
            department=sees_department(who),
            own=own,
            login=who.login.casefold(),
            kinds=kinds_read(self.book, who),
            referrals=self._referrals(connection, who, own),
        )

    def find(self, connection: Connection, who: Principal, id: str, lock: bool = False) -> Any:
        """The matter; raises `not_found` for what is hidden as for what never was, after the same statements."""
        row = incoming_reading.seen_matter(connection, self.seen(connection, who), "id", id, lock)
        if row is None:
            raise Refusal("not_found")
        return row

    def recused(self, connection: Connection, row: Any) -> frozenset[str]:
        """The accounts, folded, that are recused in the case that the matter became, or whose referral it answers."""
        with as_house(connection):  # of whom one stepped back on a referral is told to the person alone
            case = row.finding_id
            if case is None and row.referral_id is not None:
                referral = referral_reading.referral_row(connection, row.referral_id)
                case = None if referral is None else referral.finding_id
            return frozenset() if case is None else recused_in(connection, case)

    def _referrals(self, connection: Connection, who: Principal, own: str | None) -> frozenset[str]:
        if own is None:
            return frozenset()
        return frozenset(str(row.id) for row in self.desk.referrals.every_known(connection, who))


def matter_of(row: Any) -> Matter:
    """What rights ask of a row."""
    told: Mapping[str, Any] = row._mapping
    return Matter(
        told["kind"],
        told["department"],
        told["confidential"],
        told["handler"],
    )
