"""The request that corrects the date of a step, or withdraws a step: its shape, and the command that it means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.calls import an_id
from api.step_request import Version, body_object
from engine.core.commands import CorrectionCommand
from engine.core.fact_types import INSTANT, read_date, read_instant, read_text
from engine.core.intake_forms import check_form
from engine.core.refusals import Faults

Sequence = Annotated[int, Field(ge=0, le=2**53)]


class WithdrawalForm(BaseModel):
    """A step that was entered by mistake, by its sequence on the timeline."""

    model_config = ConfigDict(extra="forbid", strict=True)

    expected_version: Version
    sequence: Sequence
    reason: str


class CorrectionForm(WithdrawalForm):
    """The day on which a step happened, or its instant where the law counts from an instant."""

    date: str


def correction_command(subject: str, id: str) -> Callable[[Any], CorrectionCommand]:
    """Reads a body into the correction of a date on that finding or referral; raises `facts_invalid` with every fault."""

    def make(body: Any) -> CorrectionCommand:
        faults = _checked(CorrectionForm, body)
        reason = read_text(body["reason"], "/reason", faults)
        to = _point(body["date"], faults)
        faults.refuse()
        return CorrectionCommand(
            subject, an_id(id), body["sequence"], to, str(reason), body["expected_version"]
        )

    return make


def withdrawal_command(subject: str, id: str) -> Callable[[Any], CorrectionCommand]:
    """Reads a body into the withdrawal of a step of that finding or referral; raises `facts_invalid`."""

    def make(body: Any) -> CorrectionCommand:
        faults = _checked(WithdrawalForm, body)
        reason = read_text(body["reason"], "/reason", faults)
        faults.refuse()
        return CorrectionCommand(
            subject, an_id(id), body["sequence"], None, str(reason), body["expected_version"]
        )

    return make


def _checked(form: type[BaseModel], body: Any) -> Faults:
    faults = Faults()
    check_form(form, body_object(body), faults)
    faults.refuse()
    return faults


def _point(text: str, faults: Faults) -> date | datetime | None:
    if INSTANT.fullmatch(text):
        instant = read_instant(text, "/date", faults)
        return datetime.fromisoformat(instant) if instant is not None else None
    day = read_date(text, "/date", faults)
    return date.fromisoformat(day) if day is not None else None
