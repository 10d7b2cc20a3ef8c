"""The answers of a form are shown once more before what cannot be undone; a second sending acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.fact_types import Names as Known
from engine.core.refusals import Faults, Refusal
from web import finding_page, inspection_page, referral_page
from web.asking import Asked, Asking, Form, Posted, check_form_token
from web.cards import Card, typed_card
from web.dates import instant
from web.fields import ABSENT, Field, Typed, read_field
from web.forms import OCCURRED, facts_of
from web.look import page
from web.naming import Names
from web.papers import by_hand_of
from web.records import Folder, open_finding, open_inspection, open_referral
from web.routing import PageRoute
from web.steps import Offer

router = APIRouter(route_class=PageRoute, include_in_schema=False)
EDIT = "edit"
"""The button that leads back to the form."""
NOT_SENT_ON = frozenset({"csrf", EDIT})


@dataclass(frozen=True, slots=True)
class _Pages:
    """How one kind of record is opened, its act recognised, and its page shown with a form on top."""

    open: Callable[[Asking, str], Folder]
    offered: Callable[[Folder, Typed], Offer]
    refused: Callable[[Folder, Offer, Typed, Refusal], Response]
    again: Callable[[Folder, Card], Response]


_KINDS = {
    "finding": _Pages(open_finding, finding_page.offered, finding_page.refused, finding_page.show_finding),
    "inspection": _Pages(
        open_inspection, inspection_page.offered, inspection_page.refused, inspection_page.show_again
    ),
    "referral": _Pages(
        open_referral, referral_page.offered, referral_page.refused, referral_page.show_referral
    ),
}


@router.post("/findings/{id}/check")
def check_finding(asking: Asked, posted: Form, id: str) -> Response:
    """The answers of a step on a finding or its proceedings."""
    return _check(asking, posted, "finding", an_id(id))


@router.post("/inspections/{id}/check")
def check_inspection(asking: Asked, posted: Form, id: str) -> Response:
    """The answers of a step on an inspection."""
    return _check(asking, posted, "inspection", an_id(id))


@router.post("/referrals/{id}/check")
def check_referral(asking: Asked, posted: Form, id: str) -> Response:
    """The answers of a step on a criminal referral, for the persons on its list."""
    return _check(asking, posted, "referral", an_id(id))


def _check(asking: Asking, posted: Posted, subject: str, id: str) -> Response:
    check_form_token(asking, posted)
    typed, pages = posted.typed, _KINDS[subject]
    folder = pages.open(asking, id)
    offer = pages.offered(folder, typed)
    if typed.first(EDIT):
        return pages.again(folder, typed_card(folder, offer, typed, subject))
    fields = folder.maker.of(offer).all
    try:
        _check_facts(folder, offer, fields, typed)
    except Refusal as refusal:
        return pages.refused(folder, offer, typed, refusal)
    record = folder.record(subject)
    return page(
        asking,
        "check.html",
        title=asking.words.of(offer),
        titles=[asking.words.of(step.row) for step in offer.steps],
        triggers=offer.triggers,
        record=folder.finding or folder.inspection["inspection"],
        answers=answers(folder, fields, typed),
        papers=_by_hand(asking, offer),
        sent=[(name, value) for name, values in typed.items() if name not in NOT_SENT_ON for value in values],
        action=f"/{subject}s/{id}/steps",
        back=f"/{subject}s/{id}/check",
        stale=typed.first("expected_version") != str(record["version"]),
    )


def _by_hand(asking: Asking, offer: Offer) -> list[tuple[str, str]]:
    """The papers of the steps on which something is left to be written by hand, each with what."""
    house, words = asking.house, asking.words
    named = dict.fromkeys(kind for step in offer.steps for kind in step.row.documents)
    left = [(kind, by_hand_of(asking, kind)) for kind in named]
    titles = house.charts.dictionary["documents"]
    return [(words.of(titles[kind]), said) for kind, said in left if said]


def _check_facts(folder: Folder, offer: Offer, fields: tuple[Field, ...], typed: Typed) -> None:
    """Returns when every fact can be read; raises `facts_invalid` with all that is wrong, as the desk would."""
    law = folder.asking.house.law
    digests = folder.finding.get("attachments") or folder.referral.get("attachments") or ()
    known = Known(
        department=law.department_code,
        person=lambda login: {"login": login},
        attachments=frozenset(one["digest"] for one in digests),
    )
    faults = Faults()
    for step in offer.steps:
        law.forms.of(step.row).read(facts_of(step.row, law, fields, typed), faults, known)
    faults.refuse()


def answers(folder: Folder, fields: tuple[Field, ...], typed: Typed) -> list[tuple[str, str]]:
    """What was typed, in words, with the name of each input; blank ones are left out."""
    names = Names(folder.asking.house, folder.asking.words)
    read = [(one, read_field(one, typed)) for one in fields]
    return [(one.label, _said(folder, names, one, value)) for one, value in read if value is not ABSENT]


def _said(folder: Folder, names: Names, field: Field, value: Any) -> str:
    if field.kind in ("officer", "officers"):
        people = value if isinstance(value, list) else [value]
        return folder.asking.words.comma.join(folder.people.told(person) for person in people)
    if field.kind == "document":
        label = next((one.label for one in field.choices if one.code == value["digest"]), "")
        return label or str(value["digest"])
    if field.name == OCCURRED:
        return instant(value, folder.asking.words.language)
    return names.value(field.name, value)
