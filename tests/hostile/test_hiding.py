"""What is hidden is answered, to the byte, like what never was; rights are those of the caller alone."""

from __future__ import annotations

import json

import pytest

from tests.hostile.fort import Fort
from tests.hostile.operations import BY_NAME, COMMANDS, NOBODY, PERSONAL, upload
from tests.hostile.wire import Answer

SHOWN = (
    *("finding", "sent", "served", "inspection", "party"),
    *("run", "deadline", "delegation", "message", "matter", "recusal", "job"),
    *("old", "hold", "erasure"),
)


def without_request_id(answer: Answer) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Everything that was answered but for the id that every answer has for itself."""
    kept = [(name, value) for name, value in answer.headers if name != b"x-request-id"]
    return answer.status, kept, answer.body


def test_what_is_hidden_is_answered_like_what_never_was(fort: Fort) -> None:
    hidden = {
        "finding": fort.ids["hidden"],
        "sent": fort.ids["hidden"],
        "old": fort.ids["hidden"],
        "inspection": fort.ids["hidden_inspection"],
        "party": fort.ids["hidden_party"],
        "deadline": fort.ids["hidden_deadline"],
        "matter": fort.ids["hidden_matter"],
    }
    with fort.unchanged():
        for operation in (one for one in PERSONAL if "{id}" in one.path):
            target, told = operation.target(fort), []
            for id in hidden.values():
                named = target
                for name in SHOWN:
                    named = named.replace(fort.ids[name], id)
                told.append(operation.send(fort, target=named))
            nobodys = target
            for name in SHOWN:
                nobodys = nobodys.replace(fort.ids[name], NOBODY)
            expected = without_request_id(operation.send(fort, target=nobodys))
            for answer in told:
                fort.refused(answer, "not_found")
                assert without_request_id(answer) == expected


@pytest.mark.parametrize("trigger", ["register", "propose_route", "no_such_trigger"])
@pytest.mark.parametrize("version", [0, 1, 7])
def test_no_step_tells_that_a_hidden_finding_is_there(fort: Fort, trigger: str, version: int) -> None:
    body = {"trigger": trigger, "facts": {}, "expected_version": version}
    hidden, nobodys = (
        fort.post("W01", f"/api/v1/findings/{id}/steps", body) for id in (fort.ids["hidden"], NOBODY)
    )
    fort.refused(hidden, "not_found")
    assert without_request_id(hidden) == without_request_id(nobodys)


def test_no_finding_is_added_to_a_hidden_inspection(fort: Fort) -> None:
    body = json.loads(BY_NAME["POST /api/v1/findings"].raw(fort))
    with fort.unchanged():
        hidden, nobodys = (
            fort.post("W01", "/api/v1/findings", {**body, "inspection": id})
            for id in (fort.ids["hidden_inspection"], NOBODY)
        )
    fort.refused(hidden, "not_found")
    assert without_request_id(hidden) == without_request_id(nobodys)


def test_no_inspection_is_entered_for_another_department(fort: Fort) -> None:
    body = json.loads(BY_NAME["POST /api/v1/inspections"].raw(fort))
    with fort.unchanged():
        fort.refused(
            fort.post("W01", "/api/v1/inspections", {**body, "department": "fire_rescue"}), "not_yours"
        )


def test_no_list_count_or_filter_tells_of_what_is_hidden(fort: Fort) -> None:
    hidden = {fort.ids[name] for name in ("hidden", "hidden_inspection", "hidden_party", "hidden_matter")}
    for target in (
        "/api/v1/findings",
        "/api/v1/findings?department=fire_rescue",
        f"/api/v1/findings?party={fort.ids['hidden_party']}",
        "/api/v1/findings?officer=F01",
        "/api/v1/findings?q=%E5%88%AB%E5%AE%B6",
        "/api/v1/inspections",
        "/api/v1/inspections?department=fire_rescue",
        f"/api/v1/inspections?party={fort.ids['hidden_party']}",
        "/api/v1/deadlines?department=fire_rescue",
        "/api/v1/deadlines",
        "/api/v1/stuck?department=fire_rescue",
        "/api/v1/stuck",
        "/api/v1/incoming",
        "/api/v1/incoming?department=fire_rescue",
        "/api/v1/incoming?kind=police_return",
        "/api/v1/ledger?department=fire_rescue",
        "/api/v1/ledger",
    ):
        told = fort.get("W01", target)
        assert told.status == 200
        assert not [id for id in hidden if id.encode() in told.body]
        if "fire_rescue" in target or "hidden_party" in target:
            assert told.json.get("items", []) == []
    assert fort.get("W01", "/api/v1/ledger?department=fire_rescue").json["found"]["count"] == 0


def test_who_sees_no_cases_sees_none(fort: Fort) -> None:
    for login in ("A01", "E01"):
        for target in ("/api/v1/findings", "/api/v1/inspections", "/api/v1/deadlines", "/api/v1/incoming"):
            assert fort.get(login, target).json["items"] == []
        others = (
            "/delegations/",
            "/messages/",
        )  # of which administrators read the one, and the other is refused them all
        cases = (one for one in PERSONAL if "{id}" in one.path and not any(o in one.path for o in others))
        for operation in (one for one in cases if one.method == "GET"):
            told = fort.get(login, operation.target(fort))
            if login == "E01" and "/audit/" in operation.path:
                assert told.status == 200
                assert "facts_summary" not in told.body.decode()
            else:
                fort.refused(told, "not_found")


def test_a_key_of_one_person_is_nothing_to_another(fort: Fort) -> None:
    body = json.loads(BY_NAME["POST /api/v1/findings/{id}/steps"].raw(fort))
    target = f"/api/v1/findings/{fort.ids['finding']}/steps"
    assert fort.post("W01", target, body, idempotency_key="shared").status == 200
    again = fort.post("W01", target, body, idempotency_key="shared")
    assert again.header("idempotent-replay") == "true"
    with fort.unchanged():
        fort.refused(fort.post("W02", target, body, idempotency_key="shared"), "stale_version")
        fort.refused(fort.post("F01", target, body, idempotency_key="shared"), "not_found")


def test_a_key_serves_one_path_and_one_body(fort: Fort) -> None:
    body = json.loads(BY_NAME["POST /api/v1/findings/{id}/steps"].raw(fort))
    target = f"/api/v1/findings/{fort.ids['finding']}/steps"
    assert fort.post("W01", target, body, idempotency_key="once").status == 200
    with fort.unchanged():
        for path, said in (
            (target, {**body, "expected_version": 9}),
            (f"/api/v1/findings/{fort.ids['sent']}/steps", body),
            (f"/api/v1/findings/{fort.ids['hidden']}/steps", body),
            (f"/api/v1/findings/{NOBODY}/steps", body),
        ):
            fort.refused(fort.post("W01", path, said, idempotency_key="once"), "key_reused")
        for operation in (one for one in COMMANDS if "{id}/steps" not in one.path and one.who == "W01"):
            told = operation.send(fort, idempotency_key="once")
            fort.refused(told, "key_reused")


def test_a_paper_for_a_hidden_finding_is_not_even_looked_into(fort: Fort) -> None:
    operation = BY_NAME["POST /api/v1/findings/{id}/attachments"]
    with fort.unchanged():
        for raw in (upload(), upload(b"MZ\x90"), b"rubbish", b""):
            told = [
                operation.send(fort, raw, f"/api/v1/findings/{id}/attachments")
                for id in (fort.ids["hidden"], NOBODY)
            ]
            fort.refused(told[0], "not_found")
            assert without_request_id(told[0]) == without_request_id(told[1])
