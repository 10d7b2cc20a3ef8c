"""Law 2 once more: what the entries of the referrals of an act leave open in its findings, written independently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Act = tuple[str, str, str]
"""The party, the domain and the violation."""

RETURNED = frozenset(
    {
        "no_filing_final",
        "refused",
        "result_cancelled",
        "result_non_prosecuted",
        "reverse_referred",
        "opinion_answered",
        "result_acquitted",
        "result_exempted",
    }
)
"""Outcomes that leave the case to the department: the fine is open again."""
JUDGED = frozenset({"result_court_fine", "result_convicted"})
"""Outcomes after which the penalty may end, and without a fine of the department's own."""
MONEY = frozenset({"decide_fine", "decide_on_spot_fine", "change_own_decision", "resume_performance"})
ENDS = frozenset(
    {
        "approve_not_filing",
        "approve_termination",
        "approve_close",
        "approve_transfer_out",
        "decide_no_penalty",
        "decide_transfer_dept",
        "resume_after_outcome",
    }
)


@dataclass(slots=True)
class Suspicions:
    """The state of each record of a suspected crime, by the act it is about; "" while it is not referred."""

    of_act: dict[Act, dict[str, Callable[[], str]]] = field(default_factory=dict)

    def keep(self, act: Act, id: str, state: Callable[[], str]) -> None:
        """The record is one of the act's; `state` tells where it stands."""
        self.of_act.setdefault(act, {})[id] = state

    def states(self, act: Act) -> list[str]:
        """Where the records of the act stand."""
        return [state() for state in self.of_act.get(act, {}).values()]

    def fine_open(self, act: Act) -> bool:
        """True when the department may decide a fine for the act."""
        return all(state in RETURNED for state in self.states(act))

    def end_open(self, act: Act) -> bool:
        """True when the penalty for the act may end."""
        return all(state in RETURNED | JUDGED for state in self.states(act))

    def shuts(self, act: Act, chart: str, trigger: str) -> bool:
        """True when law 2 shuts that step of a finding of the act."""
        if chart != "penalty":
            return False
        return (trigger in MONEY and not self.fine_open(act)) or (trigger in ENDS and not self.end_open(act))
