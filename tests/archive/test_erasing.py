"""What a closed case says is erased by two persons, and nothing that anybody may not have erased."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine.archive.blanking import MARKER
from engine.auditing import verify
from engine.core.audit import GENESIS
from engine.core.retention import CONFIDED
from engine.jobs import book
from engine.jobs.runner import Runner
from models import keeping, records, searching
from models.log_reading import ATTEMPT
from models.referral_reading import REFERRAL
from tests.archive.closing import (
    AFTER,
    PAPER,
    SECRET,
    closed_case,
    decide,
    erased,
    hold,
    propose,
    release,
    set_period,
)
from tests.archive.conftest import Old
from tests.builders import PARTY, Town, refused

SAID = (SECRET, "王小明", PARTY["name"], "92140981MA0L3Q8T17", "前进西街218号", "凉菜间", str(PAPER)[2:-1])


def rows_as_text(town: Town) -> dict[str, str]:
    """Every row of every table as text, by table; the search, which no backup holds, too."""
    with town.house.database.read() as connection:
        found_by = {
            table.name: str(connection.execute(select(table)).all())
            for table in (searching.RECORD, searching.KEY)
        }
        return found_by | {
            name: str([[str(value) for value in row] for part in found for row in part])
            for name, columns in keeping.table_forms().items()
            for found in [keeping.rows(connection, name, columns, keeping.key_of(name))]
        }


def left_of(town: Town) -> dict[str, list[str]]:
    """Where something of the party, the facts or the paper still stands, by table."""
    found = {name: [one for one in SAID if one in words] for name, words in rows_as_text(town).items()}
    return {name: words for name, words in found.items() if words}


def why(told: Any) -> str:
    """Every reason of a refusal in one text."""
    assert told.code == "step_shut"
    return " ".join(reason.en for reason in told.reasons)


def test_two_persons_erase_a_closed_case_and_the_chain_stays_whole(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = closed_case(town)
    digest = town.house.reader.finding(town.who("W01"), finding)["attachments"][0]["digest"]
    town.at(AFTER)
    assert "not settled" in why(refused(propose, town, "H01", finding))
    set_period(town, monkeypatch)
    entries = verify(town.house.database).entries
    assert left_of(town)
    sheet = book.ask(town.house, town.who("C02"), "ledger_sheet", {"form": "csv"})["id"]
    Runner(town.house).run()
    assert PARTY["name"].encode() in b"".join(book.result(town.house, town.who("C02"), sheet)[1])
    waits = book.ask(town.house, town.who("C02"), "ledger_sheet", {"form": "csv"})["id"]

    id = propose(town, "H01", finding)
    assert refused(decide, town, "H01", finding, id).code == "not_yours"
    decide(town, "P01", finding, id)
    assert book.one(town.house, town.who("C02"), sheet)["file_name"] is None
    Runner(town.house).run()
    later = b"".join(book.result(town.house, town.who("C02"), waits)[1])
    assert later and PARTY["name"].encode() not in later

    assert left_of(town) == {}
    audited = verify(town.house.database)
    assert (audited.faults, audited.erased) == ([], entries + 1)
    assert audited.answer()["lawfully_erased"] == audited.erased
    assert town.house.witness.look().faults == []
    reader, officer = town.house.reader, town.who("W01")
    shown = reader.finding(officer, finding)
    assert (shown["state"], shown["facts_summary"], shown["item"]) == ("closed", MARKER, MARKER)
    assert refused(reader.attachment, officer, finding, digest).code == "not_found"
    timeline = reader.timeline(officer, finding, {})["items"]
    assert [one["erased"] for one in timeline] == [True] * (len(timeline) - 1) + [False]
    assert (timeline[-1]["title"], timeline[-1]["by"]) == ("依法销毁案件内容", "P01")
    assert len(timeline[-1]["facts"]["destroyed"]) == len(timeline) - 1
    for entry in timeline[-1]["facts"]["destroyed"]:
        number, held = entry.split(" ")
        assert reader.audit(town.who("E01"), finding)["entries"][int(number) - 1]["commitment"] == held
    assert not any(step["open"] for step in shown["steps"])
    assert "lawfully erased" in why(refused(town.step, "S01", finding, "request_reopening", reason="复查。"))


@pytest.mark.parametrize("login", ["C02", "U01", "W01", "S01"])
def test_others_neither_propose_nor_hold(old: Old, login: str) -> None:
    assert refused(propose, old.town, login, old.cases[0]).code == "not_yours"
    assert refused(hold, old.town, login, old.cases[0]).code == "not_yours"
    with old.town.house.database.read() as connection:
        tried = connection.execute(select(ATTEMPT).where(ATTEMPT.c.by == login)).all()
    assert [(one.subject, one.record_id, one.attempted) for one in tried] == [
        ("finding", old.cases[0], act) for act in ("erase", "hold")
    ]
    assert refused(propose, old.town, "F02", old.cases[0]).code == "not_found"


def test_what_is_open_or_kept_longer_is_not_erased(old: Old, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not closed" in why(refused(propose, old.town, "H01", old.open))
    set_period(old.town, monkeypatch, years=7)
    assert "until 2031-04-26" in why(refused(propose, old.town, "L01", old.cases[0]))
    assert old.town.house.archive.reader.past(old.town.who("H01")) == []


def test_what_is_past_its_period_is_listed_and_nothing_is_proposed(old: Old) -> None:
    case = old.cases[0]
    past = old.town.house.archive.reader.past(old.town.who("L01"))
    [one] = [one for one in past if one["finding"] == case]
    assert (one["category"], one["until"]) == ("no_action", "2029-04-26")
    assert old.town.house.archive.reader.erasures(old.town.who("L01"), case)["items"] == []
    assert refused(old.town.house.archive.reader.past, old.town.who("C02")).code == "not_yours"


def test_a_hold_keeps_it_until_two_persons_lift_it(old: Old) -> None:
    town, case = old.town, old.case()
    id = propose(town, "H01", case)
    held = hold(town, "L01", case)
    assert "legal hold" in why(refused(decide, town, "P01", case, id))
    assert "nobody has proposed" in why(refused(release, town, "L01", case, held, "keep"))
    release(town, "L01", case, held)
    assert refused(release, town, "L01", case, held).code == "proposer_cannot_approve"
    assert "legal hold" in why(refused(decide, town, "P01", case, id))
    release(town, "H01", case, held, "keep")
    release(town, "H01", case, held)
    release(town, "L01", case, held)
    [shown] = town.house.archive.reader.holds(town.who("W01"), case)["items"]
    assert (shown["state"], shown["stands"], shown["last"]["by"], shown["may"]) == (
        "released",
        False,
        "L01",
        [],
    )
    assert refused(release, town, "H01", case, held).code == "step_shut"
    decide(town, "P01", case, id)
    assert town.house.archive.reader.erasures(town.who("P01"), case)["items"][0]["state"] == "carried_out"


def test_a_hold_on_the_party_keeps_all_of_it_in_every_department(old: Old) -> None:
    town, case = old.town, old.cases[0]
    held = hold(town, "H01", old.cases[1], on="party")
    assert "legal hold" in why(refused(propose, town, "H01", case))
    [shown] = town.house.archive.reader.holds(town.who("W01"), case)["items"]
    assert (shown["on"], shown["finding"], shown["reason"]) == ("party", old.cases[1], "行政诉讼期间。")
    release(town, "H01", case, held)
    release(town, "P01", case, held)
    assert town.house.archive.reader.erasures(town.who("H01"), case)["may"]


def test_a_proposal_is_refused_or_withdrawn_and_made_again(old: Old) -> None:
    town, case = old.town, old.case()
    first = propose(town, "L01", case)
    assert "waits to be decided" in why(refused(propose, town, "H01", case))
    assert refused(decide, town, "H01", case, first, "withdrawn").code == "not_yours"
    decide(town, "P01", case, first, "refused")
    assert "decided already" in why(refused(decide, town, "P01", case, first))
    second = propose(town, "L01", case)
    decide(town, "L01", case, second, "withdrawn")
    states = [one["state"] for one in town.house.archive.reader.erasures(town.who("L01"), case)["items"]]
    assert states == ["refused", "withdrawn"]
    wrong = refused(propose, town, "L01", case, papers=["sha256:" + "0" * 64])
    assert wrong.errors[0].pointer == "/papers/0"


def test_a_referral_keeps_it_and_nobody_else_is_told(old: Old) -> None:
    """The proposer is answered, and reads, the same with it and without; the principal head knows of it anyway."""
    town, plain, having = old.town, old.case(), old.case()
    row = town.row(having)
    referral = {
        **{
            "id": "0193-referral",
            "office_id": row.office_id,
            "department": row.department,
            "state": "refused",
        },
        **{"finding_id": having, "party_id": row.party_id, "domain": row.domain, "violation": row.violation},
        **{"version": 1, "sequence": 0, "record": {}, "recorded_at": datetime.now(UTC), "head": GENESIS},
    }
    town.house.writer.submit(lambda connection: records.add(connection, REFERRAL, [referral]))
    old.written_in |= {"0193-referral", having}

    def told(finding: str) -> Any:
        shown = town.house.archive.reader.erasures(town.who("H01"), finding)
        return [{**one, "id": "", "proposed_at": ""} for one in shown["items"]], shown["may"], shown["kept"]

    ids = {finding: propose(town, "H01", finding) for finding in (plain, having)}
    assert told(plain) == told(having)
    for login in ("H01", "L01"):
        assert (
            refused(decide, town, login, plain, ids[plain]).code
            == refused(decide, town, login, having, ids[having]).code
            == "not_yours"
        )
    assert refused(decide, town, "P01", having, ids[having]).reasons == (CONFIDED,)
    assert told(plain) == told(having)
    decide(town, "P01", plain, ids[plain], "refused")
    decide(town, "P01", having, ids[having], "refused")
    assert [one[0][0]["state"] for one in (told(plain), told(having))] == ["refused", "refused"]


def test_inspection_and_party_go_with_the_last_of_their_findings(old: Old) -> None:
    town, (first, second) = old.town, old.twins
    erased(town, first)
    shown = town.house.reader.finding(town.who("W01"), second)
    assert shown["party"]["name"] == "原平市云水旅馆" and "紫外线" in shown["facts_summary"]
    assert town.house.reader.finding(town.who("W01"), first)["facts_summary"] == MARKER
    erased(town, second)
    shown = town.house.reader.finding(town.who("W01"), second)
    assert shown["party"]["name"] == MARKER
    assert "云水" not in "".join(rows_as_text(town).values())
    assert {one.record for one in verify(town.house.database).faults} <= old.written_in


def test_only_the_papers_that_are_named_go(old: Old) -> None:
    town, case = old.town, old.case()
    [paper] = town.house.reader.finding(town.who("W01"), case)["attachments"]
    decide(town, "P01", case, propose(town, "H01", case, papers=[]))
    content, _, _ = town.house.reader.attachment(town.who("W01"), case, paper["digest"])
    assert content == PAPER
    [one] = town.house.archive.reader.erasures(town.who("W01"), case)["items"]
    assert one["destroyed"]["papers"] == 0 and one["destroyed"]["entries"] > 5
