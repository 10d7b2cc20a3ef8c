"""Matters that come without a linked system: on paper, by telephone, in person; an officer enters them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.incoming import IncomingBook
from engine.core.incoming_form import check_entry
from engine.core.incoming_rights import ENTERS
from engine.core.refusals import Refusal
from engine.core.times import check_late
from engine.desk import Desk
from engine.incoming.keeping import Intake, Keeping
from engine.incoming.said import refused
from engine.outcomes import new_id
from engine.second_person import check_role
from models import incoming_reading
from models.referral_list import ids_for


@dataclass(frozen=True, slots=True)
class Entering:
    """Works within the transaction of the entry; a matter is entered for one's own department."""

    desk: Desk
    book: IncomingBook
    keeping: Keeping

    def check_may(self, who: Principal) -> None:
        """Returns when the person takes matters in for a department; raises `not_yours`."""
        check_role(who, ENTERS)
        if who.department is None or who.kind != "person":
            raise Refusal("not_yours", roles=sorted(ENTERS))

    def enter(self, connection: Connection, who: Principal, body: Mapping[str, Any], now: datetime) -> str:
        """The matter stands; its id. Raises `facts_invalid`, `occurred_in_future` or `too_late_entry`."""
        departments = self.desk.office.departments
        kind = check_entry(self.book, body, departments)
        sender, own = body.get("sender_department"), str(who.department)
        if sender is not None and not kind.sent_by(sender, departments[sender].kind, own):
            raise refused("/sender_department", "vocabulary", "kind_not_sent")
        received_at = datetime.fromisoformat(body["received_at"])
        if received_at > now:
            raise Refusal("occurred_in_future")
        check_late(self.desk.law, civil_date(received_at), civil_date(now), body, who, "")
        data = body["data"]
        intake = Intake(
            id=new_id(),
            kind=kind,
            department=own,
            channel=body["channel"],
            sender_department=sender,
            sender_name=body.get("sender_name"),
            data=data,
            received_at=received_at,
            late=civil_date(received_at) < civil_date(now),
            entered_by=who.login.casefold(),
            referral=self._referral(connection, who, sender, data) if kind.confidential else None,
        )
        return str(self.keeping.take_in(connection, intake, who, now)["id"])

    def _referral(
        self, connection: Connection, who: Principal, sender: str | None, data: Mapping[str, Any]
    ) -> str | None:
        """The referral that the matter answers, if whoever enters it is on its list; else nothing tells that there is one."""
        asking = self.desk.referrals.asking(who)
        if sender is None or asking is None:
            return None
        return incoming_reading.referral_named(
            connection, sender, data.get("in_reply_to"), data.get("our_doc_no"), ids_for(asking)
        )
