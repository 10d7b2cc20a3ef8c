"""Receivers that answer badly: whatever they send, an attempt ends in time, and only the status is believed."""

from __future__ import annotations

import asyncio
import datetime as dates
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from models import delivering
from tests.exchange.linked import NOW, Linked, courier, message

Answer = Callable[[asyncio.StreamWriter], Any]
OK = b"HTTP/1.1 200 OK\r\n"
BOMB = zlib.compress(b"\0" * 10_000_000)


async def _flood(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
        await writer.drain()


async def _headers_without_end(writer: asyncio.StreamWriter) -> None:
    writer.write(OK)
    while True:
        writer.write(b"x-more: " + b"a" * 1_000 + b"\r\n")
        await writer.drain()


async def _drip_of_the_head(writer: asyncio.StreamWriter) -> None:
    for letter in OK * 1_000:
        writer.write(bytes((letter,)))
        await writer.drain()
        await asyncio.sleep(0.05)


async def _drip_of_the_body(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"content-length: 1000000\r\n\r\n")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _bomb(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"content-encoding: deflate\r\ncontent-length: %d\r\n\r\n" % len(BOMB) + BOMB)
    await writer.drain()


async def _endless_body(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"transfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"4000\r\n" + b"a" * 0x4000 + b"\r\n")
        await writer.drain()


async def _nonsense(writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\xff" * 1_000)
    await writer.drain()


@contextmanager
def answering(answer: Answer, secured: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that reads a request and answers so, in a thread of its own."""
    ready, port = threading.Event(), [0]
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def begin() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=secured)
        port[0] = server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(begin())
        loop.run_forever()
        under_way = asyncio.all_tasks(loop)
        for one in under_way:
            one.cancel()
        if under_way:
            loop.run_until_complete(asyncio.wait(under_way))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield port[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def attempted(linked: Linked, url: str, seconds: float = 1.0, **given: Any) -> tuple[Any, float]:
    """The message as it stands after one attempt at that URL, and how long the attempt took."""
    linked.link("yuanping-fire", "fire_rescue", url=url, allow_private=True)
    finding, _ = linked.sent()
    runner = courier(linked, attempt_seconds=seconds, **given)
    begun = time.monotonic()
    runner.run_once(NOW)
    return message(linked, finding), time.monotonic() - begun


@pytest.mark.parametrize("answer", [_flood, _headers_without_end, _drip_of_the_head, _nonsense])
def test_a_head_that_never_ends_ends_in_time_and_is_no_delivery(sqlite_linked, answer):
    with answering(answer) as port:
        kept, took = attempted(sqlite_linked, f"http://127.0.0.1:{port}/")
    assert (kept.state, kept.tries) == ("waiting", 1)
    assert took < 6


@pytest.mark.parametrize("answer", [_drip_of_the_body, _bomb, _endless_body])
def test_of_an_answer_only_the_status_counts_and_its_body_is_not_unpacked(sqlite_linked, answer):
    with answering(answer) as port:
        kept, took = attempted(sqlite_linked, f"http://127.0.0.1:{port}/", seconds=5.0)
    assert kept.state == "delivered"
    assert took < 4


def test_a_certificate_for_another_name_is_not_spoken_to(sqlite_linked, tmp_path):
    secured, trusted = certified("other.example", tmp_path)

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def fine(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"content-length: 0\r\n\r\n")
        await writer.drain()

    with answering(fine, secured) as port:
        sqlite_linked.link(
            "yuanping-fire", "fire_rescue", url=f"https://right.example:{port}/", allow_private=True
        )
        finding, _ = sqlite_linked.sent()
        runner = courier(sqlite_linked, resolve=resolve)
        runner._trusted = trusted
        assert runner.run_once(NOW) == 0
        assert "CERTIFICATE_VERIFY_FAILED" in message(sqlite_linked, finding).outcome
        sqlite_linked.link("named", "emergency", url=f"https://other.example:{port}/", allow_private=True)
        sqlite_linked.sent(target_department="emergency")
        assert runner.run_once(NOW) == 1, "under the name of its certificate it is"


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side with a certificate for that name, and a client's side that trusts it."""
    key, subject = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
    )
    now = dates.datetime.now(dates.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dates.timedelta(days=1))
        .not_valid_after(now + dates.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    both = key.private_bytes(serialization.Encoding.PEM, form, plain) + made.public_bytes(
        serialization.Encoding.PEM
    )
    (folder / "both.pem").write_bytes(both)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    trusted = ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())
    return server, trusted


@pytest.mark.parametrize(
    ("allowed", "delivered"),
    [
        (None, True),
        (["127.0.0.1"], True),
        (["127.0.0.0/8"], True),
        (["receiver.example", "10.0.0.0/8"], False),
        (["::1/128"], False),
        ([], False),
    ],
)
def test_a_list_of_hosts_and_networks_shuts_out_everything_else(sqlite_linked, hook, allowed, delivered):
    sqlite_linked.link("yuanping-fire", "fire_rescue", url=hook.url, allow_private=True)
    writer = sqlite_linked.town.house.writer

    def listed(connection: Any) -> None:
        delivering.destination(connection, "yuanping-fire")
        delivering.change_destination(connection, "yuanping-fire", {"allowed": allowed})

    writer.submit(listed)
    finding, _ = sqlite_linked.sent()
    assert courier(sqlite_linked).run_once(NOW) == int(delivered)
    if not delivered:
        assert message(sqlite_linked, finding).outcome == "not called: not on the list of this system"


def test_the_list_allows_no_private_address(sqlite_linked, hook):
    url = hook.url.replace("127.0.0.1", "receiver.example")
    sqlite_linked.link("yuanping-fire", "fire_rescue", url=url)
    writer = sqlite_linked.town.house.writer

    def listed(connection: Any) -> None:
        delivering.destination(connection, "yuanping-fire")
        delivering.change_destination(
            connection, "yuanping-fire", {"allowed": ["receiver.example", "127.0.0.1"]}
        )

    writer.submit(listed)
    finding, _ = sqlite_linked.sent()

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    assert courier(sqlite_linked, resolve=resolve).run_once(NOW) == 0
    assert message(sqlite_linked, finding).outcome == "not called: a private address"
