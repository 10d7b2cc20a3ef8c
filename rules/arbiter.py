"""Asks both evaluators and rules only when they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.compiled import durable_rulesets, missing_facts, python_evaluator
from rules.durable_pool import WORKER, DurablePool, WorkerGone
from rules.facts import FactDictionary, Value
from rules.offices import Office
from rules.rulebook import Rulebook
from rules.ruling import Ruling, resolve, ruling_as_data
from rules.schema import Rule


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
    """Rulings by both evaluators; may be asked from many threads."""

    def __init__(
        self,
        rulebook: Rulebook,
        facts: FactDictionary,
        office: Office,
        *,
        workers: int = 1,
        timeout_seconds: float = 2.0,
        worker_command: Sequence[str] = WORKER,
    ) -> None:
        self.rulebook, self.facts, self.office = rulebook, facts, office
        self._python = python_evaluator(rulebook)
        self._by_key = {rule.key: rule for rule in rulebook.rules}
        self._durable = DurablePool(
            durable_rulesets(rulebook),
            workers=workers,
            timeout_seconds=timeout_seconds,
            command=worker_command,
        )

    def rule(self, facts: Mapping[str, object], on: date, *, confidential: bool = True) -> dict[str, Any]:
        """The ruling for these facts on that date, in the shape of ruling_answer.json.

        Facts left out take their default. confidential=False: as if every confidential rule and fact did
        not exist. Raises FactsInvalid, or Undecided with both traces.
        """
        return self.as_answer(self.decide(facts, on, confidential=confidential))

    def decide(self, facts: Mapping[str, object], on: date, *, confidential: bool = True) -> Decision:
        """The same ruling as data of this house; raises FactsInvalid or Undecided."""
        complete = self._complete(facts, confidential)
        first = self._visible(self._python.fired(complete, on), confidential)
        try:
            second = self._visible(self._durable.fired(complete, on), confidential)
        except WorkerGone as gone:
            trace = self._trace(on, first, {"error": str(gone)})
            raise Undecided(trace, suspected=self.names_a_crime(first)) from gone
        if first != second:
            self._durable.close()
            trace = self._trace(on, first, {"fired": list(second)})
            raise Undecided(trace, suspected=self.names_a_crime((*first, *second)))
        return self._decision(complete, on, first, confidential)

    def rule_twice(self, facts: Mapping[str, object], on: date) -> tuple[dict[str, Any], dict[str, Any]]:
        """The ruling as a referral's list may see it, and as everybody may; asked once where that is enough.

        Raises as `rule` does.
        """
        whole = self.decide(facts, on)
        rules = [rule for rule in whole.rules if not rule.confidential]
        if self._complete(facts, confidential=False) != whole.facts:
            try:
                return self.as_answer(whole), self.rule(facts, on, confidential=False)
            except Undecided as undecided:
                undecided.suspected = self.names_a_crime(rule.key for rule in whole.rules)
                raise
        shown = self._decision(dict(whole.facts), on, tuple(rule.key for rule in rules), confidential=False)
        return self.as_answer(whole), self.as_answer(shown)

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

    def names_a_crime(self, keys: Iterable[str]) -> bool:
        """True when one of the keys is a rule of the criminal referral's record."""
        return any(key in self._by_key and self._by_key[key].confidential for key in keys)

    @property
    def version(self) -> str:
        """The version of the rulebook."""
        return self.rulebook.version

    def start(self) -> None:
        """The workers run before the first question; raises WorkerGone when they cannot."""
        self._durable.start()

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
            "python": {"fired": list(first)},
            "durable_rules": second,
        }
