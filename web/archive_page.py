"""Forms of the archive are sent: a hold is put on or released, an erasure proposed or decided; a refusal comes back."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.commands import ArchiveCommand
from engine.core.refusals import Refusal
from web.archive import Sent, fields_of, page_path
from web.asking import Asked, Asking, Form, Posted, check_form_token, see
from web.commanding import in_the_archive
from web.fields import ABSENT, read_field
from web.finding_page import show_finding
from web.problems import told
from web.records import open_finding
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
CHOICES = {
    "hold": ("finding", "party"),
    "release": ("release", "keep"),
    "erase": (),
    "decide": ("carried_out", "refused", "withdrawn"),
}


@router.post("/findings/{id}/holds")
def hold(asking: Asked, posted: Form, id: str) -> Response:
    """A legal hold is put on the finding or its party."""
    return _sent(asking, posted, an_id(id), "hold", None)


@router.post("/findings/{id}/holds/{hid}/release")
def release(asking: Asked, posted: Form, id: str, hid: str) -> Response:
    """A legal hold is released, in two steps, or stays."""
    return _sent(asking, posted, an_id(id), "release", an_id(hid))


@router.post("/findings/{id}/erasures")
def propose(asking: Asked, posted: Form, id: str) -> Response:
    """An erasure is proposed."""
    return _sent(asking, posted, an_id(id), "erase", None)


@router.post("/findings/{id}/erasures/{eid}/decision")
def decide(asking: Asked, posted: Form, id: str, eid: str) -> Response:
    """An erasure is carried out, refused or withdrawn."""
    return _sent(asking, posted, an_id(id), "decide", an_id(eid))


def _sent(asking: Asking, posted: Posted, id: str, act: str, of: str | None) -> Response:
    check_form_token(asking, posted)
    folder, typed = open_finding(asking, id), posted.typed
    read = {one.name: read_field(one, typed) for one in fields_of(asking.words, act, CHOICES[act])}
    body = {name: value for name, value in read.items() if value is not ABSENT}
    try:
        in_the_archive(asking, id, act, of, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        sent = Sent(page_path(ArchiveCommand(id, act, of, body)), typed)
        return show_finding(folder, problem=told(refusal, asking.words), archive=sent)
    return see(f"{folder.home}?flash=recorded")
