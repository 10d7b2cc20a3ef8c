"""What an open state needs of the people of a department and of the house's clock, told by the charts (law 3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.core.chart import Chart, Charts, State
from engine.core.times import roles_of

LACKS = ("clock", "owner", "step")
"""What an open record may lack."""
CLOCK, OWNER, STEP = LACKS
WITHOUT_PEOPLE = frozenset({"clock", "linked_system"})
"""Who takes rows without an account: time that passes, and whoever answers from outside by a receipt."""
NOT_HELD = frozenset({"importer"})
"""Rows by which a later export corrects an old record are no person's step."""
FINDING = "finding"
ALL_DONE = "all_proceedings_done"


@dataclass(frozen=True, slots=True)
class Need:
    """An open state, who owns it, who may lead on from it, and whose clock runs in it.

    clocked: one of the record itself, as the state does not say why none does. borne: those of the proceedings of a
    finding, which it leaves by the clock when they are done.
    """

    chart: str
    state: State
    leaders: frozenset[str]
    clocked: bool
    borne: bool

    def owned(self, held: Collection[str]) -> bool:
        """True when one of the roles held owns the state."""
        return self.state.owner in held

    def led_on(self, held: Collection[str]) -> bool:
        """True when somebody with a role held, a linked system or the clock may lead on to another state.

        By the rows alone: what guards ask of one case is told with its steps.
        """
        return not self.leaders.isdisjoint(held) or not self.leaders.isdisjoint(WITHOUT_PEOPLE)


def needs_of(charts: Charts) -> tuple[Need, ...]:
    """Every open state of a finding and of its proceedings; a criminal referral is a record of its own (law 9)."""
    return tuple(
        _need(charts[name], state)
        for name in (FINDING, *charts.kinds)
        for state in charts[name].states.values()
        if state.kind == "open"
    )


def _need(chart: Chart, state: State) -> Need:
    # Reminders and notes stay in the state and move no case: the clock reminds of nearly every one.
    rows = [row for row in chart.rows if row.source == state.name and row.to != state.name]
    leaders = frozenset(role for row in rows for role in roles_of(row)) - NOT_HELD
    borne = chart.name == FINDING and any(row.guard(ALL_DONE) and "clock" in row.by for row in rows)
    return Need(chart.name, state, leaders, state.why_no_clock is None and not borne, borne)
