"""Builders with defaults: tests name only what matters to them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.building import open_house
from engine.core.commands import (
    CLOCK,
    Command,
    FindingCommand,
    InspectionCommand,
    Outcome,
    Principal,
    Step,
    StepCommand,
)
from engine.core.refusals import Refusal
from engine.core.warrants import ACCOUNT, PASSWORD, SYSTEM
from engine.house import House
from engine.settings import Settings
from engine.system_checks import NewSystem
from engine.warranting import Touched, stated
from models import account_reading, records, referral_reading
from models.at_rest import changed_row, record_of

PARTY = {
    "kind": "individual_business",
    "name": "原平市前进西街滏香火锅店",
    "identifiers": [{"scheme": "uscc", "value": "92140981MA0L3Q8T17"}],
    "address": "山西省忻州市原平市前进西街218号",
}
PEOPLE = {
    "W01": ("inspector",),
    "W02": ("inspector",),
    "C01": ("case_officer", "department_head"),
    "C02": ("case_officer",),
    "U01": ("unit_head",),
    "L01": ("legal_reviewer",),
    "T01": ("hearing_presider",),
    "H01": ("department_head",),
    "P01": ("principal_head",),
    "D01": ("duty_clerk",),
}
OTHERS = {
    "F01": ("fire_rescue", ("inspector", "case_officer")),
    "F02": ("fire_rescue", ("department_head",)),
    "S01": ("lead_office", ("supervisor",)),
    "O01": ("justice", ("oversight_reader",)),
    "A01": (None, ("system_admin",)),
    "E01": (None, ("audit_admin",)),
}
OFFICERS = ["W01", "W02"]


@dataclass(slots=True)
class Town:
    """A house with a clock in a file and everybody in it."""

    house: House
    clock_file: Path
    people: dict[str, Principal]
    keys: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def open(cls, url: str, folder: Path, at: str, **more: Any) -> Town:
        """The house over that database, its clock standing at that civil time; more are settings."""
        clock_file = folder / "clock"
        clock_file.write_text(f"{at}:00+08:00\n")
        settings = Settings(data_dir=folder, database_url=url, test_clock=clock_file, **more)
        town = cls(open_house(settings), clock_file, {})
        known = {login: ("market_regulation", roles) for login, roles in PEOPLE.items()} | OTHERS
        town.add_people(
            {
                login: (department or "market_regulation", roles)
                for login, (department, roles) in known.items()
            }
        )
        return town

    def close(self) -> None:
        """The house is closed."""
        self.house.close()

    def add_person(self, login: str, department: str, roles: tuple[str, ...]) -> Principal:
        """An account of that login with those roles."""
        self.add_people({login: (department, roles)})
        return self.people[login]

    def add_people(self, known: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
        """An account for each login, in its department and with its roles."""
        now = self.house.clock.now()
        rows = [
            {
                "login_key": login.casefold(),
                "login": login,
                "office_id": self.house.office.office_id,
                "name": f"姓名{login}",
                "department": department,
                "certificate_no": f"晋H0981-{login}",
                "roles": list(roles),
                "password_hash": "no password",
                "disabled": False,
                "created_at": now,
            }
            for login, (department, roles) in known.items()
        ]

        def add(connection: Connection) -> None:
            insert = records.insert_or_leave(connection, records.USER).on_conflict_do_nothing()
            connection.execute(insert, rows)
            keys = [str(row["login_key"]) for row in rows]
            self.enter(connection, {"act": "demo"}, {ACCOUNT: keys, PASSWORD: keys})

        self.house.writer.submit(add)
        for row in rows:
            self.people[row["login"]] = Principal(
                row["login"],
                row["name"],
                frozenset(row["roles"]),
                row["department"],
                certificate_no=row["certificate_no"],
            )

    def give_passwords(self, hashed: str) -> Town:
        """Everybody in town can sign in with the password of that hash, which stands in the administrative record."""

        def give(connection: Connection) -> None:
            for login in self.people:
                key = login.casefold()
                account_reading.change_user(connection, key, {"password_hash": hashed})
                self.enter(connection, {"act": "user.passwd", "login": login}, {PASSWORD: [key]})

        self.house.writer.submit(give)
        return self

    def enter(self, connection: Connection, told: Mapping[str, str], touched: Touched) -> None:
        """The act stands in the administrative record, and with it how that stands which it touched."""
        now, office = self.house.clock.now(), self.house.office.office_id
        detail = {**told, **stated(connection, touched)}
        enter(connection, office, "bootstrap", "os:town", detail, now)

    def link(self, asked: NewSystem) -> dict[str, str]:
        """The system is linked, with an entry; told is as when two administrators link it."""

        def add(connection: Connection) -> dict[str, str]:
            told = self.house.systems.add_within(connection, asked)
            self.enter(connection, {"act": "system.add", "id": asked.id}, {SYSTEM: [asked.id]})
            return told

        return self.house.writer.submit(add)

    def at(self, civil: str, jump: bool = False) -> None:
        """The clock stands at that civil time, such as 2024-05-01T09:00; another process never reads half of it."""
        written = self.clock_file.with_suffix(".new")
        written.write_text(f"{civil}:00+08:00\n" + ("jump=allowed\n" if jump else ""))
        written.replace(self.clock_file)

    def who(self, login: str) -> Principal:
        """The principal of that login; `clock` is the clock."""
        return CLOCK if login == "clock" else self.people[login]

    def handle(self, login: str, asked: Any, key: str | None = None, digest: str | None = None) -> Outcome:
        """The command goes through the desk."""
        key = key or f"key-{next(self.keys)}"
        return self.house.desk.handle(Command(self.who(login), key, digest or key, asked))

    def inspect(
        self, *findings: Mapping[str, Any], by: str = "W01", key: str | None = None, **given: Any
    ) -> str:
        """The id of an inspection just recorded with these findings."""
        now = self.house.clock.now()
        body = {
            "task_no": "YP2024-001",
            "check_type": "internal",
            "department": "market_regulation",
            "party": PARTY,
            "items": "餐饮服务食品安全",
            "result_codes": ["PENDING_FOLLOWUP"],
            "finished_at": now.isoformat(),
            "officers": OFFICERS,
            "recusal_told": True,
            **given,
        }
        if findings:
            body["findings"] = list(findings)
        return self.handle(by, InspectionCommand(body), key).id

    def finding(self, **given: Any) -> str:
        """The id of a finding just found."""
        inspection = self.inspect(item(self, **given))
        return self.findings_of(inspection)[0]

    def findings_of(self, inspection: str) -> list[str]:
        """The ids of an inspection's findings."""
        with self.house.database.read() as connection:
            return [row.id for row in records.findings_of(connection, inspection)]

    def add_finding(self, inspection: str, by: str = "W01", **given: Any) -> str:
        """The id of a finding added to a recorded inspection."""
        return self.handle(by, FindingCommand({"inspection": inspection, **item(self, **given)})).id

    def step(
        self, login: str, finding: str, trigger: str, proceeding: str | None = None, **facts: Any
    ) -> Outcome:
        """One step on the finding or one of its proceedings."""
        return self.steps(login, finding, Step(trigger, proceeding, facts))

    def steps(self, login: str, finding: str, *steps: Step, subject: str = "finding", **more: Any) -> Outcome:
        """Several steps in one command."""
        return self.handle(login, StepCommand(subject, finding, steps, several=len(steps) > 1, **more))

    def on_inspection(self, login: str, inspection: str, trigger: str, **facts: Any) -> Outcome:
        """One step on the inspection."""
        return self.steps(login, inspection, Step(trigger, None, facts), subject="inspection")

    def on_referral(self, login: str, referral: str, trigger: str, **facts: Any) -> Outcome:
        """One step on the criminal referral."""
        return self.steps(login, referral, Step(trigger, None, facts), subject="referral")

    def referrals(self, finding: str) -> list[Any]:
        """The rows of the finding's criminal referrals, opened or not, with what they remember."""
        with self.house.database.read() as connection:
            found = referral_reading.referrals_of(connection, finding)
            return [changed_row(row, {"record": record_of(connection, row)}) for row in found]

    def referrals_finding(self, referral: str) -> str:
        """The finding of the referral."""
        with self.house.database.read() as connection:
            row = referral_reading.referral_row(connection, referral)
        assert row is not None
        return str(row.finding_id)

    def state(self, finding: str) -> str:
        """The state of the finding."""
        return str(self.row(finding).state)

    def row(self, finding: str) -> Any:
        """The row of the finding."""
        with self.house.database.read() as connection:
            return records.finding_row(connection, finding, False)

    def proceedings(self, finding: str) -> list[Any]:
        """The rows of the finding's proceedings."""
        with self.house.database.read() as connection:
            return list(records.proceeding_rows(connection, finding))

    def deadlines(self, finding: str) -> list[Any]:
        """The rows of the finding's deadlines."""
        with self.house.database.read() as connection:
            return list(records.finding_deadline_rows(connection, finding))


def item(town: Town, **given: Any) -> dict[str, Any]:
    """A finding as it comes in."""
    return {
        "domain": "food",
        "violation": "food_item_failed",
        "item": "加工制作过程",
        "facts_summary": "凉菜间紫外线灯损坏。",
        "discovered_at": town.house.clock.now().isoformat(),
        **given,
    }


def refused(act: Any, *args: Any, **facts: Any) -> Refusal:
    """The refusal that the act ends in; fails when it is carried out."""
    try:
        act(*args, **facts)
    except Refusal as refusal:
        return refusal
    raise AssertionError("the command was carried out")
