"""从旧兼从轻 (行政处罚法 第三十七条): what the rules of the day of the act say beside those of today.

Rulings are made by the rules of the day of discovery, as the contract has it. Where rules have changed since the act, and
what they propose differs, both are shown while the finding is open; which is the lighter the legal section may have
declared (`lighter_than`), and a person weighs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.clock import Clock
from engine.core.calendar import civil_date
from engine.rulebook_in_force import RulebookInForce
from models.database import Database
from rules.arbiter import Decision
from rules.backtest import Outcome, outcome_of
from rules.facts import FactsInvalid
from rules.rulebook import Rulebook
from rules.schema import Rule


@dataclass(frozen=True, slots=True)
class Changed:
    """A rule that stood otherwise on the two days, and fired on one of them; None where it did not stand yet."""

    then: Rule | None
    now: Rule | None

    @property
    def lighter(self) -> str | None:
        """`then` or `now` where the legal section has declared it, else None: a person weighs it."""
        if self.then is not None and self.now is not None:
            if self.now.key in self.then.lighter_than:
                return "then"
            if self.then.key in self.now.lighter_than:
                return "now"
        return None


@dataclass(frozen=True, slots=True)
class TwoLaws:
    """What the rules of the two days say of one finding, and which of them changed in between."""

    acted_on: date
    today: date
    then: Outcome
    now: Outcome
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class LawOfTheAct:
    """Asks the rulebook in force about both days; the plain evaluator alone answers, and nothing of it is kept."""

    database: Database
    clock: Clock
    in_force: RulebookInForce

    def of_finding(self, id: str, *, confidential: bool) -> TwoLaws | None:
        """Both rulings where they differ by a rule that changed; None for a closed finding, and where the day of the act
        is not known.

        confidential=False: as if every confidential rule and fact did not exist (law 9).
        """
        judging = self.in_force.judging
        with self.database.read() as connection:
            known = judging.known(connection, id)
        today = civil_date(self.clock.now())
        if known is None or known.closed or known.acted_on is None or known.acted_on >= today:
            return None
        try:
            then, now = (
                judging.arbiter.decide_alone(known.facts, on, confidential=confidential)
                for on in (known.acted_on, today)
            )
        except FactsInvalid:
            return None
        before, after = outcome_of(then.ruling), outcome_of(now.ruling)
        changed = tuple(_changed(judging.arbiter.rulebook, then, now))
        if not changed or before == after:
            return None
        return TwoLaws(known.acted_on, today, before, after, changed)


def _changed(book: Rulebook, then: Decision, now: Decision) -> Iterator[Changed]:
    """The rules that fired on one of the days and stood in another version, or not at all, on the other."""
    old, new = ({rule.id: rule for rule in book.in_force(one.on)} for one in (then, now))
    fired = {rule.id for rule in (*then.rules, *now.rules)}
    for id in sorted(fired):
        if old.get(id) != new.get(id):
            yield Changed(old.get(id), new.get(id))
