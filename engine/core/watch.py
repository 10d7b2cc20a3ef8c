"""No orphaned cases (law 3): where none of a state's own clocks runs, the chart's internal watch does."""

from __future__ import annotations

from collections.abc import Callable

from engine.core.calendar import civil_date
from engine.core.lawbook import Lawbook
from engine.core.running import Moment, close, open_term, running
from engine.core.snapshot import Record, Snapshot


def keep_watch(law: Lawbook, snapshot: Snapshot, moment: Moment, new_id: Callable[[], str]) -> None:
    """Every open proceeding and referral has a running deadline; the watch ends where a clock of the state takes over."""
    for record in (snapshot.main, *snapshot.proceedings.values()):
        watch = law.charts[record.chart].watch
        if watch is not None:
            _keep(law, snapshot, record, watch, moment, new_id)


def _keep(
    law: Lawbook, snapshot: Snapshot, record: Record, watch: str, moment: Moment, new_id: Callable[[], str]
) -> None:
    state = law.charts[record.chart].states[record.state]
    owner = None if record is snapshot.main else record.id
    if watch in state.clock:
        return
    covered = bool(running(snapshot, owner, state.clock)) or state.kind != "open"
    watching = running(snapshot, owner, (watch,))
    if covered:
        for deadline in watching:
            close(deadline, "cancelled", moment, reason="已有期限在计 · another period runs")
    elif not watching:
        open_term(law, snapshot, record, watch, civil_date(moment.recorded_at), moment, new_id, {})
