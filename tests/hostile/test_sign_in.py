"""Guessing who there is, and guessing their passwords."""

from __future__ import annotations

import json
import runpy
import threading
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import extract_parameters

import engine.identity.passwords
from tests.hostile.fort import PASSWORD, Fort
from tests.hostile.operations import BY_NAME
from tests.hostile.test_hiding import without_request_id
from tests.hostile.wire import Answer

SIGN_IN = BY_NAME["POST /api/v1/session"]


def sign_in(fort: Fort, login: Any, password: Any, address: str = "127.0.0.1") -> Answer:
    """What signing in answers, from that address."""
    raw = json.dumps({"login": login, "password": password}).encode()
    headers = [(b"content-type", b"application/json")]
    return fort.wire.send("POST", "/api/v1/session", headers, [raw], address)


def without_instance(answer: Answer) -> Any:
    """The answer but for the id of the request."""
    status, headers, body = without_request_id(answer)
    return status, headers, {**json.loads(body), "instance": None}


def test_wrong_unknown_and_disabled_answer_alike_after_the_same_work(
    fort: Fort, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    matches: Callable[[str, str], bool] = engine.identity.passwords.matches

    def counted(stored: str, password: str) -> bool:
        verified.append(stored[: stored.rindex("p=")])
        return matches(stored, password)

    monkeypatch.setattr(engine.identity.passwords, "matches", counted)
    tries = [
        ("W01", "wrong"),
        ("nobody", "wrong"),
        ("X01", PASSWORD),
        ("x" * 1000, "wrong"),
        ("\x00", "wrong"),
        ("", ""),
    ]
    with fort.unchanged():
        told = [
            sign_in(fort, login, password, f"10.0.0.{index}") for index, (login, password) in enumerate(tries)
        ]
    for answer in told:
        fort.refused(answer, "authentication_required")
        assert without_instance(answer) == without_instance(told[0])
        assert answer.cookies() == {}
    assert len(verified) == len(tries)
    assert len(set(verified)) == 1, "every guess costs the same: kind, memory, passes"


def test_the_cost_of_a_guess_is_at_least_what_is_advised() -> None:
    shipped = runpy.run_path(engine.identity.passwords.__file__)  # tests hash more cheaply than it does
    asked = extract_parameters(shipped["hash_password"]("x"))
    assert asked.type.name == "ID"
    assert asked.memory_cost >= 19 * 1024
    assert asked.time_cost >= 2


def test_guessing_is_slowed_down_whatever_name_or_header_is_written(fort: Fort) -> None:
    spelt = ("W02", "w02", "W02", "w02")
    for turn in range(10):
        fort.refused(sign_in(fort, spelt[turn % 4], f"wrong {turn}", "10.1.1.1"), "authentication_required")
    for login in spelt:
        problem = fort.refused(sign_in(fort, login, PASSWORD, "10.1.1.1"), "rate_limited")
        assert problem["retry_after"] > 0
    forwarded = SIGN_IN.send(
        fort, json.dumps({"login": "W02", "password": "x"}).encode(), x_forwarded_for="10.9.9.9"
    )
    fort.refused(forwarded, "authentication_required")
    assert sign_in(fort, "W02", PASSWORD, "10.1.1.2").status == 204


def test_many_guesses_at_once_are_no_more_than_one_after_the_other(fort: Fort) -> None:
    accounts, told = fort.town.house.accounts, []

    def guess() -> None:
        from engine.core.refusals import Refusal

        try:
            accounts.sign_in("U01", "wrong", "10.2.2.2")
        except Refusal as refusal:
            told.append(refusal.code)

    threads = [threading.Thread(target=guess) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("authentication_required") <= 10
    assert told.count("rate_limited") >= 30


def test_what_is_no_password_is_told_like_any_other(fort: Fort) -> None:
    with fort.unchanged():
        for password in ("", " ", "\x00", "x" * 10_000, PASSWORD + "\x00", PASSWORD + " ", PASSWORD.upper()):
            fort.refused(sign_in(fort, "H01", password, "10.3.3.3"), "authentication_required")
        for password in (None, 1, [], {}, True, "x" * 10_001):
            fort.refused(sign_in(fort, "H01", password, "10.3.3.4"), "facts_invalid")


def test_neither_tokens_nor_passwords_are_kept_as_they_are(fort: Fort) -> None:
    kept = "\n".join(row for rows in fort.contents().values() for row in rows)
    secrets = {PASSWORD, *fort.tokens.values()} | {one["bihuan_session"] for one in fort.cookies.values()}
    assert not [secret for secret in secrets if secret in kept]


def test_signing_out_or_being_disabled_ends_every_session(fort: Fort) -> None:
    first, second = (sign_in(fort, "L01", PASSWORD).cookies() for _ in range(2))
    assert first["bihuan_session"] != second["bihuan_session"]
    who = BY_NAME["GET /api/v1/session"]
    out = BY_NAME["DELETE /api/v1/session"]
    cookie = f"bihuan_session={first['bihuan_session']}"
    assert out.send(fort, cookie=cookie, x_csrf_token=first["bihuan_csrf"]).status == 204
    fort.refused(who.send(fort, cookie=cookie), "authentication_required")
    fort.refused(out.send(fort, cookie=cookie, x_csrf_token=first["bihuan_csrf"]), "authentication_required")
    assert who.send(fort, cookie=f"bihuan_session={second['bihuan_session']}").status == 200
