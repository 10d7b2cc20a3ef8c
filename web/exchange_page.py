"""The exchange with other departments: what needs a person first, then what went out and what came back."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.carrier.rights import carries_for
from engine.core.commands import Principal
from engine.core.paper_form import HOW, NOTE_LENGTH
from engine.core.refusals import Refusal
from engine.exchanged import exchanged
from engine.message_acts import MAY_ACT
from engine.system_reader import READS
from web.asking import Asked, Asking, Form, check_form_token, see
from web.commanding import fresh_key, on_paper, resend
from web.fields import ABSENT, Choice, Field, Typed, read_field
from web.finding_page import names_of
from web.look import CLERKS, page
from web.problems import Told, told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/exchange"


@router.get(PATH)
def exchange_page(asking: Asked) -> Response:
    """Messages and receipts about what the person sees; others than those who deal with them are refused."""
    return show_exchange(asking)


@router.post(PATH + "/{id}/resend")
def resent(asking: Asked, posted: Form, id: str) -> Response:
    """The message is sent again as it is; a refusal comes back on the page."""
    check_form_token(asking, posted)
    try:
        resend(asking, an_id(id), posted.typed.first("idempotency_key"))
    except Refusal as refusal:
        return _again(asking, refusal, id, None)
    return see(f"{PATH}?flash=recorded")


@router.post(PATH + "/{id}/paper")
def gone_on_paper(asking: Asked, posted: Form, id: str) -> Response:
    """How the message was delivered on paper is entered; a refused form comes back with what was typed."""
    check_form_token(asking, posted)
    typed = posted.typed
    read = {one.name: read_field(one, typed) for one in paper_fields(asking)}
    body = {name: value for name, value in read.items() if value is not ABSENT}
    try:
        on_paper(asking, an_id(id), body, typed.first("idempotency_key"))
    except Refusal as refusal:
        return _again(asking, refusal, id, typed)
    return see(f"{PATH}?flash=recorded")


def _again(asking: Asking, refusal: Refusal, id: str, typed: Typed | None) -> Response:
    if refusal.code == "not_found":
        raise refusal
    return show_exchange(asking, told(refusal, asking.words), id, typed)


def show_exchange(
    asking: Asking, problem: Told | None = None, at: str = "", typed: Typed | None = None
) -> Response:
    """The page; `at` is the message of a refused form, and `typed` what stood in it."""
    if not asking.who.all_roles & CLERKS:
        raise Refusal("not_yours", roles=sorted(CLERKS))
    house = asking.house
    seen = exchanged(house.database, house.office.office_id, asking.who, house.clock.now())
    return page(
        asking,
        "exchange.html",
        status=problem.status if problem else 200,
        problem=problem,
        at=at,
        typed=typed if typed is not None else Typed(),
        blank=Typed(),
        errors=problem.errors if problem else {},
        fields=paper_fields(asking),
        told=seen,
        names=names_of(asking),
        acts=_acts(asking.who),
        here=PATH,
        key=fresh_key(),
        carries=carries_for(asking.who) is not None,
        reads_systems=not asking.who.all_roles.isdisjoint(READS),
    )


def paper_fields(asking: Asking) -> tuple[Field, ...]:
    """The inputs of a delivery on paper."""
    words = asking.words
    ways = tuple(Choice(code, words(f"exchange.how_{code}")) for code in HOW)
    return (
        Field("how", words("exchange.how"), "code", True, ways),
        Field("delivered_on", words("exchange.delivered_on"), "date", True),
        Field("note", words("exchange.note"), "text", longest=NOTE_LENGTH),
    )


def _acts(who: Principal) -> bool:
    """Whether the person is shown the buttons; what they may do with a message is said when they do it."""
    return not who.all_roles.isdisjoint(MAY_ACT)
