"""Which entries of a record the reader may put right, told to pages and programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.core.commands import Principal
from engine.core.corrigible import Corrigible, corrigible
from engine.core.entries import CORRECTS
from engine.core.refusals import Refusal
from engine.desk import Desk
from engine.recorded import entries_of


@dataclass(frozen=True, slots=True)
class CorrectionReader:
    """Reads with the rights of the desk, which takes the corrections."""

    desk: Desk

    def of_record(self, who: Principal, subject: str, id: str) -> list[Corrigible]:
        """The steps of a finding or criminal referral that the person may put right, oldest first.

        None for whoever only reads the record. Raises `not_found` like the desk.
        """
        with self.desk.database.read(self.desk.referrals.behalf(who)) as connection:
            try:
                file = self.desk.open_file(connection, who, subject, id, lock=False)
            except Refusal as refusal:
                if refusal.code in ("not_yours", "recused"):
                    return []
                raise
            if not who.roles & CORRECTS:
                return []
            scope = self.desk.scope(connection, who, self.desk.clock.now())
            return corrigible(scope, file.snapshot, entries_of(connection, file.record_id))

    def answer(self, who: Principal, id: str) -> dict[str, Any]:
        """The steps of a finding as the interface answers them."""
        return {"items": [_told(one) for one in self.of_record(who, "finding", id)]}


def _told(one: Corrigible) -> dict[str, Any]:
    return {
        "sequence": one.sequence,
        "fact": one.fact,
        "date": one.on.isoformat() if one.on is not None else None,
        "withdraw": one.withdraw,
    }
