"""A step on record whose date was entered wrongly, or that did not happen: a head puts it right here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.corrigible import Corrigible
from engine.core.refusals import Refusal
from web.asking import Asked, Asking, Form, check_form_token, see
from web.commanding import fresh_key, put_right
from web.fields import ABSENT, Field, Typed, read_field, write_field
from web.look import page
from web.naming import Names
from web.problems import Told, told
from web.records import Folder, corrections, open_finding, open_referral
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
REASON_LENGTH = 500
SEQUENCE_DIGITS = 9
ROOMS: Mapping[str, tuple[str, Callable[[Asking, str], Folder]]] = {
    "findings": ("finding", open_finding),
    "referrals": ("referral", open_referral),
}


@dataclass(frozen=True, slots=True)
class Room:
    """Where the record stands: its subject, id and file."""

    subject: str
    id: str
    folder: Folder

    @property
    def home(self) -> str:
        """The page of the record."""
        return self.folder.home

    @property
    def version(self) -> int:
        """The version that a correction expects."""
        record = self.folder.referral if self.subject == "referral" else self.folder.finding
        return int(record["version"])


@router.get("/findings/{id}/corrections/{sequence}")
def correct_finding(asking: Asked, id: str, sequence: str) -> Response:
    """The step of a finding, with what may be put right of it."""
    return _show(asking, _room(asking, "findings", id), _number(sequence))


@router.get("/referrals/{id}/corrections/{sequence}")
def correct_referral(asking: Asked, id: str, sequence: str) -> Response:
    """The step of a criminal referral, with what may be put right of it."""
    return _show(asking, _room(asking, "referrals", id), _number(sequence))


@router.post("/findings/{id}/corrections/{sequence}")
def finding_corrected(asking: Asked, posted: Form, id: str, sequence: str) -> Response:
    """The step of a finding was put right; a refused form comes back as it was typed."""
    return _put_right(asking, posted, _room(asking, "findings", id), _number(sequence))


@router.post("/referrals/{id}/corrections/{sequence}")
def referral_corrected(asking: Asked, posted: Form, id: str, sequence: str) -> Response:
    """The step of a criminal referral was put right; a refused form comes back as it was typed."""
    return _put_right(asking, posted, _room(asking, "referrals", id), _number(sequence))


def _room(asking: Asking, place: str, id: str) -> Room:
    subject, opened = ROOMS[place]
    return Room(subject, an_id(id), opened(asking, an_id(id)))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= SEQUENCE_DIGITS):
        raise Refusal("not_found")
    return int(text)


def _put_right(asking: Asking, posted: Any, room: Room, sequence: int) -> Response:
    check_form_token(asking, posted)
    typed: Typed = posted.typed
    one, withdraw = _one(asking, room, sequence), bool(typed.first("withdraw"))
    version = typed.first("expected_version")
    said = {field.name: read_field(field, typed) for field in _fields(asking, one, withdraw)}
    body: dict[str, Any] = {
        "expected_version": int(version) if version.isdecimal() and len(version) < 16 else version,
        "sequence": sequence,
        **{name: "" if value is ABSENT else value for name, value in said.items()},
    }
    try:
        put_right(asking, room.subject, room.id, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        fresh = replace(room, folder=ROOMS[f"{room.subject}s"][1](asking, room.id))
        return _show(asking, fresh, sequence, told(refusal, asking.words), typed)
    return see(f"{room.home}?flash=recorded")


def _one(asking: Asking, room: Room, sequence: int) -> Corrigible:
    one = corrections(asking, room.subject, room.id).get(sequence)
    if one is None:
        raise Refusal("not_found")
    return one


def _fields(asking: Asking, one: Corrigible, withdraw: bool) -> list[Field]:
    words = asking.words
    fields = []
    if not withdraw:
        label = Names(asking.house, asking.words).fact(one.fact) if one.fact else words("correction.instant")
        fields.append(Field("date", label, "instant" if one.to_the_minute else "date", True))
    fields.append(
        Field(
            "reason",
            words("correction.withdraw_reason" if withdraw else "correction.reason"),
            "long_text",
            True,
            hint="" if withdraw else words("correction.reason_hint"),
            longest=REASON_LENGTH,
        )
    )
    return fields


def _show(
    asking: Asking, room: Room, sequence: int, problem: Told | None = None, typed: Typed | None = None
) -> Response:
    one, names = _one(asking, room, sequence), Names(asking.house, asking.words)
    entry = next(each for each in room.folder.timeline if each["sequence"] == sequence)
    refused_withdrawal = typed is not None and bool(typed.first("withdraw"))
    forms = []
    for withdraw in (False, True):
        if (one.on is None and not withdraw) or (withdraw and not one.withdraw):
            continue
        mine = typed if typed is not None and refused_withdrawal == withdraw else None
        fields = _fields(asking, one, withdraw)
        forms.append(
            {
                "withdraw": withdraw,
                "fields": fields,
                "typed": mine
                or Typed({} if withdraw else write_field(fields[0], one.on and one.on.isoformat())),
                "errors": problem.errors if problem and mine is not None else {},
                "key": (mine.first("idempotency_key") if mine else "") or fresh_key(),
            }
        )
    return page(
        asking,
        "correction.html",
        status=problem.status if problem else 200,
        problem=problem,
        names=names,
        people=room.folder.people,
        entry=entry,
        on=one.on,
        forms=forms,
        version=room.version,
        action=f"{room.home}/corrections/{sequence}",
        home=room.home,
    )
