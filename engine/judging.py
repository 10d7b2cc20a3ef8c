"""Rulings for findings: facts are derived, both evaluators are asked, and the criminal part is kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.calendar import civil_date
from engine.core.chart import Charts
from engine.core.commands import Step
from engine.core.confiding import CONFIDED
from models import records
from rules.arbiter import Arbiter, Decision, Undecided
from rules.derive import derive
from rules.offices import Office

RULING_GUARDS = frozenset(
    {
        "law2_fine_open",
        "law2_close_open",
        "rectified_first",
        "not_minor",
        "filing_conditions",
        "limitation_not_expired",
        "threshold_dealt_with",
    }
)
"""Guards that answer for what a ruling shuts (vocabulary.yaml `shut_guards`)."""
ASKED_AGAIN = frozenset({"propose_route", "close_investigation", "pass_review", "return_for_supplement"})
"""Where the thresholds are asked again although no guard reads them: law 2."""


def ruled_triggers(charts: Charts) -> frozenset[str]:
    """The triggers before which a finding is ruled upon anew."""
    guarded = {
        row.trigger
        for chart in charts.by_name.values()
        for row in chart.rows
        if not row.by_clock_only and any(guard.name in RULING_GUARDS for guard in row.guards)
    }
    return ASKED_AGAIN | CONFIDED | guarded


@dataclass(frozen=True, slots=True)
class Judgment:
    """A ruling as everybody may see it, the facts it was made on, and whether a crime is suspected.

    criminal: a rule of the criminal referral's record fired, or one of two evaluators that differ says so: while
    that is not cleared up, a fine may not take the place of a referral (law 2).
    """

    shown: Mapping[str, Any]
    facts: Mapping[str, Any]
    criminal: bool | None
    """None where the evaluators could not tell: what was known before stands."""
    whole: Mapping[str, Any]
    """The ruling with its confidential part, its trace and all facts: for the record of the referral and nobody else."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a ruling on a recorded finding is made on: its facts, the day it was found, the day its act ended."""

    facts: Mapping[str, Any]
    found_on: date
    acted_on: date | None
    """None where nobody has stated it."""
    closed: bool


def followed_by(rulings: Sequence[Mapping[str, Any]], latest: Mapping[str, Any]) -> list[Any]:
    """The rulings in the order in which they were made; one that says the same as the last is no new one."""
    same = bool(rulings) and without_facts(rulings[-1]) == without_facts(latest)
    return [*rulings] if same else [*rulings, dict(latest)]


def without_facts(ruling: Mapping[str, Any]) -> dict[str, Any]:
    """The ruling as it is shown: its trace keeps the facts it was made on, and the finding says them itself."""
    trace = {name: value for name, value in ruling.get("trace", {}).items() if name != "facts"}
    return {**ruling, "trace": trace} if "trace" in ruling else dict(ruling)


def with_rule(step: Step, ruling: Mapping[str, Any]) -> Step:
    """propose_route names the ruling that it rests on, unless a person named another ground."""
    if step.trigger != "propose_route" or "rule_id" in step.facts or not ruling.get("fired"):
        return step
    named = ", ".join(ruling["fired"]) + f" @ {ruling['rulebook_version']}"
    return Step(step.trigger, step.proceeding, {**step.facts, "rule_id": named}, step.occurred_at)


@dataclass(slots=True)
class Judging:
    """Asks the arbiter; what only a referral's list may know never reaches `shown`."""

    office: Office
    arbiter: Arbiter

    def intake(self, inspection: Mapping[str, Any], finding: Mapping[str, Any]) -> Judgment:
        """The judgment on a finding as it comes in."""
        return self.judge(*self.facts_of(inspection, finding))

    def finding(
        self, connection: Connection, id: str, stated: Mapping[str, Any] | None = None
    ) -> Judgment | None:
        """The judgment on a recorded finding with what has become of it since; None when there is none.

        `stated` are facts of the step that asks, such as the day on which the act ended.
        """
        known = self.known(connection, id, stated)
        return None if known is None else self.judge(known.facts, known.found_on)

    def known(self, connection: Connection, id: str, stated: Mapping[str, Any] | None = None) -> Known | None:
        """What is known of a recorded finding, with what has become of it since; None when there is none."""
        row = records.finding_row(connection, id, False)
        if row is None:
            return None
        inspection = records.inspection_row(connection, row.inspection_id, False)
        assert inspection is not None, "a finding always has its inspection"
        proceedings = records.proceeding_rows(connection, id)
        facts, found_on = self.facts_of(inspection.intake, row.intake, proceedings, stated)
        return Known(facts, found_on, acted_on(row.intake, proceedings, stated), bool(row.closed))

    def facts_of(
        self,
        inspection: Mapping[str, Any],
        finding: Mapping[str, Any],
        proceedings: Sequence[Any] = (),
        stated: Mapping[str, Any] | None = None,
    ) -> tuple[dict[str, Any], date]:
        """The facts of a finding as it came in and of what has become of it, and the day on which it was found."""
        found = civil_date(datetime.fromisoformat(finding["discovered_at"]))
        acted = acted_on(finding, proceedings, stated)
        facts = derive(
            {**(finding.get("facts") or {}), **_discretion(proceedings)},
            domain=finding["domain"],
            violation=finding["violation"],
            party_kind=inspection["party"]["kind"],
            result_codes=inspection["result_codes"],
            department=inspection["department"],
            office=self.office,
            act_ended_on=acted,
            discovered_on=found,
            continuing=bool(finding.get("continuing")),
            letters=finding.get("letters") or [],
            tax_due_fen=finding.get("tax_due_fen"),
            rectifications=[one.state for one in proceedings if one.kind == "rectification"],
            penalty=penalty_facts(proceedings, [*self.arbiter.facts.by_name["penalty_heaviest"].vocabulary]),
            serious_listed=_listed(proceedings),
        )
        return facts, found

    def judge(self, facts: Mapping[str, Any], on: date) -> Judgment:
        """The judgment on complete facts; when the evaluators are not of one mind it says so and decides nothing."""
        complete = self.arbiter.facts.complete(facts)
        shown_facts = self._open_facts(complete)
        until = self.arbiter.begin()
        try:
            whole, shown = self.arbiter.decide_twice(facts, on, until)
        except Undecided as undecided:
            for_everybody = self._for_everybody(facts, on, shown_facts, until)
            both_traces = self._undecided(on, {**undecided.trace, "facts": complete})
            return Judgment(for_everybody, shown_facts, undecided.suspected or None, both_traces)
        criminal = self.arbiter.names_a_crime(rule.key for rule in whole.rules)
        return Judgment(self._kept(shown, shown_facts), shown_facts, criminal, self._kept(whole, complete))

    def _for_everybody(
        self, facts: Mapping[str, Any], on: date, shown_facts: Mapping[str, Any], until: float
    ) -> dict[str, Any]:
        """The ruling without its confidential part, whose trace may not be shown either."""
        try:
            return self._kept(self.arbiter.decide(facts, on, confidential=False, until=until), shown_facts)
        except Undecided as undecided:
            return self._undecided(on, {**undecided.trace, "facts": shown_facts})

    def _kept(self, decision: Decision, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The ruling as it is kept, with these facts; what is not for everybody is not in the finding's decision."""
        trace = {**self.arbiter.trace(decision), "facts": dict(facts)}
        return {**self.arbiter.as_answer(decision), "trace": trace}

    def _open_facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that are no secret of the criminal referral's record."""
        hidden = self.arbiter.facts.confidential
        return {name: value for name, value in facts.items() if name not in hidden}

    def _undecided(self, on: date, trace: Mapping[str, Any]) -> dict[str, Any]:
        empty: dict[str, Any] = {name: [] for name in _LISTS}
        return {
            **empty,
            "on": on.isoformat(),
            "rulebook_version": self.arbiter.version,
            "routes": ["ledger_only"],
            "urgent": False,
            "rectify_first": "none",
            "agreed": False,
            "trace": dict(trace),
        }


def acted_on(
    finding: Mapping[str, Any], proceedings: Sequence[Any] = (), stated: Mapping[str, Any] | None = None
) -> date | None:
    """The day on which the act ended, as it was stated last; None when it never was."""
    ended = _ended_on(proceedings, stated) or finding.get("act_ended_on")
    return date.fromisoformat(ended) if ended else None


def _ended_on(proceedings: Sequence[Any], stated: Mapping[str, Any] | None) -> str | None:
    """The day the act ended as stated last, in this step, else in a penalty proceeding; None when never stated."""
    told = [one.record.get("facts", {}) for one in proceedings if one.kind == "penalty"] + [stated or {}]
    days = [facts["act_ended_on"] for facts in told if _is_day(facts.get("act_ended_on"))]
    return days[-1] if days else None


def _is_day(value: Any) -> bool:
    """What a step states is not checked yet: what is no date is left to its form, which refuses it."""
    try:
        return isinstance(value, str) and len(value) == len("2024-01-31") and bool(date.fromisoformat(value))
    except ValueError:
        return False


def penalty_facts(proceedings: Sequence[Any], light_to_heavy: Sequence[str]) -> dict[str, Any]:
    """What the latest penalty proceeding has notified or decided, as the facts of the rules name it."""
    penalties = [one for one in proceedings if one.kind == "penalty"]
    if not penalties:
        return {}
    memory = penalties[-1].record
    facts, acts = memory.get("facts", {}), memory.get("acts", {})
    kinds = set(facts.get("penalty_kinds") or facts.get("proposed_kinds") or ())
    fine = facts.get("fine_fen", facts.get("proposed_fine_fen"))
    on_spot = acts.keys() & {"decide_on_spot_fine", "decide_on_spot_warning"}
    decided = acts.keys() & {"decide_fine", "decide_other_penalty"}
    heaviest = [kind for kind in light_to_heavy if kind in kinds or (kind == "fine" and fine)]
    return {
        "penalty_procedure": "ordinary" if decided else "summary" if on_spot else "none",
        "penalty_heaviest": heaviest[-1] if heaviest else "none",
        "fine_fen": -1 if fine is None else fine,
    }


def _discretion(proceedings: Sequence[Any]) -> dict[str, Any]:
    """The step of the discretion benchmark that a penalty proceeding settled on last, if any."""
    steps = [
        one.record.get("facts", {}).get("discretion_step") for one in proceedings if one.kind == "penalty"
    ]
    known = [step for step in steps if step]
    return {"discretion_step": known[-1]} if known else {}


def _listed(proceedings: Sequence[Any]) -> bool:
    """True while the party stands on the serious list for this matter."""
    return any(
        one.kind == "credit_flag"
        and one.record.get("facts", {}).get("flag_kind") == "serious_list"
        and one.state in ("in_force", "removal_requested", "removal_proposed")
        for one in proceedings
    )


_LISTS = ("fired", "suppressed", "open", "flags", "shut", "to", "notes", "rules", "pending_check")
