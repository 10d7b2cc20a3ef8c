"""The page of a finding: the next step first, then its proceedings, clocks, papers and history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.refusals import Refusal
from engine.core.visibility import has_any_row
from web.asking import Asked, Asking, Form, check_form_token, local_path, see
from web.cards import Card, card, refused_card
from web.clocks import clock_line
from web.commanding import step_body, take_steps
from web.fields import Typed
from web.look import page
from web.naming import Names
from web.problems import Told, told
from web.records import Folder, open_finding
from web.routing import PageRoute
from web.steps import Offer, foreseen

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PLAIN = ("role_not_allowed", "no_such_step")
"""Reasons that say nothing of this finding; steps shut by them alone stand last."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One proceeding as the page shows it."""

    record: Mapping[str, Any]
    title: str
    state: Mapping[str, Any]
    facts: Sequence[tuple[str, str]]
    clocks: Sequence[Mapping[str, Any]]


@router.get("/findings/{id}")
def finding_page(asking: Asked, id: str) -> Response:
    """The finding as this person may see it; a clock of an inspection without findings leads to the inspection."""
    id = an_id(id)
    try:
        return show_finding(open_finding(asking, id))
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        asking.house.reader.inspection(asking.who, id)
        return see(f"/inspections/{id}")


@router.post("/findings/{id}/steps")
def take(asking: Asked, posted: Form, id: str) -> Response:
    """The steps of a submitted form were taken; a refused form comes back as it was typed."""
    check_form_token(asking, posted)
    typed = posted.typed
    folder = open_finding(asking, an_id(id))
    offer = offered(folder, typed)
    form = folder.maker.of(offer)
    try:
        body = step_body(asking, offer, form, typed)
        take_steps(asking, "finding", id, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return refused(open_finding(asking, id), offer, typed, refusal)
    return see(done_path(typed, f"/findings/{id}", offer))


def done_path(typed: Typed, here: str, offer: Offer) -> str:
    """Where the browser goes after a step: back to where the form stood, with what was done."""
    back = local_path(typed.first("back") or here).split("?")[0]
    return f"{back}?flash=recorded&did={'+'.join(offer.triggers.split())}"


def offered(folder: Folder, typed: Typed) -> Offer:
    """The act that the form names: as it is offered now, else as the charts know it, for the desk to refuse."""
    triggers, proceeding = typed.first("triggers"), typed.first("proceeding") or None
    for offer in folder.offers:
        if (offer.triggers, offer.proceeding) == (" ".join(triggers.split()), proceeding):
            return offer
    kinds = {one["id"]: one["kind"] for one in folder.finding["proceedings"]}
    planned = foreseen(triggers, proceeding, kinds.get(proceeding or ""), folder.asking.house.charts)
    if not planned:
        raise Refusal("unknown_trigger")
    named = planned[-1].row
    return Offer(named.zh, named.en, planned[0].row.chart, proceeding, planned, (9, 0), True, {})


def refused(folder: Folder, offer: Offer, typed: Typed, refusal: Refusal) -> Response:
    """The finding again, with the refused form on top and everything typed still there."""
    said = told(refusal, folder.asking.words)
    shown = refused_card(folder, offer, typed, said)
    return show_finding(folder, shown, said)


def show_finding(folder: Folder, first: Card | None = None, problem: Told | None = None) -> Response:
    """The page; `first` takes the place of the next step."""
    asking = folder.asking
    cards = [card(folder, offer) for offer in folder.offers]
    cards = [one for one in cards if first is None or one.key != first.key]
    wanted = (asking.parameter("step"), asking.parameter("of"))
    if first is None:
        first = next((one for one in cards if wanted[0] and (one.triggers, one.proceeding) == wanted), None)
        first = first or next((one for one in cards if one.first), None)
        cards = [one for one in cards if one is not first]
    publishing = [card(folder, offer, "inspection") for offer in folder.publishing if offer.first]
    if first is None and publishing:
        first = publishing.pop(0)
    cards = publishing + cards
    finding = folder.finding
    return page(
        asking,
        "finding.html",
        status=problem.status if problem else 200,
        problem=problem,
        finding=finding,
        party_id=asking.house.reader.party_of(asking.who, finding["id"]),
        inspection=folder.inspection,
        first=first,
        cards=cards,
        shut=_shut(folder),
        lanes=lanes(folder),
        main_clocks=_clocks(folder, None),
        inspection_clocks=[_clock(folder, one) for one in folder.inspection["deadlines"]],
        timeline=list(reversed(folder.timeline)),
        papers=_papers(folder),
        uploads=may_act(asking),
        ruling=folder.known.ruling,
        names=names_of(asking),
        people=folder.people,
        state=state_of(asking, "finding", finding["state"]),
        inspection_state=state_of(asking, "inspection", folder.inspection["state"]),
    )


def state_of(asking: Asking, chart: str, name: str) -> dict[str, Any]:
    """A state with its words."""
    state = asking.house.charts[chart].states[name]
    return {"code": name, "chart": chart, "title": asking.words.of(state), "kind": state.kind}


def lanes(folder: Folder) -> list[Lane]:
    """The proceedings of the finding, in the order in which they were opened."""
    shown = []
    for record in folder.finding["proceedings"]:
        chart = folder.asking.house.charts[record["kind"]]
        shown.append(
            Lane(
                record,
                folder.asking.words.of(chart),
                state_of(folder.asking, record["kind"], record["state"]),
                names_of(folder.asking).facts(record["summary"]),
                _clocks(folder, record["id"]),
            )
        )
    return shown


def _clocks(folder: Folder, proceeding: str | None) -> list[Mapping[str, Any]]:
    mine = [one for one in folder.finding["deadlines"] if one["proceeding"] == proceeding]
    return [_clock(folder, one) for one in sorted(mine, key=lambda one: one["state"] != "running")]


def _clock(folder: Folder, deadline: Mapping[str, Any]) -> Mapping[str, Any]:
    law, words = folder.asking.house.law, folder.asking.words
    return clock_line(deadline, folder.now, law.calendar, words, words.of(law.terms[deadline["term"]]))


def _shut(folder: Folder) -> list[dict[str, Any]]:
    """Shut steps, those that a guard shuts first, then those of other roles, then those of other states."""
    steps = [_shut_step(folder, step) for step in folder.finding["steps"] if not step["open"]]
    return sorted(steps, key=lambda one: (one["plain"], PLAIN.index(one["code"]) if one["plain"] else 0))


def _shut_step(folder: Folder, step: Mapping[str, Any]) -> dict[str, Any]:
    chart = folder.asking.house.charts[step["chart"]]
    row = chart.any_row(step["trigger"])
    words = folder.asking.words
    code = step["reasons"][0]["code"] if step["reasons"] else PLAIN[-1]
    return {
        **step,
        "shown": words.of(row),
        "record": words.of(chart),
        "code": code,
        "plain": code in PLAIN,
    }


def may_act(asking: Asking) -> bool:
    """True when the person's roles have some row on findings, and may therefore hand in papers."""
    charts = asking.house.charts
    return has_any_row(asking.who, [charts[name] for name in charts.by_name if name != "inspection"])


def _papers(folder: Folder) -> list[dict[str, Any]]:
    return [
        {**paper, "recorded_at": entry["recorded_at"]}
        for entry in folder.timeline
        for paper in entry["documents"]
    ]


def names_of(asking: Asking) -> Names:
    """The words for codes and facts on pages."""
    return Names(asking.house, asking.words)
