"""A rulebook that is approved and not in force yet runs beside the one that is: what it would say of a finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from engine.clock import Clock
from engine.core.calendar import civil_date
from engine.judging import Judging
from engine.rulebook_in_force import RulebookInForce
from models.database import Database
from rules.backtest import Outcome, change_between, outcome_of
from rules.facts import FactsInvalid


@dataclass(frozen=True, slots=True)
class WouldBe:
    """What the rules in force and the coming ones say of one finding, where they differ; None is for undecidable."""

    version: str
    since: date
    now: Outcome | None
    then: Outcome | None


@dataclass(frozen=True, slots=True)
class Shadow:
    """Decides findings under the coming edition and keeps nothing: it is asked whenever somebody looks.

    The plain evaluator alone answers, and as if every confidential rule and fact did not exist (law 9).
    """

    database: Database
    clock: Clock
    in_force: RulebookInForce

    def of_finding(self, id: str) -> WouldBe | None:
        """Where the coming edition would decide otherwise; None where it would not, or nothing is coming."""
        coming = self.in_force.coming(civil_date(self.clock.now()))
        if coming is None or coming.since is None:
            return None
        with self.database.read() as connection:
            now, then = (_outcome(by, connection, id) for by in (self.in_force.judging, coming.judging))
        if change_between(now, then) is None:
            return None
        return WouldBe(coming.rulebook.version, coming.since, now, then)


def _outcome(judging: Judging, connection: Connection, id: str) -> Outcome | None:
    known = judging.known(connection, id)
    assert known is not None, "who asks has read the finding"
    try:
        return outcome_of(
            judging.arbiter.decide_alone(known.facts, known.found_on, confidential=False).ruling
        )
    except FactsInvalid:
        return None
