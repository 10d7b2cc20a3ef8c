"""The command line: exit codes, one JSON document on stdout, and everything else on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.command_line import COMMANDS, main
from models import account_reading
from models.database import Database
from models.records import ENTRY
from tests.api.conftest import PASSWORD
from tests.api.terminal import Terminal
from tests.builders import Town
from tests.partner import SealingKey

ROOT = Path(__file__).parent.parent.parent
VIOLATIONS = ROOT / "tests" / "data" / "sf" / "violations.csv"


ADD = ("--name", "弓晓燕", "--department", "market_regulation", "--password-stdin")


def test_every_command_is_listed_and_wrong_usage_ends_with_two(bihuan: Terminal) -> None:
    code, out, _ = bihuan("--help")
    assert code == 0
    assert all(f"\n    {name} " in out for name in COMMANDS)
    for words in ((), ("nothing",), ("user",), ("sweep", "--limit", "0"), ("token", "issue", "W01")):
        code, out, err = bihuan(*words)
        assert (code, out) == (2, "") and "usage:" in err


def test_options_for_all_commands_stand_before_or_behind(bihuan: Terminal, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert main(["user", "list", "--json", "--data", str(elsewhere)]) == 0
    assert (elsewhere / "bihuan.db").exists()


def test_the_first_account_is_made_and_the_next_is_proposed(bihuan: Terminal) -> None:
    first = bihuan.json("user", "add", "B01", "--role", "security_admin", *ADD, says=f"{PASSWORD}\n")
    assert first == {"login": "B01"}
    proposed = bihuan.json("user", "add", "W01", "--role", "inspector", *ADD, says=f"{PASSWORD}\n", code=3)
    confirmed = bihuan.json(
        "confirm", proposed["proposal"], "--as", "b01", "--password-stdin", says=f"{PASSWORD}\n"
    )
    assert confirmed == {"login": "W01"}
    told = bihuan.json("user", "list")["users"]
    assert [(one["login"], one["roles"]) for one in told] == [
        ("B01", ["security_admin"]),
        ("W01", ["inspector"]),
    ]


def test_a_wrong_password_confirms_nothing(bihuan: Terminal) -> None:
    bihuan.json("user", "add", "B01", "--role", "security_admin", *ADD, says=f"{PASSWORD}\n")
    id = bihuan.json("user", "disable", "B01", code=3)["proposal"]
    problem = bihuan.json("confirm", id, "--as", "B01", "--password-stdin", says="guess\n", code=1)
    assert problem["code"] == "authentication_required"


def test_a_refusal_is_a_problem_with_json_and_words_on_stderr_without(bihuan: Terminal) -> None:
    words = ("user", "add", "W 01", "--role", "mayor", *ADD)
    problem = bihuan.json(*words, says=f"{PASSWORD}\n", code=1)
    assert problem["code"] == "facts_invalid"
    assert [error["pointer"] for error in problem["errors"]] == ["/login", "/roles/0"]
    code, out, err = bihuan(*words, says=f"{PASSWORD}\n")
    assert (code, out) == (1, "") and "格式不符" in err and "not in the vocabulary" in err


def test_no_secret_of_an_administrative_act_is_kept_in_words(bihuan: Terminal) -> None:
    bihuan.clock = "2024-04-26T17:00"
    bihuan.json("user", "add", "W01", "--role", "inspector", *ADD, says=f"{PASSWORD}\n")
    token = bihuan.json("token", "issue", "W01", "--expires", "2024-12-31")["token"]
    link = ("--kind", "all", "--pull", "--hmac", "--department", "fire_rescue")
    secret = bihuan.json("system", "add", "yuanping-fire", *link)["secret"]
    database = Database(f"sqlite:///{bihuan.folder / 'bihuan.db'}")
    with database.read() as connection:
        entries = str(account_reading.admin_entries(connection, "yuanping"))
    database.dispose()
    assert entries.count("bootstrap") == 3
    assert not any(word in entries for word in (PASSWORD, token, secret, "$argon2"))


def test_the_people_of_the_demonstration_sign_in_with_the_password_given_first(bihuan: Terminal) -> None:
    first = bihuan.json("demo", "--accounts-only", "--password-stdin", says=f"{PASSWORD}\n")
    again = bihuan.json("demo", "--accounts-only", "--password-stdin", says="another\n")
    assert first == again
    assert {"W01", "C01", "H01", "F01", "S01", "B01"} <= set(first["users"])
    assert bihuan.json("settings")["demo"] is True
    id = bihuan.json("user", "disable", "W03", code=3)["proposal"]
    confirm = ("confirm", id, "--as", "b02", "--password-stdin")
    assert bihuan.json(*confirm, says="another\n", code=1)["code"] == "authentication_required"
    assert bihuan.json(*confirm, says=f"{PASSWORD}\n") == {"login": "W03"}


def test_a_password_nobody_gave_is_told_once(bihuan: Terminal) -> None:
    _, _, told = bihuan("demo", "--accounts-only", "--json")
    password = told.split(": ")[-1].strip()
    id = bihuan.json("user", "disable", "W03", code=3)["proposal"]
    assert bihuan.json("confirm", id, "--as", "B01", "--password-stdin", says=f"{password}\n") == {
        "login": "W03"
    }
    assert "password" not in bihuan("demo", "--accounts-only")[2]


def test_a_token_holds_to_the_end_of_its_day(bihuan: Terminal) -> None:
    bihuan.clock = "2024-04-26T17:00"
    bihuan.json("user", "add", "W01", "--role", "inspector", *ADD, says=f"{PASSWORD}\n")
    issued = bihuan.json("token", "issue", "w01", "--expires", "2024-04-26", "--scope", "read")
    assert issued.keys() == {"token", "id", "expires"}
    assert issued["expires"] == "2024-04-26T23:59:59+08:00"
    exact = bihuan.json("token", "issue", "w01", "--expires", "2024-05-01T00:00:00Z")
    assert exact["expires"] == "2024-05-01T08:00:00+08:00"
    for past in ("2024-04-25", "tomorrow", "2024-05-01T00:00:00"):
        assert (
            bihuan.json("token", "issue", "w01", "--expires", past, code=1)["errors"][0]["pointer"]
            == "/expires"
        )


def test_a_linked_system_is_added_listed_and_gets_another_key(bihuan: Terminal) -> None:
    bihuan.clock = "2024-04-26T17:00"
    link = ("--kind", "department_transfer", "reminder", "--pull", "--hmac", "--department", "fire_rescue")
    added = bihuan.json("system", "add", "yuanping-fire", *link)
    assert added["secret"].startswith("whsec_")
    (listed,) = bihuan.json("system", "list")["systems"]
    assert (listed["id"], listed["kinds"], listed["pull"]) == (
        "yuanping-fire",
        ["department_transfer", "reminder"],
        True,
    )
    assert "secret" not in str(listed)
    rotated = bihuan.json("system", "rotate-key", "yuanping-fire", "--overlap", "2")
    assert rotated["secret"] != added["secret"]
    assert bihuan.json("system", "list")["systems"][0]["keys_in_force"] == 2
    assert bihuan.json("system", "rotate-key", "nobody", code=1)["code"] == "facts_invalid"
    assert bihuan.json("system", "ping", "yuanping-fire")["reachable"] is None


def test_a_linked_system_is_changed_disabled_and_given_an_encryption_key(bihuan: Terminal) -> None:
    bihuan.clock = "2024-04-26T17:00"
    key = SealingKey(kid="psb-2024")
    added = ("--kind", "all", "--pull", "--hmac", "--department", "public_security")
    bihuan.json("system", "add", "yuanping-psb", *added, "--encryption-key", json.dumps(key.public))
    changed = bihuan.json(
        "system", "change", "yuanping-psb", "--kind", "reminder", "--url", "https://a.example/h"
    )
    assert changed == {"id": "yuanping-psb", "kinds": ["reminder"], "url": "https://a.example/h"}
    assert bihuan.json("system", "change", "yuanping-psb", "--pull")["url"] is None
    assert bihuan.json("system", "change", "yuanping-psb", "--pull", code=1)["errors"][0]["pointer"] == "/id"
    assert bihuan.json("system", "disable", "yuanping-psb")["state"] == "suspended"
    assert bihuan.json("system", "list")["systems"][0]["state"] == "suspended"
    assert bihuan.json("system", "enable", "yuanping-psb")["state"] == "in_use"
    file = bihuan.folder / "key.json"
    file.write_text(json.dumps(SealingKey("X25519", kid="psb-2025").public))
    assert bihuan.json("system", "encryption-key", "yuanping-psb", str(file))["kid"] == "psb-2025"
    assert bihuan.json("system", "list")["systems"][0]["encryption_keys"] == ["psb-2025", "psb-2024"]
    file.write_text(json.dumps(key.private))
    for given in (str(file), json.dumps(key.private), str(bihuan.folder / "none")):
        _, out, err = bihuan("system", "encryption-key", "yuanping-psb", given, "--json")
        assert json.loads(out)["errors"][0]["pointer"] == "/encryption_key"
        assert key.private["d"] not in out + err


def test_a_database_that_cannot_be_reached_ends_with_four(
    bihuan: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIHUAN_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    problem = bihuan.json("settings", code=4)
    assert problem["code"] == "not_ready"
    assert "secret" not in str(problem)


def test_settings_say_for_ever_that_time_was_not_real(bihuan: Terminal) -> None:
    assert bihuan.json("settings")["ran_on_test_clock"] is False
    bihuan.clock = "2024-04-26T17:00"
    assert bihuan.json("settings")["test_clock"]
    bihuan.clock = None
    told = bihuan.json("settings")
    assert (told["ran_on_test_clock"], told["test_clock"]) == (True, None)
    code, _, err = bihuan("serve", "--port", "0")
    assert code == 1 and "BIHUAN_ACCEPT_TEST_DATABASE=1" in err


def test_an_export_is_tried_brought_in_and_not_doubled(bihuan: Terminal, tmp_path: Path) -> None:
    words = ("import", str(VIOLATIONS), "--mapping", "sf")
    tried = bihuan.json(*words, "--dry-run")
    report = tmp_path / "report.jsonl"
    done = bihuan.json(*words, "--report", str(report))
    again = bihuan.json(*words)
    for told in (tried, done, again):
        assert told["read"] == told["accepted"] + told["rejected"] + told["unchanged"] + told["corrected"]
    assert tried["accepted"] == done["accepted"] == again["unchanged"] > 0
    assert (again["accepted"], again["corrected"]) == (0, 0)
    lines = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert len([line for line in lines if line["severity"] == "rejected"]) >= done["rejected"] > 0
    database = Database(f"sqlite:///{bihuan.folder / 'bihuan.db'}")
    with database.read() as connection:
        assert {row.by for row in connection.execute(ENTRY.select())} == {"importer"}
    database.dispose()


def test_a_file_that_is_no_export_is_refused(bihuan: Terminal, tmp_path: Path) -> None:
    for words in ((str(tmp_path / "none.csv"), "sf"), (str(VIOLATIONS), "no_such_mapping")):
        assert bihuan.json("import", words[0], "--mapping", words[1], code=1)["code"] == "facts_invalid"
    as_nobody = bihuan.json("import", str(VIOLATIONS), "--mapping", "sf", "--as", "nobody", code=1)
    assert as_nobody["errors"][0]["pointer"] == "/as"


def test_the_workbook_of_intake_is_written(bihuan: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "intake.xlsx"
    assert bihuan.json("template", str(file)) == {"file": str(file)}
    assert file.read_bytes().startswith(b"PK")


def test_charts_and_rules_are_proven_and_nothing_of_the_contract_is_missing(bihuan: Terminal) -> None:
    told = bihuan.json("check", "--against", str(ROOT / "docs" / "contract" / "charts.json"))
    assert told["faults"] == []
    assert told["missing"] == []
    assert bihuan.json("rules", "test")["faults"] == []


def test_facts_are_ruled_upon_without_a_database(bihuan: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    facts = {"domain": "food", "violation": "food_item_failed", "item_class": "general"}
    facts |= {"circumstances": "slight", "affects_food_safety": "no"}
    for body in (facts, {"facts": facts}):
        file.write_text(json.dumps(body))
        assert bihuan.json("rules", "decide", "--facts", str(file), "--on", "2024-04-26")["fired"] == ["R01"]
    assert not (bihuan.folder / "bihuan.db").exists()
    file.write_text('{"colour": 1, "colour": 2}')
    assert (
        bihuan.json("rules", "decide", "--facts", str(file), "--on", "2024-04-26", code=1)["code"]
        == "body_malformed"
    )
    file.write_text('{"colour": 1}')
    told = bihuan.json("rules", "decide", "--facts", str(file), "--on", "2024-04-26", code=1)
    assert "/facts/colour" in [error["pointer"] for error in told["errors"]]


def test_a_finding_is_explained_by_its_id_or_number(
    sqlite_town: Town, bihuan: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = sqlite_town.finding()
    facts = {"ledger_no": "2024-0007", "department": "market_regulation", "handler": "C01"}
    sqlite_town.step("C01", id, "register", **facts)
    monkeypatch.setenv("BIHUAN_DATABASE_URL", sqlite_town.house.settings.database_url)
    bihuan.clock = "2024-04-26T17:30"
    by_id, by_number = bihuan.json("explain", id), bihuan.json("explain", "2024-0007")
    assert by_id == by_number
    assert (by_id["state"], by_id["ledger_no"]) == ("registered", "2024-0007")
    assert "propose_route" in [step["trigger"] for step in by_id["open"]]
    assert all(step["reasons"] for step in by_id["shut"])
    assert any(one["term"] == "DL14" and one["state"] == "running" for one in by_id["deadlines"])
    assert bihuan.json("explain", "2024-9999", code=1)["code"] == "not_found"


def test_the_bell_is_rung_and_the_chains_hold(
    sqlite_town: Town, bihuan: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_town.finding()
    monkeypatch.setenv("BIHUAN_DATABASE_URL", sqlite_town.house.settings.database_url)
    bihuan.clock = "2024-05-20T09:00"
    swept = bihuan.json("sweep", "--limit", "10")
    assert swept.keys() == {"due", "lapsed", "reminded", "failed", "left"}
    assert swept["failed"] == 0
    audited = bihuan.json("audit", "verify")
    assert audited["records"] == 2 and audited["faults"] == []
    assert bihuan.json("figures") == {"differing": 0, "recounted": False}
    assert bihuan.json("figures", "--recount") == {"differing": 0, "recounted": True}
