"""The request that asks for one step or several: its shape, and the command that it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.calls import an_id
from engine.core.commands import (
    DelegateCommand,
    EndDelegationCommand,
    FindingCommand,
    HandInCommand,
    InspectionCommand,
    PaperCommand,
    ResendCommand,
    Step,
    StepCommand,
)
from engine.core.fact_types import escaped, read_instant
from engine.core.intake_forms import check_form
from engine.core.refusals import Faults, FieldError, Refusal

STEPS_MAX = 20
Trigger = Annotated[str, Field(min_length=1, max_length=60)]
ProceedingId = Annotated[str, Field(pattern=r"^([0-9A-Za-z_-]{8,64}|@(0|[1-9][0-9]?))$")]
Version = Annotated[int, Field(ge=0, le=2**53)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StepForm(_Strict):
    """One step of several."""

    trigger: Trigger
    proceeding: ProceedingId | None = None
    facts: dict[str, Any] = {}
    occurred_at: str | None = None


class SingleStepForm(StepForm):
    """One step alone."""

    expected_version: Version


class SeveralStepsForm(_Strict):
    """Steps that stand or fall together, in this order."""

    steps: Annotated[list[StepForm], Field(min_length=1, max_length=STEPS_MAX)]
    expected_version: Version


def step_command(subject: str, id: str) -> Callable[[Any], StepCommand]:
    """Reads a body into the command on that finding or inspection; raises `facts_invalid` with every fault."""

    def make(body: Any) -> StepCommand:
        several = isinstance(body, Mapping) and "steps" in body
        faults = Faults()
        check_form(SeveralStepsForm if several else SingleStepForm, body, faults)
        faults.refuse()
        told = body["steps"] if several else [body]
        steps = tuple(
            _step(one, f"/steps/{index}" if several else "", faults) for index, one in enumerate(told)
        )
        faults.refuse()
        return StepCommand(subject, an_id(id), steps, body["expected_version"], several)

    return make


def _step(one: Mapping[str, Any], pointer: str, faults: Faults) -> Step:
    occurred_at = None
    if one.get("occurred_at") is not None:
        text = read_instant(one["occurred_at"], f"{pointer}/occurred_at", faults)
        occurred_at = datetime.fromisoformat(text) if text is not None else None
    return Step(one["trigger"], one.get("proceeding"), one.get("facts") or {}, occurred_at)


def inspection_command(body: Any) -> InspectionCommand:
    """The body as an inspection with its findings; what is in it is checked at the desk."""
    return InspectionCommand(body_object(body))


def finding_command(body: Any) -> FindingCommand:
    """The body as a finding of a recorded inspection; what is in it is checked at the desk."""
    return FindingCommand(body_object(body))


def report_command(duty: str, period: str) -> Callable[[Any], HandInCommand]:
    """Reads a body into the command that hands in a report; what is in it is checked when it is handed in."""
    return lambda body: HandInCommand(duty, period, body_object(body))


def delegation_command(body: Any) -> DelegateCommand:
    """The body as a delegation; what is in it is checked when it is given."""
    return DelegateCommand(body_object(body))


def delegation_end_command(id: str) -> Callable[[Any], EndDelegationCommand]:
    """Reads an empty body into the command that ends the delegation; raises `facts_invalid` for any member."""

    def make(body: Any) -> EndDelegationCommand:
        _nothing(body)
        return EndDelegationCommand(id)

    return make


def resend_command(id: str) -> Callable[[Any], ResendCommand]:
    """Reads an empty body into the command that sends the message again; raises `facts_invalid` for any member."""

    def make(body: Any) -> ResendCommand:
        _nothing(body)
        return ResendCommand(id)

    return make


def paper_command(id: str) -> Callable[[Any], PaperCommand]:
    """Reads how the message was delivered on paper; what is in it is checked when it is entered."""

    def make(body: Any) -> PaperCommand:
        return PaperCommand(id, body_object(body))

    return make


def _nothing(body: Any) -> None:
    faults = Faults()
    for name in body_object(body):
        faults.add(f"/{escaped(name)}", "unknown_field")
    faults.refuse()


def body_object(body: Any) -> Mapping[str, Any]:
    """The body, which is an object; raises `facts_invalid` for anything else."""
    if not isinstance(body, Mapping):
        raise Refusal("facts_invalid", errors=[FieldError("", "type")])
    return body
