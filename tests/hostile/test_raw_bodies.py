"""Bodies that are no JSON, too large, or of another kind: refused before anything is done."""

from __future__ import annotations

import pytest

from tests.hostile.fort import Fort
from tests.hostile.operations import BY_NAME, COMMANDS, JSON_BODIES, OPERATIONS, WRITING
from tests.hostile.raw_bodies import MALFORMED, MIB, NO_OBJECT
from tests.hostile.wire import named

SMALL = [one for one in WRITING if "/attachments" not in one.path and "/documents" not in one.path]


@pytest.mark.parametrize("body", MALFORMED)
def test_what_is_not_json_is_malformed(fort: Fort, body: str) -> None:
    with fort.unchanged():
        for operation in JSON_BODIES:
            fort.refused(operation.send(fort, MALFORMED[body]), "body_malformed")


@pytest.mark.parametrize("body", NO_OBJECT)
def test_what_is_no_such_object_is_invalid(fort: Fort, body: str) -> None:
    with fort.unchanged():
        for operation in JSON_BODIES:
            if operation.raw(fort) == NO_OBJECT[body] == b"{}":
                continue  # nothing has to be said
            told = operation.send(fort, NO_OBJECT[body])
            fort.refused(told, "facts_invalid", "body_malformed")


def test_an_acknowledgement_with_anything_in_it_is_refused(fort: Fort) -> None:
    ack = BY_NAME["POST /api/v1/exchange/{system}/messages/{id}/ack"]
    with fort.unchanged():
        for body in [*MALFORMED.values(), *NO_OBJECT.values()]:
            if body not in (b"", b"{}"):
                fort.refused(ack.send(fort, body), "body_malformed", "facts_invalid")


@pytest.mark.parametrize("said", ["the length", "too little", "nothing"])
def test_a_body_of_a_mebibyte_and_a_byte_is_too_large(fort: Fort, said: str) -> None:
    body = b'{"a":"' + b"x" * (MIB - 7) + b'"}'
    assert len(body) == MIB + 1
    lengths = {"the length": str(len(body)), "too little": "2", "nothing": ""}
    with fort.unchanged():
        for operation in SMALL:
            target = operation.target(fort)
            told = operation.headers(fort, body, target) | {"content-length": lengths[said]}
            kept = named({name: value for name, value in told.items() if value})
            chunks = [body[start : start + 65_536] for start in range(0, len(body), 65_536)]
            fort.refused(fort.wire.send(operation.method, target, kept, chunks), "body_too_large")


@pytest.mark.parametrize("length", ["²", "-1", "1, 2", "0x10", "9" * 5000, "\xff", " ", "1.5"])
def test_a_length_that_is_no_number_harms_nothing(fort: Fort, length: str) -> None:
    with fort.unchanged():
        for operation in WRITING:
            told = operation.send(fort, b"x", content_length=length)
            fort.refused(told)


def test_a_body_that_breaks_off_changes_nothing(fort: Fort) -> None:
    with fort.unchanged():
        for operation in JSON_BODIES:
            raw, target = operation.raw(fort), operation.target(fort)
            headers = named(operation.headers(fort, raw, target))
            for part in (raw[:-1], raw[: len(raw) // 2], raw[:1]):
                told = fort.wire.send(operation.method, target, headers, [part])
                fort.refused(told, "body_malformed", "signature_invalid")


@pytest.mark.parametrize(
    "type",
    [
        "",
        "text/plain",
        "text/json",
        "application/xml",
        "application/json; charset=gbk",
        "application/json; charset=utf-16",
        "application/jsonp",
        "application/json, text/plain",
        "application/merge-patch+json",
        "\xff/\xfe",
        "a" * 20_000,
    ],
)
def test_a_body_of_another_kind_is_refused(fort: Fort, type: str) -> None:
    with fort.unchanged():
        for operation in JSON_BODIES:
            fort.refused(operation.send(fort, content_type=type), "media_type_unsupported")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x-nothing"])
def test_a_packed_body_is_refused(fort: Fort, encoding: str) -> None:
    import gzip

    with fort.unchanged():
        for operation in (one for one in JSON_BODIES if one.media_type == "application/json"):
            packed = gzip.compress(b'{"a":"' + b"x" * MIB * 4 + b'"}')
            fort.refused(operation.send(fort, packed, content_encoding=encoding), "media_type_unsupported")


KEYS = {
    "missing": "",
    "blank": " ",
    "a blank within": "a b",
    "endless": "k" * 129,
    "a tab": "a\tb",
    "del": "a\x7f",
}


@pytest.mark.parametrize("key", [*KEYS, "latin-1", "utf-8", "nul"])
def test_a_command_without_a_proper_key_is_none(fort: Fort, key: str) -> None:
    value = KEYS.get(key) or {"latin-1": "é", "utf-8": "\xe5\x8e\x9f", "nul": "a\x00"}.get(key, "")
    with fort.unchanged():
        for operation in COMMANDS:
            fort.refused(operation.send(fort, idempotency_key=value), "key_missing")


def test_bodies_where_none_belongs_change_nothing(fort: Fort) -> None:
    with fort.unchanged():
        for operation in (one for one in OPERATIONS if one.method == "GET" and one.who == "W01"):
            told = operation.send(fort, b'{"a": 1}', content_type="application/json")
            assert told.status < 500
            fort.careful(told)


def test_fifty_thousand_faults_are_not_all_told(fort: Fort) -> None:
    body = b"{" + b",".join(b'"%x":0' % number for number in range(50_000)) + b"}"
    with fort.unchanged():
        for name in ("POST /api/v1/session", "POST /api/v1/inspections"):
            told = BY_NAME[name].send(fort, body)
            assert len(fort.refused(told, "facts_invalid")["errors"]) <= 1000
            assert len(told.body) < len(body)
