"""A form that was sent after the session had lapsed: what was typed is kept as a draft before the sign-in page is shown."""

from __future__ import annotations

import re

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.calls import SESSION_COOKIE, same_secret
from api.rights import check
from engine.core.policies import POLICIES
from engine.core.refusals import Refusal
from engine.drafts import Drafts
from web.asking import Posted, house_of, posted_form
from web.drafts_page import form_of, version_of, what_was_typed
from web.intake_drafts import INTAKE, keep_intake

FORMS = re.compile(r"/(findings|inspections)/([^/]{1,64})/(?:steps|check|drafts)|/(intake)(?:/drafts)?")


async def keep_what_was_sent(request: Request) -> None:
    """The form is kept for whoever's session it was; nothing happens where it is nobody's or the form is not theirs."""
    place = FORMS.fullmatch(request.url.path)
    if request.method != "POST" or place is None or not request.cookies.get(SESSION_COOKIE):
        return
    try:
        posted = await posted_form(request)
        await run_in_threadpool(_keep, request, posted, place[1] or place[3], place[2] or "")
    except Refusal:
        return


def _keep(request: Request, posted: Posted, kind: str, record: str) -> None:
    house, typed = house_of(request), posted.typed
    visit = house.accounts.by_lapsed_session(request.cookies[SESSION_COOKIE])
    if visit is None or not same_secret(typed.first("csrf"), visit.csrf):
        return
    if kind == INTAKE:
        check(visit.principal, POLICIES["intake.write"])
        return keep_intake(house, visit.principal, typed)
    if kind == "findings":
        house.reader.party_of(visit.principal, record)
    else:
        house.reader.inspection(visit.principal, record)
    Drafts.of(house).keep(visit.principal, form_of(record, typed), what_was_typed(typed), version_of(typed))
