"""Bundles for departments without a network: packed, copied, answers taken in, codes typed off the paper."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.carrier.packing import Asked as Wanted
from engine.carrier.rights import CRIMINAL, ORDINARY
from engine.carrier.taking import Taken
from engine.core.paper_receipt_form import (
    CODE_LENGTH_MAX,
    NUMBER_LENGTH_MAX,
    REASON_LENGTH_MAX,
    SIGNER_LENGTH_MAX,
    read_paper,
)
from engine.core.refusals import Refusal
from engine.uploads import HandedIn, inspected
from web.asking import Asked, Asking, Form, Posted, check_form_token, prove, see
from web.fields import ABSENT, Field, Typed, read_field
from web.finding_page import names_of
from web.look import page
from web.people import people_of
from web.problems import Told, told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
BUNDLES, CODES = "/exchange/bundles", "/exchange/codes"
BUNDLE_TYPE = "application/octet-stream"


@router.get(BUNDLES)
def bundles(asking: Asked) -> Response:
    """The ordinary bundles of the person's department."""
    return show_bundles(asking)


@router.get("/referrals/{id}/carrier")
def bundles_of_referral(asking: Asked, id: str) -> Response:
    """The bundles of a criminal referral, for the persons on its list."""
    return show_bundles(asking, an_id(id))


@router.post(BUNDLES)
def pack(asking: Asked, posted: Form) -> Response:
    """The file of a new bundle or of a copy."""
    return _packed(asking, posted)


@router.post("/referrals/{id}/carrier")
def pack_referral(asking: Asked, posted: Form, id: str) -> Response:
    """The file of a bundle of the referral."""
    return _packed(asking, posted, an_id(id))


@router.post(BUNDLES + "/attachments")
def take(asking: Asked, posted: Form) -> Response:
    """What became of a file that came back."""
    return _taken(asking, posted)


@router.post("/referrals/{id}/carrier/attachments")
def take_referral(asking: Asked, posted: Form, id: str) -> Response:
    """The same on the page of a referral."""
    return _taken(asking, posted, an_id(id))


@router.get(CODES)
def codes(asking: Asked) -> Response:
    """The form for a receipt on paper."""
    return show_codes(asking)


@router.post(CODES + "/attachments")
def enter_code(asking: Asked, posted: Form) -> Response:
    """The receipt was entered; a refused form comes back as it was typed."""
    check_form_token(asking, posted)
    read = {one.name: read_field(one, posted.typed) for one in fields_of(asking)}
    body = {name: value for name, value in read.items() if value is not ABSENT}
    scans = _files(asking, posted)
    try:
        paper = read_paper(body)
        files = inspected(scans) if scans else []
        entered = asking.house.exchange.carrier.paper.enter(asking.who, paper, files)
    except Refusal as refusal:
        return show_codes(asking, posted.typed, told(refusal, asking.words))
    return see(f"/{entered.subject}s/{entered.id}?flash=receipt")


def show_bundles(
    asking: Asking, referral: str | None = None, problem: Told | None = None, taken: Taken | None = None
) -> Response:
    """The page; `taken` is what became of the file that was just handed in."""
    shown = asking.house.exchange.carrier.underway(asking.who, referral)
    if shown is None:
        raise Refusal("not_found") if referral else Refusal("not_yours", roles=["duty_clerk"])
    people = people_of(asking.house)
    return page(
        asking,
        "carrier.html",
        status=problem.status if problem else 200,
        problem=problem,
        names=names_of(asking),
        here=f"/referrals/{referral}/carrier" if referral else BUNDLES,
        home=f"/referrals/{referral}" if referral else "/exchange",
        referral=referral or "",
        systems=shown["systems"],
        bundles=[{**one, "by": people.name(one["packed_by"])} for one in shown["bundles"]],
        receipts=_receipts(asking, taken) if taken else [],
        taken=taken,
    )


def show_codes(asking: Asking, typed: Typed | None = None, problem: Told | None = None) -> Response:
    """The form; `typed` is what stood in a refused one."""
    fields, errors = fields_of(asking), dict(problem.errors) if problem else {}
    scan = [
        *errors.pop("document", ()),
        *(said for name, one in errors.items() if name.startswith("file") for said in one),
    ]
    wrong = next((one.input_name for one in fields if errors.get(one.name)), "")
    return page(
        asking,
        "codes.html",
        status=problem.status if problem else 200,
        problem=problem,
        names=names_of(asking),
        here=CODES,
        fields=fields,
        typed=typed if typed is not None else Typed(),
        errors=errors,
        scan_errors=scan,
        focus=wrong or ("" if problem else "code"),
    )


def fields_of(asking: Asking) -> tuple[Field, ...]:
    """The inputs of a receipt on paper."""
    words = asking.words
    return (
        Field(
            "code",
            words("carrier.code"),
            "text",
            True,
            hint=words("carrier.code_hint"),
            longest=CODE_LENGTH_MAX,
        ),
        Field(
            "received_at",
            words("carrier.received_at"),
            "instant",
            True,
            hint=words("carrier.received_at_hint"),
        ),
        Field("signer", words("carrier.signer"), "text", True, longest=SIGNER_LENGTH_MAX),
        Field("receipt_no", words("carrier.receipt_no"), "text", longest=NUMBER_LENGTH_MAX),
        Field(
            "case_no",
            words("carrier.case_no"),
            "text",
            hint=words("carrier.case_no_hint"),
            longest=NUMBER_LENGTH_MAX,
        ),
        Field(
            "late_reason",
            words("carrier.late_reason"),
            "text",
            hint=words("carrier.late_hint"),
            longest=REASON_LENGTH_MAX,
        ),
    )


def _packed(asking: Asking, posted: Posted, referral: str | None = None) -> Response:
    check_form_token(asking, posted)
    if referral is not None:
        prove(asking, "carry_referral")
    typed = posted.typed
    number = typed.first("number")
    wanted = Wanted(
        typed.first("system"),
        CRIMINAL if referral else ORDINARY,
        referral,
        int(number) if number.isdecimal() and len(number) < 9 else None,
    )
    try:
        packed = asking.house.exchange.carrier.packer.pack(asking.who, wanted)
    except Refusal as refusal:
        if refusal.code == "not_yours":
            raise
        return show_bundles(asking, referral, told(refusal, asking.words))
    name = f"{wanted.system}-{packed.number:04d}-{packed.bundle[-6:]}.bhc"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(packed.content, media_type=BUNDLE_TYPE, headers=headers)


def _taken(asking: Asking, posted: Posted, referral: str | None = None) -> Response:
    """The page with what became of each receipt; where the file is none, it says so and nothing else."""
    check_form_token(asking, posted)
    if asking.house.exchange.carrier.underway(asking.who, referral) is None:
        return show_bundles(asking, referral)
    files = _files(asking, posted)
    try:
        taken = asking.house.exchange.carrier.taker.take(asking.who, files[0].content if files else b"")
    except Refusal as refusal:
        return show_bundles(asking, referral, told(refusal, asking.words))
    return show_bundles(asking, referral, taken=taken)


def _files(asking: Asking, posted: Posted) -> list[HandedIn]:
    files = [one for one in posted.files if one.filename or one.size]
    if any((one.size or 0) > asking.house.settings.attachment_bytes_max for one in files):
        raise Refusal("body_too_large")
    return [HandedIn(one.filename or "", one.file.read()) for one in files]


def _receipts(asking: Asking, taken: Taken) -> list[dict[str, Any]]:
    """Each receipt of the file with what became of it, a refusal in its own sentence."""
    words = asking.words
    return [
        {
            "kind": one.kind,
            "id": one.id,
            "code": one.code,
            "refused": told(one.refusal, words) if one.refusal else None,
            "waiting_for": one.waiting_for or "",
        }
        for one in taken.receipts
    ]
