"""A receipt that came back on paper is entered by the code that stood in the bundle."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, no_query
from api.documented import body_of
from engine.core.paper_receipt_form import PaperReceiptForm, read_paper
from engine.core.refusals import FieldError, Refusal

router = APIRouter(prefix="/api/v1/receipt-codes", tags=["exchange"])


@router.post("", openapi_extra=body_of(PaperReceiptForm))
def enter(call: Received) -> Response:
    """The row that the receipt asks for was taken; the code is the key, so that the same again changes nothing."""
    who = call.who
    no_query(call.request)
    body = call.body()
    if not isinstance(body, dict):
        raise Refusal("facts_invalid", errors=[FieldError("", "type")])
    return answer(asdict(call.house.exchange.carrier.paper.enter(who, read_paper(body))))
