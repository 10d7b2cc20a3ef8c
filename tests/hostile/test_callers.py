"""Who is not who they say, or may not: every operation refuses them alike and does nothing."""

from __future__ import annotations

import pytest

from tests.hostile.fort import Fort
from tests.hostile.operations import BY_NAME, COMMANDS, EXCHANGE, OPEN_TO_ALL, OPERATIONS, PERSONAL, Operation

NOBODYS = {"cookie": "", "x_csrf_token": "", "authorization": ""}
STRANGERS: dict[str, dict[str, str]] = {
    "nobody": {},
    "a cookie that was never given": {"cookie": "bihuan_session=AAAA; bihuan_csrf=x", "x_csrf_token": "x"},
    "an empty cookie": {"cookie": "bihuan_session=; bihuan_csrf=", "x_csrf_token": ""},
    "a fixed session": {"cookie": "bihuan_session=" + "f" * 43, "x_csrf_token": "f"},
    "an endless cookie": {"cookie": "bihuan_session=" + "A" * 50_000},
    "a cookie in latin-1": {"cookie": "bihuan_session=\xff\xfe\x80", "x_csrf_token": "\xff"},
    "a cookie jar of rubbish": {"cookie": ";;;=;=;bihuan_session;" + "a=b;" * 2000},
    "an empty bearer": {"authorization": "Bearer "},
    "a wrong bearer": {"authorization": "Bearer bht_" + "A" * 43},
    "an endless bearer": {"authorization": "Bearer " + "A" * 100_000},
    "a bearer in latin-1": {"authorization": "Bearer \xe9\xff"},
    "basic": {"authorization": "Basic VzAxOnB3"},
    "no scheme": {"authorization": "bht_AAAA"},
    "proxy headers": {
        "x_forwarded_for": "127.0.0.1",
        "x_forwarded_user": "W01",
        "x_remote_user": "W01",
        "forwarded": "for=127.0.0.1;by=W01",
        "x_forwarded_proto": "https",
    },
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_who_is_not_known_is_told_nothing(fort: Fort, stranger: str) -> None:
    with fort.unchanged():
        for operation in PERSONAL:
            told = operation.send(fort, **(NOBODYS | STRANGERS[stranger]))
            problem = fort.refused(told, "authentication_required")
            assert problem["errors"] == []
            assert told.header("www-authenticate") == 'Bearer realm="bihuan"'


def test_a_token_that_ended_and_the_session_of_a_disabled_person_open_nothing(fort: Fort) -> None:
    disabled = fort.signed("X01")
    with fort.unchanged():
        for operation in PERSONAL:
            ended = {"authorization": f"Bearer {fort.tokens['expired']}"}
            fort.refused(operation.send(fort, **(NOBODYS | ended)), "authentication_required")
            gone = {"cookie": disabled["cookie"], "x_csrf_token": disabled["x-csrf-token"]}
            fort.refused(operation.send(fort, **gone), "authentication_required")


def test_a_wrong_token_is_refused_although_the_session_is_good(fort: Fort) -> None:
    with fort.unchanged():
        for operation in PERSONAL:
            fort.refused(operation.send(fort, authorization="Bearer wrong"), "authentication_required")


def test_a_token_that_may_read_writes_nothing(fort: Fort) -> None:
    reading = {**NOBODYS, "authorization": f"Bearer {fort.tokens['read']}"}
    with fort.unchanged():
        for operation in (one for one in PERSONAL if one.method != "GET"):
            fort.refused(operation.send(fort, **reading), "not_yours")


@pytest.mark.parametrize("value", ["", "x", "\xff", "A" * 50_000, "other"])
def test_another_site_cannot_use_the_browser_of_an_officer(fort: Fort, value: str) -> None:
    csrf = fort.signed("W02")["x-csrf-token"] if value == "other" else value
    from_elsewhere = {
        "origin": "https://evil.example",
        "referer": "https://evil.example/",
        "sec_fetch_site": "cross-site",
    }
    with fort.unchanged():
        for operation in (one for one in PERSONAL if one.method != "GET"):
            told = operation.send(fort, x_csrf_token=csrf, **from_elsewhere)
            fort.refused(told, "session_check_failed")
            assert told.header("access-control-allow-origin") is None


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_of_another_site_is_no_command(fort: Fort, type: str) -> None:
    with fort.unchanged():
        for operation in COMMANDS:
            fort.refused(operation.send(fort, content_type=type, x_csrf_token=""), "session_check_failed")
            fort.refused(operation.send(fort, content_type=type), "media_type_unsupported")


def test_the_session_that_an_attacker_chose_is_not_the_one_that_is_given(fort: Fort) -> None:
    chosen = "bihuan_session=chosen-by-somebody-else; bihuan_csrf=chosen"
    told = BY_NAME["POST /api/v1/session"].send(fort, cookie=chosen)
    assert told.status == 204
    given = told.cookies()
    assert given["bihuan_session"] != "chosen-by-somebody-else"
    assert given["bihuan_session"] != fort.cookies["W01"]["bihuan_session"]
    assert given["bihuan_csrf"] != "chosen"
    who = BY_NAME["GET /api/v1/session"]
    fort.refused(who.send(fort, cookie=chosen), "authentication_required")


def test_cookies_are_kept_from_scripts_and_other_sites(fort: Fort) -> None:
    told = BY_NAME["POST /api/v1/session"].send(fort)
    for name, value in told.headers:
        if name == b"set-cookie":
            flags = {flag.strip().lower() for flag in value.decode().split(";")[1:]}
            assert {"samesite=strict", "path=/"} <= flags
            assert (b"bihuan_session" in value) == ("httponly" in flags)
            assert not any(flag.startswith("domain") for flag in flags)


@pytest.mark.parametrize("login", ["E01", "A01", "S01", "O01"])
def test_who_keeps_watch_or_house_takes_no_step(fort: Fort, login: str) -> None:
    takes = [one for one in COMMANDS if not one.name.endswith("/comments")]  # what is said moves nothing
    with fort.unchanged():
        for operation in takes:
            body = operation.raw(fort)
            told = fort.post(login, operation.target(fort), body)
            fort.refused(told, "not_found", "not_yours")


@pytest.mark.parametrize("name", ["webhook_id", "webhook_timestamp", "webhook_signature"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "\x80\xff",
        "0",
        "-1",
        "9" * 13,
        "1e3",
        "v1,",
        "v1,AAAA",
        "v1a,AAAA",
        "v1," + "A" * 9000,
        "a.b",
        "²",
    ],
)
def test_a_signature_that_does_not_hold_opens_nothing(fort: Fort, name: str, value: str) -> None:
    with fort.unchanged():
        for operation in EXCHANGE:
            told = operation.send(fort, **{name: value})
            fort.refused(told, "signature_invalid", "signature_expired")


@pytest.mark.parametrize("seconds", [-301, 301, -(10**9), 10**11])
def test_a_signature_of_another_time_opens_nothing(fort: Fort, seconds: int) -> None:
    assert fort.partner is not None
    now = fort.partner.now
    fort.partner.now = lambda: now() + seconds
    try:
        with fort.unchanged():
            for operation in EXCHANGE:
                fort.refused(operation.send(fort), "signature_expired")
    finally:
        fort.partner.now = now


@pytest.mark.parametrize(
    "system", ["yuanping-tax", "nobody", "a%00b", "%2e%2e", "x" * 5000, "%E5%8E%9F", "%ff"]
)
def test_a_signature_of_one_system_is_none_of_another(fort: Fort, system: str) -> None:
    with fort.unchanged():
        for operation in EXCHANGE:
            target = operation.target(fort).replace("yuanping-fire", system)
            fort.refused(operation.send(fort, target=target), "signature_invalid")


def test_a_person_is_no_linked_system_and_a_system_no_person(fort: Fort) -> None:
    with fort.unchanged():
        for operation in EXCHANGE:
            unsigned = {"webhook_id": "", "webhook_timestamp": "", "webhook_signature": ""}
            told = operation.send(fort, **unsigned, cookie=fort.signed("W01")["cookie"])
            fort.refused(told, "signature_invalid")
        for operation in PERSONAL:
            told = _signed_instead(fort, operation)
            fort.refused(told, "authentication_required")


def _signed_instead(fort: Fort, operation: Operation):
    from tests.hostile.operations import signed

    raw, target = operation.raw(fort), operation.target(fort)
    told = {name.replace("-", "_"): value for name, value in signed(fort, operation, raw, target).items()}
    return operation.send(fort, raw, target, **NOBODYS, **told)


def test_what_is_open_to_all_gives_nothing_away(fort: Fort) -> None:
    for operation in OPEN_TO_ALL:
        if operation.method == "GET":
            told = operation.send(fort)
            fort.careful(told)
            for id in fort.ids.values():
                assert id.encode() not in told.body


def test_headers_about_proxies_change_nothing(fort: Fort) -> None:
    told = {"x_forwarded_host": "evil.example", "x_forwarded_proto": "https", "host": "evil.example"}
    for operation in (one for one in OPERATIONS if one.method == "GET"):
        answer = operation.send(fort, **told, x_http_method_override="DELETE", x_original_url="/metrics")
        fort.careful(answer)
        assert b"evil.example" not in answer.body
        assert all(b"evil.example" not in value for _, value in answer.headers)


def test_an_impossible_id_is_no_way_around_the_signature(fort: Fort) -> None:
    for operation in (one for one in EXCHANGE if "{id}" in one.path):
        target = operation.path.replace("{system}", "yuanping-fire").replace("{id}", "%20")
        told = operation.send(fort, target=target, webhook_signature="v1,AAAA")
        fort.refused(told, "signature_invalid", "signature_expired")
