"""Whatever a person is refused, on whichever route, page or command, is on record once, and cannot fill the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from api.app import create_app
from api.attempts import SAFE_METHODS
from api.rights import ROUTES
from engine import refused
from engine.core.policies import POLICIES
from engine.core.refusals import Refusal
from engine.refused import COUNTED, EACH_MAX, PERIOD, Attempt
from models.log_reading import ATTEMPT
from tests.builders import Town
from tests.hostile.fort import Fort
from tests.hostile.operations import ANONYMOUS, NOBODY, OPERATIONS, SYSTEM
from tests.hostile.page_paths import POSTED, READ
from tests.hostile.wire import Answer, Wire, named
from tests.referral_walk import opened
from web.pages import attach_pages
from web.rights import PAGES
from web.wording import words_of

FORM = "application/x-www-form-urlencoded"
OF_PERSONS = [one for one in OPERATIONS if one.who not in (ANONYMOUS, SYSTEM) and "/session" not in one.path]
STEP = json.dumps({"trigger": "form_team", "facts": {}, "expected_version": 1}).encode()
OF_REFERRALS = [one.split(" ") for one in ROUTES if "/referrals/" in one]


@pytest.fixture(scope="module")
def pages(one_fort: Fort) -> Iterator[Wire]:
    """The application with its pages."""
    app = create_app(one_fort.town.house)
    attach_pages(app)
    wire = Wire(app)
    yield wire
    wire.close()


@pytest.fixture(autouse=True)
def each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every attempt is entered by itself, however many there are."""
    monkeypatch.setattr(refused, "EACH_MAX", 10**6)


def attempts(fort: Fort) -> list[tuple[str, ...]]:
    """Who was refused what, oldest first."""
    columns = (ATTEMPT.c.by, ATTEMPT.c.subject, ATTEMPT.c.record_id, ATTEMPT.c.attempted, ATTEMPT.c.code)
    with fort.town.house.database.read() as connection:
        asked = ATTEMPT.select().with_only_columns(*columns).order_by(ATTEMPT.c.id)
        return [tuple(row) for row in connection.execute(asked)]


def owed(method: str, answer: Answer) -> int:
    """How many entries the answer leaves: one where the person is refused, none where a reader finds nothing."""
    return int(answer.status == 403 or (answer.status == 404 and method not in SAFE_METHODS))


@pytest.mark.parametrize("login", ["A01", "E01", "O01", "F01"])
def test_every_route_that_refuses_a_person_leaves_one_entry(fort: Fort, login: str) -> None:
    missed, refusing = [], 0
    before = len(attempts(fort))
    for operation in OF_PERSONS:
        answer = replace(operation, who=login).send(fort)
        after = attempts(fort)
        if (after[before:] and after[-1][0] != login) or len(after) - before != owed(
            operation.method, answer
        ):
            missed.append((operation.name, answer.status, after[before:]))
        before, refusing = len(after), refusing + owed(operation.method, answer)
    assert (missed, refusing > 9) == ([], True), refusing


@pytest.mark.parametrize("login", ["E01"])
def test_every_page_that_refuses_a_person_leaves_one_entry(fort: Fort, pages: Wire, login: str) -> None:
    missed, refusing = [], 0
    before = len(attempts(fort))
    posted = [one for one in POSTED if not one.startswith(("/logout", "/account", "/password"))]
    for method, path in [("GET", one) for one in READ] + [("POST", one) for one in posted]:
        answer = sent(fort, pages, method, path.format(**fort.ids), login)
        after = len(attempts(fort))
        if after - before != owed(method, answer):
            missed.append((method, path, answer.status, after - before))
        before, refusing = after, refusing + owed(method, answer)
    assert (missed, refusing > 9) == ([], True), refusing


def sent(fort: Fort, pages: Wire, method: str, path: str, login: str) -> Answer:
    """What the page answers to that person."""
    told = fort.signed(login, method)
    token = told.pop("x-csrf-token", "")
    raw = [urlencode({"csrf": token}).encode()] if method == "POST" else []
    return pages.send(method, path, named({**told, "content-type": FORM}), raw)


def test_an_entry_names_the_action_and_what_was_named(fort: Fort) -> None:
    answer = fort.post("C01", f"/api/v1/messages/{NOBODY}/resend", {})

    assert answer.status == 404
    assert attempts(fort)[-1] == (
        *("C01", "message", NOBODY, "POST /api/v1/messages/{id}/resend", "not_found"),
    )


def test_what_can_be_no_id_is_not_repeated(fort: Fort) -> None:
    for hostile in ("%00", "%3Cscript%3E", "a%0Ab", "%F0%9F%98%80", "x" * 65):
        answer = fort.post("C01", f"/api/v1/messages/{hostile}/resend", {})
        assert (answer.status, attempts(fort)[-1][2]) == (404, ""), hostile


def test_a_token_that_may_not_do_it_leaves_an_entry_too(fort: Fort) -> None:
    before = len(attempts(fort))
    told = {"authorization": f"Bearer {fort.tokens['read']}", "content-type": "application/json"}
    answer = fort.wire.send("POST", "/api/v1/findings", named({**told, "idempotency-key": "k-1"}), [STEP])

    assert (answer.status, len(attempts(fort)) - before) == (403, 1)


@pytest.mark.parametrize("login", ["L01", "F01", "E01"])
def test_entries_of_outsiders_tell_of_no_referral(fort: Fort, pages: Wire, login: str) -> None:
    """The same entries whether the referral is there or never was."""
    referral = opened(fort.town, fort.ids["finding"])
    both: list[Any] = []
    for id in (referral, NOBODY):
        before, statuses = len(attempts(fort)), []
        for method, path in OF_REFERRALS:
            target = path.format(id=id, rid=NOBODY, digest="sha256:" + "0" * 64, doc=NOBODY)
            told = fort.signed(login, method) | {"content-type": "application/json"}
            answer = fort.wire.send(
                method, target, named(told | {"idempotency-key": fort.fresh_key()}), [STEP]
            )
            statuses.append(answer.status)
        for method, listed in (("GET", READ), ("POST", POSTED)):
            for path in (one for one in listed if one.startswith("/referrals/")):
                sent(fort, pages, method, path.format(**{**fort.ids, "finding": id}), login)
        assert 200 not in statuses
        both.append(
            statuses + [(*one[:2], one[2].replace(id, "ID"), *one[3:]) for one in attempts(fort)[before:]]
        )
    assert both[0] == both[1] and len(both[0]) > len(OF_REFERRALS) + 4


def test_every_action_has_a_name_for_who_reads_the_attempts() -> None:
    actions = {POLICIES[one].action.partition(".")[0] for one in {*ROUTES.values(), *PAGES.values()}}

    assert {f"record.subject_{one}" for one in actions - {"site", "feed"}} <= set(words_of("zh"))


# ------------------------------------------------------------------------------ how many


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of the house."""
    monkeypatch.setattr(refused, "EACH_MAX", 5)


def refusals_of(town: Town) -> list[Any]:
    """Every attempt on record."""
    with town.house.database.read() as connection:
        return list(connection.execute(ATTEMPT.select().order_by(ATTEMPT.c.id)))


def test_whoever_tries_without_end_fills_nothing(
    sqlite_town: Town, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert EACH_MAX == 60
    town, kept = sqlite_town, sqlite_town.house.desk.attempts
    for login in ("W01", "W01", "F01"):
        for _ in range(20):
            kept.keep(town.who(login), Attempt("message", "x" * 900, "y" * 900), Refusal("not_yours"))
    rows = refusals_of(town)
    assert [sum(row.by == login for row in rows) for login in ("W01", "F01")] == [5, 5]
    assert {(len(row.record_id), len(row.attempted)) for row in rows} == {(64, 200)}
    kept.write_counted()
    assert len(refusals_of(town)) == 10, "the period is not over"
    later = town.house.clock.real_now() + PERIOD + timedelta(seconds=1)
    monkeypatch.setattr(type(town.house.clock), "real_now", lambda _: later)

    town.house.ring()

    told = {(row.by, row.subject, row.attempted) for row in refusals_of(town)[10:]}
    assert told == {("W01", COUNTED, "+35"), ("F01", COUNTED, "+15")}
    town.house.ring()
    assert len(refusals_of(town)) == 12
    kept.keep(town.who("W01"), Attempt("message", "", ""), Refusal("not_yours"))
    assert len(refusals_of(town)) == 13, "a new period"


def test_what_is_no_refusal_of_a_person_is_not_kept_and_nothing_twice(sqlite_town: Town) -> None:
    kept, who, attempt = sqlite_town.house.desk.attempts, sqlite_town.who("W01"), Attempt("message", "", "")
    kept.keep(who, attempt, Refusal("facts_invalid"))
    kept.keep(sqlite_town.who("clock"), attempt, Refusal("not_yours"))
    once = Refusal("not_yours")
    for _ in range(3):
        kept.keep(who, attempt, once)

    assert [(row.by, row.code) for row in refusals_of(sqlite_town)] == [("W01", "not_yours")]
