"""What a step on a finding states of a crime goes to the record of the criminal referral and nowhere else (law 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.core.chart import CRIMINAL, Row
from engine.core.effects import Confide, Decision, Effect, Remind, Taken
from engine.core.law2 import Suspicion
from engine.core.running import Moment, open_term
from engine.core.scope import Scope
from engine.core.snapshot import (
    CRIMINAL_ROUTE,
    CRIMINAL_ROUTE_PROPOSED,
    SUSPICION_ON_RECORD,
    Act,
    Snapshot,
)
from engine.core.times import Timing

CONFIDED = frozenset({"open_criminal_referral", "record_threshold"})
"""Steps of which nothing stands on the finding: its version, sequence and timeline are the same without them."""
CONFIDED_FACTS = ("threshold_rule", "threshold_facts")
PROPOSING = frozenset({"propose_route", "confirm_route"})
APPROVING = frozenset({"approve_route", "add_route", "reopen"})


def opens_referral(row: Row) -> bool:
    """True when the row opens a criminal referral."""
    return f"open_proceeding:{CRIMINAL}" in row.effects


def confided(scope: Scope, snapshot: Snapshot, row: Row, facts: Mapping[str, Any], timed: Timing) -> Taken:
    """The step as it was decided: the finding keeps no trace but that its party's act is suspected."""
    reminders = [effect.partition(":")[2] for effect in row.effects if effect.startswith("remind:")]
    suspect(scope, snapshot, opens=opens_referral(row))
    effects: tuple[Effect, ...] = (Confide(dict(facts), opens_referral(row)), *map(Remind, reminders))
    return Taken(
        row, None, facts, timed.occurred_at, timed.late, snapshot.sequence, None, effects, confided=True
    )


def suspect(scope: Scope, snapshot: Snapshot, *, opens: bool) -> None:
    """From now on the act is suspected, in this decision too."""
    state = scope.law.charts[CRIMINAL].initial if opens else None
    snapshot.registers[SUSPICION_ON_RECORD] = True
    snapshot.suspicions.append(Suspicion(True, state))


def apart(
    scope: Scope, snapshot: Snapshot, row: Row, facts: Mapping[str, Any]
) -> tuple[dict[str, Any], Confide | None]:
    """The facts that stand on the finding, and what belongs to the referral's record: its route, its threshold."""
    own = dict(facts)
    if opens_referral(row):
        said = {name: own.pop(name) for name in CONFIDED_FACTS if name in own}
        suspect(scope, snapshot, opens=True)
        return own, Confide(said, True)
    if "routes" not in own:
        return own, None
    referred = CRIMINAL in own["routes"]
    own["routes"] = [route for route in own["routes"] if route != CRIMINAL]
    keep_route(snapshot.registers, row.trigger, referred)
    return own, Confide({"routes": [CRIMINAL]}, False) if referred else None


def keep_route(registers: dict[str, Any], trigger: str, stated: bool) -> None:
    """Whether a referral is proposed and approved, after this step; whoever approves what is shown approves it too.

    Nobody is shown that one was proposed, and so nobody can leave it out by mistake; only a new proposal does.
    """
    if trigger in PROPOSING:
        kept = trigger == "confirm_route" and bool(registers.get(CRIMINAL_ROUTE_PROPOSED))
        registers[CRIMINAL_ROUTE_PROPOSED] = stated or kept
    elif trigger in APPROVING:
        before = CRIMINAL_ROUTE_PROPOSED if trigger == "approve_route" else CRIMINAL_ROUTE
        kept = trigger != "reopen" and bool(registers.get(before))
        registers[CRIMINAL_ROUTE] = stated or kept


def begun(scope: Scope, referral: Snapshot, taken: Taken, said: Confide) -> Decision:
    """What was confided stands on the referral's own record, one entry longer; a referral that it opens is suspected.

    `referral` is changed in place. A record that holds a suspicion only has no state yet.
    """
    referral.sequence += 1
    referral.version += 1
    main, chart = referral.main, scope.law.charts[CRIMINAL]
    main.facts.update(said.facts)
    main.keep(taken.row.trigger, Act(scope.principal.login, referral.sequence, taken.occurred_at, scope.now))
    main.last_occurred_at = max(taken.occurred_at, main.last_occurred_at or taken.occurred_at)
    if said.opens:
        main.state, main.opened_at, main.opened_sequence = chart.initial, taken.occurred_at, referral.sequence
        moment = Moment(taken.occurred_at, scope.now, referral.sequence)
        for term in chart.states[chart.initial].clock:
            open_term(scope.law, referral, main, term, taken.occurred_at, moment, scope.new_id, said.facts)
    told = tuple(effect for effect in taken.effects if isinstance(effect, Remind)) if taken.confided else ()
    row = replace(taken.row, to=main.state)
    step = replace(
        taken, row=row, proceeding=None, facts=said.facts, sequence=referral.sequence, effects=told
    )
    return Decision(referral, [replace(step, opened=None, confided=False)])
