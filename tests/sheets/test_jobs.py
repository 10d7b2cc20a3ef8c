"""Jobs: carried out once, by one node, with the rights of this moment; fetched by their owner alone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.core.refusals import Refusal
from engine.jobs import book, runner
from engine.jobs.runner import Runner
from engine.sheets.ledger import ledger_bytes
from models import account_reading, jobs
from tests.builders import Town, item, refused
from tests.referral_walk import FILED, led, opened

SHEET = {"form": "json"}


def asked(town: Town, login: str = "C02", kind: str = "ledger_sheet", **parameters: Any) -> str:
    """The id of a job of that person."""
    return str(book.ask(town.house, town.people[login], kind, parameters or SHEET)["id"])


def fetched(town: Town, id: str, login: str = "C02") -> bytes:
    """The file that came out."""
    return b"".join(book.result(town.house, town.people[login], id)[1])


def one(town: Town, id: str, login: str = "C02") -> dict[str, Any]:
    """The job as its owner sees it."""
    return book.one(town.house, town.people[login], id)


def changed(town: Town, login: str, **values: Any) -> None:
    """The account is otherwise."""
    town.house.writer.submit(
        lambda connection: account_reading.change_user(connection, login.casefold(), values)
    )


def test_what_is_asked_for_is_made_once_and_fetched_by_its_owner_alone(town: Town) -> None:
    town.inspect(item(town), item(town, item="另一事项"))
    sheet, report = asked(town), asked(town, kind="report", report="monthly", period="2024-04", form="csv")
    assert one(town, sheet)["state"] == "queued"
    assert Runner(town.house).run() == 2 and Runner(town.house).run() == 0
    told = one(town, sheet)
    assert (told["state"], told["done"], told["total"], told["outcome"]["rows"]) == ("done", 2, 2, 2)
    made = json.loads(fetched(town, sheet))
    at_once = json.loads(ledger_bytes(town.house, town.people["C02"], {}, "json")[0])
    assert made["items"] == at_once["items"] and b"findings" in fetched(town, report)
    listed = book.page(town.house, town.people["C02"], {})["items"]
    assert {job["id"] for job in listed} == {sheet, report}
    for other in ("C01", "S01", "A01"):
        with pytest.raises(Refusal, match="not_found"):
            fetched(town, sheet, other)
        assert book.page(town.house, town.people[other], {})["items"] == []


def test_the_rights_of_the_owner_are_asked_when_it_runs_and_when_it_is_fetched(sqlite_town: Town) -> None:
    town = sqlite_town
    finding = town.finding()
    led(town, opened(town, finding), *FILED)
    made, later = asked(town), asked(town, "W01")
    changed(town, "W01", disabled=True)
    Runner(town.house).run()
    assert one(town, later, "W01")["state"] == "failed" and "停用" in one(town, later, "W01")["error"]
    assert json.loads(fetched(town, made))["items"][0]["psb_filed"] == "立案"
    fewer = town.people["C02"]
    changed(town, "C02", roles=["inspector"])
    now = town.house.accounts.named("C02")
    assert now is not None and now.roles != fewer.roles
    with pytest.raises(Refusal, match="not_yours"):
        book.result(town.house, now, made)


def test_who_is_no_longer_on_the_list_is_not_given_what_was_made_of_it(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = sqlite_town.finding()
    led(sqlite_town, opened(sqlite_town, finding), *FILED)
    made = asked(sqlite_town)
    Runner(sqlite_town.house).run()
    monkeypatch.setattr("engine.referrals.Referrals.known", lambda *_: None)
    with pytest.raises(Refusal, match="not_yours"):
        fetched(sqlite_town, made)


def kept_pieces(town: Town) -> list[Any]:
    """What stands in the database of the files of jobs."""
    with town.house.database.read() as connection:
        return list(connection.execute(select(jobs.PART).order_by(jobs.PART.c.job_id)).all())


def test_files_lie_sealed_each_for_its_own_job(town: Town) -> None:
    led(town, opened(town, town.finding()), *FILED)
    made, other = asked(town), asked(town, "W01")
    Runner(town.house).run()
    first, second = kept_pieces(town)
    assert b"psb_filed" in fetched(town, made) and b"psb_filed" not in first.content + second.content
    moved = update(jobs.PART).where(jobs.PART.c.job_id == other).values(content=first.content)
    town.house.writer.submit(lambda connection: connection.execute(moved))
    assert refused(fetched, town, other, "W01").code == "not_ready"


def test_a_file_is_taken_away_when_its_owner_may_not_have_it_any_more(sqlite_town: Town) -> None:
    town = sqlite_town
    led(town, opened(town, town.finding()), *FILED)
    kept, lost = asked(town), asked(town, "W01")
    Runner(town.house).run()
    changed(town, "W01", roles=["case_officer"])
    Runner(town.house).run()
    told = one(town, lost, "W01")
    assert (told["state"], told["file_name"]) == ("done", None) and "重新生成" in told["error"]
    assert [row.job_id for row in kept_pieces(town)] == [kept] and fetched(town, kept)


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_runs_as_soon_as_it_can(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = sqlite_town
    town.finding()
    waits, runs = asked(town), asked(town)
    assert book.cancel(town.house, town.people["C02"], waits)["state"] == "cancelled"
    real = Runner._given

    def cancelled_meanwhile(self: Runner, row: Any, folder: Any) -> Any:
        book.cancel(town.house, town.people["C02"], row.id)
        return real(self, row, folder)

    monkeypatch.setattr(Runner, "_given", cancelled_meanwhile)
    Runner(town.house).run()
    assert one(town, runs)["state"] == "cancelled" and one(town, runs)["file_name"] is None
    with pytest.raises(Refusal, match="not_found"):
        fetched(town, runs)


def test_what_a_node_that_died_left_behind_is_done_by_another_once(town: Town) -> None:
    id, house = asked(town), town.house
    office, now = house.office.office_id, house.clock.real_now()
    held = house.writer.submit(
        lambda connection: jobs.claim(connection, office, "dead", now, now + runner.LEASE)
    )
    assert held.id == id and Runner(house).run() == 0
    house.writer.submit(
        lambda connection: jobs.change_held(
            connection, id, "dead", {"lease_until": now - timedelta(seconds=1)}
        )
    )
    assert Runner(house).run() == 1 and one(town, id)["state"] == "done"
    late = {"state": "failed"}
    assert house.writer.submit(lambda connection: jobs.change_held(connection, id, "dead", late)) is None


def test_a_job_that_stops_its_program_again_and_again_ends_with_a_word(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = sqlite_town
    id, house = asked(town), town.house
    monkeypatch.setattr(runner, "TRIES_MAX", 0)
    Runner(house).run()
    told = one(town, id)
    assert told["state"] == "failed" and "重新提出" in told["error"] and told["file_name"] is None


def test_a_node_that_stops_gives_its_job_back(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    id, stopping = asked(sqlite_town), Runner(sqlite_town.house)
    sqlite_town.finding()
    monkeypatch.setattr(Runner, "_given", lambda self, row, folder: self.stop())
    stopping.run()
    assert one(sqlite_town, id)["state"] == "queued"
    monkeypatch.undo()
    stopping.begin()
    assert stopping.run() == 1 and one(sqlite_town, id)["state"] == "done"


def test_a_fault_is_told_without_what_it_says(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("滏香火锅店")

    monkeypatch.setattr("engine.sheets.ledger.write_ledger", broken)
    id = asked(sqlite_town)
    Runner(sqlite_town.house).run()
    told = one(sqlite_town, id)
    assert told["state"] == "failed" and "管理员" in told["error"] and "滏香" not in told["error"]


def test_old_jobs_are_gone_with_their_files(sqlite_town: Town) -> None:
    id, house = asked(sqlite_town), sqlite_town.house
    Runner(house).run()
    over = house.clock.real_now() + book.KEPT + timedelta(minutes=1)
    house.writer.submit(lambda connection: jobs.drop_expired(connection, house.office.office_id, over))
    with pytest.raises(Refusal, match="not_found"):
        one(sqlite_town, id)
    with house.database.read() as connection:
        assert jobs.part_of(connection, id, jobs.MADE, 0) is None


@pytest.mark.parametrize(
    ("kind", "parameters", "code"),
    [
        ("coffee", {}, "facts_invalid"),
        ("ledger_sheet", {"form": "exe"}, "facts_invalid"),
        ("ledger_sheet", {"cursor": "x"}, "facts_invalid"),
        ("ledger_sheet", {"state": 3}, "facts_invalid"),
        ("ledger_sheet", {"state": "nowhere"}, "parameter_invalid"),
        ("report", {"report": "weekly", "period": "2024-04"}, "not_found"),
        ("report", {"report": "monthly", "period": "2024-04", "as_of": "gestern"}, "parameter_invalid"),
        ("report", {"report": ["monthly"], "period": "2024-04"}, "facts_invalid"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(
    sqlite_town: Town, kind: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        book.ask(sqlite_town.house, sqlite_town.people["C02"], kind, parameters)


def test_nobody_fills_the_queue(sqlite_town: Town) -> None:
    for _ in range(book.ALIVE_MAX):
        asked(sqlite_town)
    with pytest.raises(Refusal, match="rate_limited"):
        asked(sqlite_town)
    asked(sqlite_town, "W01")
