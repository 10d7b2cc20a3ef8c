"""What is refused before any work: other sites, other hosts, too much at once, bodies that never come."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.turnstile import Turnstile
from engine.core.refusals import Refusal
from engine.pace import BURST_SECONDS, KEYS_MAX, Pace
from engine.settings import Settings
from tests.api.conftest import PASSWORD, Office

LOGIN = {"login": "W01", "password": PASSWORD}


ELSEWHERE: tuple[dict[str, str], ...] = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://["},
    {"origin": "http://127.0.0.1.evil.example"},
    {"origin": "http://127.0.0.1:81"},
)


def test_another_site_is_refused_whatever_it_knows(office: Office) -> None:
    browser = office.visit("W01").client
    for headers in ELSEWHERE:
        knows = {"x-csrf-token": browser.cookies["bihuan_csrf"], **headers}
        for path in ("/api/v1/session", "/login"):
            answer = browser.post(path, json=LOGIN, headers=knows)
            assert (answer.status_code, answer.json()["code"]) == (403, "session_check_failed")
            assert answer.headers["content-security-policy"] and answer.headers["x-request-id"]
        assert browser.get("/api/v1/session", headers=headers).status_code == 200


OWN: tuple[dict[str, str], ...] = (
    {},
    {"sec-fetch-site": "same-origin", "origin": "https://behind-a-proxy.example"},
    {"sec-fetch-site": "none"},
    {"origin": "http://127.0.0.1"},
)


def test_ones_own_pages_and_plain_clients_pass(office: Office) -> None:
    for headers in OWN:
        answer = office.stranger().post("/api/v1/session", json=LOGIN, headers=headers)
        assert answer.status_code == 204


def test_programs_and_linked_systems_carry_nothing_that_a_site_could_borrow(office: Office) -> None:
    elsewhere = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    stranger = office.stranger()
    told = stranger.post("/api/v1/rulings", json={}, headers=elsewhere | {"authorization": "Bearer x"})
    assert told.json()["code"] == "authentication_required"
    told = stranger.post("/api/v1/exchange/nobody/receipts", json={}, headers=elsewhere)
    assert told.json()["code"] == "signature_invalid"


def served(office: Office, **changed: Any) -> TestClient:
    """The same house under other settings."""
    house = office.town.house
    before, house.settings = house.settings, replace(house.settings, **changed)
    app = create_app(house)
    client = TestClient(app, base_url="http://ledger.example", client=("192.0.2.7", 5))
    client.get("/healthz")  # the application is built with these settings
    house.settings = before
    return client


def test_only_the_hosts_that_are_named_are_answered(office: Office) -> None:
    client = served(office, hosts=frozenset({"ledger.example"}), cookie_secure=True)
    told = client.get("/healthz")
    assert told.status_code == 200 and told.headers["strict-transport-security"] == "max-age=31536000"
    assert client.get("/healthz", headers={"host": "ledger.example:443"}).status_code == 200
    for host in ("evil.example", "ledger.example.evil.example", ""):
        assert client.get("/healthz", headers={"host": host}).json()["code"] == "session_check_failed"
    proxied = {"host": "ledger.example:8000", "origin": "https://ledger.example"}
    assert client.post("/api/v1/session", json=LOGIN, headers=proxied).status_code == 204


def test_who_asks_too_often_is_told_when_to_come_again(office: Office) -> None:
    client = served(office, caller_rate=1)
    asked = [client.get("/api/v1/session", headers={"authorization": "Bearer x"}) for _ in range(13)]
    assert [one.status_code for one in asked[:10]] == [401] * 10
    assert asked[-1].json()["code"] == "rate_limited" and int(asked[-1].headers["retry-after"]) >= 1
    assert client.get("/api/v1/session", headers={"authorization": "Bearer y"}).status_code == 401
    client = served(office, address_rate=1)
    asked = [client.get("/api/v1/session") for _ in range(13)]
    assert asked[-1].json()["code"] == "rate_limited"
    assert client.get("/healthz").status_code == 200


def test_a_bucket_fills_again_and_only_so_many_are_kept() -> None:
    time = [100.0]
    pace = Pace(2, now=lambda: time[0])
    for _ in range(2 * BURST_SECONDS):
        pace.take("a")
    with pytest.raises(Refusal) as told:
        pace.take("a")
    assert told.value.carries["retry_after"] == 1
    time[0] += 0.5
    pace.take("a")
    for number in range(KEYS_MAX + 5):
        pace.take(number)
    assert len(pace._spent) == KEYS_MAX


@pytest.mark.parametrize(("piece", "body"), [(0.01, 900), (60, 0.01)])
def test_a_body_that_does_not_come_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: float, body: float
) -> None:
    monkeypatch.setattr("api.turnstile.BODY_SECONDS_MAX", body)
    sent: list[dict[str, Any]] = []

    async def reads(scope: Any, receive: Any, send: Any) -> None:
        from starlette.requests import Request

        await Request(scope, receive).body()

    async def run() -> None:
        settings = Settings(data_dir=tmp_path, database_url="sqlite:///x")
        head, first = iter([{"type": "http.request", "body": b"{", "more_body": True}]), anyio.Event()

        async def receive() -> Any:
            for one in head:
                return one
            await first.wait()

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/x", "headers": [], "state": {"request_id": "r"}}
        await Turnstile(reads, settings, piece_seconds_max=piece)(scope, receive, send)

    anyio.run(run)
    assert sent[0]["status"] == 400 and (b"connection", b"close") in sent[0]["headers"]


def test_a_setting_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://bihuan:secret@db/bihuan\n")
    read = Settings.from_environment(environment={"BIHUAN_DATABASE_URL_FILE": str(file)})
    assert read.database_url == "postgresql+psycopg://bihuan:secret@db/bihuan"
    assert "secret" not in str(read.shown())
    both = {"BIHUAN_DATABASE_URL_FILE": str(file), "BIHUAN_DATABASE_URL": "sqlite:///x"}
    assert Settings.from_environment(environment=both).database_url == "sqlite:///x"
