"""Comments on a finding are sent from its page; a refused one comes back as it was typed."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.refusals import Refusal
from web.asking import Asked, Form, check_form_token, see
from web.commanding import comment
from web.finding_page import show_finding
from web.problems import told
from web.records import open_finding
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/findings/{id}/comments")
def commented(asking: Asked, posted: Form, id: str) -> Response:
    """The comment stands on the timeline."""
    check_form_token(asking, posted)
    id, text = an_id(id), posted.typed.first("text")
    try:
        comment(asking, id, {"text": text}, posted.typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return show_finding(open_finding(asking, id), problem=told(refusal, asking.words), said=text)
    return see(f"/findings/{id}?flash=recorded#comments-title")
