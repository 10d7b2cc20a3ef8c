"""What was done on the spot, stated on the intake page and taken as steps of the finding just recorded."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.refusals import Refusal
from web.asking import Asking
from web.commanding import step_body, take_steps
from web.fields import ABSENT, Field, Typed, read_field
from web.forms import FormMaker, Lists, StepForm
from web.prefill import prefilled
from web.records import open_finding
from web.steps import ActLine, Offer, act_book, plan

REGISTER = (("finding", "register"),)
FOUND: dict[str | None, tuple[str, str]] = {None: ("finding", "found")}


@dataclass(frozen=True, slots=True)
class OnSite:
    """An act that may be taken at the inspection: its words and the inputs that intake does not ask already."""

    id: str
    title: str
    fields: tuple[Field, ...]


def on_site_acts(asking: Asking) -> list[OnSite]:
    """The acts that this person may take on the spot."""
    house = asking.house
    maker = FormMaker(house.law, house.office, asking.words, Lists())
    shown = []
    for line in act_book().acts:
        offer = _offer(asking, line, ()) if line.on_site else None
        if offer is not None:
            fields = tuple(one for one in maker.of(offer).fields if _asked_here(one, offer))
            shown.append(OnSite(line.id, asking.words.of(line), fields))
    return shown


def _asked_here(one: Field, offer: Offer) -> bool:
    """False for what the finding, the inspection or the ruling will give."""
    book = act_book()
    given = one.name in offer.given or (not one.required and one.kind == "boolean")
    carried = one.name in book.carry and not book.carry[one.name].startswith("=")
    return one.asked or not (given or carried)


def _offer(asking: Asking, line: ActLine | None, also: tuple[tuple[str, str], ...]) -> Offer | None:
    steps = (line.steps if line else ()) + also
    planned = plan(asking.house.charts, asking.who, steps, None, FOUND)
    if not planned:
        return None
    named = line or planned[0].row
    return Offer(named.zh, named.en, "finding", None, planned, (0, 0), True, line.given if line else {})


def take_on_site(
    asking: Asking, finding: str, typed: Typed, prefix: str, key: str
) -> tuple[Offer, Typed, Refusal] | None:
    """The steps that the row states were taken; what was refused comes back with its form."""
    chosen = typed.first(f"{prefix}.on_site")
    line = next((one for one in act_book().acts if one.on_site and one.id == chosen), None)
    also = REGISTER if typed.ticked(f"{prefix}.register_now") else ()
    offer = _offer(asking, line, also) if line or also else None
    if offer is None:
        return None
    folder = open_finding(asking, finding)
    form = folder.maker.of(offer)
    stated = prefilled(form, offer, folder.known)
    if line is not None:
        _overlay(stated, form, typed, f"{prefix}.on_site_facts.{line.id}")
    stated["expected_version"] = [str(folder.finding["version"])]
    stated["idempotency_key"] = [key]
    stated["triggers"] = [offer.triggers]
    try:
        take_steps(asking, "finding", finding, step_body(asking, offer, form, stated), key)
    except Refusal as refusal:
        return offer, stated, refusal
    return None


def _overlay(stated: Typed, form: StepForm, typed: Typed, prefix: str) -> None:
    for one in form.fields:
        here = one.under(prefix)
        if read_field(here, typed) is not ABSENT:
            stated[one.input_name] = typed.all(here.input_name)
