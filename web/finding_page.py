"""The page of a finding: the next step first, then its proceedings, clocks, papers and history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.chart import CRIMINAL
from engine.core.confiding import opens_referral
from engine.core.refusals import Refusal
from engine.core.visibility import has_any_row
from engine.drafts import Drafts
from web.archive import Sent, archive_part
from web.asking import Asked, Asking, Form, check_form_token, local_path, see
from web.cards import Card, card, refused_card, standing_first
from web.clock_reckoning import ReckoningPage, ToldReckoning, reckoning_page
from web.clocks import clock_lines, first_due
from web.commanding import fresh_key, step_body, take_steps
from web.fields import Typed
from web.foreseen import foreseen
from web.handing_over import handing_over
from web.look import page
from web.naming import Names
from web.papers import papers_of
from web.party_history import party_history
from web.problems import Told, told
from web.reasons import reasons, trial_path, two_laws, would_be
from web.records import Folder, corrections, open_finding
from web.recusals import recusal_part
from web.routing import PageRoute
from web.states import state_of
from web.steps import Offer
from web.why_not import shut_steps

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Lane:
    """One proceeding as the page shows it."""

    record: Mapping[str, Any]
    title: str
    state: Mapping[str, Any]
    facts: Sequence[tuple[str, str]]
    clocks: Sequence[Mapping[str, Any]]
    on_top: ToldReckoning | None = None
    """How the additional fine of a penalty was counted."""


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
    forget_draft(folder, offer)
    if any(opens_referral(planned.row) for planned in offer.steps):
        opened = asking.house.reader.referrals.of_finding(asking.who, id)
        if opened is not None:
            return see(with_flash(f"/referrals/{opened['id']}", offer))
    return see(done_path(typed, f"/findings/{id}", offer))


def forget_draft(folder: Folder, offer: Offer, subject: str = "finding") -> None:
    """What was kept of the form is gone, now that it was sent."""
    form = (folder.record(subject)["id"], offer.triggers, offer.proceeding or "")
    if form in folder.drafts:
        Drafts.of(folder.asking.house).forget(folder.asking.who, form)


def done_path(typed: Typed, here: str, offer: Offer) -> str:
    """Where the browser goes after a step: back to where the form stood, with what was done."""
    return with_flash(local_path(typed.first("back") or here).split("?")[0], offer)


def with_flash(path: str, offer: Offer) -> str:
    """The address of the page that says what was done."""
    return f"{path}?flash=recorded&did={'+'.join(offer.triggers.split())}"


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


def show_finding(
    folder: Folder,
    first: Card | None = None,
    problem: Told | None = None,
    recusal: Typed | None = None,
    archive: Sent | None = None,
    said: str | None = None,
) -> Response:
    """The page; `first` takes the place of the next step, `recusal`, `archive` and `said` are refused forms as typed."""
    asking = folder.asking
    cards = [card(folder, offer) for offer in folder.offers]
    first, cards = standing_first(cards, first, (asking.parameter("step"), asking.parameter("of")))
    publishing = [card(folder, offer, "inspection") for offer in folder.publishing if offer.first]
    if first is None and publishing:
        first = publishing.pop(0)
    cards = publishing + cards
    finding = folder.finding
    reckonings = reckoning_page(folder, folder.inspection["deadlines"], finding.get("referral"))
    return page(
        asking,
        "finding.html",
        status=problem.status if problem else 200,
        problem=problem,
        finding=finding,
        matters=asking.house.incoming.reader.of_finding(asking.who, finding["id"]),
        history=party_history(asking, finding),
        key=key_line(folder, reckonings),
        handover=handing_over(folder),
        inspection=folder.inspection,
        first=first,
        cards=cards,
        shut=shut_steps(asking, finding["steps"]),
        lanes=lanes(folder, reckonings),
        confidential=confidential_lane(folder, reckonings),
        main_clocks=_clocks(folder, None, reckonings),
        inspection_clocks=clock_lines(asking, folder.inspection["deadlines"], folder.now, reckonings),
        timeline=list(reversed(folder.timeline)),
        corrigible=corrections(asking, "finding", finding["id"]),
        papers=papers_of(folder),
        attachments=finding["attachments"],
        home=folder.home,
        uploads=may_act(asking),
        ruling=folder.known.ruling,
        reasons=reasons(asking, folder.known.ruling, finding["facts"]),
        would_be=would_be(asking, finding["id"]),
        two_laws=two_laws(asking, finding["id"]),
        trial_path=trial_path(asking, folder.known.ruling, finding["facts"]),
        recusals=recusal_part(folder, problem, recusal),
        archive=archive_part(folder, problem, archive),
        comments={
            "key": fresh_key(),
            "said": said or "",
            "wrong": problem.errors.get("text", ()) if problem and said is not None else (),
        },
        names=names_of(asking),
        people=folder.people,
        state=state_of(asking, "finding", finding["state"]),
        inspection_state=state_of(asking, "inspection", folder.inspection["state"]),
    )


def key_line(folder: Folder, reckonings: ReckoningPage) -> dict[str, Any]:
    """What the head of the page says first: the clock that is due next, who handles the finding, whose turn it is."""
    finding, asking = folder.finding, folder.asking
    clocks = clock_lines(
        asking, [*finding["deadlines"], *folder.inspection["deadlines"]], folder.now, reckonings
    )
    return {
        "due": first_due(clocks),
        "handler": folder.people.told(folder.known.stated("handler", None)),
        "owner": names_of(asking).role(finding["owner_role"]) if finding["owner_role"] else "",
    }


def lanes(folder: Folder, reckonings: ReckoningPage) -> list[Lane]:
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
                _clocks(folder, record["id"], reckonings),
                reckonings.told_on_top(record),
            )
        )
    return shown


def _clocks(folder: Folder, proceeding: str | None, reckonings: ReckoningPage) -> Sequence[Mapping[str, Any]]:
    mine = [one for one in folder.finding["deadlines"] if one["proceeding"] == proceeding]
    return clock_lines(folder.asking, mine, folder.now, reckonings)


def confidential_lane(folder: Folder, reckonings: ReckoningPage) -> Lane | None:
    """The criminal referral of the finding, for the persons on its list; None for everybody else and without any."""
    asking, referral = folder.asking, folder.finding.get("referral")
    if referral is None:
        return None
    title, state = (
        asking.words.of(asking.house.charts[CRIMINAL]),
        state_of(asking, CRIMINAL, referral["state"]),
    )
    clocks = clock_lines(asking, referral["deadlines"], folder.now, reckonings)
    return Lane(referral, title, state, (), clocks)


def may_act(asking: Asking) -> bool:
    """True when the person's roles have some row on findings, and may therefore hand in papers."""
    charts = asking.house.charts
    return has_any_row(asking.who, [charts[name] for name in charts.by_name if name != "inspection"])


def names_of(asking: Asking) -> Names:
    """The words for codes and facts on pages."""
    return Names(asking.house, asking.words)
