"""The simulator: facts are typed, and the rules of the house say what follows; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.core.calendar import civil_date
from web.asking import Asked, Asking
from web.fields import Typed, typed_from
from web.look import page
from web.routing import PageRoute
from web.rule_words import RuleWords
from web.trial import Trial, changes, lines, set_aside, try_out
from web.trial_form import CRIMINAL, DAY, MATTER, PATH, WITH_CRIMES, TrialForm

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(PATH)
def trial_page(asking: Asked) -> Response:
    """The form, and below it the ruling once a domain was asked for; faults stand at their inputs."""
    house, form = asking.house, TrialForm(asking.house, asking.words)
    typed = typed_from(asking.request.query_params.multi_items())
    tried = MATTER[0] in typed
    if DAY not in typed:
        typed[DAY] = [civil_date(house.clock.now()).isoformat()]
    if not tried:
        typed[CRIMINAL] = [WITH_CRIMES]
    trial = try_out(house, form, typed) if tried else Trial()
    errors = trial.errors or {}
    return page(
        asking,
        "trial.html",
        status=422 if errors else 200,
        form=form,
        typed=typed,
        groups=form.groups(typed.first(MATTER[0])),
        matter=[form.fields[name] for name in MATTER],
        errors=errors,
        focus=next(iter(errors), ""),
        undecided=trial.undecided,
        ruling=_told(asking, trial, typed),
        with_crimes=WITH_CRIMES,
    )


def _told(asking: Asking, trial: Trial, typed: Typed) -> Mapping[str, Any] | None:
    """The ruling in words; None where there is none."""
    decision = trial.decision
    if decision is None:
        return None
    said, words, ruling = RuleWords(asking.house, asking.words), asking.words, decision.ruling
    return {
        "on": decision.on.isoformat(),
        "lines": lines(asking.house, decision, words, confidential=typed.ticked(CRIMINAL, WITH_CRIMES)),
        "any_fired": bool(ruling.fired),
        "urgent": ruling.urgent,
        "routes": said.routes(ruling.routes),
        "flags": said.flags(ruling.flags),
        "shut": said.shut(ruling.shut),
        "to": said.departments(ruling.to),
        "grounds": said.grounds(ruling.grounds),
        "notes": said.notes(ruling.notes),
        "rectify_first": words(f"rectify_first.{ruling.rectify_first}"),
        "set_aside": set_aside(decision, said, words),
        "nearest": changes(trial.nearest, said, words),
    }
