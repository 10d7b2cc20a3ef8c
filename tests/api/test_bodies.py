"""Bodies are taken strictly: what two readers might read differently is refused, and nothing changes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from api.calls import digest_of
from tests.api.bodies import inspection
from tests.api.conftest import Office, Recorded

WHOLE = json.dumps(inspection(), ensure_ascii=False)
MALFORMED = {
    "nothing": b"",
    "no JSON": b"{",
    "a name twice": b'{"task_no":"1","task_no":"2"}',
    "a name twice, escaped": b'{"task_no":"1","task\\u005fno":"2"}',
    "not a number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "an integer with a point": b'{"a":1.0}',
    "an integer with an exponent": b'{"a":1e3}',
    "beyond two to the 53rd": b'{"a":9007199254740993}',
    "endless digits": b'{"a":' + b"9" * 5000 + b"}",
    "half a surrogate pair": b'{"a":"\\ud800"}',
    "no UTF-8": '{"a":"检查"}'.encode("gbk"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "two documents": b"{}{}",
    "lists in lists": b"[" * 200 + b"]" * 200,
    "lists without end": b"[" * 100_000,
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_strict_json_is_malformed(office: Office, entries: Recorded, content: bytes) -> None:
    answer = office.visit("W01").send("/api/v1/inspections", content)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_malformed")
    assert entries() == 0


@pytest.mark.parametrize("body", ["[]", "null", "7", '"text"', "true"])
def test_a_body_that_is_no_object_is_of_the_wrong_type(office: Office, body: str) -> None:
    finding = office.town.finding()
    for path in (
        "/api/v1/inspections",
        "/api/v1/findings",
        f"/api/v1/findings/{finding}/steps",
        "/api/v1/rulings",
    ):
        answer = office.visit("W01").send(path, body.encode())
        assert (answer.status_code, answer.json()["code"]) == (422, "facts_invalid"), path
        assert answer.json()["errors"][0]["pointer"] == ""


def test_a_body_that_says_it_is_too_large_is_not_read(office: Office) -> None:
    answer = office.visit("W01").send("/api/v1/inspections", b" " * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_body_that_does_not_say_its_length_is_read_no_further_than_allowed(office: Office) -> None:
    browser = office.visit("W01")

    def parts() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    headers = {"Content-Type": "application/json", "Idempotency-Key": "k", **browser.csrf}
    answer = browser.client.post("/api/v1/inspections", content=parts(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_body_of_the_largest_size_is_read(office: Office) -> None:
    padded = WHOLE.encode() + b" " * (1024 * 1024 - len(WHOLE.encode()))
    assert office.visit("W01").send("/api/v1/inspections", padded).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": "application/json; charset=gbk"},
        {"Content_Type": ""},
        {"Content_Encoding": "gzip"},
    ],
)
def test_another_kind_of_body_is_refused(office: Office, headers: dict[str, str]) -> None:
    answer = office.visit("W01").send("/api/v1/inspections", WHOLE.encode(), **headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported")


def test_a_body_in_utf8_says_so_if_it_likes(office: Office) -> None:
    spoken = 'application/json; charset="UTF-8"'
    assert (
        office.visit("W01").send("/api/v1/inspections", WHOLE.encode(), Content_Type=spoken).status_code
        == 201
    )


def test_unknown_members_are_refused_at_every_depth(office: Office, entries: Recorded) -> None:
    body = inspection() | {"colour": "red"}
    body["findings"][0]["colour"] = "red"
    body["party"] = {**body["party"], "colour": "red"}
    answer = office.visit("W01").post("/api/v1/inspections", body)
    told = {(error["pointer"], error["code"]) for error in answer.json()["errors"]}
    assert told == {(f"{at}/colour", "unknown_field") for at in ("", "/party", "/findings/0")}
    assert entries() == 0


def test_the_digest_is_of_what_is_meant_and_not_of_how_it_is_written() -> None:
    assert digest_of("POST", "/a", {"b": 1, "a": "检"}) == digest_of("POST", "/a", {"a": "检", "b": 1})
    same = digest_of("POST", "/a", {"a": 1})
    assert same != digest_of("POST", "/b", {"a": 1})
    assert same != digest_of("PUT", "/a", {"a": 1})
    assert same != digest_of("POST", "/a", {"a": True})
