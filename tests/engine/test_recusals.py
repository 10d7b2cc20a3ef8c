"""Who has stepped back is shut out of the case by every way: in person, by another account, through colleagues."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.core.commands import Command, DecideRecusalCommand, Outcome, RecuseCommand
from engine.core.openings import openings
from engine.core.refusals import Refusal
from engine.snapshots import load_finding
from models import records, recusing
from tests.builders import Town, refused
from tests.engine.test_delegations import lend, now_of
from tests.engine.test_hands import add, refresh
from tests.engine.test_referrals import chain
from tests.engine.test_steps import routed
from tests.referral_walk import led, opened

WHY = {"ground": "direct_interest", "reason": "当事人系近亲属。"}


def recuse(town: Town, login: str, id: str, subject: str = "finding", **more: Any) -> str:
    """The id of a recusal just entered."""
    return handle(town, login, RecuseCommand(subject, id, WHY | more)).id


def decide(town: Town, login: str, id: str, recusal: str, outcome: str, subject: str = "finding") -> Outcome:
    """The recusal was decided."""
    body = {"outcome": outcome, "reason": "经核实。"}
    return handle(town, login, DecideRecusalCommand(subject, id, recusal, body))


def handle(town: Town, login: str, asked: Any, key: str | None = None) -> Outcome:
    key = key or f"recusal-{next(town.keys)}"
    return town.house.recusals.handle(Command(town.people[login], key, key, asked))


def shown(town: Town, login: str, id: str, subject: str = "finding") -> dict[str, Any]:
    """The recusals of the record as this person reads them."""
    return town.house.recusal_reader.of_record(town.people[login], subject, id)


def reasons(town: Town, login: str, finding: str) -> set[str]:
    """Every reason for which a row that the person's roles could take is shut to them."""
    with town.house.database.read() as connection:
        file = load_finding(connection, town.house.office, finding)
    assert file is not None
    found = openings(town.house.law, file.snapshot, town.people[login], town.house.clock.now())
    return {reason["code"] for one in found for reason in one["reasons"]} | {
        "open" for one in found if one["open"]
    }


def open_case(town: Town) -> str:
    """A routed finding that W01 handles."""
    return routed(town, "rectification")


def test_who_declares_it_is_shut_out_at_once_and_others_are_not(sqlite_town: Town) -> None:
    finding = open_case(sqlite_town)
    before = sqlite_town.row(finding)
    assert "open" in reasons(sqlite_town, "C02", finding)

    recuse(sqlite_town, "C02", finding)

    after = sqlite_town.row(finding)
    assert (after.version, after.sequence) == (before.version + 1, before.sequence + 1)
    assert reasons(sqlite_town, "C02", finding) <= {"recused", "no_such_step", "role_not_allowed"}
    told = refused(sqlite_town.step, "C02", finding, "open_rectification", legal_ground="依据。")
    assert (told.code, [one.code for one in told.reasons]) == ("recused", ["recused"])
    assert "open" in reasons(sqlite_town, "C01", finding)
    sqlite_town.step("C01", finding, "open_rectification", legal_ground="依据。")
    timeline = sqlite_town.house.reader.timeline(sqlite_town.people["C01"], finding, {})["items"]
    marked = {one["by"] for one in timeline if one.get("recused")}
    assert marked == {"C02"} and timeline[-2]["title"] == "自行申请回避"


def test_neither_another_account_nor_lent_roles_lead_back(sqlite_town: Town) -> None:
    finding = open_case(sqlite_town)
    add(sqlite_town, "C09", "case_officer", person="C02")
    lend(sqlite_town, "C02", "U01", date(2024, 4, 26), date(2024, 4, 28))
    refresh(sqlite_town)
    assert "open" in reasons(sqlite_town, "U01", finding)

    recuse(sqlite_town, "C02", finding)

    for login in ("C09", "C02", "U01"):
        told = refused(sqlite_town.step, login, finding, "open_rectification", legal_ground="依据。")
        assert told.code == "recused", login
    assert "recused" in reasons(sqlite_town, "U01", finding)
    assert refused(recuse, sqlite_town, "C09", finding).errors[0].pointer == "/person"
    other = sqlite_town.finding()
    sqlite_town.step(
        "C02", other, "register", ledger_no="原台2", department="market_regulation", handler="W01"
    )


def test_an_application_binds_when_it_is_decided_by_another_head(sqlite_town: Town) -> None:
    finding = open_case(sqlite_town)
    version = sqlite_town.row(finding).version
    id = recuse(sqlite_town, "C01", finding, person="c02", applicant="滏香火锅店")

    assert "open" in reasons(sqlite_town, "C02", finding)
    assert sqlite_town.row(finding).version == version
    assert refused(decide, sqlite_town, "C01", finding, id, "recused").code == "proposer_cannot_approve"
    assert refused(decide, sqlite_town, "W01", finding, id, "recused").code == "not_yours"
    assert refused(decide, sqlite_town, "C02", finding, id, "refused").code == "recused"
    assert shown(sqlite_town, "H01", finding)["items"][0]["may"] == ["decide", "withdraw"]
    decide(sqlite_town, "H01", finding, id, "recused")

    assert "open" not in reasons(sqlite_town, "C02", finding)
    assert sqlite_town.row(finding).version == version + 1
    (one,) = shown(sqlite_town, "W02", finding)["items"]
    assert (one["state"], one["binds"], one["decision"]["by"], one["may"]) == ("recused", True, "H01", [])
    assert refused(decide, sqlite_town, "H01", finding, id, "refused").code == "step_shut"


def test_of_a_head_the_principal_head_decides(sqlite_town: Town) -> None:
    finding = open_case(sqlite_town)
    id = recuse(sqlite_town, "C02", finding, person="H01")
    told = refused(decide, sqlite_town, "C01", finding, id, "recused")
    assert (told.code, told.carries["roles"]) == ("not_yours", ["principal_head"])
    decide(sqlite_town, "P01", finding, id, "recused")
    assert "open" not in reasons(sqlite_town, "H01", finding)


def test_a_refusal_of_what_was_declared_lets_the_person_back(sqlite_town: Town) -> None:
    finding = open_case(sqlite_town)
    id = recuse(sqlite_town, "C02", finding)
    told = refused(decide, sqlite_town, "C02", finding, id, "withdrawn")
    assert told.code == "recused"
    assert refused(decide, sqlite_town, "H01", finding, id, "withdrawn").errors[0].pointer == "/outcome"
    decide(sqlite_town, "H01", finding, id, "refused")
    assert "open" in reasons(sqlite_town, "C02", finding)


def test_an_application_is_withdrawn_by_who_entered_it(sqlite_town: Town) -> None:
    finding = open_case(sqlite_town)
    id = recuse(sqlite_town, "W02", finding, person="C02")
    decide(sqlite_town, "W02", finding, id, "withdrawn")
    assert shown(sqlite_town, "W02", finding)["items"][0]["state"] == "withdrawn"


def test_a_recused_handler_is_told_to_the_head_until_another_is_named(sqlite_town: Town) -> None:
    finding = open_case(sqlite_town)
    recuse(sqlite_town, "W01", finding)
    assert shown(sqlite_town, "H01", finding)["needs_reassign"]
    with sqlite_town.house.database.read() as connection:
        told = connection.execute(records.NOTICE.select()).all()
    assert ("recusal_to_reassign", "department_head") in {(one.kind, one.role) for one in told}
    sqlite_town.step("H01", finding, "reassign", handler="W02", reason="原承办人回避。")
    assert not shown(sqlite_town, "H01", finding)["needs_reassign"]


def test_a_key_is_answered_again_and_colleagues_alone_are_named(sqlite_town: Town) -> None:
    finding = open_case(sqlite_town)
    once = handle(sqlite_town, "C02", RecuseCommand("finding", finding, WHY), key="once")
    again = handle(sqlite_town, "C02", RecuseCommand("finding", finding, WHY), key="once")
    assert (again.id, again.decision["replayed"]) == (once.id, True)
    for person in ("F01", "A01", "nobody"):
        told = refused(recuse, sqlite_town, "C01", finding, person=person)
        assert [one.pointer for one in told.errors] == ["/person"]
    assert refused(recuse, sqlite_town, "F01", finding).code == "not_found"


def test_what_was_entered_is_never_changed(town: Town) -> None:
    """On each database."""
    finding = open_case(town)
    decide(town, "H01", finding, recuse(town, "C02", finding), "recused")
    for table in (recusing.RECUSAL, recusing.DECISION):
        with pytest.raises(Exception, match="append-only"):
            town.house.writer.submit(lambda one, of=table: one.execute(of.delete()))
    assert "open" not in reasons(town, "C02", finding)
    assert now_of(town, "C02") is not None


def test_papers_and_corrections_are_shut_too(sqlite_town: Town) -> None:
    from engine.attachments import AttachmentFile, Attachments

    finding = open_case(sqlite_town)
    recuse(sqlite_town, "H01", finding)
    paper = AttachmentFile("a.pdf", "application/pdf", b"%PDF-1.4", None, None)
    with pytest.raises(Refusal, match="recused"):
        Attachments(sqlite_town.house.desk).take(sqlite_town.people["H01"], finding, [paper])
    assert sqlite_town.house.correction_reader.answer(sqlite_town.people["H01"], finding) == {"items": []}


def test_who_steps_back_from_a_referral_is_known_to_its_list_alone(sqlite_town: Town) -> None:
    """Law 9: nothing of the finding differs, but for the person, who takes no row of it either."""
    finding = sqlite_town.finding()
    referral = opened(sqlite_town, finding)
    led(sqlite_town, referral, "form_team")
    before = tuple(sqlite_town.row(finding)), chain(sqlite_town, finding)
    outside = shown(sqlite_town, "T01", finding)

    recuse(sqlite_town, "C02", referral, subject="referral")

    assert (tuple(sqlite_town.row(finding)), chain(sqlite_town, finding)) == before
    assert shown(sqlite_town, "T01", finding) == outside == {"items": [], "needs_reassign": False}
    with sqlite_town.house.database.read() as connection:
        assert not [one for one in connection.execute(records.NOTICE.select()) if "recusal" in one.kind]
    for read in (shown, recuse):
        told = refused(read, sqlite_town, "T01", referral, subject="referral")
        nobody = refused(read, sqlite_town, "T01", "01921dbe-2475-7c6c-8fa0-64652fff9bed", subject="referral")
        assert (told.code, told.carries) == (nobody.code, nobody.carries) == ("not_found", {})
    assert refused(led, sqlite_town, referral, "submit_report").code == "recused"
    assert "open" not in reasons(sqlite_town, "C02", finding)
    assert "open" in reasons(sqlite_town, "W01", finding)
    assert chain(sqlite_town, referral)[-1].trigger == "recusal_declared"
    (one,) = shown(sqlite_town, "P01", referral, "referral")["items"]
    assert one["may"] == ["decide"]
    decide(sqlite_town, "P01", referral, one["id"], "refused", subject="referral")
    led(sqlite_town, referral, "submit_report")
