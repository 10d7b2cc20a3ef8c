"""Inbound matters: the list, a form for what came on paper or by telephone, and one matter with what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.incoming import ACCEPT, IncomingBook
from engine.core.refusals import Refusal
from models.reading.lights import ALL
from web.asking import Asked, Asking, Form, check_form_token, see
from web.clocks import clock_line
from web.commanding import act_on_incoming, enter_incoming, fresh_key
from web.fields import ABSENT, Choice, Field, Typed, read_field, write_field
from web.incoming_form import act_fields, data_fields, entry_fields, read_all
from web.incoming_words import reckoning_lines, rows_of, told_members
from web.look import page, query_path
from web.naming import Names
from web.people import people_of
from web.problems import Told, read_filtered, told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/incoming"
FINDINGS_OFFERED = "50"
YES_NO = ("true", "false")


@router.get(PATH)
def list_page(asking: Asked) -> Response:
    """The matters that the filters ask for; wrong ones are told and leave them all."""
    reader = asking.house.incoming.reader
    listed, query, problem = read_filtered(
        asking.query, asking.words, lambda query: reader.page(asking.who, query)
    )
    return page(
        asking,
        "incoming.html",
        status=problem.status if problem else 200,
        problem=problem,
        as_of=listed["as_of"],
        rows=rows_of(asking, listed["items"]),
        enters=reader.enters(asking.who),
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
        filters=_filters(asking, reader.book, query),
        given=query,
    )


@router.get(PATH + "/new")
def new_page(asking: Asked) -> Response:
    """The empty form of the kind that the address names; without one the kinds to choose from."""
    kind = asking.parameter("kind")
    return show_new(asking, kind, Typed(), fresh_key())


@router.post(PATH + "/new")
def entered(asking: Asked, posted: Form) -> Response:
    """The matter is entered; a refused form comes back with what was typed."""
    check_form_token(asking, posted)
    typed, book = posted.typed, asking.house.incoming.reader.book
    kind = book.kinds.get(typed.first("kind"))
    if kind is None:
        return show_new(asking, "", Typed(), fresh_key())
    head = read_all(entry_fields(asking, book, kind), typed)
    body = {**head, "kind": kind.kind, "data": read_all(data_fields(asking, kind), typed)}
    key = typed.first("idempotency_key")
    try:
        outcome = enter_incoming(asking, body, key)
    except Refusal as refusal:
        return show_new(asking, kind.kind, typed, key, told(refusal, asking.words))
    return see(f"{PATH}/{outcome.id}?flash=created")


@router.get(PATH + "/{id}")
def matter_page(asking: Asked, id: str) -> Response:
    """One matter."""
    return show_matter(asking, an_id(id))


@router.post(PATH + "/{id}/{act}")
def acted(asking: Asked, posted: Form, id: str, act: str) -> Response:
    """The act was taken; a refused form comes back with what was typed."""
    check_form_token(asking, posted)
    typed, reader = posted.typed, asking.house.incoming.reader
    row = reader.matter(asking.who, an_id(id))
    known = reader.book.acts.get(act)
    if known is None:
        raise Refusal("not_found")
    body = _act_body(asking, reader.book, row, act, typed)
    try:
        act_on_incoming(asking, id, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return show_matter(asking, id, told(refusal, asking.words), act, typed)
    return see(f"{PATH}/{id}?flash=recorded")


def _act_body(
    asking: Asking, book: IncomingBook, row: Mapping[str, Any], act: str, typed: Typed
) -> dict[str, Any]:
    fields = act_fields(asking, book, row, book.acts[act])
    facts = read_all([one for one in fields if one.name != "occurred_at"], typed)
    occurred_at = read_field(Field("occurred_at", "", "instant"), typed)
    return {"act": act, "facts": facts} | ({} if occurred_at is ABSENT else {"occurred_at": occurred_at})


def show_new(asking: Asking, code: str, typed: Typed, key: str, problem: Told | None = None) -> Response:
    """The page with the form of that kind; refuses `not_yours` to those who take nothing in."""
    reader = asking.house.incoming.reader
    asking.house.incoming.dealing.entering.check_may(asking.who)
    kind = reader.book.kinds.get(code)
    head = entry_fields(asking, reader.book, kind) if kind else ()
    data = data_fields(asking, kind) if kind else ()
    if not typed and kind:
        now = asking.house.clock.now().isoformat()
        typed = Typed(write_field(Field("received_at", "", "instant"), now))
    errors = _by_field((*head, *data), problem)
    return page(
        asking,
        "incoming_new.html",
        status=problem.status if problem else 200,
        problem=problem,
        kinds=[Choice(one.kind, asking.words.of(one)) for one in reader.book.kinds.values()],
        kind=kind,
        head=head,
        said=[one for one in data if not one.name.startswith("informant.")],
        informant=[one for one in data if one.name.startswith("informant.")],
        typed=typed,
        errors=errors,
        focus=next((one.input_name for one in (*head, *data) if errors.get(one.name)), ""),
        key=key or fresh_key(),
    )


def show_matter(
    asking: Asking, id: str, problem: Told | None = None, refused: str = "", typed: Typed | None = None
) -> Response:
    """The page of the matter; `refused` is the act whose form comes back with what was typed."""
    house, words, names = asking.house, asking.words, Names(asking.house, asking.words)
    reader = house.incoming.reader
    row = reader.matter(asking.who, id)
    now, book = house.clock.now(), reader.book
    cards = [
        _card(asking, book, row, one, problem if one["act"] == refused else None, typed)
        for one in row["acts"]
        if one["open"] or one["act"] == refused
    ]
    lines = [
        clock_line(one, now, house.law.calendar, words, words.of(house.law.terms[one["term"]]))
        | {"basis": None, "reckoning": reckoning_lines(one, words.language)}
        for one in row["clocks"]
        if one["state"] != "void"
    ]
    return page(
        asking,
        "matter.html",
        status=problem.status if problem else 200,
        problem=problem,
        names=names,
        matter=row,
        shown=rows_of(asking, [row])[0],
        content=told_members(asking, book, row["content"]),
        informant=told_members(asking, book, row["particulars"] or {}),
        cards=cards,
        shut=[one for one in row["acts"] if not one["open"] and one["act"] != refused],
        clocks=lines,
        history=[
            {**one, "who": people_of(house).name(one["by"]), "told": told_members(asking, book, one["facts"])}
            for one in row["history"]
        ],
        source=names.value("source_type", row["case_source"]),
    )


def _card(
    asking: Asking,
    book: IncomingBook,
    row: Mapping[str, Any],
    offer: Mapping[str, Any],
    problem: Told | None,
    typed: Typed | None,
) -> dict[str, Any]:
    """The form of an open act; what stood in a refused one stays."""
    fields = act_fields(asking, book, row, book.acts[offer["act"]])
    accepts = offer["act"] == ACCEPT
    if accepts:
        fields = tuple(_finding_field(asking, one) if one.name == "finding" else one for one in fields)
    errors = _by_field(fields, problem)
    return {
        "act": offer["act"],
        "title": asking.words.of(offer),
        "fields": fields,
        "typed": typed if problem is not None and typed is not None else Typed(),
        "errors": errors,
        "focus": next((one.input_name for one in fields if errors.get(one.name)), ""),
        "key": fresh_key(),
        "open": problem is not None,
        "records": accepts and "inspector" in asking.who.roles,
        "clue": next((one for one in fields if one.name == "clue" and one.required), None),
    }


def _finding_field(asking: Asking, field: Field) -> Field:
    """The open findings of the department, to accept a matter with one of them."""
    asked = {"state": ["open"], "department": [str(asking.who.department)], "limit": [FINDINGS_OFFERED]}
    found = asking.house.reader.findings(asking.who, asked)["items"]
    choices = tuple(
        Choice(one["id"], f"{one['ledger_no'] or ''} {one['item']} {one['party']['name']}".strip())
        for one in found
    )
    return Field(field.name, field.label, "code", field.required, choices)


def _by_field(fields: Sequence[Field], problem: Told | None) -> dict[str, list[str]]:
    """What is wrong with each input; the data of a matter stand under `data` in the interface."""
    wrong = problem.errors if problem else {}
    told: dict[str, list[str]] = {}
    for one in fields:
        found = [*wrong.get(one.name, ()), *wrong.get(f"data.{one.name}", ())]
        if one.name == "informant.name":
            found += wrong.get("data.informant", ())
        told[one.name] = found
    return told


def _filters(asking: Asking, book: IncomingBook, query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    words, names = asking.words, Names(asking.house, asking.words)
    yes_no = [Choice("true", words("common.yes")), Choice("false", words("common.no"))]
    lists = {
        "kind": [Choice(one.kind, words.of(one)) for one in book.kinds.values()],
        "state": [Choice(one.state, words.of(one)) for one in book.states.values()],
        "light": [Choice(code, words(f"light.{code}")) for code in ALL],
        "department": names.member_departments(),
        "mine": yes_no,
        "open": yes_no,
    }
    return [
        {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
        for name, choices in lists.items()
    ]
