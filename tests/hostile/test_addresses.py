"""Paths and parameters that name nothing, name something else, or try to climb."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.hostile.fort import Fort
from tests.hostile.operations import EXCHANGE, NOBODY, OPERATIONS, PERSONAL

WITH_ID = [one for one in PERSONAL if "{id}" in one.path]
LISTS = [one for one in PERSONAL if one.method == "GET"]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "É")
NO_IDS = (
    NOBODY,
    NOBODY.upper(),
    "x",
    "0",
    "-1",
    "null",
    "%00",
    "a%00b" + "c" * 8,
    "%2e%2e",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%252e%252e%252f",
    "%5c..%5c",
    "%0d%0aSet-Cookie:%20a=b",
    "%E2%80%AE" * 9,
    quote("台账编号原平２０２４"),
    "%ff%fe%80",
    "'%20OR%201=1%20--",
    "%25%25%25%25%25%25%25%25",
    "*",
    "@0",
    "a" * 64,
    "a" * 65,
    "a" * 20_000,
    "%7B%22%24gt%22:%22%22%7D",
)


@pytest.mark.parametrize("id", NO_IDS)
def test_an_id_that_never_was_is_not_found(fort: Fort, id: str) -> None:
    with fort.unchanged():
        for operation in WITH_ID:
            target = operation.target(fort)
            parts = target.split("/")
            parts[4] = id
            told = operation.send(fort, target="/".join(parts))
            fort.refused(told, "not_found", "method_not_allowed")


@pytest.mark.parametrize("kind", ["inspection", "party", "message", "transfer", "document"])
def test_an_id_of_another_kind_is_not_found(fort: Fort, kind: str) -> None:
    with fort.unchanged():
        for operation in (one for one in WITH_ID if "/findings/{id}" in one.path):
            target = operation.target(fort).replace(fort.ids["finding"], fort.ids[kind])
            for name in ("sent", "served", "old"):
                target = target.replace(fort.ids[name], fort.ids[kind])
            told = operation.send(fort, target=target)
            if kind == "inspection" and operation.path.endswith("/timeline"):
                assert told.status == 200  # an inspection's own history, for those who see it
            else:
                fort.refused(told, "not_found")


@pytest.mark.parametrize(
    "value", [*NO_IDS[1:], "sha256:" + "0" * 64, "sha256:" + "g" * 64, "SHA256:" + "0" * 64]
)
def test_papers_that_never_were_are_not_found(fort: Fort, value: str) -> None:
    with fort.unchanged():
        for operation in (one for one in PERSONAL if "{digest}" in one.path or "{doc}" in one.path):
            start, last = operation.target(fort).rsplit("/", 1)
            ending = re.search(r"\.(pdf|docx)$", last)
            told = operation.send(fort, target=f"{start}/{value}{ending[0] if ending else ''}")
            fort.refused(told, "not_found")


@pytest.mark.parametrize("id", NO_IDS)
def test_messages_that_never_were_are_not_found(fort: Fort, id: str) -> None:
    with fort.unchanged():
        for operation in (one for one in EXCHANGE if "{id}" in one.path):
            named = {"receipts": NOBODY, "incoming": fort.ids["arrival"]}
            old = named.get(operation.path.split("/")[5], fort.ids["message"])
            told = operation.send(fort, target=operation.target(fort).replace(old, id))
            fort.refused(told, "not_found", "method_not_allowed")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v2/findings",
        "/API/V1/FINDINGS",
        "/api/v1/findings/",
        "//api/v1/findings",
        "/api/v1//findings",
        "/api/v1/findings/../session",
        "/api/v1/findings/%2e%2e/session",
        "/api/v1/findings;x=1",
        "/.env",
        "/.git/config",
        "/docs",
        "/redoc",
        "/static/..%2f..%2fapi%2fapp.py",
        "/openapi.yaml",
        "/%00",
        "/%ff",
        "*",
        "/" + "a" * 60_000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_that_is_none_is_not_found(fort: Fort, path: str, method: str) -> None:
    with fort.unchanged():
        told = fort.wire.send(method, path, [(b"cookie", fort.signed("W01")["cookie"].encode())])
        fort.refused(told, "not_found")


def test_methods_that_a_path_does_not_take_are_told_and_do_nothing(fort: Fort) -> None:
    with fort.unchanged():
        for path in {one.path for one in OPERATIONS}:
            taken = {one.method for one in OPERATIONS if one.path == path}
            operation = next(one for one in OPERATIONS if one.path == path)
            target = operation.target(fort)
            headers = [
                (name.encode(), value.encode())
                for name, value in operation.headers(fort, b"", target).items()
                if name != "content-type"
            ]
            for method in set(METHODS) - taken:
                told = fort.wire.send(method, target, headers)
                fort.refused(told, "method_not_allowed")
                allowed = set((told.header("allow") or "").split(", "))
                assert allowed == taken | ({"HEAD"} if "GET" in taken else set())


def test_a_head_says_what_a_get_would_and_does_nothing(fort: Fort) -> None:
    with fort.unchanged():
        for operation in (one for one in OPERATIONS if one.method == "GET" and one.who != "yuanping-fire"):
            target = operation.target(fort)
            headers = [(n.encode(), v.encode()) for n, v in operation.headers(fort, b"", target).items()]
            told, asked = (fort.wire.send(method, target, headers) for method in ("HEAD", "GET"))
            fort.careful(told)
            assert told.status == asked.status
            assert told.header("content-type") == asked.header("content-type")


PARAMETERS = {
    "unknown": ("nothing=1", "Limit=1", "%00=1", "limit%00=1", "[]=1", "%ff=%ff", "a" * 5000 + "=1", "=1"),
    "limit": ("0", "201", "-1", "abc", "1.0", "1e1", "%2B1", "%D9%A3", "9" * 5000, "0x1", "1_0", "%EF%BC%91"),
    "cursor": (
        "x",
        "AAAA.AAAA",
        ".",
        "a.b.c",
        "%00",
        "9" * 3999,
        "9" * 4001,
        "%F0%9F%98%80",
        "W10.W10",
        "bnVsbA.bnVsbA",
    ),
    "after": ("-1", "x", "1.5", "9" * 10, "9" * 5000, "%D9%A3"),
    "from": ("2024-02-30", "x", "2024-1-1", "20240101", "2024-04-26T00:00:00Z", "%00", "9" * 500),
    "to": ("2024-02-30", "x", "%EF%BC%92024-01-01"),
    "before": ("2024-13-01", "-1"),
    "due_before": ("2024-04-31", "today"),
    "on": ("2024-02-30", "x", "0001-01-01x"),
    "state": ("nothing", "open'--", "%00", "x" * 201),
    "light": ("blue", "RED", "%C0%80"),
    "route": ("nowhere",),
    "department": ("nobody", "x" * 5000, "%00"),
    "domain": ("nothing",),
    "violation": ("nothing",),
    "term": ("DL0",),
    "nature": ("natural",),
    "result": ("FINE",),
    "publication": ("never",),
    "q": ("%00", "x" * 201),
    "party": ("%01", "x" * 201),
    "officer": ("%1b", "x" * 201),
    "reference": ("%7f", "x" * 201),
    "plan": ("%00",),
    "task": ("%00",),
    "group": ("none",),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_that_is_none_is_refused_everywhere(fort: Fort, name: str) -> None:
    with fort.unchanged():
        for operation in LISTS:
            target = operation.target(fort)
            for value in PARAMETERS[name]:
                asked = value if name == "unknown" else f"{name}={value}"
                problem = fort.refused(operation.send(fort, target=f"{target}?{asked}"), "parameter_invalid")
                assert problem["errors"]


@pytest.mark.parametrize("name", ["limit", "cursor", "from", "department", "q", "party", "on", "after"])
def test_a_parameter_that_is_repeated_is_refused(fort: Fort, name: str) -> None:
    value = {"limit": "1", "from": "2024-01-01", "on": "2024-01-01", "after": "0"}.get(
        name, "market_regulation"
    )
    with fort.unchanged():
        for operation in LISTS:
            for times in (2, 21):
                asked = "&".join([f"{name}={value}"] * times)
                told = operation.send(fort, target=f"{operation.target(fort)}?{asked}")
                fort.refused(told, "parameter_invalid")


@pytest.mark.parametrize(
    "value", ["%25", "_", "%5C", "%27%27", "%22", "a%2Bb", "%F0%A0%AE%B7", "%E2%80%AE", "%3D1", "a%26b%3Dc"]
)
def test_what_is_searched_for_is_found_as_it_is_written_and_nothing_else(fort: Fort, value: str) -> None:
    told = fort.get("W01", f"/api/v1/findings?q={value}")
    assert told.status == 200
    assert told.json["items"] == []


@pytest.mark.parametrize("day", ["0001-01-01", "1949-12-31", "2151-01-01", "9999-12-31"])
@pytest.mark.parametrize("list", ["findings", "inspections", "ledger", "deadlines", "rulebook"])
def test_days_at_the_ends_of_time_break_no_list(fort: Fort, day: str, list: str) -> None:
    named = {"ledger": ("from", "to"), "deadlines": ("before",), "rulebook": ("on",)}
    for name in named.get(list, ("from", "to", "due_before")):
        told = fort.get("W01", f"/api/v1/{list}?{name}={day}")
        if told.status == 200:
            fort.careful(told)
        else:
            fort.refused(told, "parameter_invalid")


def test_ten_thousand_parameters_are_refused_at_once(fort: Fort) -> None:
    with fort.unchanged():
        for operation in LISTS[:6]:
            asked = "&".join(f"p{number}=1" for number in range(10_000))
            fort.refused(
                operation.send(fort, target=f"{operation.target(fort)}?{asked}"), "parameter_invalid"
            )


def test_a_cursor_serves_its_own_list_filter_and_person_only(fort: Fort) -> None:
    page = fort.get("W01", "/api/v1/findings?limit=1").json
    cursor = page["next"]
    assert cursor
    assert fort.get("W01", f"/api/v1/findings?limit=1&cursor={cursor}").status == 200
    elsewhere = {
        "W02": (f"/api/v1/findings?cursor={cursor}",),
        "W01": (
            f"/api/v1/inspections?cursor={cursor}",
            f"/api/v1/deadlines?cursor={cursor}",
            f"/api/v1/findings?state=found&cursor={cursor}",
            *(f"/api/v1/findings?cursor={wrong}" for wrong in _tampered(cursor)),
        ),
    }
    for login, targets in elsewhere.items():
        for target in targets:
            fort.refused(fort.get(login, target), "parameter_invalid")


def _tampered(cursor: str) -> list[str]:
    said, seal = cursor.split(".")
    turned = "A" if cursor[3] != "A" else "B"
    return [
        cursor[:3] + turned + cursor[4:],
        cursor[:-1],
        cursor + "A",
        cursor + "=",
        said,
        f"{said}.",
        f".{seal}",
        f"{seal}.{said}",
    ]
