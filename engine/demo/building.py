"""Building the demonstration office: its accounts and linked systems, then its findings; twice changes nothing."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine.accounts import add_user
from engine.administration import Administration, system_user
from engine.core.calendar import civil_date
from engine.core.refusals import Reason, Refusal
from engine.core.warrants import ACCOUNT, PASSWORD, SYSTEM
from engine.demo.cases import cases_of
from engine.demo.days import Days
from engine.demo.incoming import take_in_matters
from engine.demo.marking import BEGUN, BUILT, DEMO
from engine.demo.plan import Planner
from engine.demo.reports import hand_in_reports
from engine.demo.scenery import Scenery, load_scenery
from engine.demo.stories import load_stories
from engine.demo.telling import Progress, Teller
from engine.identity.passwords import hash_password
from engine.identity.visit import principal_of
from engine.system_checks import NewSystem
from engine.systems import HMAC
from engine.warranting import stated
from models import account_reading, linked_reading, records

if TYPE_CHECKING:
    from engine.house import House

FOLDER = Path(__file__).parent.parent.parent / "rules" / "demo"


def build(
    house: House, password: str, accounts_only: bool = False, progress: Progress | None = None
) -> dict[str, Any]:
    """The demonstration office is there: {"findings", "inspections", "users": [logins]}; twice changes nothing.

    Every account has the password it was given first. A build that was interrupted goes on where it was. Raises
    Refusal in a database that holds other findings or other people's accounts.
    """
    scenery = load_scenery(FOLDER)
    marks = _marks(house)
    _check_own(house, marks)
    if DEMO not in marks:
        _open_office(house, scenery, password)
    if not accounts_only and BUILT not in marks:
        marks |= {BUILT: _tell(house, scenery, marks.get(BEGUN), progress)}
    counts = json.loads(marks.get(BUILT, '{"findings": 0, "inspections": 0}'))
    return {**counts, "users": [account.login for account in scenery.accounts]}


def _marks(house: House) -> dict[str, str]:
    with house.database.read() as connection:
        return account_reading.marks(connection)


def _check_own(house: House, marks: dict[str, str]) -> None:
    """Returns when the database is empty or the demonstration's own."""
    with house.database.read() as connection:
        foreign = account_reading.holds_findings(connection) and BEGUN not in marks
    if foreign:
        zh, en = "数据库中已有其他检查或者问题，不能再建演示单位", "the database holds other findings already"
        raise _refused(zh, en)
    if DEMO not in marks and not Administration(house).acts_directly():
        zh, en = (
            "数据库中已有其他账号，不能再建演示单位",
            "the database holds other people's accounts already",
        )
        raise _refused(zh, en)


def _refused(zh: str, en: str) -> Refusal:
    remedy = "另用一个空数据库（--data 或者 BIHUAN_DATABASE_URL）"
    return Refusal("step_shut", reasons=[Reason("demo_wants_its_own_database", zh, en, opens_when=remedy)])


def _open_office(house: House, scenery: Scenery, password: str) -> None:
    """Accounts, linked systems and the mark stand in one transaction, with the entry of who asked for it."""
    now = house.clock.now()
    hashes = [hash_password(password) for _ in scenery.accounts]

    def act(connection: Connection) -> None:
        if not _mark(connection, DEMO, "all data are invented", now):
            return  # somebody was faster
        made: dict[str, list[str]] = {ACCOUNT: [], PASSWORD: [], SYSTEM: []}
        for account, hashed in zip(scenery.accounts, hashes, strict=True):
            if records.user_row(connection, account.login) is None:
                add_user(connection, house.office, {**account.detail, "password_hash": hashed}, now)
                made[ACCOUNT].append(account.login.casefold())
        made[PASSWORD] = made[ACCOUNT]
        for link in scenery.systems:
            if linked_reading.system_row(connection, link.id) is None:
                house.systems.add_within(connection, NewSystem(link.id, link.department, link.kinds, HMAC))
                made[SYSTEM].append(link.id)
        entry = {
            "id": str(uuid7()),
            "office_id": house.office.office_id,
            "action": "bootstrap",
            "by": f"os:{system_user()}",
            "detail": {"act": "demo", "command": "demo", **stated(connection, made)},
            "recorded_at": now,
        }
        records.add(connection, account_reading.ADMIN_ENTRY, [entry])

    house.writer.submit(act)


def _tell(house: House, scenery: Scenery, begun: str | None, progress: Progress | None) -> str:
    """The findings are there, told up to the instant at which the telling began; their counts as JSON."""
    now = datetime.fromisoformat(begun) if begun else _begin(house)
    days = Days(civil_date(now), house.law.calendar)
    cases = list(cases_of(load_stories(FOLDER), scenery, days))
    plan = Planner(days, house.office, scenery.wording, now).plan(cases)
    with house.database.read() as connection:
        rows = account_reading.users(connection, house.office.office_id)
    people = {row.login: principal_of(row) for row in rows}
    Teller.at(house, people).tell(plan, now, progress)
    hand_in_reports(house, FOLDER, people, now)
    take_in_matters(house, FOLDER, people, days, now)
    house.desk.last_recorded_at = max(filter(None, (house.desk.last_recorded_at, now)))
    counts = json.dumps({"findings": sum(len(case.found) for case in cases), "inspections": len(cases)})
    house.writer.submit(lambda connection: _mark(connection, BUILT, counts, now))
    return counts


def _begin(house: House) -> datetime:
    """The instant at which the telling began: now, or when somebody else was faster."""
    now = house.clock.now()
    house.writer.submit(lambda connection: _mark(connection, BEGUN, now.isoformat(), now))
    return datetime.fromisoformat(_marks(house)[BEGUN])


def _mark(connection: Connection, name: str, value: str, now: datetime) -> bool:
    """True when the mark is new."""
    return records.insert_once(connection, records.MARK, {"name": name, "value": value, "recorded_at": now})
