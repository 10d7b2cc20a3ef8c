"""A letter that nobody took, over HTTP, at the command line and in the figures: sent again, on paper, or refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine.core.backoff import Patience
from models import delivering
from tests.api.conftest import PASSWORD, Office, with_passwords
from tests.api.terminal import Terminal
from tests.builders import Town
from tests.exchange.linked import NOW, Linked, courier, message

NOBODY = "http://127.0.0.1:1/hook"
PAPER = {"how": "handed_over", "delivered_on": "2024-04-26"}
SIGNED_IN = ("--as", "D01", "--password-stdin")
UNKNOWN = "01920ee4-2652-7850-83d5-833786ac7101"


def dead_letter(town: Town) -> tuple[Linked, str, str]:
    """A finding and the id of its letter, which nobody took."""
    linked = Linked(town, town.house.exchange)
    linked.link("yuanping-fire", "fire_rescue", url=NOBODY, allow_private=True)
    finding, _ = linked.sent()
    with ThreadPoolExecutor(1) as thread:  # a loop may run in this one
        thread.submit(courier(linked, patience=Patience(waits=())).run_once, NOW).result()
    return linked, finding, str(message(linked, finding).id)


def test_a_dead_letter_is_shown_and_sent_again_once(each_office: Office) -> None:
    linked, finding, id = dead_letter(each_office.town)
    clerk = each_office.visit("D01")
    shown = clerk.get(f"/api/v1/messages/{id}").json()
    assert (shown["state"], shown["tries"], shown["finding"], shown["system"]) == (
        "dead",
        1,
        finding,
        "yuanping-fire",
    )
    assert shown["outcome"].startswith("ConnectError")
    first = clerk.post(f"/api/v1/messages/{id}/resend", {}, "again")
    assert (first.status_code, first.json()["state"], first.json()["tries"]) == (200, "waiting", 0)
    assert first.json()["decision"] == {"trigger": "resend_message", "replayed": False}
    kept = message(linked, finding)
    same = clerk.post(f"/api/v1/messages/{id}/resend", {}, "again")
    assert same.json()["decision"]["replayed"] is True
    assert message(linked, finding) == kept


def test_on_paper_it_is_sent_no_more(each_office: Office) -> None:
    linked, finding, id = dead_letter(each_office.town)
    clerk = each_office.visit("D01")
    told = clerk.post(f"/api/v1/messages/{id}/paper", PAPER)
    assert (told.status_code, told.json()["state"]) == (200, "paper")
    assert message(linked, finding).outcome == "on paper: handed_over, 2024-04-26, D01"
    for act, body in (("paper", PAPER), ("resend", {})):
        refused = clerk.post(f"/api/v1/messages/{id}/{act}", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "step_shut"), act
        assert "纸质" in refused.text


@pytest.mark.parametrize(
    ("act", "body", "pointer"),
    [
        ("resend", {"reason": "未签收"}, "/reason"),
        ("resend", [], ""),
        ("paper", {}, "/how"),
        ("paper", {**PAPER, "how": "pigeon"}, "/how"),
        ("paper", {**PAPER, "how": "other"}, "/note"),
        ("paper", {**PAPER, "delivered_on": "2024-04-27"}, "/delivered_on"),
        ("paper", {**PAPER, "delivered_on": "2024-04-25"}, "/delivered_on"),
        ("paper", {**PAPER, "delivered_on": "26.4.2024"}, "/delivered_on"),
        ("paper", {**PAPER, "by": "D01"}, "/by"),
    ],
)
def test_a_wrong_body_changes_nothing(office: Office, act: str, body: Any, pointer: str) -> None:
    linked, finding, id = dead_letter(office.town)
    before = message(linked, finding)
    refused = office.visit("D01").post(f"/api/v1/messages/{id}/{act}", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "facts_invalid")
    assert pointer in [fault["pointer"] for fault in refused.json()["errors"]]
    assert message(linked, finding) == before


def test_who_sees_no_such_letter_or_may_not_act_on_it_is_told_so(office: Office) -> None:
    linked, finding, id = dead_letter(office.town)
    before = message(linked, finding)
    for login, letter, status in (
        ("D01", UNKNOWN, 404),
        ("F01", id, 404),
        ("W01", id, 403),
        ("S01", id, 403),
    ):
        browser = office.visit(login)
        assert browser.get(f"/api/v1/messages/{letter}").status_code == status, login
        assert browser.post(f"/api/v1/messages/{letter}/resend", {}).status_code == status, login
        assert browser.post(f"/api/v1/messages/{letter}/paper", PAPER).status_code == status, login
    assert office.visit("D01").get(f"/api/v1/messages/{id}?all=1").status_code == 400
    stranger = office.stranger().post(f"/api/v1/messages/{id}/resend", json={})
    assert stranger.status_code == 401
    assert message(linked, finding) == before


def figure(office: Office, name: str) -> float:
    """One figure of /metrics."""
    lines = office.stranger().get("/metrics").text.splitlines()
    [line] = [line for line in lines if line.startswith(f"{name} ")]
    return float(line.split()[1])


def test_the_figures_say_what_waits_and_who_is_left_alone(each_office: Office) -> None:
    linked, _, id = dead_letter(each_office.town)
    assert figure(each_office, "bihuan_messages_waiting") == 0
    assert figure(each_office, "bihuan_circuits_open") == 0
    each_office.visit("D01").post(f"/api/v1/messages/{id}/resend", {})
    assert figure(each_office, "bihuan_messages_waiting") == 1
    rests = {"openings": 1, "open_until": NOW}
    writer = linked.town.house.writer
    writer.submit(lambda connection: delivering.change_destination(connection, "yuanping-fire", rests))
    assert figure(each_office, "bihuan_circuits_open") == 1
    assert "yuanping-fire" not in each_office.stranger().get("/metrics").text


# --- at the command line


@pytest.fixture
def at_desk(bihuan: Terminal, sqlite_town: Town, password_hash: str) -> tuple[Terminal, Linked, str, str]:
    """A terminal over the ledger of a town in which a letter is dead."""
    found = dead_letter(with_passwords(sqlite_town, password_hash))
    bihuan.monkeypatch.setenv("BIHUAN_DATABASE_URL", sqlite_town.house.settings.database_url)
    bihuan.clock = "2024-04-26T17:00"
    return bihuan, *found


def test_a_dead_letter_is_sent_again_from_the_command_line(at_desk: Any) -> None:
    bihuan, linked, finding, id = at_desk
    told = bihuan.json("exchange", "resend", id, *SIGNED_IN, says=f"{PASSWORD}\n")
    assert (told["id"], told["state"], told["tries"]) == (id, "waiting", 0)
    assert message(linked, finding).state == "waiting"
    wrong = bihuan.json("exchange", "resend", id, *SIGNED_IN, says="guess\n", code=1)
    assert wrong["code"] == "authentication_required"
    unknown = bihuan.json("exchange", "resend", UNKNOWN, *SIGNED_IN, says=f"{PASSWORD}\n", code=1)
    assert unknown["code"] == "not_found"


def test_how_it_went_on_paper_is_entered_at_the_command_line(at_desk: Any) -> None:
    bihuan, linked, finding, id = at_desk
    said = ("exchange", "paper", id, "--on", "2024-04-26", *SIGNED_IN)
    assert bihuan(*said, "--how", "pigeon", says=f"{PASSWORD}\n")[0] == 2
    bare = bihuan.json(*said, "--how", "other", says=f"{PASSWORD}\n", code=1)
    assert [fault["pointer"] for fault in bare["errors"]] == ["/note"]
    assert message(linked, finding).state == "dead"
    told = bihuan.json(*said, "--how", "other", "--note", "专人送达", says=f"{PASSWORD}\n")
    assert told["state"] == "paper"
    assert message(linked, finding).outcome == "on paper: other, 2024-04-26, D01"


def test_a_system_is_called_only_at_what_is_listed(bihuan: Terminal, tmp_path: Path) -> None:
    bihuan.clock = "2024-04-26T17:00"
    link = ("--kind", "all", "--url", NOBODY, "--allow-private", "--hmac", "--department", "fire_rescue")
    bihuan.json("system", "add", "yuanping-fire", *link)

    def allowed() -> Any:
        [listed] = bihuan.json("system", "list")["systems"]
        return listed["allowed"]

    assert allowed() is None
    bihuan.json("system", "allow", "yuanping-fire", "--only", "198.51.100.0/24", "fire.example")
    assert allowed() == ["198.51.100.0/24", "fire.example"]
    assert "not called" in str(bihuan.json("system", "ping", "yuanping-fire", code=1))
    for words in (("--only", "198.51.100.0/99"), ("--only", "not a host")):
        assert bihuan.json("system", "allow", "yuanping-fire", *words, code=1)["code"] == "facts_invalid"
    assert bihuan.json("system", "allow", "nobody", "--any", code=1)["code"] == "facts_invalid"
    assert bihuan("system", "allow", "yuanping-fire")[0] == 2
    assert allowed() == ["198.51.100.0/24", "fire.example"]
    bihuan.json("system", "allow", "yuanping-fire", "--any")
    assert allowed() is None
