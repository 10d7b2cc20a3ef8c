"""What the templates of intake need, on the intake page and where a finding is added to an inspection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.refusals import Refusal
from web.asking import Asking
from web.cards import with_others, wrong_in
from web.fields import Field, Typed
from web.intake_form import FINDINGS, IDENTIFIERS, IntakeForm, declared, rows
from web.on_site import on_site_acts
from web.people import people_of

BEGINS = {FINDINGS: "finding", IDENTIFIERS: "identifier"}
"""Repeated section → the part of intake.yaml that one row of it holds."""


def intake_form(asking: Asking) -> IntakeForm:
    """The form for the signed-in person; refuses `not_yours` to those who do not inspect."""
    who = asking.who
    if "inspector" not in who.roles or not who.department:
        raise Refusal("not_yours", roles=["inspector"])
    return IntakeForm(asking.house, who, asking.words, people_of(asking.house).offered(who.department))


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
