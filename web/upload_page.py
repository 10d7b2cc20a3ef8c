"""Papers are handed in on the page of a finding or of a criminal referral."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.attachments import Attachments
from engine.core.refusals import Refusal
from engine.uploads import HandedIn, inspected
from web.asking import Asked, Asking, Form, Posted, check_form_token, see
from web.finding_page import show_finding
from web.problems import told
from web.records import open_finding, open_referral
from web.referral_page import show_referral
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/findings/{id}/attachments")
def hand_in(asking: Asked, posted: Form, id: str) -> Response:
    """The files are kept with the finding, all or none; a refused upload says why on the finding's page."""
    check_form_token(asking, posted)
    asking.house.reader.party_of(asking.who, an_id(id))
    try:
        _keep(asking, posted, id, "finding")
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return show_finding(open_finding(asking, id), problem=told(refusal, asking.words))
    return see(f"/findings/{id}?flash=uploaded")


@router.post("/referrals/{id}/attachments")
def hand_in_with_referral(asking: Asked, posted: Form, id: str) -> Response:
    """The files are kept with the referral and nowhere else; a refused upload says why on the referral's page."""
    check_form_token(asking, posted)
    asking.house.reader.referrals.see(asking.who, an_id(id))
    try:
        _keep(asking, posted, id, "referral")
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return show_referral(open_referral(asking, id), problem=told(refusal, asking.words))
    return see(f"/referrals/{id}?flash=uploaded")


def _keep(asking: Asking, posted: Posted, id: str, subject: str) -> None:
    title, doc_no = (posted.typed.first(name).strip() or None for name in ("title", "doc_no"))
    files = [one for one in posted.files if one.filename or one.size]
    if any((one.size or 0) > asking.house.settings.attachment_bytes_max for one in files):
        raise Refusal("body_too_large")
    parts = [HandedIn(one.filename or "", one.file.read(), title, doc_no) for one in files]
    Attachments(asking.house.desk).take(asking.who, id, inspected(parts), subject)
