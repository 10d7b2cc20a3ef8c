"""Rulings for findings: facts are derived, both evaluators are asked, and the criminal part is kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.calendar import civil_date
from models import records
from rules.arbiter import Arbiter, Undecided
from rules.derive import derive
from rules.offices import Office


@dataclass(frozen=True, slots=True)
class Judgment:
    """A ruling as everybody may see it, the facts it was made on, and whether a crime is suspected.

    criminal: a rule of the criminal referral's record fired, or one of two evaluators that differ says so: while
    that is not cleared up, a fine may not take the place of a referral (law 2).
    """

    shown: Mapping[str, Any]
    facts: Mapping[str, Any]
    criminal: bool


def followed_by(rulings: Sequence[Mapping[str, Any]], latest: Mapping[str, Any]) -> list[Any]:
    """The rulings in the order in which they were made; one that says the same as the last is no new one."""
    return [*rulings] if rulings and rulings[-1] == latest else [*rulings, dict(latest)]


@dataclass(slots=True)
class Judging:
    """Asks the arbiter; what only a referral's list may know never reaches `shown`."""

    office: Office
    arbiter: Arbiter

    def intake(self, inspection: Mapping[str, Any], finding: Mapping[str, Any]) -> Judgment:
        """The judgment on a finding as it comes in."""
        return self._judge(inspection, finding, ())

    def finding(self, connection: Connection, id: str) -> Judgment | None:
        """The judgment on a recorded finding with what has become of it since; None when there is none."""
        row = records.finding_row(connection, id, False)
        if row is None:
            return None
        inspection = records.inspection_row(connection, row.inspection_id, False)
        assert inspection is not None, "a finding always has its inspection"
        states = [one.state for one in records.proceeding_rows(connection, id) if one.kind == "rectification"]
        return self._judge(inspection.intake, row.intake, tuple(states))

    def _judge(
        self, inspection: Mapping[str, Any], finding: Mapping[str, Any], rectifications: tuple[str, ...]
    ) -> Judgment:
        found = civil_date(datetime.fromisoformat(finding["discovered_at"]))
        ended = finding.get("act_ended_on")
        facts = derive(
            finding.get("facts") or {},
            domain=finding["domain"],
            violation=finding["violation"],
            party_kind=inspection["party"]["kind"],
            result_codes=inspection["result_codes"],
            department=inspection["department"],
            office=self.office,
            act_ended_on=date.fromisoformat(ended) if ended else None,
            discovered_on=found,
            continuing=bool(finding.get("continuing")),
            letters=finding.get("letters") or [],
            tax_due_fen=finding.get("tax_due_fen"),
            rectifications=rectifications,
        )
        return self.judge(facts, found)

    def judge(self, facts: Mapping[str, Any], on: date) -> Judgment:
        """The judgment on complete facts; when the evaluators are not of one mind it says so and decides nothing."""
        complete = self.arbiter.facts.complete(facts)
        hidden = self.arbiter.facts.confidential
        shown_facts = {name: value for name, value in complete.items() if name not in hidden}
        try:
            whole, shown = self.arbiter.rule_twice(facts, on)
        except Undecided as undecided:
            return Judgment(self._for_everybody(facts, on), shown_facts, undecided.suspected)
        keys = (f"{one['rule']}@{one['version']}" for one in whole["rules"])
        return Judgment(shown, shown_facts, self.arbiter.names_a_crime(keys))

    def _for_everybody(self, facts: Mapping[str, Any], on: date) -> dict[str, Any]:
        """The ruling without its confidential part, whose trace may not be shown either."""
        try:
            return self.arbiter.rule(facts, on, confidential=False)
        except Undecided as undecided:
            return self._undecided(on, undecided.trace)

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


_LISTS = ("fired", "suppressed", "open", "flags", "shut", "to", "notes", "rules", "pending_check")
