"""Papers are handed in on the page of a finding."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.attachments import Attachments
from engine.core.refusals import Refusal
from engine.uploads import HandedIn, inspected
from web.asking import Asked, Form, check_form_token, see
from web.finding_page import show_finding
from web.problems import told
from web.records import open_finding
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/findings/{id}/attachments")
def hand_in(asking: Asked, posted: Form, id: str) -> Response:
    """The files are kept with the finding, all or none; a refused upload says why on the finding's page."""
    check_form_token(asking, posted)
    title, doc_no = (posted.typed.first(name).strip() or None for name in ("title", "doc_no"))
    settings = asking.house.settings
    try:
        asking.house.reader.party_of(asking.who, an_id(id))
        files = [one for one in posted.files if one.filename or one.size]
        if any((one.size or 0) > settings.attachment_bytes_max for one in files):
            raise Refusal("body_too_large")
        parts = [HandedIn(one.filename or "", one.file.read(), title, doc_no) for one in files]
        Attachments(asking.house.desk).take(asking.who, id, inspected(parts))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return show_finding(open_finding(asking, id), problem=told(refusal, asking.words))
    return see(f"/findings/{id}?flash=uploaded")
