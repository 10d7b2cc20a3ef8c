"""Rights in one place: who may do what, by action; what stands in no policy nobody may do.

A policy names who calls and which roles. Of what belongs to a department the roles reach what engine/core/visibility.py
says, of steps what the rows of the charts say, and of a criminal referral what its list says and nothing else (law 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.core.commands import Principal
from engine.core.incoming_rights import ENTERS
from engine.core.visibility import APPROVES_EDITIONS, DEPARTMENTAL, OFFICE_WIDE, READS_BACKTESTS


class Caller(StrEnum):
    """How somebody is known before anything is done for them."""

    ANYBODY = "anybody"
    PERSON = "person"
    """By session or bearer token."""
    SYSTEM = "system"
    """By the signature over what it sends."""


class Reach(StrEnum):
    """Which records a policy speaks of; what lies beyond is answered like what never was."""

    NOTHING = "nothing"
    """No record at all."""
    OWN = "own"
    """The caller's own: session, reminders, what was sent to the system."""
    SEEN = "seen"
    """Records of the departments that the person sees."""
    CHART = "chart"
    """The same, as far as a row of the charts is for one of the person's roles."""
    LIST = "list"
    """Criminal referrals on whose list the person is."""
    OFFICE = "office"
    """What the office has one of: rulebook, calendar, register, proposals."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may do one thing; `roles` None stands for everybody who is known."""

    action: str
    caller: Caller
    reach: Reach
    roles: frozenset[str] | None = None
    hidden: bool = False
    """Others are answered `not_found`, as if there were no such thing; else `not_yours`."""
    owing: bool = False
    """Open also to whoever must do something first, such as change a password that others know."""


def _everybody(action: str, reach: Reach, *roles: str, hidden: bool = False) -> Policy:
    return Policy(action, Caller.PERSON, reach, frozenset(roles) or None, hidden)


CASES = DEPARTMENTAL | OFFICE_WIDE
"""Everybody who sees cases; the three administrators are not among them."""
_CLERKS = ("duty_clerk", "department_head")

_TABLE = (
    Policy("site.open", Caller.ANYBODY, Reach.NOTHING),
    Policy("session.open", Caller.ANYBODY, Reach.NOTHING),
    Policy("session.own", Caller.PERSON, Reach.OWN, owing=True),
    Policy("account.own", Caller.PERSON, Reach.OWN, owing=True),
    _everybody("reminder.own", Reach.OWN),
    _everybody("work.read", Reach.SEEN),
    _everybody("inspection.read", Reach.SEEN),
    _everybody("inspection.record", Reach.CHART),
    _everybody("inspection.act", Reach.CHART),
    _everybody("finding.read", Reach.SEEN),
    _everybody("finding.act", Reach.CHART),
    _everybody("finding.correct", Reach.CHART),
    _everybody("finding.recuse", Reach.SEEN),
    _everybody("finding.hold", Reach.SEEN),
    _everybody("finding.erase", Reach.SEEN),
    _everybody("party.read", Reach.SEEN),
    _everybody("search.read", Reach.SEEN),
    _everybody("help.read", Reach.NOTHING),
    _everybody("deadline.read", Reach.SEEN),
    _everybody("ledger.read", Reach.SEEN),
    _everybody("ledger.export", Reach.SEEN, *CASES),
    _everybody("report.make", Reach.SEEN, *CASES),
    _everybody("job.own", Reach.OWN),
    _everybody("job.ask", Reach.SEEN, *CASES),
    _everybody("audit.read", Reach.SEEN),
    _everybody("figures.read", Reach.SEEN, *CASES),
    _everybody("intake.write", Reach.CHART, "inspector"),
    _everybody("duty.read", Reach.SEEN),
    _everybody("duty.hand_in", Reach.SEEN),
    _everybody("delegation.read", Reach.SEEN),
    _everybody("delegation.give", Reach.OWN),
    _everybody("incoming.read", Reach.SEEN),
    _everybody("incoming.enter", Reach.SEEN, *ENTERS),
    _everybody("incoming.act", Reach.SEEN),
    _everybody("message.act", Reach.SEEN),
    _everybody("exchange.read", Reach.SEEN, *_CLERKS, "supervisor", "case_officer"),
    _everybody("carrier.pack", Reach.SEEN, "duty_clerk", "supervisor"),
    _everybody("carrier.codes", Reach.SEEN, *_CLERKS, "supervisor", "case_officer"),
    _everybody("receipt_code.enter", Reach.SEEN),
    _everybody("referral.read", Reach.LIST),
    _everybody("referral.act", Reach.LIST),
    _everybody("rulebook.read", Reach.OFFICE),
    _everybody("ruling.try", Reach.NOTHING),
    _everybody("calendar.read", Reach.OFFICE),
    _everybody("retention.read", Reach.OFFICE),
    _everybody("edition.read", Reach.OFFICE),
    _everybody("edition.decide", Reach.OFFICE, *APPROVES_EDITIONS),
    _everybody("backtest.list", Reach.OFFICE, *READS_BACKTESTS),
    _everybody("backtest.read", Reach.OFFICE, *READS_BACKTESTS, hidden=True),
    _everybody("system.read", Reach.OFFICE, *_CLERKS, "system_admin", "supervisor", "principal_head"),
    _everybody("system.change", Reach.OFFICE, "system_admin"),
    _everybody("administration.decide", Reach.OFFICE, "system_admin", "security_admin"),
    _everybody("account.read", Reach.OFFICE, "security_admin", "audit_admin"),
    _everybody("account.change", Reach.OFFICE, "security_admin"),
    _everybody("record.read", Reach.OFFICE, "system_admin", "security_admin", "audit_admin"),
    _everybody("attempt.read", Reach.OFFICE, "audit_admin"),
    Policy("feed.own", Caller.SYSTEM, Reach.OWN),
)
POLICIES = {one.action: one for one in _TABLE}


def roles_for(action: str) -> frozenset[str]:
    """The roles of which a person needs one; raises KeyError where no policy names any."""
    roles = POLICIES[action].roles
    if roles is None:
        raise KeyError(action)
    return roles


def may(who: Principal, action: str) -> bool:
    """True when one of the person's roles, own or lent, is for the action; which records it reaches is asked there."""
    roles = POLICIES[action].roles
    return roles is None or not who.all_roles.isdisjoint(roles)
