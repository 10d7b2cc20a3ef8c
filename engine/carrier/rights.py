"""Who may pack, copy, take in and enter what is carried: one place for the command line, the pages and the interface.

What is ordinary is the duty clerk's of the department whose messages they are; of the lead office also the supervisor's.
What is of a criminal referral is for the persons on its list, and for everybody else nothing that there is (law 9).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from engine.core.commands import Principal
from engine.core.ladder import LEAD_OFFICE
from engine.referrals import Referrals

ORDINARY, CRIMINAL = "ordinary", "criminal"
CLERKS = frozenset({"duty_clerk"})
OF_LEAD_OFFICE = CLERKS | {"supervisor"}


def carries_for(who: Principal) -> str | None:
    """The department whose ordinary messages the person carries, if any."""
    if who.kind != "person":
        return None
    roles = OF_LEAD_OFFICE if who.department == LEAD_OFFICE else CLERKS
    return who.department if who.all_roles & roles else None


def may_handle(connection: Connection, referrals: Referrals, who: Principal, bundle: Any) -> bool:
    """True when the person may copy the bundle, take in its answers and see what became of it."""
    if bundle.queue == ORDINARY:
        return carries_for(who) == str(bundle.department)
    return referrals.known(connection, who, bundle.series) is not None


def referrals_known(connection: Connection, referrals: Referrals, who: Principal) -> list[str]:
    """The referrals on whose list the person is, oldest first; for everybody else none, and nothing is read."""
    return [str(row.id) for row in referrals.every_known(connection, who)]
