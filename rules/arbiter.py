"""Asks both evaluators and rules only when they agree."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rules.compiled import missing_facts, python_evaluator
from rules.facts import FactDictionary, Value
from rules.fence.pool import WORKER, DurablePool, Tally
from rules.fence.process import WorkerGone
from rules.fence.rulesets import durable_rulesets
from rules.offices import Office
from rules.rulebook import Rulebook
from rules.ruling import Ruling, resolve, ruling_as_data
from rules.schema import Rule

DECISION_SECONDS = 1.8
"""What a decision may take, so that within two seconds it is answered or waits for a person."""


class Undecided(Exception):
    """The two evaluators disagree, or one has no answer; nothing is decided by machine. `trace` has both.

    suspected: at least one of them names a rule of the criminal referral's record.
    """

    def __init__(self, trace: dict[str, Any], *, suspected: bool = False) -> None:
        self.trace, self.suspected = trace, suspected
        super().__init__(f"undecided: {trace}")


@dataclass(frozen=True, slots=True)
class Decision:
    """A ruling with what it was made from: the date, complete facts, the rules, and what is still open.

    open: rule id → the unknown facts that keep it undetermined.
    """

    on: date
    facts: Mapping[str, Value]
    ruling: Ruling
    rules: tuple[Rule, ...]
    open: Mapping[str, tuple[str, ...]]


class Arbiter:
    """Rulings by both evaluators; may be asked from many threads.

    timeout_seconds: what a decision may take in all, a second worker and the wait for a free one included; then
    it is given up and waits for a person.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        facts: FactDictionary,
        office: Office,
        *,
        workers: int = 1,
        spares: int = 0,
        timeout_seconds: float = DECISION_SECONDS,
        worker_command: Sequence[str] = WORKER,
        tally: Tally | None = None,
    ) -> None:
        self.rulebook, self.facts, self.office = rulebook, facts, office
        self._python = python_evaluator(rulebook)
        self._by_key = {rule.key: rule for rule in rulebook.rules}
        self._durable = DurablePool(
            durable_rulesets(rulebook),
            workers=workers,
            spares=spares,
            command=worker_command,
            tally=tally,
        )
        self._seconds = timeout_seconds

    def begin(self) -> float:
        """A decision begins: the time of time.monotonic() at which it is given up, however often it is asked for."""
        self.tally.count("evaluations")
        return time.monotonic() + self._seconds

    def rule(self, facts: Mapping[str, object], on: date, *, confidential: bool = True) -> dict[str, Any]:
        """The ruling for these facts on that date, in the shape of ruling_answer.json.

        Facts left out take their default. confidential=False: as if every confidential rule and fact did
        not exist. Raises FactsInvalid, or Undecided with both traces.
        """
        return self.as_answer(self.decide(facts, on, confidential=confidential))

    def decide(
        self,
        facts: Mapping[str, object],
        on: date,
        *,
        confidential: bool = True,
        until: float | None = None,
    ) -> Decision:
        """The same ruling as data of this house, by `until` if it is part of a decision that has begun.

        Raises FactsInvalid or Undecided.
        """
        complete = self._complete(facts, confidential)
        until = self.begin() if until is None else until
        first = self._visible(self._python.fired(complete, on), confidential)
        try:
            second = self._visible(self._durable.fired(complete, on, until), confidential)
        except WorkerGone as gone:
            trace = self._trace(on, first, {"error": str(gone)})
            raise Undecided(trace, suspected=self.names_a_crime(first)) from gone
        if first != second:
            self.tally.count("disagreements")
            self._durable.renew()
            trace = self._trace(on, first, {"fired": list(second)})
            raise Undecided(trace, suspected=self.names_a_crime((*first, *second)))
        return self._decision(complete, on, first, confidential)

    def decide_twice(
        self, facts: Mapping[str, object], on: date, until: float | None = None
    ) -> tuple[Decision, Decision]:
        """The decision as a referral's list may see it, and as everybody may; asked once where that is enough.

        Both are there by `until`. Raises as `decide` does.
        """
        until = self.begin() if until is None else until
        whole = self.decide(facts, on, until=until)
        rules = [rule for rule in whole.rules if not rule.confidential]
        if self._complete(facts, confidential=False) != whole.facts:
            try:
                return whole, self.decide(facts, on, confidential=False, until=until)
            except Undecided as undecided:
                undecided.suspected = self.names_a_crime(rule.key for rule in whole.rules)
                raise
        shown = self._decision(dict(whole.facts), on, tuple(rule.key for rule in rules), confidential=False)
        return whole, shown

    def decide_alone(self, facts: Mapping[str, object], on: date, *, confidential: bool = True) -> Decision:
        """What the plain Python evaluator says by itself, for proofs; no live case is decided so."""
        complete = self._complete(facts, confidential)
        first = self._visible(self._python.fired(complete, on), confidential)
        return self._decision(complete, on, first, confidential)

    def as_answer(self, decision: Decision) -> dict[str, Any]:
        """A decision in the shape of ruling_answer.json.

        credit: how a decided penalty is published on that day, and the term of a repair asked for on it; null
        while there is nothing to publish.
        """
        ruled = ruling_as_data(decision.ruling, decision.rules)
        return {
            "on": decision.on.isoformat(),
            "rulebook_version": self.rulebook.version,
            "fired": ruled["fired"],
            "suppressed": ruled["suppressed"],
            "open": [{"rule": rule, "missing": list(missing)} for rule, missing in decision.open.items()],
            **ruled,
            "agreed": True,
            "credit": self.rulebook.credit.answer(decision.facts, decision.on, decision.on),
        }

    def trace(self, decision: Decision) -> dict[str, Any]:
        """What the decision was made from, for whoever asks later: the rulebook, the facts, what each evaluator said.

        set_aside: rules that fired, and routes and flags that were proposed, with the reason why they do not count.
        """
        keys = [rule.key for rule in decision.rules]
        return {
            **self._trace(decision.on, keys, {"fired": keys}),
            "set_aside": [asdict(one) for one in decision.ruling.set_aside],
            "facts": dict(decision.facts),
        }

    def names_a_crime(self, keys: Iterable[str]) -> bool:
        """True when one of the keys is a rule of the criminal referral's record."""
        return any(key in self._by_key and self._by_key[key].confidential for key in keys)

    @property
    def tally(self) -> Tally:
        """What has happened at the fence."""
        return self._durable.tally

    @property
    def version(self) -> str:
        """The version of the rulebook."""
        return self.rulebook.version

    def start(self) -> None:
        """The workers run before the first question; raises WorkerGone when they cannot."""
        self._durable.start()

    def workers_alive(self) -> int:
        """How many worker processes run."""
        return self._durable.alive()

    def worker_pids(self) -> list[int]:
        """Process ids of the workers."""
        return self._durable.pids()

    def close(self) -> None:
        """No worker process is left."""
        self._durable.close()

    def _complete(self, facts: Mapping[str, object], confidential: bool) -> dict[str, Value]:
        complete = self.facts.complete(facts)
        if not confidential:
            defaults = self.facts.defaults()
            complete |= {name: defaults[name] for name in self.facts.confidential}
        return complete

    def _visible(self, keys: Sequence[str], confidential: bool) -> tuple[str, ...]:
        """Sorted keys; without those of confidential rules unless they may be seen."""
        return tuple(
            sorted(
                key
                for key in keys
                if confidential or key not in self._by_key or not self._by_key[key].confidential
            )
        )

    def _decision(
        self, facts: dict[str, Value], on: date, fired: tuple[str, ...], confidential: bool
    ) -> Decision:
        rules = tuple(self._by_key[key] for key in fired)
        undetermined = {
            rule.id: missing
            for rule in self.rulebook.in_force(on)
            if rule.key not in fired
            and (confidential or not rule.confidential)
            and (missing := missing_facts(rule.when, facts, self.facts))
        }
        ruling = resolve(rules, facts, self.office, self.facts.vocabulary)
        return Decision(on, facts, ruling, rules, undetermined)

    def _trace(self, on: date, first: Sequence[str], second: dict[str, Any]) -> dict[str, Any]:
        return {
            "on": on.isoformat(),
            "rulebook_version": self.rulebook.version,
            "rulebook_digest": self.rulebook.digest,
            "python": {"fired": list(first)},
            "durable_rules": second,
        }
