"""Criminal referrals, each a record of its own: whoever is not on its list is answered as if it never was."""

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
from api.step_request import step_command

router = APIRouter(prefix="/api/v1/referrals", tags=["referrals"])


@router.get("/{id}")
def referral(call: Received, id: str) -> Response:
    """One criminal referral with its facts, clocks, papers and next steps."""
    who = call.who
    no_query(call.request)
    shown = call.house.reader.referrals.referral(who, an_id(id))
    return answer(shown, headers=etag_of(shown))


@router.post("/{id}/steps", openapi_extra=body_of("step_request", keyed=True))
def take_referral_steps(call: Received, id: str) -> Response:
    """Steps of a criminal referral are taken, all or none; `expected_version` is the referral's own."""
    return call.referral(step_command("referral", id))


@router.post("/{id}/corrections", openapi_extra=body_of(CorrectionForm, keyed=True))
def correct_date(call: Received, id: str) -> Response:
    """A step of a criminal referral has another date; its deadlines are counted anew."""
    return call.referral(correction_command("referral", id))


@router.post("/{id}/withdrawals", openapi_extra=body_of(WithdrawalForm, keyed=True))
def withdraw_entry(call: Received, id: str) -> Response:
    """The last step of a criminal referral was entered by mistake; it stands where it stood before."""
    return call.referral(withdrawal_command("referral", id))


@router.get("/{id}/timeline")
def timeline(call: Received, id: str) -> Response:
    """What happened to a criminal referral, oldest first."""
    return answer(call.house.reader.referrals.timeline(call.who, an_id(id), call.query))
