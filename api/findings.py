"""Findings come in, are read, and move."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, an_id, etag_of, no_query
from api.correction_request import (
    CorrectionForm,
    WithdrawalForm,
    correction_command,
    withdrawal_command,
)
from api.documented import body_of
from api.step_request import finding_command, step_command

router = APIRouter(prefix="/api/v1/findings", tags=["findings"])


@router.post("", status_code=201, openapi_extra=body_of("finding_intake", keyed=True))
def record_finding(call: Received) -> Response:
    """One finding of a recorded inspection is recorded."""
    return call.finding(finding_command)


@router.get("")
def findings(call: Received) -> Response:
    """A page of the ledger."""
    return answer(call.house.reader.findings(call.who, call.query))


@router.get("/{id}")
def finding(call: Received, id: str) -> Response:
    """One finding with its proceedings, clocks and next steps."""
    who = call.who
    no_query(call.request)
    shown = call.house.reader.finding(who, an_id(id))
    call.house.reader.referrals.note_with(who, shown)
    return answer(shown, headers=etag_of(shown))


@router.post("/{id}/steps", openapi_extra=body_of("step_request", keyed=True))
def take_finding_steps(call: Received, id: str) -> Response:
    """Steps of a finding and its proceedings are taken, all or none."""
    return call.finding(step_command("finding", id))


@router.get("/{id}/corrections")
def corrections(call: Received, id: str) -> Response:
    """The steps of a finding whose date the caller may correct, or that the caller may withdraw."""
    who = call.who
    no_query(call.request)
    return answer(call.house.correction_reader.answer(who, an_id(id)))


@router.post("/{id}/corrections", openapi_extra=body_of(CorrectionForm, keyed=True))
def correct_date(call: Received, id: str) -> Response:
    """A step of a finding or its proceedings has another date; its deadlines are counted anew."""
    return call.finding(correction_command("finding", id))


@router.post("/{id}/withdrawals", openapi_extra=body_of(WithdrawalForm, keyed=True))
def withdraw_entry(call: Received, id: str) -> Response:
    """The last step of a finding was entered by mistake; it stands where it stood before."""
    return call.finding(withdrawal_command("finding", id))


@router.get("/{id}/timeline")
def timeline(call: Received, id: str) -> Response:
    """What happened to a finding, oldest first."""
    return answer(call.house.reader.timeline(call.who, an_id(id), call.query))
