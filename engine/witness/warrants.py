"""What stands as plain rows, held against what the administrative record says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.auditing import ChainFault
from engine.clock import Clock
from engine.core.audit import canonical
from engine.core.calendar import civil_date
from engine.core.commands import CLOCK_LOGIN
from engine.core.warrants import (
    ACCOUNT,
    BEGUN,
    DELEGATION,
    FACTOR,
    LISTS,
    PASSWORD,
    STANDS,
    SYSTEM,
    TOKEN,
    Said,
    Value,
    Warranted,
    differing,
    warranted,
)
from engine.witness.lists import list_faults, lists_as_they_are
from engine.writer import Writer
from models import records
from models import warranted as rows
from models.database import Database

MARK = "record_begun"
"""The mark of a database in which every act states what stands after it."""


def begin(database: Database, writer: Writer, clock: Clock, office_id: str) -> None:
    """Comparing has begun: what an older program left is stated once, as it stands, by the house itself."""
    with database.read() as connection:
        if records.mark_value(connection, MARK) is not None:
            return

    def write(connection: Connection) -> None:
        now = clock.now()
        mark = {"name": MARK, "value": now.isoformat(), "recorded_at": clock.real_now()}
        if records.insert_once(connection, records.MARK, mark) and any(
            rows.all_standing(connection).values()
        ):
            enter(connection, office_id, BEGUN, CLOCK_LOGIN, everything(connection), now)

    writer.submit(write, always=True)


def everything(connection: Connection) -> dict[str, Any]:
    """The members of an entry's detail that state all that stands, and lists that are not what entries say of them."""
    return {STANDS: rows.all_standing(connection), LISTS: lists_as_they_are(connection)}


def as_recorded(connection: Connection, accepted: Iterable[datetime]) -> Warranted:
    """What must stand as the administrative record says; `accepted`: when acceptances of two persons were signed."""
    said = (
        Said(row.action, row.by, row.detail if isinstance(row.detail, dict) else {}, row.recorded_at)
        for row in rows.stating(connection)
    )
    return warranted(said, accepted)


def warrant_faults(connection: Connection, known: Warranted) -> Iterator[ChainFault]:
    """Whatever stands otherwise than the record of administration says, and lists that do not follow from their entries."""
    yield from list_faults(connection, known.lists)
    for kind, key, stands, said in differing(known, rows.all_standing(connection)):
        by = known.said.get((kind, key))
        zh, en = _told(kind, key, stands, said, by)
        yield ChainFault(f"{kind}:{key}", 0, zh, en, found=canonical(stands))


def _told(kind: str, key: str, stands: Value | None, said: Value | None, by: Said | None) -> tuple[str, str]:
    """What stands, what the record says and since when, and what to do."""
    zh, en = _NAMES[kind]
    now, then = _SHOWN.get(kind, _as_secret)(stands, said), _SHOWN.get(kind, _as_secret)(said, stands)
    at = (
        ("管理记录中没有依据", "no entry of the administrative record says so")
        if by is None
        else (
            f"管理记录（{civil_date(by.at)}，{by.by}，{by.act}）为“{then[0]}”",
            f"the administrative record ({civil_date(by.at)}, {by.by}, {by.act}) says: {then[1]}",
        )
    )
    return (
        f"{zh} {key} 现为“{now[0]}”，{at[0]}：不是在系统中变更的。{TO_DO[0]}",
        f"{en} {key} is: {now[1]}; {at[1]}. It was not changed in the house. {TO_DO[1]}",
    )


def _as_secret(value: Value | None, other: Value | None) -> tuple[str, str]:
    """What must not be told, or says nothing: only that there is one, and whether it is the other one."""
    if value is None:
        return "没有", "none"
    names = sorted(name for name in value if other is not None and value[name] != other.get(name))
    shown = ", ".join(f"{name} {_short(value[name])}" for name in names)
    return (shown or "有", shown or "there is one")


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"


def _as_account(value: Value | None, other: Value | None) -> tuple[str, str]:
    """The roles, and whatever else differs."""
    if value is None:
        return "没有这个账号", "no such account"
    roles = _short(value.get("roles"))
    more = sorted(
        name for name in value if name != "roles" and other is not None and value[name] != other.get(name)
    )
    shown = "; ".join([f"roles {roles}", *(f"{name} {_short(value[name])}" for name in more)])
    return shown.replace("roles", "角色", 1), shown


SHOWN_MAX = 80
_SHOWN: dict[str, Callable[[Value | None, Value | None], tuple[str, str]]] = {ACCOUNT: _as_account}
_NAMES = {
    ACCOUNT: ("账号", "the account"),
    PASSWORD: ("账号的密码", "the password of the account"),
    FACTOR: ("账号的第二因素", "the second factor of the account"),
    TOKEN: ("访问令牌", "the bearer token"),
    SYSTEM: ("接入系统", "the linked system"),
    DELEGATION: ("委托", "the delegation"),
}
TO_DO = (
    "请由数据库管理员查明是谁改的，改回记录所说的样子，系统随即自行恢复；"
    "确认应当保留的，由两名管理员先后执行 bihuan audit accept。",
    "Find out who wrote it into the database and put back what the record says, and the house goes on by itself; where it is "
    "to stay, two administrators run bihuan audit accept, one after the other.",
)
