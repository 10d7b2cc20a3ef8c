"""What a token is for, and that everything else is shut to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.administration import Administration
from engine.core.refusals import Refusal
from engine.identity.scopes import FINER, SEND, check_scope, coarse
from engine.identity.visit import Visit
from models import account_reading
from tests.api.bodies import inspection
from tests.api.conftest import Office
from tests.api.terminal import Terminal
from tests.builders import refused
from tests.hostile.operations import OPERATIONS
from tests.identity.conftest import form_at
from tests.web.officer import PASSWORD
from tests.web.visitor import Visitor


def issued(office: Office, *scopes: str, login: str = "W01") -> dict[str, Any]:
    """A fresh token with its id."""
    detail = {"login": login, "scope": list(scopes), "expires": "2024-04-30T23:59:59+08:00"}
    return dict(Administration(office.town.house).ask("token.issue", detail, command="").result)


def asked(office: Office, token: str, method: str, path: str, **more: Any) -> int:
    """The status."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"t-{next(office.keys)}"}
    return office.stranger().request(method, f"/api/v1{path}", headers=headers, **more).status_code


@pytest.mark.parametrize(
    ("scopes", "reads", "writes", "figures"),
    [
        (("write",), 200, 201, 200),
        (("read",), 200, 403, 200),
        (("read:findings",), 200, 403, 403),
        (("write:findings",), 200, 201, 403),
        (("read:figures",), 403, 403, 200),
        (("import",), 403, 201, 403),
        (("write", "read:findings", "read:figures"), 200, 403, 200),
    ],
)
def test_a_token_does_what_it_is_for_and_nothing_else(
    office: Office, scopes: tuple[str, ...], reads: int, writes: int, figures: int
) -> None:
    token = issued(office, *scopes)["token"]
    assert asked(office, token, "GET", "/session") == 200
    assert asked(office, token, "GET", "/findings") == reads
    assert asked(office, token, "GET", "/ledger") == figures
    assert asked(office, token, "POST", "/inspections", json=inspection()) == writes


def shut(visit: Visit, method: str, path: str) -> bool:
    """True when the token is not for that."""
    try:
        check_scope(visit, method, path)
    except Refusal as refusal:
        assert refusal.code == "not_yours"
        return True
    return False


def test_every_operation_is_in_few_scopes_and_criminal_referrals_in_their_own_alone(office: Office) -> None:
    who = office.town.who("W01")
    for operation in OPERATIONS:
        path = operation.path.replace("{id}", "x").replace("{digest}", "y").replace("{doc}", "z")
        open_to = {
            name
            for name in FINER
            if not shut(Visit(who, coarse([name]), scopes=(name,)), operation.method, path)
        }
        if path.startswith("/api/v1/referrals"):
            assert open_to <= {"read:referrals"}
        if path.startswith(("/api/v1/rulebook", "/api/v1/delegations", "/api/v1/exchange")):
            assert open_to == set()
        if operation.method == "POST":
            assert {name for name in open_to if not FINER[name].methods & SEND} == set()
    assert shut(Visit(who, "write", scopes=("read:findings",)), "GET", "/api/v1/findings/")
    assert shut(Visit(who, "write", scopes=("import",)), "POST", "/api/v1/findings/x/steps")


def test_a_token_manages_no_account(office: Office) -> None:
    token = issued(office, "write")["token"]
    body = {"password": PASSWORD, "new_password": "vier Worte, die niemand errät"}
    assert asked(office, token, "POST", "/session/password", json=body) == 403
    assert asked(office, token, "POST", "/session/step-up", json={"password": PASSWORD}) == 403
    headers = {"Authorization": f"Bearer {token}"}
    assert office.stranger().get("/account", headers=headers, follow_redirects=False).status_code == 303


def test_its_bearer_or_a_security_administrator_revokes_it_and_the_day_of_its_use_is_kept(
    office: Office,
) -> None:
    house = office.town.house
    one = issued(office, "read", login="W02")
    assert asked(office, one["token"], "GET", "/session") == 200
    [listed] = [shown for shown in house.accounts.tokens.listed("w02") if shown["id"] == one["id"]]
    assert listed["last_used_on"] == house.clock.real_now().date() and one["token"] not in str(listed)
    for login in ("W01", "A01"):
        assert refused(house.accounts.tokens.revoke, one["id"], office.town.who(login)).code == "not_found"
    person = Visitor.sign_in(office.app, "W02")
    assert one["id"][-8:] in person.get("/account").text
    assert person.send(form_at(person, f"/account/tokens/{one['id']}/revoke")).status_code == 303
    assert asked(office, one["token"], "GET", "/session") == 401
    assert refused(house.accounts.tokens.revoke, one["id"], office.town.who("W02")).code == "not_found"


def test_a_token_of_a_person_who_is_disabled_opens_nothing_at_once(office: Office) -> None:
    token = issued(office, "read:findings", login="F01")["token"]
    assert asked(office, token, "GET", "/findings") == 200
    office.town.house.writer.submit(
        lambda connection: account_reading.change_user(connection, "f01", {"disabled": True})
    )
    assert asked(office, token, "GET", "/findings") == 401


def test_at_the_command_line_scopes_repeat_and_tokens_are_listed_and_revoked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bihuan = Terminal(tmp_path, monkeypatch, capsys)
    for login, role in (("W01", "inspector"), ("B01", "security_admin")):
        bihuan.clock = "2024-04-26T17:00"
        named = ("--name", "名", "--department", "market_regulation", "--password-stdin", "--role", role)
        assert bihuan("user", "add", login, *named, says=f"{PASSWORD}\n")[0] == 0
    issue = ("token", "issue", "W01", "--scope", "import", "--scope", "read:figures", "--expires")
    one = bihuan.json(*issue, "2024-12-31")
    [shown] = bihuan.json("token", "list")["tokens"]
    assert (shown["id"], shown["scope"]) == (one["id"], ["import", "read:figures"])
    signed = ("--as", "B01", "--password-stdin")
    assert bihuan("token", "revoke", one["id"], *signed, says="wrong\n")[0] == 1
    assert bihuan("token", "revoke", one["id"], *signed, says=f"{PASSWORD}\n")[0] == 0
    assert bihuan.json("token", "list", "--login", "w01")["tokens"][0]["revoked"] is True
    bihuan.clock = None
    monkeypatch.setenv("BIHUAN_ACCEPT_TEST_DATABASE", "1")
    told = bihuan.json(*issue, "2099-12-31", code=1)
    assert told["errors"][0]["pointer"] == "/expires"
