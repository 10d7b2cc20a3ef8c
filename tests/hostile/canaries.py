"""Values that must be found nowhere: planted by every way into the house, and looked for in its journal and its figures."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy.exc import IntegrityError

from tests.hostile.fort import Fort
from tests.hostile.operations import BY_NAME, OPERATIONS, upload
from tests.hostile.wire import named

JSON = {"content-type": "application/json"}
ASKED = [one for one in OPERATIONS if one.name != "DELETE /api/v1/session"]
"""All but signing out: others go on with that session."""
SURNAMES, GIVEN = "欧阳上官司徒南宫", "秉烛听雪云岫砚青"


def canary(any: Random) -> str:
    """A secret, a token, an identity number, a telephone number or a name that nobody else has."""
    number = any.randrange(10**12)
    return any.choice(
        (
            f"geheim-{number:012}",
            f"bht_{number:012}aBcDeF",
            f"whsec_{number:012}Zz",
            f"140981{number % 10**12:012}",
            f"138{number % 10**9:09}-{number // 10**9}",
            f"{any.choice(SURNAMES)}{any.choice(GIVEN)}{number:012}",
        )
    )


def _latin(value: str) -> str:
    """The value as a header can carry it."""
    return quote(value)


def _sign_in(fort: Fort, any: Random, value: str) -> None:
    login, password = (value, "x") if any.random() < 0.5 else ("W01", value)
    body = json.dumps({"login": login, "password": password}).encode()
    fort.wire.send("POST", "/api/v1/session", named(JSON), [body], address=f"192.0.2.{any.randrange(256)}")


def _as_credential(fort: Fort, any: Random, value: str) -> None:
    said = _latin(value)
    told: dict[str, str] = any.choice(
        (
            {"authorization": f"Bearer {said}"},
            {"authorization": f"Basic {said}"},
            {"cookie": f"bihuan_session={said}; bihuan_csrf={said}"},
            {**fort.signed("W01"), "x-csrf-token": said},
            {"webhook-id": said, "webhook-signature": f"v1,{said}", "webhook-timestamp": said},
        )
    )
    operation = any.choice(ASKED)
    fort.wire.send(operation.method, operation.target(fort), named(told), [b"{}"])


def _in_a_header(fort: Fort, any: Random, value: str) -> None:
    names = ("user-agent", "referer", "idempotency-key", "x-request-id", "accept-language", "origin", "host")
    any.choice(ASKED).send(fort, **{any.choice(names).replace("-", "_"): _latin(value)})


def _in_a_body(fort: Fort, any: Random, value: str) -> None:
    operation = any.choice([one for one in ASKED if one.body is not None])
    body = operation.body(fort) if operation.body is not None else None
    if isinstance(body, bytes) or any.random() < 0.1:
        broken = b'{"a": "' + value.encode()  # breaks off
        operation.send(fort, broken)
        return
    operation.send(fort, json.dumps(_planted(body, any, value), ensure_ascii=False).encode())


def _planted(body: Any, any: Random, value: str) -> Any:
    """The body with the value in the place of one text, of a number, or beside them."""
    if isinstance(body, dict):
        names = [*body, value if any.random() < 0.1 else "note"]
        name = any.choice(names)
        return {**body, name: _planted(body.get(name), any, value)}
    if isinstance(body, list) and body:
        place = any.randrange(len(body))
        return [_planted(one, any, value) if number == place else one for number, one in enumerate(body)]
    return value


def _in_a_path(fort: Fort, any: Random, value: str) -> None:
    operation = any.choice([one for one in ASKED if "{" in one.path])
    target = operation.path
    while "{" in target:
        before, _, rest = target.partition("{")
        target = before + quote(value, safe="") + rest.partition("}")[2]
    operation.send(fort, target=target)


def _in_a_query(fort: Fort, any: Random, value: str) -> None:
    operation = any.choice([one for one in ASKED if one.method == "GET"])
    name = any.choice(("q", "cursor", "department", "from", "state", quote(value, safe="")))
    operation.send(fort, target=f"{operation.target(fort)}?{name}={quote(value, safe='')}")


def _in_a_file(fort: Fort, any: Random, value: str) -> None:
    content = any.choice((b"%PDF-1.4\n", b"MZ", b"PK\x03\x04")) + value.encode()
    attach = next(one for name, one in BY_NAME.items() if name.endswith("findings/{id}/attachments"))
    attach.send(fort, upload(content, f"{value}.pdf"))


def _in_a_fault(fort: Fort, any: Random, value: str) -> None:
    """Something breaks while the value is in hand."""
    faults: tuple[BaseException, ...] = (
        ValueError(f"invalid literal: {value}"),
        KeyError(value),
        IntegrityError(
            "INSERT INTO t", {"a": value}, RuntimeError(f'duplicate "{value}"\nDETAIL: ({value})')
        ),
        UnicodeDecodeError("utf-8", value.encode(), 0, 1, value),
    )
    with _failing(fort, any.choice(faults)):
        answer = fort.get("W01", f"/api/v1/ledger?department={quote(value, safe='')}")
    assert answer.status == 500 and value.encode() not in answer.body


@contextmanager
def _failing(fort: Fort, fault: BaseException) -> Iterator[None]:
    def fail(*_: object) -> None:
        raise fault

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(fort.town.house.reader), "ledger", fail)
        yield


WAYS: dict[str, Callable[[Fort, Random, str], None]] = {
    "sign_in": _sign_in,
    "credential": _as_credential,
    "header": _in_a_header,
    "body": _in_a_body,
    "path": _in_a_path,
    "query": _in_a_query,
    "file": _in_a_file,
    "fault": _in_a_fault,
}


def planted(fort: Fort, n: int, seed: int) -> Counter[str]:
    """N values went in by all ways in turn; none is in a line of the journal or in the figures."""
    with _as_served():
        return _planted_one_by_one(fort, n, Random(seed))


@contextmanager
def _as_served() -> Iterator[None]:
    """The journal tells as much as that of a house that is served."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.setLevel(before)


def _planted_one_by_one(fort: Fort, n: int, any: Random) -> Counter[str]:
    told, lines = Counter[str](), 0
    names = list(WAYS)
    for number in range(n):
        value, way = canary(any), names[number % len(names)]
        fort.journal.lines.clear()
        WAYS[way](fort, any, value)
        told[way] += 1
        lines += len(fort.journal.lines)
        spellings = (value, quote(value, safe=""), json.dumps(value)[1:-1])
        spoken = [line for _, line in fort.journal.lines if [one for one in spellings if one in line]]
        assert spoken == [], (way, spoken)
        if number % 50 == 49 or number == n - 1:
            figures = fort.wire.send("GET", "/metrics").body.decode()
            assert not [one for one in ("geheim", "bht_", "whsec_", *SURNAMES) if one in figures]
            assert not [one for one in spellings if one in figures]
    told["lines_of_the_journal"] = lines
    return told
