"""Findings for the benches, as many as are asked for: a pattern goes in row by row and the database multiplies it.

Some thousands are open whatever the size, as in a county; the rest was closed over four years. Hashes are not those of a
chain, as nothing that is measured proves it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Date, Table, func, select, text

from engine.search.index import index_finding, index_inspection, index_party
from models import records
from models.columns import Instant
from models.database import Database
from models.exchange_reading import AT_ONCE, MESSAGE
from models.incoming_reading import INCOMING, NEVER
from models.searching import KEY, RECORD
from tests.reading.world import NOW, OFFICE, World

OPEN_MOST = 3_000
PATTERN = 1_000
PER_INSPECTION = 4
DAYS = 1_400
"""Over so many days before the pattern its copies are spread."""
AT_A_TIME = 100
DEPARTMENTS = (
    *("market_regulation",) * 12,
    *("fire_rescue", "emergency", "ecology", "health", "housing", "culture_tourism", "transport"),
)
OPEN_STATES = ("in_progress",) * 6 + ("registered", "found", "awaiting_verification", "close_proposed")
ROUTES = (*("rectification",) * 8, *("penalty",) * 3, "transfer", "copy_notice", "credit_flag")
OPEN_IN = {
    "rectification": "correcting",
    "penalty": "investigating",
    "transfer": "sent",
    "copy_notice": "sent",
    "credit_flag": "proposed",
}
ENDED_IN = {
    "rectification": "corrected",
    "penalty": "closed",
    "transfer": "closed",
    "copy_notice": "closed",
    "credit_flag": "removed",
}
DOMAINS = (
    *(("food", "food_item_failed"),) * 5,
    ("fire", "fire_exit_blocked"),
    ("product_quality", "product_fake_inferior"),
    ("special_equipment", "se_unregistered"),
)
STREETS = ["前进西街", "府前街", "永康北街", "京原北路", "轩岗镇", "崞阳镇", "和平街", "育才街", "平安大街", "站前路"]
FIRST, SECOND = (
    "中源安泰晋阳宏盛鑫旺永昌瑞丰恒信德润嘉禾明远",
    "食品餐饮机械建材商贸超市药房酒店物流印务电器汽修",
)
FACTS = (
    "凉菜间紫外线灯损坏，操作人员未更换专用工作服",
    "三具灭火器压力不足，应急照明灯损坏",
    "压力容器安全阀校验到期未申报",
    "散装食品标签缺少生产日期",
    "疏散通道堆放货物，宽度不足",
    "计量器具未经检定仍在使用",
)
STEPS = ("registered", "routed", "in_progress")


@dataclass(frozen=True, slots=True)
class Copied:
    """A table whose rows are multiplied: the columns that name rows, and those that get a text of their own."""

    table: Table
    ids: tuple[str, ...]
    own: Mapping[str, str]


COPIED = (
    Copied(records.PARTY, ("id", "identity"), {}),
    Copied(records.INSPECTION, ("id", "party_id"), {}),
    Copied(
        records.FINDING,
        ("id", "inspection_id", "party_id", "ledger_no"),
        {"search_text": "{} || ' ' || copies.k"},
    ),
    Copied(records.PROCEEDING, ("id", "finding_id"), {}),
    Copied(records.DEADLINE, ("id", "inspection_id", "finding_id"), {}),
    Copied(records.ENTRY, ("record_id",), {}),
    Copied(records.PAYLOAD, ("record_id",), {}),
    Copied(MESSAGE, ("id", "finding_id", "thread"), {}),
    Copied(INCOMING, ("id", "number", "finding_id"), {}),
)
KEPT = frozenset({"next_try_at", "sorts_at"})
"""Instants that are no days of a case."""


def fill(database: Database, count: int, searched: bool = False) -> None:
    """So many findings stand in the tables, with parties, inspections, proceedings, clocks and entries of their own.

    `searched` ones are found by the search too.
    """
    chance, still = random.Random(count), min(count // 2, OPEN_MOST)
    pattern = min(PATTERN, count - still)
    world = World()
    after = _findings(world, chance, still, pattern)
    apart = [(table, world.rows.pop(table.name, [])) for table in (MESSAGE, INCOMING)]
    with database.writing() as connection, connection.begin():
        if searched:
            _index(connection, world)
        world.insert(connection)
        for table, rows in apart:
            records.add(connection, table, rows)
    _multiply(database, after, -(-(count - still) // pattern) - 1, searched)
    settle(database)


def settle(database: Database) -> None:
    """The database knows what it holds, and numbers go on behind those that were given."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SELECT setval('search_record_n_seq', max(n)) FROM search_record"))
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _index(connection: Connection, world: World) -> None:
    """What the world holds is found by the search."""
    parties = {row["id"]: row for row in world.rows["party"]}
    for row in parties.values():
        index_party(connection, OFFICE, row["id"], row["name"], row["detail"])
    for row in world.rows["inspection"]:
        index_inspection(connection, OFFICE, row["id"], parties[row["party_id"]]["name"], [row["task_no"]])
    for row in world.rows["finding"]:
        index_finding(connection, OFFICE, row["id"], row["search_text"])


def name_of(chance: random.Random) -> str:
    """The name of a business that does not exist."""
    first = "".join(chance.sample(FIRST, 2))
    at = chance.randrange(0, len(SECOND), 2)
    return f"原平市{chance.choice(STREETS)}{first}{SECOND[at : at + 2]}有限公司"


def _findings(world: World, chance: random.Random, still: int, pattern: int) -> str:
    """The open findings and, after them, those that are multiplied; what the ids of the latter come after."""
    first = ""
    for number in range(still + pattern):
        if number == still:
            first = world.new_id("")
        if number % PER_INSPECTION == 0 or number == still:
            code, name = f"91140981MA{chance.randrange(36**6):08d}", name_of(chance)
            department = chance.choice(DEPARTMENTS)
            party = world.party(name=name, identifiers=[{"scheme": "uscc", "value": code}])
            done = NOW - timedelta(days=chance.randint(3, 60))
            inspection = world.inspection(
                party, department, finished_at=done, published_on=done.date(), task_no=f"YP2026-{number:06d}"
            )
        _finding(world, chance, number, number >= still, (inspection, party, department, name, code))
    return first


def _finding(
    world: World, chance: random.Random, number: int, closed: bool, of: tuple[str, str, str, str, str]
) -> None:
    inspection, party, department, name, code = of
    domain, violation = chance.choice(DOMAINS)
    at = NOW - timedelta(days=chance.randint(1, 90), minutes=chance.randint(0, 600))
    said = f"{chance.choice(FACTS)}，共{chance.randint(2, 90)}处，位于{chance.choice(STREETS)}{number}号。"
    dues = [] if closed else [NOW.date() + timedelta(days=chance.randint(-20, 45))]
    ledger_no = f"原台〔2026〕{number:06d}"
    state = "closed" if closed else chance.choice(OPEN_STATES)
    finding = world.finding(
        inspection,
        party,
        state=state,
        department=department,
        dues=dues,
        ledger_no=ledger_no,
        domain=domain,
        violation=violation,
        handler=f"W{chance.randint(1, 40):02d}",
        owner_role=chance.choice(("inspector", "case_officer", "unit_head", "department_head")),
        discovered_at=at,
        search_text=f"{ledger_no}\n{name}\n{code}\n原市监移〔2026〕{number}号\n{said}".casefold(),
        intake={"facts_summary": said, "clause": "食品安全法第五十五条第二款"},
        record={"facts": {"facts_summary": said}, "registers": {}},
    )
    if state not in ("found", "registered") and chance.random() < 0.95:
        kind = chance.choice(ROUTES)
        where = (ENDED_IN if closed else OPEN_IN)[kind]
        world.proceeding(finding, kind, where, open=not closed)
    for sequence, reached in enumerate(STEPS, 2):
        at += timedelta(hours=chance.randint(1, 100))
        world.entry(finding, sequence, "finding", "step", reached, at)
    if closed:
        ended = at + timedelta(days=chance.randint(1, 40))
        world.entry(finding, len(STEPS) + 2, "finding", "approve_close", "closed", ended)
        met = {"state": "met", "settled_at": ended}
        world.deadline(inspection, ended.date(), finding=finding, department=department, **met)
        if number % 3 == 0:
            world.put(MESSAGE, _message(world.new_id("message"), finding, ended))
        if number % 10 == 0:
            world.put(INCOMING, _matter(world.new_id("incoming"), finding, department, ended))


def _message(id: str, finding: str, at: datetime) -> dict[str, Any]:
    """A message that was handed over on paper long ago."""
    said: dict[str, Any] = {"recipient": "fire_rescue", "queue": "ordinary", "kind": "department_transfer"}
    told: dict[str, Any] = {"chart_name": "transfer_letter", "finding_id": finding, "thread": finding}
    done: dict[str, Any] = {"state": "paper", "tries": 0, "delivered_at": at, "recorded_at": at}
    rest: dict[str, Any] = {"step_sequence": 3, "answerable": False, "body": b"{}", "next_try_at": AT_ONCE}
    return {"id": id, "office_id": OFFICE, "system_id": None, **said, **told, **done, **rest}


def _matter(id: str, finding: str, department: str, at: datetime) -> dict[str, Any]:
    """A complaint that became the finding and was answered."""
    said: dict[str, Any] = {"number": id, "kind": "complaint", "state": "fed_back", "ended": True}
    told: dict[str, Any] = {"channel": "paper", "informant": "named", "title": "反映门店油烟扰民"}
    known: dict[str, Any] = {"content": {}, "events": {}, "said": {}, "finding_id": finding}
    when: dict[str, Any] = {"received_at": at, "recorded_at": at, "sorts_at": NEVER}
    rest: dict[str, Any] = {"confidential": False, "sequence": 1, "head": ""}
    return {"id": id, "office_id": OFFICE, "department": department, **said, **told, **known, **when, **rest}


def _multiply(database: Database, after: str, copies: int, searched: bool) -> None:
    """Each row of the pattern stands so many times more, under other names and at other times."""
    with database.read() as connection:
        block = connection.execute(select(func.coalesce(func.max(RECORD.c.n), 0))).scalar_one()
    for begun in range(1, copies + 1, AT_A_TIME):
        span = (begun, min(begun + AT_A_TIME - 1, copies))
        with database.writing() as connection, connection.begin():
            for one in COPIED:
                connection.execute(text(_copying(one, database.dialect, span)), {"after": after})
            for statement in _searched(database.dialect, span, block) if searched else ():
                connection.execute(text(statement), {"after": after})


def _copying(one: Copied, dialect: str, span: tuple[int, int]) -> str:
    table = one.table
    key = next(iter(table.primary_key.columns)).name
    shown = [_copied(one, column, dialect) for column in table.columns]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    taken = f"SELECT {', '.join(shown)} FROM {table.name} AS t, copies WHERE {_of_pattern('t.' + key)}"
    return _copies(dialect, span, f"INSERT INTO {table.name} ({names}) {taken}")


def _of_pattern(key: str) -> str:
    """True of what the pattern named: an id of the world without the dash that a copy adds."""
    return f"{key} > :after AND {key} LIKE '________-%' AND {key} NOT LIKE '%-%-%'"


def _copied(one: Copied, column: Any, dialect: str) -> str:
    said = f't."{column.name}"'
    if column.name in one.ids:
        return f"{said} || '-' || copies.k"
    if column.name in one.own:
        return one.own[column.name].format(said)
    if isinstance(column.type, Instant) and column.name not in KEPT:
        return (
            f"strftime('%Y-%m-%dT%H:%M:%f000+00:00', {said}, '-' || (copies.k * 3 % {DAYS}) || ' days')"
            if dialect == "sqlite"
            else f"{said} - make_interval(days => copies.k * 3 % {DAYS})"
        )
    if isinstance(column.type, Date):
        return (
            f"date({said}, '-' || (copies.k * 3 % {DAYS}) || ' days')"
            if dialect == "sqlite"
            else f"{said} - copies.k * 3 % {DAYS}"
        )
    return said


def _searched(dialect: str, span: tuple[int, int], block: int) -> Iterator[str]:
    """The search finds the copies under the keys of their pattern, and by whole lines of their own."""
    mine = _of_pattern("r.record_id")
    yield (
        _copies(dialect, span, f"INSERT INTO {RECORD.name} (n, office_id, kind, record_id, text)")
        + f" SELECT r.n + copies.k * {block}, r.office_id, r.kind, r.record_id || '-' || copies.k,"
        f" r.text || ' ' || copies.k FROM {RECORD.name} AS r, copies WHERE {mine}"
    )
    yield (
        _copies(dialect, span, f"INSERT INTO {KEY.name} (key, n)")
        + " SELECT CASE WHEN substr(y.key, 2, 1) = '=' THEN y.key || ' ' || copies.k ELSE y.key END,"
        f" r.n + copies.k * {block} FROM {RECORD.name} AS r JOIN {KEY.name} AS y ON y.n = r.n, copies"
        f" WHERE {mine}"
    )


def _copies(dialect: str, span: tuple[int, int], statement: str) -> str:
    """The statement with the table `copies`, which has the numbers of that span."""
    first, last = span
    if dialect == "postgresql":
        counted = f"SELECT generate_series({first}, {last})"
    else:
        counted = f"SELECT {first} UNION ALL SELECT k + 1 FROM copies WHERE k < {last}"
    return f"WITH RECURSIVE copies(k) AS ({counted}) {statement}"
