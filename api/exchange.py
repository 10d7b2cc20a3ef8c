"""Linked systems pull their messages, acknowledge them, and send receipts; every request is signed."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.answers import answer, no_content
from api.attachments import ENVELOPE_BYTES_MAX, UPLOAD, read_upload
from api.calls import Received, an_id, check_empty, no_query, query_of, read_body, whole
from api.documented import BODY_DIGEST_PARAMETER, FEED_PARAMETERS, RECEIPT_ANSWERS, RECEIPT_BODY, signed
from api.problems import answers
from engine.callers import System
from engine.core.refusals import Refusal
from engine.exchange import Exchange
from engine.house import House
from engine.outbox import asked_for
from engine.projections.instants import recorded
from engine.receipt_papers import keep_receipt_paper
from engine.sandbox import ELSEWHERE
from engine.sealed_post import sealed_answer
from engine.sealing import MEDIA_TYPE
from engine.settings import is_loopback
from engine.uploads import HandedIn

FORWARDED = frozenset({"forwarded", "via", "x-forwarded-for", "x-real-ip"})


async def from_here(request: Request) -> None:
    """Returns when the caller may be answered: of a sandbox only one on this machine, with nobody in between."""
    house: House = request.app.state.house
    peer = request.client.host if request.client else ""
    if house.sandbox and (not is_loopback(peer) or FORWARDED & set(request.headers)):
        raise Refusal("signature_invalid", detail=ELSEWHERE)


router = APIRouter(prefix="/api/v1/exchange/{system}", tags=["exchange"], dependencies=[Depends(from_here)])
BODY_DIGEST_HEADER = "webhook-body-digest"
BODY_DIGEST = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)


@router.get("/messages", openapi_extra={"parameters": signed(*FEED_PARAMETERS)})
def messages(call: Received, system: str) -> Response:
    """A page of the system's messages, in order; getting them is not delivery."""
    exchange = exchange_of(call.request)
    caller = exchange.callers.verified(system, headers_of(call.request), target_of(call.request))
    asked = asked_for(query_of(call.request))
    told = answer(exchange.outbox.feed(caller, asked))
    sealed = sealed_answer(caller, asked.queue, bytes(told.body), exchange.outbox.clock.now())
    page = told if sealed is None else Response(sealed, media_type=MEDIA_TYPE)
    page.headers.update(exchange.outbox.beside())
    return page


@router.post("/messages/{id}/ack", status_code=204, openapi_extra={"parameters": signed()})
def acknowledge(call: Received, system: str, id: str) -> Response:
    """The message is delivered; to say so again changes nothing."""
    exchange, raw = exchange_of(call.request), whole(call.raw)
    signed = raw or target_of(call.request)
    caller = exchange.callers.verified(system, headers_of(call.request), signed)
    no_query(call.request)
    check_empty(raw)
    exchange.outbox.acknowledge(caller, an_id(id))
    return no_content()


@router.post(
    "/receipts",
    openapi_extra={"parameters": signed(), "requestBody": RECEIPT_BODY},
    responses=RECEIPT_ANSWERS,
)
def receipt(call: Received, system: str) -> Response:
    """A receipt moves the record, stands on its timeline, or waits for the step before it."""
    no_query(call.request)
    told = exchange_of(call.request).inbox.receive(system, headers_of(call.request), whole(call.raw))
    words = answers()[told.code]
    body = {"code": told.code, "zh": words.zh, "en": words.en, "receipt": told.receipt}
    if told.waiting_for:
        body["waiting_for"] = told.waiting_for
    return answer(body, told.status)


@router.post(
    "/receipts/{id}/documents",
    status_code=201,
    openapi_extra=UPLOAD | {"parameters": signed(BODY_DIGEST_PARAMETER)},
)
async def receipt_document(request: Request, system: str, id: str) -> Response:
    """The paper that a receipt announced is kept with its finding."""
    house: House = request.app.state.house
    exchange = exchange_of(request)
    named = BODY_DIGEST.fullmatch(request.headers.get(BODY_DIGEST_HEADER, ""))
    if named is None:
        raise Refusal("signature_invalid")
    caller = await run_in_threadpool(
        exchange.callers.verified, system, headers_of(request), named[1].encode()
    )
    no_query(request)
    raw = whole(await read_body(request, house.settings.upload_bytes_max + ENVELOPE_BYTES_MAX))
    if hashlib.sha256(raw).hexdigest() != named[1]:
        raise Refusal("signature_invalid")
    parts = await read_upload(_again(request, raw), house.settings)
    return await run_in_threadpool(_keep, house, exchange, caller, an_id(id), parts)


def _keep(house: House, exchange: Exchange, caller: System, id: str, parts: list[HandedIn]) -> Response:
    new, kept = keep_receipt_paper(house.desk, exchange.inbox, caller, id, parts)
    told = [{**one, "recorded_at": recorded(one["recorded_at"])} for one in kept]
    return answer({"attachments": told}, 201 if new else 200)


def exchange_of(request: Request) -> Exchange:
    """The exchange of the house that is served."""
    exchange: Exchange = request.app.state.exchange
    return exchange


def headers_of(request: Request) -> dict[str, str]:
    """The headers, names in lower case; one that is repeated counts as its first."""
    return {name.lower(): request.headers.getlist(name)[0] for name in request.headers}


def target_of(request: Request) -> bytes:
    """What stands in for the body in a signature where there is none: `METHOD path?query`."""
    scope = request.scope
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = b"?" + scope["query_string"] if scope["query_string"] else b""
    return b"".join((request.method.encode(), b" ", path, query))


def _again(request: Request, raw: bytes) -> Request:
    """The request as if its body had not been read yet."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    return Request(request.scope, receive)
