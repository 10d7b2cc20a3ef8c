"""Intake: one inspection with its findings, and what was done on the spot, on one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.refusals import Refusal
from web.asking import Asked, Asking, Form, PageRoute, check_form_token, see
from web.cards import with_others, wrong_in
from web.commanding import fresh_key, record_finding, record_inspection
from web.fields import Field, Typed
from web.finding_page import refused
from web.intake_form import FINDINGS, IDENTIFIERS, IntakeForm, declared, renumbered, rows, told_findings
from web.look import page
from web.on_site import on_site_acts, take_on_site
from web.people import people_of
from web.problems import Told, told
from web.records import open_finding

router = APIRouter(route_class=PageRoute, include_in_schema=False)
REPEATED = (FINDINGS, IDENTIFIERS)
BEGINS = {FINDINGS: "finding", IDENTIFIERS: "identifier"}
ROWS_MAX = 200


def intake_form(asking: Asking) -> IntakeForm:
    """The form for the signed-in person; refuses `not_yours` to those who do not inspect."""
    who = asking.who
    if "inspector" not in who.roles or not who.department:
        raise Refusal("not_yours", roles=["inspector"])
    return IntakeForm(asking.house, who, asking.words, people_of(asking.house).offered(who.department))


@router.get("/intake")
def intake_page(asking: Asked) -> Response:
    """The empty form, with what is known already."""
    form = intake_form(asking)
    return show(asking, form, form.start(asking.house.clock.now()), fresh_key())


@router.post("/intake")
def take_in(asking: Asked, posted: Form) -> Response:
    """The inspection is recorded with its findings, then what was done on the spot; or the form comes back."""
    check_form_token(asking, posted)
    form, typed = intake_form(asking), posted.typed
    if typed.first("add") in REPEATED or typed.first("remove"):
        return show(asking, form, changed_rows(asking, form, typed), typed.first("idempotency_key"))
    typed, key = told_findings(typed), typed.first("idempotency_key")
    try:
        outcome = record_inspection(asking, form.body(typed), key)
    except Refusal as refusal:
        said = told(refusal, asking.words)
        key = fresh_key() if said.code in ("key_reused", "key_missing") else key
        return show(asking, form, typed, key, said)
    findings = asking.house.reader.inspection(asking.who, outcome.id)["findings"]
    if outcome.status == "created":
        for row, finding in enumerate(findings):
            shut = take_on_site(asking, finding["id"], typed, f"{FINDINGS}.{row}", f"{key}.{row}")
            if shut is not None:
                offer, stated, why = shut
                return refused(open_finding(asking, finding["id"]), offer, stated, why)
    place = f"/findings/{findings[0]['id']}" if len(findings) == 1 else f"/inspections/{outcome.id}"
    return see(f"{place}?flash=created")


@router.post("/inspections/{id}/findings")
def add_finding(asking: Asked, posted: Form, id: str) -> Response:
    """A finding is added to a recorded inspection; a refused form comes back on the inspection's page."""
    from web.inspection_page import show_inspection

    check_form_token(asking, posted)
    form, typed = intake_form(asking), posted.typed
    body = {"inspection": an_id(id), **form.finding(typed, f"{FINDINGS}.0")}
    try:
        outcome = record_finding(asking, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        said = told(refusal, asking.words)
        prefixed = {f"{FINDINGS}.0.{name}": errors for name, errors in said.errors.items()}
        return show_inspection(asking, id, problem=said, typed=typed, errors=prefixed)
    return see(f"/findings/{outcome.id}?flash=created")


def changed_rows(asking: Asking, form: IntakeForm, typed: Typed) -> Typed:
    """The form with one row more or one row less."""
    added, removed = typed.first("add"), typed.first("remove")
    typed = Typed({name: values for name, values in typed.items() if name not in ("add", "remove")})
    if added:
        row = max(rows(typed, added), default=-1) + 1
        if row < ROWS_MAX:
            form.begin(typed, BEGINS[added], f"{added}.{row}.", asking.house.clock.now())
            typed.setdefault(f"{added}.{row}.source" if added == IDENTIFIERS else f"{added}.{row}.item", [""])
        return typed
    name, _, number = removed.rpartition(".")
    known = name in REPEATED and number.isdecimal()
    return renumbered(typed, name, int(number)) if known else typed


def show(asking: Asking, form: IntakeForm, typed: Typed, key: str, problem: Told | None = None) -> Response:
    """The page with what is typed."""
    return page(
        asking,
        "intake.html",
        status=problem.status if problem else 200,
        problem=problem,
        typed=typed,
        idempotency_key=key,
        fresh=fresh_row(asking, form),
        **intake_context(asking, form, typed, problem.errors if problem else {}),
    )


def fresh_row(asking: Asking, form: IntakeForm) -> Typed:
    """What stands in the row that script adds, its number still open."""
    typed = Typed()
    for name, part in BEGINS.items():
        form.begin(typed, part, f"{name}.__n__.", asking.house.clock.now())
    return typed


def intake_context(
    asking: Asking, form: IntakeForm, typed: Typed, errors: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """What the templates of intake need."""

    shown: set[str] = set()

    def wrong(one: Field) -> list[str]:
        shown.update(name for name in errors if name == one.name or name.startswith(one.name + "."))
        return wrong_in(errors, one)

    def loose() -> list[str]:
        """What is wrong in no input of the page, asked after all inputs are shown."""
        return [f"{name} {said}" for name, told in errors.items() if name not in shown for said in told]

    def any_wrong(fields: Sequence[Field], prefix: str) -> bool:
        """True when a folded section must be open because something in it is wrong."""
        return any(wrong_in(errors, one.under(prefix) if prefix else one) for one in fields)

    return {
        "form": form,
        "wrong": wrong,
        "loose": loose,
        "any_wrong": any_wrong,
        "focus": next(iter(_inputs_in_order(form, errors)), ""),
        "finding_rows": rows(typed, FINDINGS) or [0],
        "identifier_rows": rows(typed, IDENTIFIERS) or [0],
        "letters": range(declared()["letters"]),
        "people": lambda one: with_others(one, typed),
        "on_site": on_site_acts(asking),
    }


def _inputs_in_order(form: IntakeForm, errors: Mapping[str, Sequence[str]]) -> list[str]:
    """The wrong inputs as they stand on the page."""
    ordered = [one.name for part in ("check", "more_check") for one in form.parts[part]]
    order = {name: place for place, name in enumerate(ordered)}
    names = [name for name in errors if name]
    return sorted(names, key=lambda name: (order.get(name, len(order) + (name > "party")), name))
