"""Intake: one inspection with its findings, and what was done on the spot, on one screen."""

from __future__ import annotations

from fastapi import APIRouter, Response

from engine.core.refusals import Refusal
from engine.drafts import Kept
from web.accepting import CLUE, NAMED, accept_matter, carried, matter_to_accept
from web.asking import Asked, Asking, Form, check_form_token, see
from web.commanding import fresh_key, record_inspection
from web.fields import Typed
from web.finding_page import refused
from web.intake_drafts import forget_intake, kept_intake
from web.intake_form import FINDINGS, IDENTIFIERS, IntakeForm, renumbered, rows, told_findings
from web.intake_view import BEGINS, fresh_row, intake_context, intake_form
from web.look import page
from web.on_site import take_on_site
from web.problems import Told, told
from web.records import open_finding
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
REPEATED = (FINDINGS, IDENTIFIERS)
ROWS_MAX, ROW_DIGITS = 200, 4


@router.get("/intake")
def intake_page(asking: Asked) -> Response:
    """The empty form, with what is known already."""
    form, matter = intake_form(asking), matter_to_accept(asking, asking.parameter(NAMED))
    kept = kept_intake(asking, matter)
    if kept is not None:
        typed = Typed({name: list(values) for name, values in kept.typed.items()})
        return show(asking, form, typed, fresh_key(), kept=kept)
    typed = form.start(asking.house.clock.now())
    if matter is not None:
        typed = carried(typed, matter)
        typed[NAMED] = [matter["id"]]
    return show(asking, form, typed, fresh_key())


@router.post("/intake")
def take_in(asking: Asked, posted: Form) -> Response:
    """The inspection is recorded with its findings, then what was done on the spot; or the form comes back."""
    check_form_token(asking, posted)
    form, typed = intake_form(asking), posted.typed
    if typed.first("add") in REPEATED or typed.first("remove"):
        return show(asking, form, changed_rows(asking, form, typed), typed.first("idempotency_key"))
    typed, key = told_findings(typed), typed.first("idempotency_key")
    try:
        matter = typed.first(NAMED)
        if matter:
            outcome = accept_matter(asking, matter, form.body(typed), typed, key)
        else:
            outcome = record_inspection(asking, form.body(typed), key)
    except Refusal as refusal:
        said = told(refusal, asking.words)
        key = fresh_key() if said.code in ("key_reused", "key_missing") else key
        return show(asking, form, typed, key, said)
    forget_intake(asking, typed)
    findings = asking.house.reader.inspection(asking.who, outcome.id)["findings"]
    if outcome.status == "created":
        for row, finding in enumerate(findings):
            shut = take_on_site(asking, finding["id"], typed, f"{FINDINGS}.{row}", f"{key}.{row}")
            if shut is not None:
                offer, stated, why = shut
                return refused(open_finding(asking, finding["id"]), offer, stated, why)
    place = f"/findings/{findings[0]['id']}" if len(findings) == 1 else f"/inspections/{outcome.id}"
    return see(f"{place}?flash=created")


def changed_rows(asking: Asking, form: IntakeForm, typed: Typed) -> Typed:
    """The form with one row more or one row less."""
    added, removed = typed.first("add"), typed.first("remove")
    typed = Typed({name: values for name, values in typed.items() if name not in ("add", "remove")})
    if added in REPEATED:
        row = max(rows(typed, added), default=-1) + 1
        if row < ROWS_MAX:
            form.begin(typed, BEGINS[added], f"{added}.{row}.", asking.house.clock.now())
            typed.setdefault(f"{added}.{row}.source" if added == IDENTIFIERS else f"{added}.{row}.item", [""])
        return typed
    name, _, number = removed.rpartition(".")
    known = name in REPEATED and number.isdecimal() and len(number) <= ROW_DIGITS
    return renumbered(typed, name, int(number)) if known else typed


def show(
    asking: Asking,
    form: IntakeForm,
    typed: Typed,
    key: str,
    problem: Told | None = None,
    kept: Kept | None = None,
) -> Response:
    """The page with what is typed; `kept` is the draft that stands in it."""
    errors = problem.errors if problem else {}
    return page(
        asking,
        "intake.html",
        status=problem.status if problem else 200,
        problem=problem,
        kept=kept,
        typed=typed,
        idempotency_key=key,
        fresh=fresh_row(asking, form),
        matter=matter_to_accept(asking, typed.first(NAMED)),
        clue=(typed.first(CLUE), errors.get(CLUE, [])),
        **intake_context(asking, form, typed, {name: errors[name] for name in errors if name != CLUE}),
    )
