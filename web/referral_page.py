"""The page of a criminal referral, for the persons on its list; for everybody else it is no page at all (law 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.chart import CRIMINAL, Row
from engine.core.refusals import Refusal
from engine.referrals import PUT_ON_LIST
from web.asking import Asked, Asking, Form, Posted, check_form_token, see
from web.cards import Card, card, refused_card, standing_first
from web.clock_reckoning import reckoning_page
from web.clocks import clock_lines, first_due
from web.commanding import step_body, take_steps
from web.fields import Typed
from web.finding_page import done_path, may_act, names_of
from web.letters import PAPER, RESEND, RefusedLetter, act_on, letters, paper_fields
from web.look import page
from web.papers import papers_of
from web.problems import Told, told
from web.reasons import reasons, trial_path, two_laws
from web.records import Folder, corrections, open_referral
from web.recusals import recusal_part
from web.routing import PageRoute
from web.states import state_of
from web.steps import Offer, PlannedStep, act_book
from web.why_not import shut_steps

router = APIRouter(route_class=PageRoute, include_in_schema=False)
NOT_FACTS = frozenset({"routes"})
"""What stands among the facts of every referral and says nothing of this one."""


@router.get("/referrals/{id}")
def referral_page(asking: Asked, id: str) -> Response:
    """The referral as a person on its list sees it."""
    return show_referral(open_referral(asking, an_id(id)))


@router.post("/referrals/{id}/messages/{message}/resend")
def resent(asking: Asked, posted: Form, id: str, message: str) -> Response:
    """A message of the referral is sent again as it is; a refusal comes back on the page."""
    return _letter_done(asking, posted, id, message, RESEND)


@router.post("/referrals/{id}/messages/{message}/paper")
def gone_on_paper(asking: Asked, posted: Form, id: str, message: str) -> Response:
    """How a message of the referral was delivered on paper is entered; a refused form comes back."""
    return _letter_done(asking, posted, id, message, PAPER)


def _letter_done(asking: Asking, posted: Posted, id: str, message: str, act: str) -> Response:
    check_form_token(asking, posted)
    folder = open_referral(asking, an_id(id))
    refused = act_on(asking, posted.typed, message, act)
    return show_referral(folder, refused_letter=refused) if refused else see(f"{folder.home}?flash=recorded")


@router.post("/referrals/{id}/steps")
def take(asking: Asked, posted: Form, id: str) -> Response:
    """The step of a submitted form was taken; a refused form comes back as it was typed."""
    check_form_token(asking, posted)
    typed = posted.typed
    folder = open_referral(asking, an_id(id))
    offer = offered(folder, typed)
    try:
        body = step_body(asking, offer, folder.maker.of(offer), typed)
        take_steps(asking, "referral", id, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return refused(open_referral(asking, id), offer, typed, refusal)
    return see(done_path(typed, folder.home, offer))


def offered(folder: Folder, typed: Typed) -> Offer:
    """The step that the form names: as it is offered now, else as the chart knows it, for the desk to refuse."""
    trigger = typed.first("triggers").strip()
    for offer in folder.offers:
        if offer.triggers == trigger:
            return offer
    chart = folder.asking.house.charts[CRIMINAL]
    if trigger not in chart.triggers:
        raise Refusal("unknown_trigger")
    row = chart.any_row(trigger)
    return Offer(row.zh, row.en, CRIMINAL, None, (PlannedStep(row, None),), (9, 0), True, {})


def refused(folder: Folder, offer: Offer, typed: Typed, refusal: Refusal) -> Response:
    """The referral again, with the refused form on top and everything typed still there."""
    said = told(refusal, folder.asking.words)
    return show_referral(folder, refused_card(folder, offer, typed, said, "referral"), said)


def show_referral(
    folder: Folder,
    again: Card | None = None,
    problem: Told | None = None,
    refused_letter: RefusedLetter | None = None,
    recusal: Typed | None = None,
) -> Response:
    """The page; `again`, a refused form, takes the place of the next step."""
    asking, referral = folder.asking, folder.referral
    problem = refused_letter.problem if refused_letter else problem
    cards = [card(folder, offer, "referral") for offer in folder.offers]
    first, cards = standing_first(cards, again, (asking.parameter("step"), ""))
    names = names_of(asking)
    clocks = clock_lines(asking, referral["deadlines"], folder.now, reckoning_page(folder, referral=referral))
    facts = {name: value for name, value in referral["facts"].items() if name not in NOT_FACTS}
    return page(
        asking,
        "referral.html",
        status=problem.status if problem else 200,
        problem=problem,
        referral=referral,
        finding=folder.finding,
        crime=referral["facts"].get("suspected_crime", ""),
        state=state_of(asking, CRIMINAL, referral["state"]),
        soonest=first_due(clocks),
        clocks=clocks,
        first=first,
        cards=cards,
        waiting="" if first else waiting(folder),
        shut=shut_steps(asking, referral["steps"]),
        facts=names.facts(facts),
        readers=readers(folder),
        timeline=story(folder),
        corrigible=corrections(asking, "referral", referral["id"]),
        papers=papers_of(folder),
        attachments=referral["attachments"],
        uploads=may_act(asking),
        letters=messages(folder, refused_letter),
        fields=paper_fields(asking),
        carried=asking.house.exchange.carrier.carries_any(),
        recusals=recusal_part(folder, problem, recusal),
        home=folder.home,
        people=folder.people,
        names=names,
        **_why(asking, referral),
    )


def messages(folder: Folder, refused: RefusedLetter | None) -> list[dict[str, Any]]:
    """The messages of the referral, each with what may be done where it has not arrived."""
    asking, home = folder.asking, folder.home
    rows = asking.house.exchange_reader.of_referral(asking.who, folder.referral["id"])
    return letters(rows, lambda id, act: f"{home}/messages/{id}/{act}", refused, acts=True)


def _why(asking: Asking, referral: Mapping[str, Any]) -> dict[str, Any]:
    """The ruling with its confidential part, by which facts each rule fired, and what the law of the act says."""
    ruling = asking.house.reader.referrals.ruling(asking.who, referral["id"]) or {}
    facts = ruling.get("trace", {}).get("facts", {})
    return {
        "ruling": ruling,
        "reasons": reasons(asking, ruling, facts),
        "trial_path": trial_path(asking, ruling, facts, with_crimes=True),
        "would_be": None,
        "two_laws": two_laws(asking, referral["finding"], confidential=True),
    }


def waiting(folder: Folder) -> str:
    """Who moves the referral on from here: roles of the office, else the body whose answer is awaited; else empty."""
    words, names = folder.asking.words, names_of(folder.asking)
    next_rows = [row for row in _rows_from_here(folder) if not act_book().is_aside(CRIMINAL, row.trigger)]
    roles = dict.fromkeys(role for row in next_rows if not row.on_behalf_of for role in row.roles)
    if roles:
        return words("finding.next_owner", role=names.roles(",".join(roles)))
    bodies = dict.fromkeys(row.on_behalf_of for row in _rows_from_here(folder) if row.on_behalf_of)
    shown = words.comma.join(words(f"referral.body_{body}") for body in bodies)
    open_now = folder.referral["class"] != "ended"
    return words("referral.awaits", who=shown) if bodies and open_now else ""


def _rows_from_here(folder: Folder) -> list[Row]:
    chart = folder.asking.house.charts[CRIMINAL]
    return [row for row in chart.rows if row.source == folder.referral["state"]]


def readers(folder: Folder) -> list[dict[str, str]]:
    """The persons on the list by name, each with the ground on which they came onto it."""
    words, grounds = folder.asking.words, {}
    for entry in folder.timeline:
        if entry["trigger"] == PUT_ON_LIST:
            grounds[entry["facts"]["reader"]] = words(f"referral.ground_{entry['facts']['ground']}")
    return [
        {"login": login, "name": folder.people.name(login), "ground": grounds.get(login, "")}
        for login in folder.referral["readers"]
    ]


def story(folder: Folder) -> list[dict[str, Any]]:
    """The timeline, newest first; whoever came onto the list at the same time stands in one entry."""
    told_once: list[dict[str, Any]] = []
    for entry in folder.timeline:
        if entry["trigger"] != PUT_ON_LIST:
            told_once.append(dict(entry))
            continue
        name = folder.people.name(entry["facts"]["reader"])
        last = told_once[-1] if told_once else {}
        if last.get("trigger") == PUT_ON_LIST and last["recorded_at"] == entry["recorded_at"]:
            last["persons"].append(name)
        else:
            told_once.append({**entry, "facts": {}, "persons": [name]})
    return told_once[::-1]
