"""Linked systems: which there are and how each fares; one of them with its keys, its days, its changes, and the forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.administration import Administration
from engine.core.refusals import Refusal
from engine.system_acts import change_of
from engine.system_checks import SYSTEM_ID, encryption_key_from
from engine.systems import STATES
from web.admin_page import shown_once
from web.asking import Asked, Asking, Form, check_form_token, prove, see
from web.fields import ABSENT, Choice, Field, Typed, read_field
from web.look import page, query_path
from web.naming import Names
from web.people import people_of
from web.problems import Told, told
from web.proposing import proposing_form
from web.routing import PageRoute
from web.system_view import (
    acts,
    form_fields,
    shown_changes,
    shown_keys,
    shown_proposals,
    shown_system,
    standing,
)

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/systems"
FORMS = ("system.change", "system.allow", "system.encryption_key", "system.rotate_key")
"""The acts that ask for something, in the order of their forms."""
SWITCHES = ("system.disable", "system.enable")
SEALING = "encryption_key"


@router.get(PATH)
def systems_page(asking: Asked) -> Response:
    """The systems that the filter asks for; a wrong one is told and leaves them all."""
    try:
        asking.house.system_reader.page(asking.who, asking.query)
    except Refusal as refusal:
        if refusal.code != "parameter_invalid":
            raise
        return show_systems(asking, {}, told(refusal, asking.words))
    return show_systems(asking, asking.query)


@router.post(PATH)
def linked(asking: Asked, posted: Form) -> Response:
    """A new system is proposed, or linked where one administrator may; a refused form comes back with what was typed."""
    check_form_token(asking, posted)
    try:
        return _proposed(asking, "system.add", posted.typed, PATH)
    except Refusal as refusal:
        if refusal.code != "facts_invalid":
            raise
        return show_systems(asking, {}, told(refusal, asking.words), posted.typed)


@router.get(PATH + "/{id}")
def system_page(asking: Asked, id: str) -> Response:
    """The system of that id."""
    return show_system(asking, id)


@router.post(PATH + "/{id}/proposals")
def proposed(asking: Asked, posted: Form, id: str) -> Response:
    """The change is proposed; a refused form comes back with what was typed."""
    check_form_token(asking, posted)
    act = posted.typed.first("act")
    if act not in (*FORMS, *SWITCHES):
        raise Refusal("not_found")
    try:
        return _proposed(asking, act, posted.typed, f"{PATH}/{id}", id)
    except Refusal as refusal:
        if refusal.code != "facts_invalid":
            raise
        return show_system(asking, id, told(refusal, asking.words), act, posted.typed)


@router.post(PATH + "/{id}/ping")
def pinged(asking: Asked, posted: Form, id: str) -> Response:
    """The system was tried; the page says what it answered."""
    check_form_token(asking, posted)
    if not acts(asking.who):
        raise Refusal("not_yours", roles=["system_admin"])
    return show_system(asking, id, answered=asking.house.systems.ping(_known(id), asking.who.login))


def _proposed(asking: Asking, act: str, typed: Typed, path: str, id: str | None = None) -> Response:
    """The page that follows a proposal, or, where it was carried out at once, shows what is shown once."""
    if not acts(asking.who):
        raise Refusal("not_yours", roles=["system_admin"])
    prove(asking, "link_system")
    detail = _detail(asking, act, typed, id)
    command = f"{PATH}: {act} {detail['id']}"
    answer = Administration(asking.house).ask(act, detail, command=command, who=asking.who)
    return shown_once(asking, answer.result, path) or see(f"{path}?flash=created")


def _detail(asking: Asking, act: str, typed: Typed, id: str | None) -> dict[str, Any]:
    """What the form means; of a key only what is public ever comes into it."""
    names = Names(asking.house, asking.words)
    fields = () if act in SWITCHES else form_fields(asking, names, act)
    read = {field.name: read_field(field, typed) for field in fields}
    given = {name: None if value is ABSENT else value for name, value in read.items()}
    if id is not None:
        given["id"] = _known(id)
    if act == "system.change":
        wanted = {**given, "kinds": given["kinds"] or [], "allow_private": bool(given["allow_private"])}
        return change_of(asking.house.systems, str(given["id"]), wanted)
    if act == "system.encryption_key":
        return {**_rotation(given), "jwk": encryption_key_from(given.pop(SEALING) or "")}
    if act == "system.rotate_key":
        return {**_rotation(given), "public_key": given["public_key"]}
    if act == "system.add":
        key = given[SEALING]
        needed = {name: given[name] or "" for name in ("id", "department", "scheme")}
        sealed = {SEALING: encryption_key_from(key) if key else None}
        ways = {name: bool(given[name]) for name in ("allow_private", "carrier")}
        return {**given, **needed, **sealed, **ways, "kinds": given["kinds"] or []}
    if act == "system.allow":
        return {"id": given["id"], "allowed": (given["allowed"] or "").split() or None}
    return given


def _rotation(given: Mapping[str, Any]) -> dict[str, Any]:
    hours = given["overlap_hours"]
    return {"id": given["id"], "overlap_hours": hours if isinstance(hours, int) else -1}


def _known(id: str) -> str:
    if not SYSTEM_ID.fullmatch(id):
        raise Refusal("not_found")
    return id


def show_systems(
    asking: Asking, query: Mapping[str, list[str]], problem: Told | None = None, typed: Typed | None = None
) -> Response:
    """The list; `typed` is what stood in a refused form."""
    listed, words = asking.house.system_reader.page(asking.who, query), asking.words
    names = Names(asking.house, words)
    fields = form_fields(asking, names, "system.add") if acts(asking.who) else ()
    lists = {
        "department": [Choice(code, names.department(code)) for code in asking.house.office.departments],
        "state": [Choice(code, words(f"system.state_{code}")) for code in STATES],
    }
    return page(
        asking,
        "systems.html",
        held=asking.house.holds_messages(),
        status=problem.status if problem else 200,
        problem=problem,
        names=names,
        here=PATH,
        proposals=_waiting(asking, names, None),
        form=_form("system.add", fields, typed, problem if typed is not None else None, {}),
        rows=[shown_system(asking, names, item) for item in listed["items"]],
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
        filters=[
            {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
            for name, choices in lists.items()
        ],
    )


def show_system(
    asking: Asking,
    id: str,
    problem: Told | None = None,
    act: str = "",
    typed: Typed | None = None,
    answered: Mapping[str, Any] | None = None,
) -> Response:
    """One system; `act` and `typed` are the form that was refused, `answered` what a try just gave."""
    item = asking.house.system_reader.system(asking.who, _known(id))
    names, people = Names(asking.house, asking.words), people_of(asking.house)
    forms = []
    for name in FORMS if acts(asking.who) else ():
        fields = form_fields(asking, names, name)
        mine = name == act
        forms.append(_form(name, fields, typed if mine else None, problem if mine else None, item))
    return page(
        asking,
        "system.html",
        status=problem.status if problem else 200,
        problem=problem,
        names=names,
        here=f"{PATH}/{id}",
        system=shown_system(asking, names, item),
        keys=shown_keys(item, asking.words.language),
        changes=shown_changes(asking, names, people, item["changes"]),
        proposals=_waiting(asking, names, id),
        forms=forms,
        may_act=acts(asking.who),
        switch=SWITCHES[0] if item["state"] == STATES[0] else SWITCHES[1],
        answered=answered,
    )


def _form(
    act: str,
    fields: tuple[Field, ...],
    typed: Typed | None,
    problem: Told | None,
    item: Mapping[str, Any],
) -> dict[str, Any]:
    """A form as the page shows it. What was refused as an encryption key is not written back: it may be a private one."""
    written = Typed(typed) if typed is not None else standing(fields, item)
    return proposing_form(act, fields, written, problem, unless_wrong=SEALING)


def _waiting(asking: Asking, names: Names, id: str | None) -> list[dict[str, Any]]:
    """What waits for a second administrator, of that system or of all; nothing for who may not confirm it."""
    if not acts(asking.who):
        return []
    waiting = [
        one
        for one in Administration(asking.house).waiting()
        if one["act"].startswith("system.") and id in (None, one["detail"]["id"])
    ]
    return shown_proposals(asking, names, people_of(asking.house), waiting)
