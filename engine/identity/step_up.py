"""Grave acts ask for a fresh proof of who somebody is: which acts, and how fresh.

A bearer token acts by its scopes and is never asked: a program has nobody who could type a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.clock import Clock
from engine.core.chart import Charts
from engine.core.commands import (
    ArchiveCommand,
    Asked,
    CorrectionCommand,
    DelegateCommand,
    EndDelegationCommand,
    StepCommand,
)
from engine.core.refusals import Refusal
from engine.identity.visit import Visit
from rules.offices import Office

WITH_SECOND_FACTOR = timedelta(minutes=15)
"""How old the proof of whoever has a second factor may be at a grave act."""
CHANGE_SECOND_FACTOR = "change_second_factor"
"""Asks whoever has none yet as well: who finds a session open would shut its owner out with a code of their own."""
PROVE_AGAIN = (
    "这一步须重新确认身份：请在 /step-up 输入密码或者验证码，或者 POST /api/v1/session/step-up，然后再办。"
    " · This step asks for a fresh proof of who you are: /step-up, or POST /api/v1/session/step-up, then again."
)


@dataclass(frozen=True, slots=True)
class Grave:
    """Which acts are grave; what stands in no column is not."""

    heads: frozenset[str]
    """Rows of charts that nobody but these may take."""
    verbs: tuple[str, ...]
    """Triggers that begin so, whoever may take them."""
    subjects: frozenset[str]
    """Records of which every step is grave."""
    commands: tuple[type, ...]
    """Requests that are grave whatever they say."""
    acts: frozenset[str]
    """Acts that are no command of the desk."""


GRAVE = Grave(
    heads=frozenset({"department_head", "principal_head"}),
    verbs=("approve_", "decide_"),
    subjects=frozenset({"referral"}),
    commands=(CorrectionCommand, DelegateCommand, EndDelegationCommand, ArchiveCommand),
    acts=frozenset(
        {
            "confirm_proposal",
            "link_system",
            "publish_rulebook",
            "carry_referral",
            CHANGE_SECOND_FACTOR,
            "change_account",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class StepUp:
    """Asks the person of a session to prove again who they are, where an act is grave and the proof is old."""

    clock: Clock
    office: Office
    charts: Charts

    def check(self, visit: Visit, asked: Asked | str) -> None:
        """Returns when the command, or the act of that name, may go on; else raises `authentication_required`."""
        if self.owed(visit, asked):
            raise Refusal("authentication_required", detail=PROVE_AGAIN)

    def owed(self, visit: Visit, asked: Asked | str) -> bool:
        """True when the act is grave and the person was proven too long ago."""
        if isinstance(asked, str) and asked not in GRAVE.acts:
            raise KeyError(asked)
        return self._is_old(visit, asked) and self.is_grave(asked)

    def _is_old(self, visit: Visit, asked: Asked | str) -> bool:
        second = visit.has_second_factor or asked == CHANGE_SECOND_FACTOR
        limits = [self.office.proving.proof_lasts, WITH_SECOND_FACTOR if second else None]
        given = [limit for limit in limits if limit is not None]
        if visit.proven_at is None or not given:
            return False
        return self.clock.real_now() - visit.proven_at > min(given)

    def is_grave(self, asked: Asked | str) -> bool:
        """True when the command, or the act of that name, asks for a fresh proof of whoever does it."""
        if isinstance(asked, StepCommand):
            return asked.subject in GRAVE.subjects or any(
                self._is_grave_step(step.trigger) for step in asked.steps
            )
        return isinstance(asked, (str, *GRAVE.commands))

    def _is_grave_step(self, trigger: str) -> bool:
        """True when some row of that trigger, in whatever chart, is a head's alone or decides."""
        rows = [row for chart in self.charts.by_name.values() for row in chart.rows if row.trigger == trigger]
        return trigger.startswith(GRAVE.verbs) or any(row.by <= GRAVE.heads for row in rows)
