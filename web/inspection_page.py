"""The page of an inspection: what was checked, its findings, and the publication of its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.refusals import Refusal
from web.asking import Asked, Asking, Form, check_form_token, see
from web.cards import Card, card, refused_card
from web.clock_reckoning import reckoning_page
from web.clocks import clock_lines
from web.commanding import fresh_key, record_finding, step_body, take_steps
from web.fields import Typed
from web.finding_page import done_path, forget_draft, names_of
from web.intake_form import FINDINGS, IntakeForm
from web.intake_view import fresh_row, intake_context, intake_form
from web.look import page
from web.problems import Told, told
from web.records import Folder, open_inspection
from web.routing import PageRoute
from web.states import state_of
from web.steps import Offer, PlannedStep

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/inspections/{id}")
def inspection_page(asking: Asked, id: str) -> Response:
    """The inspection as this person may see it."""
    return show_inspection(asking, an_id(id))


@router.post("/inspections/{id}/steps")
def take(asking: Asked, posted: Form, id: str) -> Response:
    """The step of a submitted form was taken; a refused form comes back as it was typed."""
    check_form_token(asking, posted)
    typed = posted.typed
    folder = open_inspection(asking, an_id(id))
    offer = offered(folder, typed)
    body = step_body(asking, offer, folder.maker.of(offer), typed)
    try:
        take_steps(asking, "inspection", id, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return refused(folder, offer, typed, refusal)
    forget_draft(folder, offer, "inspection")
    return see(done_path(typed, f"/inspections/{id}", offer))


@router.post("/inspections/{id}/findings")
def add_finding(asking: Asked, posted: Form, id: str) -> Response:
    """A finding is added to a recorded inspection; a refused form comes back on the inspection's page."""
    check_form_token(asking, posted)
    form, typed = intake_form(asking), posted.typed
    body = {"inspection": an_id(id), **form.finding(typed, f"{FINDINGS}.0", _ended(asking, id))}
    try:
        outcome = record_finding(asking, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        said = told(refusal, asking.words)
        prefixed = {f"{FINDINGS}.0.{name}": errors for name, errors in said.errors.items()}
        return show_inspection(asking, id, problem=said, typed=typed, errors=prefixed)
    return see(f"/findings/{outcome.id}?flash=created")


def _ended(asking: Asking, id: str) -> Any:
    """When the inspection ended; raises `not_found`."""
    return asking.house.reader.inspection(asking.who, id)["inspection"].get("finished_at")


def offered(folder: Folder, typed: Typed) -> Offer:
    """The act that the form names: as it is offered now, else as the chart knows it, for the desk to refuse."""
    trigger = typed.first("triggers")
    for offer in folder.offers:
        if offer.triggers == trigger:
            return offer
    chart = folder.asking.house.charts["inspection"]
    if trigger not in chart.triggers:
        raise Refusal("unknown_trigger")
    row = chart.any_row(trigger)
    return Offer(row.zh, row.en, "inspection", None, (PlannedStep(row, None),), (9, 0), True, {})


def refused(folder: Folder, offer: Offer, typed: Typed, refusal: Refusal) -> Response:
    """The inspection again, with the refused form on top and everything typed still there."""
    said = told(refusal, folder.asking.words)
    again = refused_card(folder, offer, typed, said, "inspection")
    return show_inspection(folder.asking, folder.inspection["id"], again, problem=said)


def show_again(folder: Folder, again: Card) -> Response:
    """The inspection with that form on top."""
    return show_inspection(folder.asking, folder.inspection["id"], again)


def show_inspection(
    asking: Asking,
    id: str,
    again: Card | None = None,
    typed: Typed | None = None,
    problem: Told | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    """The page; `again` is the form of a step that stands first, `typed` a refused finding."""
    folder = open_inspection(asking, id)
    cards = [card(folder, one, "inspection") for one in folder.offers]
    if again is not None:
        cards = [again, *(one for one in cards if one.key != again.key)]
    first = cards[0] if cards and (cards[0].first or again is not None) else None
    return page(
        asking,
        "inspection.html",
        status=problem.status if problem else 200,
        problem=problem,
        inspection=folder.inspection,
        facts=folder.inspection["inspection"],
        state=state_of(asking, "inspection", folder.inspection["state"]),
        findings=[_finding(asking, one["id"]) for one in folder.inspection["findings"]],
        clocks=clock_lines(asking, folder.inspection["deadlines"], folder.now, reckoning_page(folder)),
        first=first,
        cards=[one for one in cards if one is not first],
        shut=[one for one in folder.inspection["steps"] if not one["open"]],
        timeline=list(reversed(folder.timeline)),
        corrigible={},
        people=folder.people,
        names=names_of(asking),
        adding=_adding(asking, folder, typed, errors or {}),
    )


def _finding(asking: Asking, id: str) -> dict[str, object]:
    finding = asking.house.reader.finding(asking.who, id)
    return {**finding, "shown_state": state_of(asking, "finding", finding["state"])}


def _adding(
    asking: Asking, folder: Folder, typed: Typed | None, errors: Mapping[str, Sequence[str]]
) -> dict[str, object] | None:
    """The form for one more finding, for inspectors of the department."""
    who, facts = asking.who, folder.inspection["inspection"]
    if "inspector" not in who.roles or who.department != facts["department"]:
        return None
    if "NO_PROBLEM" in facts["result_codes"]:
        return None
    form = IntakeForm(asking.house, who, asking.words, folder.people.offered(facts["department"]))
    stands = typed
    if stands is None:
        stands = fresh_row(asking, form)
        form.begin(stands, "finding", "findings.0.", folder.now)
    key = typed.first("idempotency_key") if typed else ""
    context = intake_context(asking, form, stands, errors)
    return {**context, "typed": stands, "key": key or fresh_key(), "open": typed is not None}
