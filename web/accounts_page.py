"""Accounts: which there are, one of them, and the forms by which a security administrator proposes what a second confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from engine.account_reader import STATES
from engine.administration import Administration
from engine.core.refusals import FieldError, Refusal
from engine.user_acts import change_of
from web.account_view import (
    FORMS,
    act_name,
    changes_accounts,
    form_fields,
    shown_account,
    shown_detail,
    shown_proposals,
)
from web.admin_page import shown_once
from web.asking import Asked, Asking, Form, check_form_token, prove, see
from web.fields import ABSENT, Choice, Field, Typed, read_field, write_field
from web.look import page, query_path
from web.naming import Names
from web.people import people_of
from web.problems import Told, read_filtered, told
from web.proposing import proposing_form
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/admin/accounts"
SECRET = "password"


@router.get(PATH)
def accounts_page(asking: Asked) -> Response:
    """The accounts that the filters ask for; a wrong filter is told and leaves them all."""
    return show_accounts(asking)


@router.post(PATH)
def added(asking: Asked, posted: Form) -> Response:
    """A new account is proposed; a refused form comes back with what was typed, but for the password."""
    check_form_token(asking, posted)
    try:
        return _proposed(asking, "user.add", posted.typed, PATH)
    except Refusal as refusal:
        if refusal.code != "facts_invalid":
            raise
        return show_accounts(asking, told(refusal, asking.words), posted.typed)


@router.get(PATH + "/{login}")
def account_page(asking: Asked, login: str) -> Response:
    """The account of that login."""
    return show_account(asking, login)


@router.post(PATH + "/{login}/proposals")
def proposed(asking: Asked, posted: Form, login: str) -> Response:
    """The act on the account is proposed; a refused form comes back with what was typed."""
    check_form_token(asking, posted)
    act = posted.typed.first("act")
    if act not in (*FORMS, "token.revoke"):
        raise Refusal("not_found")
    try:
        return _proposed(asking, act, posted.typed, f"{PATH}/{login}", login)
    except Refusal as refusal:
        if refusal.code not in ("facts_invalid", "step_shut", "not_yours"):
            raise
        return show_account(asking, login, told(refusal, asking.words), act, posted.typed)


def _proposed(asking: Asking, act: str, typed: Typed, path: str, login: str | None = None) -> Response:
    prove(asking, "change_account")
    administration = Administration(asking.house)
    detail = _detail(asking, act, typed, login)
    faults: Sequence[FieldError] = ()
    if SECRET in detail:
        listed = asking.house.accounts.directory([detail["login"]]).get(detail["login"].casefold(), {})
        known = str(detail.get("name") or listed.get("name", ""))
        try:
            detail["password_hash"], _ = administration.given_password(
                detail["login"], known, detail.pop(SECRET)
            )
        except Refusal as weak:
            faults = weak.errors
    command = f"{PATH}: {act} {detail.get('login', detail.get('id'))}"
    answer = administration.ask(act, detail, command=command, who=asking.who, faults=faults)
    return shown_once(asking, answer.result, path) or see(f"{path}?flash=created")


def _detail(asking: Asking, act: str, typed: Typed, login: str | None) -> dict[str, Any]:
    """What the form means; a password stands there only until its hash does."""
    fields = form_fields(asking, Names(asking.house, asking.words), act)
    read = {field.name: read_field(field, typed) for field in fields}
    given = {name: None if value is ABSENT else value for name, value in read.items()}
    if act == "token.revoke":
        return {"id": typed.first("token"), "login": login}
    if login is not None:
        given["login"] = asking.house.account_reader.account(asking.who, login)["login"]
    if act == "user.change":
        wanted = {**given, "roles": given["roles"] or [], "name": given["name"] or ""}
        return change_of(asking.house, str(given["login"]), wanted)
    if act == "user.add":
        needed = {name: given[name] or "" for name in ("login", "name", "department")}
        given = {**given, **needed, "roles": given["roles"] or []}
    if SECRET in given:
        given[SECRET] = given[SECRET] or ""
    return {name: value for name, value in given.items() if value is not None}


def show_accounts(asking: Asking, problem: Told | None = None, typed: Typed | None = None) -> Response:
    """The list; `typed` is what stood in a refused form."""
    words, names = asking.words, Names(asking.house, asking.words)
    reader = asking.house.account_reader
    listed, query, wrong = read_filtered(
        asking.query if problem is None else {}, words, lambda asked: reader.page(asking.who, asked)
    )
    lists = {
        "role": [Choice(code, names.role(code)) for code in reader.roles],
        "department": [Choice(code, names.department(code)) for code in asking.house.office.departments],
        "state": [Choice(code, words(f"accounts.state_{code}")) for code in STATES],
    }
    fields = form_fields(asking, names, "user.add") if changes_accounts(asking) else ()
    return page(
        asking,
        "accounts.html",
        status=problem.status if problem else 200,
        problem=problem or wrong,
        names=names,
        here=PATH,
        proposals=_waiting(asking, names, None),
        form=_form("user.add", fields, typed, problem, {}),
        rows=[shown_account(asking, names, item) for item in listed["items"]],
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
        text=(query.get("q") or [""])[0],
        filters=[
            {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
            for name, choices in lists.items()
        ],
    )


def show_account(
    asking: Asking, login: str, problem: Told | None = None, act: str = "", typed: Typed | None = None
) -> Response:
    """One account; `act` and `typed` are the form that was refused."""
    item = asking.house.account_reader.account(asking.who, login)
    names, people = Names(asking.house, asking.words), people_of(asking.house)
    forms = []
    for name in FORMS if changes_accounts(asking) else ():
        if name == "user.disable" and item["state"] != STATES[0]:
            continue
        mine = name == act
        fields = form_fields(asking, names, name)
        forms.append(_form(name, fields, typed if mine else None, problem if mine else None, item))
    changes = [
        {
            "at": one["at"],
            "act": act_name(asking, one["detail"].get("act", one["action"])),
            "by": people.name(one["by"]),
            "proposed_by": people.name(one["detail"].get("proposed_by", "")),
            "detail": shown_detail(asking, names, one["detail"]),
        }
        for one in item["changes"]
    ]
    return page(
        asking,
        "account_of.html",
        status=problem.status if problem else 200,
        problem=problem,
        names=names,
        here=f"{PATH}/{item['login']}",
        account=shown_account(asking, names, item),
        changes=changes,
        proposals=_waiting(asking, names, item["login"]),
        forms=forms,
        may_act=changes_accounts(asking),
    )


def _form(
    act: str, fields: tuple[Field, ...], typed: Typed | None, problem: Told | None, item: Mapping[str, Any]
) -> dict[str, Any]:
    """A form as the page shows it: the account as it stands, or what was typed; a password is never written back."""
    written = Typed(typed) if typed is not None else Typed()
    if typed is None:
        for field in fields:
            written.update(write_field(field, item.get(field.name)))
    written.pop(SECRET, None)
    return proposing_form(act, fields, written, problem)


def _waiting(asking: Asking, names: Names, login: str | None) -> list[dict[str, Any]]:
    """What waits for a second security administrator, of that account or of all."""
    if not changes_accounts(asking):
        return []
    waiting = [
        one
        for one in Administration(asking.house).waiting()
        if one["act"].startswith(("user.", "token."))
        and not asking.who.roles.isdisjoint(one["roles"])
        and (login is None or one["detail"].get("login", "").casefold() == login.casefold())
    ]
    return shown_proposals(asking, names, people_of(asking.house), waiting)
