"""What is lent during leave: random delegations against a plain recount, what is told to whom, what stays on record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from engine.core.calendar import SHANGHAI
from engine.core.chart import CRIMINAL
from engine.core.commands import Absentee, Command, DelegateCommand, EndDelegationCommand, Principal
from engine.core.delegation import IN_PERSON, may_take, on_behalf_of, reaches, taking
from engine.core.refusals import Refusal
from models import account_reading, delegating
from rules.charts import load_charts
from rules.delegation import LENDABLE
from tests.builders import PEOPLE, Town, refused
from tests.engine.test_ladder import registered
from tests.web.town_at_work import put_to_work

FIRST = date(2024, 5, 6)
MANY = {
    **PEOPLE,
    "C03": ("case_officer", "security_admin"),
    "U02": ("unit_head", "case_officer"),
    "H02": ("department_head", "unit_head"),
}


def lend(town: Town, lender: str, delegate: str, first: date, last: date, **more: Any) -> str:
    """The id of a delegation just given."""
    body = {
        "delegate": delegate,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "reason": "leave",
        **more,
    }
    key = f"lend-{next(town.keys)}"
    command = Command(town.people[lender], key, key, DelegateCommand(body))
    return town.house.delegations.handle(command).id


def end(town: Town, by: str, id: str) -> None:
    key = f"end-{next(town.keys)}"
    town.house.delegations.handle(Command(town.people[by], key, key, EndDelegationCommand(id)))


def now_of(town: Town, login: str) -> Principal:
    """The person with the rights of this moment."""
    who = town.house.accounts.named(login)
    assert who is not None
    return who


@dataclass
class Plain:
    """A delegation as a person would keep it on paper."""

    lender: str
    delegate: str
    roles: frozenset[str]
    first: date
    last: date
    ended: datetime | None = None


@dataclass
class Paper:
    """Every delegation that was accepted, and which accounts are disabled."""

    given: dict[str, Plain] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)

    def lent(self, login: str, at: datetime) -> dict[str, frozenset[str]]:
        """What the person is lent at that instant, by lender: counted anew from the first delegation on."""
        found: dict[str, frozenset[str]] = {}
        for one in self.given.values():
            runs = one.first <= at.date() <= one.last and (one.ended is None or at < one.ended)
            if one.delegate == login and runs and one.lender not in self.disabled:
                own = frozenset(MANY[one.lender]) & frozenset(LENDABLE) & one.roles
                found[one.lender] = found.get(one.lender, frozenset()) | own
        return found


def test_the_rights_of_every_moment_are_those_of_a_plain_recount(sqlite_town: Town) -> None:
    town, random, paper = sqlite_town, Random(20240426), Paper()
    town.house.desk.bell = None  # no deadline runs here
    town.add_people({login: ("market_regulation", roles) for login, roles in MANY.items()})
    logins, at = sorted(MANY), datetime(2024, 4, 26, 17, tzinfo=SHANGHAI)
    refusals = checked = 0
    for _ in range(220):
        step = random.choice((timedelta(minutes=1), timedelta(hours=7), timedelta(days=1), None))
        midnight = datetime.combine(at.date() + timedelta(days=1), datetime.min.time(), SHANGHAI)
        at = midnight if step is None else at + step
        town.at(at.strftime("%Y-%m-%dT%H:%M"))
        try:
            _random_act(town, random, paper, logins, at)
        except Refusal:
            refusals += 1
        for login in random.sample(logins, 4):
            who = town.house.accounts.named(login)
            if who is None:
                assert login in paper.disabled
                continue
            lent: dict[str, frozenset[str]] = {}
            for one in who.acting_for:
                lent[one.login] = lent.get(one.login, frozenset()) | one.roles
            assert lent == paper.lent(login, at), (login, at)
            assert who.roles == frozenset(MANY[login])
            checked += bool(lent)
    assert len(paper.given) > 25 and refusals > 25 and checked > 40


def _random_act(town: Town, random: Random, paper: Paper, logins: list[str], at: datetime) -> None:
    if random.random() < 0.15 and paper.given:
        id, one = random.choice(sorted(paper.given.items()))
        end(town, one.lender, id)
        one.ended = at
    elif random.random() < 0.02:
        login = random.choice([one for one in logins if one not in ("H02", "P01")])
        paper.disabled.add(login)
        town.house.writer.submit(
            lambda connection: account_reading.change_user(connection, login.casefold(), {"disabled": True})
        )
    else:
        lender, delegate = random.sample(logins, 2)
        if lender in paper.disabled:
            return
        first = at.date() + timedelta(days=random.randrange(0, 6))
        last = first + timedelta(days=random.randrange(0, 9))
        held = [role for role in LENDABLE if role in MANY[lender]]
        roles = random.sample(held, random.randint(1, len(held))) if held else []
        more = {"roles": roles} if roles and random.random() < 0.5 else {}
        id = lend(town, lender, delegate, first, last, **more)
        paper.given[id] = Plain(lender, delegate, frozenset(more.get("roles", held)), first, last)


def test_no_lent_role_reaches_what_a_referral_is_met_by_or_the_head_decides_in_person() -> None:
    everything = Absentee("H01", "甲", None, frozenset(LENDABLE), FIRST, FIRST)
    delegate = Principal("L01", "乙", frozenset(), "market_regulation", acting_for=(everything,))
    rows = [row for chart in load_charts().by_name.values() for row in chart.rows]
    in_person = [row for row in rows if row.guard(IN_PERSON)]
    assert in_person and not any(may_take(delegate, row) for row in in_person)
    assert not any(may_take(delegate, row) for row in rows if row.chart == CRIMINAL)
    kept = {row.trigger for row in rows if not reaches(row) and row.chart != CRIMINAL}
    assert {"open_criminal_referral", "record_threshold", "decide_fine", "await_criminal"} <= kept
    reached = {row.trigger for row in rows if on_behalf_of(delegate, row)}
    assert {"approve_route", "approve_filing", "approve_extension", "register", "reassign"} <= reached
    assert on_behalf_of(
        Principal("H09", "丙", frozenset({"department_head"}), acting_for=(everything,)), rows[0]
    ) in (
        None,
        everything,
    )


def test_reminders_and_work_are_shown_to_both_and_say_for_whom(sqlite_town: Town) -> None:
    town, handled = sqlite_town, sqlite_town.finding()
    registered(town, 1)
    facts = {"ledger_no": "原台〔2024〕0002", "department": "market_regulation", "handler": "C02"}
    town.step("C01", handled, "register", **facts)
    town.at("2024-05-08T09:00", jump=True)
    town.house.ring()
    reader = town.house.reader.reminders
    lend(town, "C02", "L01", date(2024, 5, 8), date(2024, 5, 9))

    def told(login: str) -> dict[str, Any]:
        return {one["key"]: one for one in reader.reminders(now_of(town, login), {})["items"]}

    own, lent = told("C02"), told("L01")
    assert own and own.keys() <= lent.keys()
    assert {lent[key]["on_behalf_of"]["login"] for key in own} == {"C02"}
    assert all(one["on_behalf_of"] is None for one in own.values())
    assert {key for key in own if own[key]["mine"]} == {key for key in lent if lent[key]["mine"]} != set()
    assert {one["finding"] for one in lent.values() if one["mine"]} == {handled}
    seen = next(iter(own))
    assert town.house.reminders.seen(now_of(town, "L01"), seen)["done_by"] == "L01"
    assert seen not in told("C02")
    town.at("2024-05-10T00:00")
    assert not own.keys() & told("L01").keys()
    assert told("C02").keys() == own.keys() - {seen}
    kept = reader.reminders(now_of(town, "C02"), {"done": ["true"]})["items"]
    assert [one["key"] for one in kept] == [seen]


def test_what_waits_for_the_absent_handler_waits_for_the_substitute_too(town: Town) -> None:
    at_work = put_to_work(town)
    lend(town, "H01", "T01", date(2024, 4, 26), date(2024, 4, 28))
    lend(town, "C02", "T01", date(2024, 4, 26), date(2024, 4, 26))

    def waiting(login: str) -> set[str]:
        groups = town.house.reader.work(now_of(town, login), {})["groups"]
        return {one["id"] for group in groups for one in group["items"]}

    everything = {at_work.correcting, *at_work.proposed}
    assert everything <= waiting("T01") and set(at_work.proposed) <= waiting("H01")
    marked = town.house.delegation_reader.waiting_on_behalf(now_of(town, "T01"), waiting("T01"))
    assert {id: marked[id].login for id in everything} == {
        at_work.correcting: "C02",
        **dict.fromkeys(at_work.proposed, "H01"),
    }
    assert town.house.delegation_reader.waiting_on_behalf(now_of(town, "H01"), everything) == {}
    town.at("2024-04-27T00:00")
    assert waiting("T01") == set(at_work.proposed)
    town.at("2024-04-29T00:00")
    assert waiting("T01") == set() and set(at_work.proposed) <= waiting("H01")


def test_a_unit_head_is_stood_in_for_within_the_unit(sqlite_town: Town) -> None:
    town = sqlite_town
    for login, unit in (("u01", "mr_food"), ("c02", "mr_food"), ("l01", "mr_legal")):
        town.house.writer.submit(
            lambda connection, login=login, unit=unit: account_reading.change_user(
                connection, login, {"unit": unit}
            )
        )
    refusal = refused(lend, town, "U01", "L01", FIRST, FIRST)
    assert [(one.pointer, one.code) for one in refusal.errors] == [("/delegate", "inconsistent")]
    assert "科室" in refusal.errors[0].zh
    lend(town, "U01", "C02", FIRST, FIRST)


def test_nothing_given_or_ended_is_changed_or_deleted(town: Town) -> None:
    end(town, "H01", lend(town, "H01", "U01", FIRST, FIRST))
    for table in (delegating.DELEGATION, delegating.END):
        column = next(one for one in table.c if one.name in ("reason", "ended_by"))
        for act in (table.update().values({column.name: "x"}), table.delete()):
            with pytest.raises((Refusal, DBAPIError)):
                town.house.writer.submit(lambda connection, act=act: connection.execute(act))
    assert [one["state"] for one in town.house.delegation_reader.every(None)] == ["ended"]


def test_a_report_handed_in_for_an_absent_head_says_so_in_the_record(sqlite_town: Town) -> None:
    from engine.core.commands import HandInCommand

    town = sqlite_town
    town.at("2024-05-20T09:00")
    lend(town, "H01", "T01", date(2024, 5, 20), date(2024, 5, 20))
    body = {"title": "4月份工作进展情况", "summary": "完成联合抽查 12 户次。"}
    asked = HandInCommand("monthly_report", "2024-04", body)
    town.house.duties.handle(Command(now_of(town, "T01"), "k", "k", asked))
    with town.house.database.read() as connection:
        last = account_reading.admin_entries(connection, town.house.office.office_id)[-1]
    assert (last.action, last.by, last.detail["on_behalf_of"]) == ("duty.hand_in", "T01", "H01")
    assert (
        refused(town.house.duties.handle, Command(town.people["T01"], "k2", "k2", asked)).code == "not_yours"
    )


def test_a_request_that_reaches_the_desk_after_midnight_finds_nothing_lent(sqlite_town: Town) -> None:
    town = sqlite_town
    proposed = put_to_work(town).proposed[0]
    lend(town, "H01", "U01", date(2024, 4, 26), date(2024, 4, 26))
    who = now_of(town, "U01")
    assert who.all_roles == {"unit_head", "department_head"}
    town.people["U01"] = who
    town.at("2024-04-27T00:00")
    refusal = refused(town.step, "U01", proposed, "approve_route", routes=["rectification"])
    assert refusal.code == "not_yours"


def test_who_enters_late_for_a_colleague_needs_the_head_s_role_from_that_colleague() -> None:
    """An own role of the row comes first, and with it the limit; a lent head's role counts where the row is the head's."""
    [row] = load_charts()["rectification"].rows_from("ordered", "serve_directly")
    head = Absentee("H01", "甲", None, frozenset({"department_head"}), FIRST, FIRST)
    officer = Absentee("C02", "丁", None, frozenset({"case_officer"}), FIRST, FIRST)

    def taken(*own: str) -> tuple[frozenset[str], str | None]:
        who = Principal("X", "乙", frozenset(own), "market_regulation", acting_for=lent)
        lender = on_behalf_of(who, row)
        return taking(who, row).roles, None if lender is None else lender.login

    lent = (head, officer)
    assert taken("duty_clerk") == ({"duty_clerk"}, None)
    assert taken("legal_reviewer") == ({"case_officer"}, "C02")
    lent = (head,)
    assert taken("legal_reviewer") == ({"department_head"}, "H01")
