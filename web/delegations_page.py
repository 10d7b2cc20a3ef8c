"""Delegation during leave: who stands in for whom, a form to lend one's own roles, and a button that ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.delegation_form import REASONS
from engine.core.refusals import Refusal
from engine.core.two_persons import ADMINISTRATORS
from engine.core.visibility import DEPARTMENTAL
from engine.delegations import ENTERS_FOR_OTHERS, HEAD, may_end
from models.delegating import COMING, RUNNING, STATES
from models.delegation import NOTE_LENGTH
from web.asking import Asked, Asking, Form, check_form_token, see
from web.commanding import delegate, end_delegation, fresh_key
from web.fields import ABSENT, Choice, Field, Typed, read_field
from web.look import page, query_path
from web.naming import Names
from web.people import people_of
from web.problems import Told, errors_of, told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/delegations"


@router.get(PATH)
def delegations_page(asking: Asked) -> Response:
    """The delegations that the filter asks for; a wrong one is told and leaves them all."""
    try:
        asking.house.delegation_reader.delegations(asking.who, asking.query)
    except Refusal as refusal:
        if refusal.code != "parameter_invalid":
            raise
        return show_delegations(asking, {}, told(refusal, asking.words))
    return show_delegations(asking, asking.query)


@router.post(PATH)
def given(asking: Asked, posted: Form) -> Response:
    """The roles are lent; a refused form comes back with what was typed."""
    check_form_token(asking, posted)
    typed = posted.typed
    read = {one.name: read_field(one, typed) for one in fields_of(asking)}
    body = {name: value for name, value in read.items() if value is not ABSENT}
    try:
        delegate(asking, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        return show_delegations(asking, {}, told(refusal, asking.words), typed)
    return see(f"{PATH}?flash=created")


@router.post(PATH + "/{id}/end")
def ended(asking: Asked, posted: Form, id: str) -> Response:
    """The delegation has ended; a refusal comes back on the page."""
    check_form_token(asking, posted)
    try:
        end_delegation(asking, an_id(id), posted.typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return show_delegations(asking, {}, told(refusal, asking.words))
    return see(f"{PATH}?flash=recorded")


def show_delegations(
    asking: Asking, query: Mapping[str, list[str]], problem: Told | None = None, typed: Typed | None = None
) -> Response:
    """The page; `typed` is what stood in a refused form."""
    listed, words = asking.house.delegation_reader.delegations(asking.who, query), asking.words
    names = Names(asking.house, words)
    fields = fields_of(asking)
    errors = errors_of(fields, problem)
    return page(
        asking,
        "delegations.html",
        status=problem.status if problem else 200,
        problem=problem,
        names=names,
        here=PATH,
        acting=acting_for(asking),
        fields=fields,
        typed=typed if typed is not None else Typed(),
        errors=errors,
        focus=next((one.input_name for one in fields if errors.get(one.name)), ""),
        key=(typed.first("idempotency_key") if typed is not None else "") or fresh_key(),
        days_max=asking.house.office.delegation.days_max,
        rows=[_row(asking, names, item) for item in listed["items"]],
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
        filters=[
            {
                "name": "state",
                "choices": [Choice(code, words(f"delegation.state_{code}")) for code in STATES],
                "value": (query.get("state") or [""])[0],
            }
        ],
    )


def fields_of(asking: Asking) -> tuple[Field, ...]:
    """The inputs of a delegation; none for who has nothing to lend. A head may enter it for a colleague too."""
    words, who = asking.words, asking.who
    lendable = asking.house.office.delegation.roles
    if who.roles.isdisjoint(lendable):
        return ()
    head = HEAD in who.roles
    roles = [role for role in lendable if role in who.roles or (head and role in ENTERS_FOR_OTHERS)]
    names, colleagues = Names(asking.house, words), _colleagues(asking)
    away = [one for one in colleagues if not set(one["roles"]).isdisjoint(ENTERS_FOR_OTHERS)]
    chosen = tuple(Choice(role, names.role(role)) for role in roles)
    given = tuple(Choice(code, words(f"delegation.reason_{code}")) for code in REASONS)
    fields = (
        Field("delegate", words("delegation.delegate"), "code", True, _choices(colleagues)),
        Field("from", words("delegation.from"), "date", True),
        Field("to", words("delegation.to"), "date", True, hint=words("delegation.to_hint")),
        Field("reason", words("delegation.reason"), "code", True, given),
        Field("note", words("delegation.note"), "text", longest=NOTE_LENGTH),
        Field("roles", words("delegation.roles_lent"), "codes", choices=chosen),
    )
    for_others = Field(
        "delegator",
        words("delegation.delegator"),
        "code",
        choices=_choices(away),
        hint=words("delegation.delegator_hint"),
    )
    return (for_others, *fields) if head else fields


def acting_for(asking: Asking) -> list[dict[str, Any]]:
    """Whom the person stands in for now, with the roles in words and the last day."""
    names = Names(asking.house, asking.words)
    return [
        {
            "login": one.login,
            "name": one.name,
            "roles": asking.words.comma.join(
                names.role(role) for role in asking.house.office.delegation.roles if role in one.roles
            ),
            "to": one.last_on.isoformat(),
        }
        for one in asking.who.acting_for
    ]


def _colleagues(asking: Asking) -> Sequence[Mapping[str, Any]]:
    """The others of the department who work on cases."""
    who = asking.who
    return [
        one
        for one in people_of(asking.house).by_login.values()
        if one["department"] == who.department
        and not one["disabled"]
        and one["login"].casefold() != who.login.casefold()
        and not DEPARTMENTAL.isdisjoint(one["roles"])
        and ADMINISTRATORS.isdisjoint(one["roles"])
    ]


def _choices(people: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    return tuple(Choice(one["login"], f"{one['name']}　{one['login']}") for one in people)


def _row(asking: Asking, names: Names, item: Mapping[str, Any]) -> dict[str, Any]:
    words = asking.words
    open_one = item["state"] in (COMING, RUNNING)
    logins = (item["delegator"]["login"], item["delegate"]["login"])
    return {
        **item,
        "shown_state": words(f"delegation.state_{item['state']}"),
        "shown_roles": words.comma.join(names.role(role) for role in item["roles"]),
        "shown_reason": words(f"delegation.reason_{item['reason']}"),
        "by": people_of(asking.house).name(item["given_by"]),
        "ended": people_of(asking.house).name(item["ended_by"] or ""),
        "ends": open_one and may_end(asking.who, item["department"], logins),
    }
