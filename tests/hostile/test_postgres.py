"""The same on PostgreSQL, which takes no NUL in a text, no long text in a short column, no instant out of range."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hostile.filled import filled
from tests.hostile.fort import Fort
from tests.hostile.mutations import LONG, pointers, with_value
from tests.hostile.operations import BY_NAME, COMMANDS, EXCHANGE, JSON_BODIES, NOBODY, PERSONAL, upload

NASTY: tuple[Any, ...] = (
    "a\x00b",
    LONG,
    "长" * 2000,
    "\u202e🧑‍⚖️𠮷",
    "0001-01-01T00:00:00+23:59",
    2**53 - 1,
    {"\x00": "\x00"},
    {"name": "某人\x00", "certificate_no": "x" * 2000},
)


@pytest.mark.parametrize("name", [one.name for one in JSON_BODIES])
def test_no_value_of_any_member_breaks_anything(postgres_fort: Fort, name: str) -> None:
    operation = BY_NAME[name]
    assert operation.body is not None
    body = operation.body(postgres_fort)
    for turn, place in enumerate(pointers(body)):
        for value in NASTY[turn % 2 :: 2]:
            raw = json.dumps(with_value(body, place, value), ensure_ascii=False).encode()
            told = operation.send(postgres_fort, raw)
            if told.status >= 400:
                postgres_fort.refused(told)


def test_no_id_breaks_anything(postgres_fort: Fort) -> None:
    ids = ("a%00b" + "c" * 8, "%00", "%ed%a0%80" * 4, "x" * 9000, "%F0%9F%98%80" * 4, NOBODY)
    with postgres_fort.unchanged():
        for operation in (one for one in PERSONAL if "{id}" in one.path):
            for id in ids:
                parts = operation.target(postgres_fort).split("/")
                parts[4] = id
                postgres_fort.refused(operation.send(postgres_fort, target="/".join(parts)), "not_found")
        for operation in EXCHANGE:
            for id in ids:
                target = operation.target(postgres_fort).replace("yuanping-fire", id)
                postgres_fort.refused(operation.send(postgres_fort, target=target), "signature_invalid")


@pytest.mark.parametrize("trigger", ["register", "open_transfer", "add_facts", "reassign"])
def test_no_fact_breaks_anything(postgres_fort: Fort, trigger: str) -> None:
    target = f"/api/v1/findings/{postgres_fort.ids['finding']}"
    shown = postgres_fort.get("W01", target).json
    form = next(step["form"] for step in shown["steps"] if step["trigger"] == trigger)
    with postgres_fort.unchanged():
        for name in form["properties"]:
            for value in NASTY:
                body = {
                    "trigger": trigger,
                    "facts": {**filled(form), name: value, "nobody knows": 1},
                    "expected_version": shown["version"],
                }
                postgres_fort.refused(postgres_fort.post("W01", f"{target}/steps", body))


def test_the_longest_facts_fit_their_columns(postgres_fort: Fort) -> None:
    target = f"/api/v1/findings/{postgres_fort.ids['finding']}"
    for trigger in ("register", "open_transfer"):
        shown = postgres_fort.get("W01", target).json
        form = next(step["form"] for step in shown["steps"] if step["trigger"] == trigger)
        longest = {
            name: "长" * schema["maxLength"]
            for name, schema in form["properties"].items()
            if schema.get("type") == "string" and "maxLength" in schema and name in form["required"]
        }
        body = {"trigger": trigger, "facts": filled(form) | longest, "expected_version": shown["version"]}
        told = postgres_fort.post("W01", f"{target}/steps", body)
        assert told.status == 200, told.body
    assert postgres_fort.get("W01", f"{target}/timeline").status == 200


def test_no_parameter_breaks_anything(postgres_fort: Fort) -> None:
    values = ("%00", "%27%22%5C", "x" * 200, "0001-01-01", "9999-12-31", "%F0%9F%98%80", "%25_%5C", "9" * 9)
    names = (
        "q",
        "party",
        "officer",
        "reference",
        "plan",
        "task",
        "from",
        "to",
        "due_before",
        "before",
        "cursor",
    )
    with postgres_fort.unchanged():
        for list in ("findings", "inspections", "deadlines", "ledger"):
            for name in names:
                for value in values:
                    told = postgres_fort.get("W01", f"/api/v1/{list}?{name}={value}")
                    assert told.status == 200 or postgres_fort.refused(told, "parameter_invalid")


def test_no_file_name_title_or_number_breaks_anything(postgres_fort: Fort) -> None:
    attach = BY_NAME["POST /api/v1/findings/{id}/attachments"]
    for number, name in enumerate(("a\x00b.pdf", "长" * 500 + ".pdf", "🧑‍⚖️" * 200, "\u202e")):
        told = attach.send(postgres_fort, upload(b"%%PDF-1.7 %d" % number, name))
        assert told.status == 201, told.body


def test_of_refused_commands_nothing_is_kept(postgres_fort: Fort) -> None:
    with postgres_fort.unchanged():
        for operation in COMMANDS:
            right = operation.raw(postgres_fort)
            for raw in {b"{}", b"[]", b'{"\\u0000": 1}', b"\xff", right[:-1]} - {right}:
                postgres_fort.refused(operation.send(postgres_fort, raw))
            postgres_fort.refused(operation.send(postgres_fort, idempotency_key=""), "key_missing")


@pytest.mark.parametrize("login", ["\x00", "W01\x00", "长" * 1000, "\u202eW01", "w01' OR 1=1 --", ""])
def test_no_login_breaks_anything(postgres_fort: Fort, login: str) -> None:
    sign_in = BY_NAME["POST /api/v1/session"]
    with postgres_fort.unchanged():
        raw = json.dumps({"login": login, "password": "\x00"}).encode()
        postgres_fort.refused(sign_in.send(postgres_fort, raw), "authentication_required")
