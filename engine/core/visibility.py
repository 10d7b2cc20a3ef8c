"""Who may see which records at all: deny by default, one place for every reader and writer."""

from __future__ import annotations

from collections.abc import Collection

from engine.core.chart import Chart
from engine.core.commands import Principal
from engine.core.delegation import may_take
from engine.core.two_persons import TWO_PERSONS

OFFICE_WIDE = frozenset({"supervisor", "oversight_reader", "importer", "clock"})
DEPARTMENTAL = frozenset(
    {
        "inspector",
        "case_officer",
        "unit_head",
        "legal_reviewer",
        "hearing_presider",
        "department_head",
        "principal_head",
        "duty_clerk",
    }
)

PROPOSES_EDITIONS = TWO_PERSONS["rulebook.approve"].proposes
"""Who may propose an edition of the rulebook: the legal section writes it."""
APPROVES_EDITIONS = TWO_PERSONS["rulebook.approve"].confirms
"""Who may approve an edition that somebody else proposed."""
READS_BACKTESTS = PROPOSES_EDITIONS | APPROVES_EDITIONS | {"supervisor"}
"""Who judges what a draft of the rulebook would change; of the changes they see what they see of findings."""

SEES_EVERY_DUTY = frozenset({"supervisor", "oversight_reader", "principal_head"})
"""Who sees what every member department reports; others of a department see their own."""

OVERSEES = frozenset({"supervisor", "oversight_reader", "unit_head", "department_head", "principal_head"})
"""Whose work it is to see whether the loop is closed: they find the board in the navigation."""


def sees_office(who: Principal) -> bool:
    """True for those who see the records of every department."""
    return bool(who.roles & OFFICE_WIDE)


def sees_department(who: Principal) -> str | None:
    """The department whose records the person sees, if any; administrators see no cases."""
    return who.department if who.roles & DEPARTMENTAL else None


def reads_findings(who: Principal) -> bool:
    """True for those who see the records of some department; others have no list of them."""
    return sees_office(who) or sees_department(who) is not None


def sees(who: Principal, department: str) -> bool:
    """True when the person may see records of that department."""
    return sees_office(who) or sees_department(who) == department


def may_read_backtests(who: Principal) -> bool:
    """True when the person may read back-tests of drafts of the rulebook."""
    return bool(who.all_roles & READS_BACKTESTS)


def sees_duties_of(who: Principal, members: Collection[str]) -> tuple[str, ...]:
    """Of the member departments those whose reports the person sees; administrators see none."""
    if who.all_roles & SEES_EVERY_DUTY:
        return tuple(members)
    own = sees_department(who)
    return tuple(one for one in members if one == own)


def hands_in_for(who: Principal, roles: Collection[str], members: Collection[str]) -> str | None:
    """The department for which a person of one of these roles hands in reports: its own, if it owes any."""
    may = not who.all_roles.isdisjoint(roles) and who.department in members
    return who.department if may else None


def has_any_row(who: Principal, charts: list[Chart]) -> bool:
    """True when the charts hold a row that one of the person's roles may take."""
    return any(may_take(who, row) for chart in charts for row in chart.rows)
