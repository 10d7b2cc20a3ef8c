"""Facts that the house works out by itself, from the finding, its proceedings and the office's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.core.counting import add_months
from rules.facts import Value
from rules.offices import Office

LIMITATION_MONTHS = 24
LIMITATION_MONTHS_WITH_HARM = 60
"""行政处罚法 第三十六条; the last day of the period is still inside."""

HEAVIER_KINDS = frozenset(
    {"downgrade", "restrict_business", "stop_business", "close_business", "trade_ban", "revoke_licence"}
)
"""Kinds of penalty that are heavier ones whatever the fine (总局令44号 第二条)."""

RECTIFICATION_FACT = {
    "to_order": "none",
    "ordered": "ordered",
    "announced": "ordered",
    "correcting": "ordered",
    "reported": "ordered",
    "reinspection_due": "ordered",
    "partly_corrected": "not_corrected",
    "not_corrected": "not_corrected",
    "escalated": "not_corrected",
    "refused": "refused",
    "corrected": "corrected",
    "cancelled": "none",
}
"""What a state of the rectification chart, or the conclusion `refused`, means to a rule.

What is corrected in part is not corrected: the same clauses (逾期未改正) let it be escalated.
"""
_FIRST_THAT_STANDS = ("refused", "not_corrected", "ordered", "corrected")


def derive(
    entered: Mapping[str, Value],
    *,
    domain: str,
    violation: str,
    party_kind: str,
    result_codes: Sequence[str],
    department: str,
    office: Office,
    act_ended_on: date | None,
    discovered_on: date | None,
    continuing: bool,
    letters: Sequence[Mapping[str, Any]],
    tax_due_fen: int | None,
    rectifications: Sequence[str],
    penalty: Mapping[str, Value] | None = None,
    serious_listed: bool = False,
) -> dict[str, Value]:
    """The entered facts with all that the house derives; the rest takes its default when ruled upon.

    letters: entries of the intake (posted_on, signed). rectifications: states of the finding's rectification
    proceedings. penalty: penalty_procedure, penalty_heaviest, fine_fen and trade_ban_months once notified or
    decided, the fine in fen.
    """
    decided = dict(penalty or {})
    fine = int(decided.get("fine_fen", -1))
    posted = sorted(_day(letter["posted_on"]) for letter in letters if letter.get("signed") is not True)
    return {
        **entered,
        **decided,
        "domain": domain,
        "violation": violation,
        "party_kind": party_kind,
        "result_undisclosed": "UNDISCLOSED" in result_codes,
        "result_uncooperative": "UNCOOPERATIVE" in result_codes,
        "own_power": office.has_power(department, domain, violation),
        "rectification_state": rectification_state(rectifications),
        "serious_listed": serious_listed,
        "letters_interval_days": letters_interval_days(posted),
        "limitation": limitation(act_ended_on, discovered_on, continuing=continuing),
        "tax_evaded_ten_percent": tax_evaded_ten_percent(int(entered.get("tax_evaded_fen", -1)), tax_due_fen),
        "fine_level": fine_level(fine, party_kind, office),
        "heavier_penalty": heavier_penalty(
            str(entered.get("discretion_step", "unknown")), fine, str(decided.get("penalty_heaviest", "none"))
        ),
    }


def limitation(act_ended_on: date | None, discovered_on: date | None, *, continuing: bool) -> str:
    """How old the act was when it was found; a continuing act is always within the period."""
    if continuing:
        return "within"
    if act_ended_on is None or discovered_on is None:
        return "unknown"
    if discovered_on <= act_ended_on or discovered_on <= add_months(act_ended_on, LIMITATION_MONTHS):
        return "within"
    if discovered_on <= add_months(act_ended_on, LIMITATION_MONTHS_WITH_HARM):
        return "past_two_years"
    return "past_five_years"


def rectification_state(states: Sequence[str]) -> str:
    """The state of all orders to correct together: what most calls for the next step comes first."""
    meant = {RECTIFICATION_FACT[state] for state in states}
    return next((fact for fact in _FIRST_THAT_STANDS if fact in meant), "none")


def letters_interval_days(posted: Sequence[date]) -> int:
    """Days between the first and the last of the letters that nobody signed for; 0 with fewer than two."""
    return (max(posted) - min(posted)).days if posted else 0


def tax_evaded_ten_percent(evaded_fen: int, due_fen: int | None) -> bool:
    """True when both sums are known and a tenth or more of the tax due is evaded (刑法 第二百零一条)."""
    return evaded_fen >= 0 and due_fen is not None and due_fen >= 0 and 10 * evaded_fen >= due_fen


def fine_level(fine_fen: int, party_kind: str, office: Office) -> str:
    """The level of a fine by the figures of the office, each with its own sum included."""
    if fine_fen <= 0:
        return "none"
    if fine_fen >= office.threshold("fine_very_large_fen"):
        return "very_large"
    person = party_kind == "natural_person"
    low = office.threshold("fine_low_person_fen" if person else "fine_low_unit_fen")
    return "low" if fine_fen <= low else "ordinary"


def heavier_penalty(discretion_step: str, fine_fen: int, penalty_heaviest: str) -> bool:
    """True for a fine in the heavy step, or a kind that is heavier by itself (总局令44号 第二条)."""
    return (discretion_step == "heavy" and fine_fen > 0) or penalty_heaviest in HEAVIER_KINDS


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
