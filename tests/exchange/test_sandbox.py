"""A sandbox: messages are composed and kept, and nothing leaves, neither now nor after the setting is gone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.command_line.serve import background
from engine.building import open_house
from engine.core.refusals import Refusal
from engine.sandbox import PREFIX, STILL
from engine.settings import Settings
from models import records
from tests.builders import Town
from tests.exchange.linked import NOW, Linked, message
from tests.partner import Desk
from web.pages import attach_pages


@pytest.fixture
def sandbox(town_url: str, open_town: Callable[..., Town]) -> Linked:
    """A bureau in a sandbox, on each kind of database."""
    town = open_town(town_url, sandbox=True)
    return Linked(town, town.house.exchange)


@pytest.fixture
def called(sandbox: Linked, hook: Desk) -> Iterator[tuple[Linked, Desk, str]]:
    """A finding of it, transferred to a system that would be called on loopback."""
    sandbox.link("yuanping-fire", "fire_rescue", url=hook.url, allow_private=True)
    finding, _ = sandbox.sent()
    yield sandbox, hook, finding


def test_the_message_is_composed_and_says_where_it_was_made_and_nobody_is_called(
    called: tuple[Linked, Desk, str],
) -> None:
    linked, hook, finding = called
    house = linked.town.house
    kept = message(linked, finding)

    assert json.loads(kept.body)["subject"].startswith(PREFIX)
    assert house.bring() == linked.exchange.courier.run_once(NOW) == 0
    told = linked.exchange.systems.ping("yuanping-fire")
    assert (told["reachable"], told["outcome"]) == (False, STILL)
    assert hook.received == []
    assert (message(linked, finding).state, message(linked, finding).tries) == ("waiting", 0)
    with house.database.read() as connection:
        bodies = [
            json.loads(row.body)
            for row in connection.execute(records.PAYLOAD.select())  # of every record there is
        ]
    assert bodies and all(one["sandbox"] is True for one in bodies)


def test_leaving_the_sandbox_sends_nothing_that_was_made_in_it(
    called: tuple[Linked, Desk, str],
) -> None:
    linked, hook, finding = called
    again = open_house(replace(linked.town.house.settings, sandbox=False))
    try:
        assert again.sandbox
        with background(again):
            assert again.bring() == again.exchange.courier.run_once(NOW) == 0
    finally:
        again.close()
    assert hook.received == []
    assert message(linked, finding).state == "waiting"


def test_a_house_that_was_open_before_stops_calling(
    sqlite_linked: Linked, hook: Desk, tmp_path: Path
) -> None:
    house = sqlite_linked.town.house
    sqlite_linked.link("yuanping-fire", "fire_rescue", url=hook.url, allow_private=True)
    other = open_house(replace(house.settings, sandbox=True))
    other.close()
    sqlite_linked.sent()
    assert house.bring() == 0 and hook.received == []


@pytest.mark.parametrize("marked", [False, True])
def test_a_ledger_with_real_findings_becomes_none_unless_it_is_a_copy(
    sqlite_linked: Linked, tmp_path: Path, marked: bool
) -> None:
    house = sqlite_linked.town.house
    sqlite_linked.town.finding()
    real = tmp_path / "copy.db"
    with sqlite3.connect(house.settings.database_url.removeprefix("sqlite:///")) as lived_in:
        lived_in.backup(sqlite3.connect(real))
    settings = replace(house.settings, database_url=f"sqlite:///{real}", sandbox=True)
    if marked:
        settings = replace(settings, sandbox_of_copy=True)
        opened = open_house(settings)
        assert opened.sandbox
        opened.close()
        return
    with pytest.raises(Refusal) as refusal:
        open_house(settings)
    assert refusal.value.code == "not_ready" and "BIHUAN_SANDBOX=copy" in str(refusal.value.detail)
    opened = open_house(replace(settings, sandbox=False))
    assert not opened.sandbox
    opened.close()


def test_only_callers_on_this_machine_are_answered_and_every_answer_says_so(sandbox: Linked) -> None:
    partner = sandbox.link("yuanping-fire", "fire_rescue")
    finding, _ = sandbox.sent()
    app = create_app(sandbox.town.house)
    attach_pages(app)
    path = "/api/v1/exchange/yuanping-fire/messages"
    stamp = str(int(partner.now()))
    signed = {
        "webhook-id": "here",
        "webhook-timestamp": stamp,
        "webhook-signature": partner.key.sign(f"here.{stamp}.GET {path}".encode()),
    }

    def status(peer: str, **more: str) -> int:
        return TestClient(app, client=(peer, 5)).get(path, headers=signed | more).status_code

    assert status("127.0.0.1") == status("::1") == 200
    assert status("10.1.2.3") == status("testclient") == 401
    assert {
        status("127.0.0.1", **{name: "10.1.2.3"}) for name in ("forwarded", "via", "x-forwarded-for")
    } == {401}
    page = TestClient(app).get("/login")
    assert page.headers["x-bihuan-sandbox"] == "1"
    assert 'data-sandbox="nothing-leaves"' in page.text and "沙箱" in page.text
    assert message(sandbox, finding).state == "waiting"


@pytest.mark.parametrize(
    ("said", "sandbox", "copy"),
    [("", False, False), ("1", True, False), ("copy", True, True), ("0", False, False)],
)
def test_the_environment_says_it_too(said: str, sandbox: bool, copy: bool) -> None:
    settings = Settings.from_environment(environment={"BIHUAN_SANDBOX": said})
    assert (settings.sandbox, settings.sandbox_of_copy) == (sandbox, copy)
    assert Settings.from_environment(sandbox=True, environment={}).sandbox
