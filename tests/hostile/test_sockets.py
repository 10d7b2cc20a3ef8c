"""Bytes that a decent client would never send, to the server as it is run."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from api.heads import BoundedHeads
from tests.hostile.fort import Fort
from tests.schemas import faults

MIB = 1024 * 1024
WAITS_SECONDS = 20


@pytest.fixture(scope="module")
def address(one_fort: Fort) -> Iterator[tuple[str, int]]:
    """Where the fort is served, as `serve` serves it."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        one_fort.app,
        http=BoundedHeads,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listener.getsockname()
    server.should_exit = True
    thread.join()
    listener.close()


def said(address: tuple[str, int], *parts: bytes) -> bytes:
    """Everything that was answered until the server or the client was done."""
    with socket.create_connection(address, WAITS_SECONDS) as line:
        for part in parts:
            try:
                line.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                break
        told = b""
        try:
            while more := line.recv(65_536):
                told += more
        except ConnectionResetError:
            pass
        return told


def head(method: str, path: str, *headers: str) -> bytes:
    """The head of a request that wants no second one."""
    lines = (f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *headers, "", "")
    return "\r\n".join(lines).encode("latin-1")


def status(told: bytes) -> int:
    """The status of the first answer."""
    return int(told.split(b" ", 2)[1])


SIGN_IN = ("POST", "/api/v1/session", "Content-Type: application/json")
BROKEN = {
    "rubbish": b"\x00\xff\xfe rubbish\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100 + b"\r\n\r\n",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a control character in a header": head("GET", "/healthz", "X-A: a\x00b"),
    "a header without a colon": head("GET", "/healthz", "nonsense"),
    "two lengths": head(*SIGN_IN, "Content-Length: 2", "Content-Length: 3") + b"{} ",
    "a length of letters": head(*SIGN_IN, "Content-Length: two") + b"{}",
    "a length below none": head(*SIGN_IN, "Content-Length: -1") + b"{}",
    "a length and chunks": head(*SIGN_IN, "Content-Length: 2", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "a chunk of no size": head(*SIGN_IN, "Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n",
    "a path of control characters": b"GET /\x01\x02 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a mebibyte of headers": head("GET", "/healthz", *(f"X-{n}: {'a' * 1000}" for n in range(1000))),
    "a header without end": head("GET", "/healthz").removesuffix(b"\r\n") + b"X-A: " + b"a" * MIB,
    "a path without end": b"GET /" + b"a" * MIB,
    "a web socket": head(
        "GET", "/", "Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_request_is_refused_and_tells_nothing(
    fort: Fort, address: tuple[str, int], kind: str
) -> None:
    with fort.unchanged():
        told = said(address, BROKEN[kind])
    assert told == b"" or 400 <= status(told) < 500
    for word in (b"Traceback", b"uvicorn", b"httptools", b".py", b"Server:"):
        assert word.lower() not in told.lower().replace(b"_ratelimit", b"")
    assert status(said(address, head("GET", "/healthz"))) == 200


@pytest.mark.parametrize("way", ["a length", "chunks", "one byte at a time first"])
def test_a_body_of_a_mebibyte_and_a_byte_is_too_large_over_a_socket(
    fort: Fort, address: tuple[str, int], way: str
) -> None:
    body = b'{"a":"' + b"x" * (MIB - 7) + b'"}'
    if way == "a length":
        parts = [head(*SIGN_IN, f"Content-Length: {len(body)}"), body]
    else:
        start = [b"1\r\n" + body[n : n + 1] + b"\r\n" for n in range(50)] if "byte" in way else []
        rest = body[len(start) :]
        chunks = [
            b"%x\r\n" % len(rest[n : n + 9999]) + rest[n : n + 9999] + b"\r\n"
            for n in range(0, len(rest), 9999)
        ]
        parts = [head(*SIGN_IN, "Transfer-Encoding: chunked"), *start, *chunks, b"0\r\n\r\n"]
    with fort.unchanged():
        told = said(address, *parts)
    assert status(told) == 413
    assert faults("problem", json.loads(told.partition(b"\r\n\r\n")[2])) == []


def test_a_body_that_is_announced_too_large_is_not_waited_for(address: tuple[str, int]) -> None:
    asked = head(*SIGN_IN, f"Content-Length: {50 * MIB}", "Expect: 100-continue")
    told = said(address, asked)
    assert status(told) == 413
    assert b"100 Continue" not in told


def test_clients_that_go_away_in_the_middle_change_nothing(fort: Fort, address: tuple[str, int]) -> None:
    cookie = fort.signed("W01")
    headers = (
        f"Cookie: {cookie['cookie']}",
        f"X-CSRF-Token: {cookie['x-csrf-token']}",
        "Idempotency-Key: gone",
    )
    with fort.unchanged():
        for path in ("/api/v1/inspections", f"/api/v1/findings/{fort.ids['finding']}/attachments"):
            for type in ("application/json", "multipart/form-data; boundary=lines"):
                asked = head("POST", path, *headers, f"Content-Type: {type}", "Content-Length: 5000")
                for part in (b"", b'{"task_no"', b'--lines\r\nContent-Disposition: form-data; name="file"'):
                    with socket.create_connection(address, WAITS_SECONDS) as line:
                        line.sendall(asked + part)
        assert status(said(address, head("GET", "/readyz"))) == 200


def test_a_head_has_no_body_and_a_get_closes_as_it_is_asked(address: tuple[str, int]) -> None:
    assert said(address, head("HEAD", "/healthz")).endswith(b"\r\n\r\n")
    assert said(address, head("HEAD", "/api/v1/findings")).endswith(b"\r\n\r\n")
    assert status(said(address, head("GET", "/healthz"))) == 200


def test_no_value_of_a_request_becomes_a_header_of_the_answer(fort: Fort, address: tuple[str, int]) -> None:
    evil = "%0d%0aX-Evil:%201"
    for path in (f"/api/v1/findings/{evil}", f"/{evil}", f"/api/v1/findings?q={evil}", f"/login?next={evil}"):
        asked = head("GET", path, f"Cookie: {fort.signed('W01')['cookie']}", "X-Request-Id: a%0d%0aX-Evil: 1")
        told = said(address, asked)
        assert b"x-evil" not in told.partition(b"\r\n\r\n")[0].lower()
