"""What stands as plain rows, held against what the administrative record says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    SESSION,
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
    now, then = _shown(kind, stands, said, ANOTHER), _shown(kind, said, stands, ITS_OWN)
    if by is None:
        at = "管理记录中没有依据", "no entry of the administrative record says so"
    else:
        named = f"{civil_date(by.at)}, {by.by}, {by.act}"
        at = f"管理记录（{named}）所载为“{then[0]}”", f"the administrative record ({named}) says: {then[1]}"
    return (
        f"{zh} {key} 现为“{now[0]}”，{at[0]}：不是在系统中变更的。{TO_DO[0]}",
        f"{en} {key} is: {now[1]}; {at[1]}. It was not changed in the house. {TO_DO[1]}",
    )


def _shown(kind: str, value: Value | None, other: Value | None, unread: Words) -> tuple[str, str]:
    """What is told of it: of an account its roles, and whatever differs; of what nobody reads that it is another one."""
    if value is None:
        return "没有", "none"
    differs = [name for name in sorted(value) if other is not None and value[name] != other.get(name)]
    names = dict.fromkeys((*(("roles",) if kind == ACCOUNT else ()), *differs))
    shown = []
    for name in names:
        said = unread if name in UNREAD else (_short(value.get(name)),) * 2
        shown.append(
            (f"{WORDS.get(name, name)} {said[0]}".strip(), f"{UNREAD.get(name, name)} {said[1]}".strip())
        )
    return "；".join(zh for zh, _ in shown) or "有", "; ".join(en for _, en in shown) or "there is one"


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"


SHOWN_MAX = 80
Words = tuple[str, str]
ANOTHER, ITS_OWN = ("另一个", "another one"), ("原来的", "the former one")
UNREAD = {"digest": "", "keys": "key for signing", "sealing": "key for sealing"}
"""What stands as a digest, which nobody can compare with anything, and how it is called."""
WORDS = {
    "digest": "",
    "keys": "签名密钥",
    "sealing": "加密密钥",
    "roles": "角色",
    "department": "部门",
    "unit": "科室",
    "person": "所属人员",
    "disabled": "停用",
    "name": "姓名",
}
_NAMES = {
    ACCOUNT: ("账号", "the account"),
    PASSWORD: ("账号的密码", "the password of the account"),
    FACTOR: ("账号的第二因素", "the second factor of the account"),
    TOKEN: ("访问令牌", "the bearer token"),
    SYSTEM: ("接入系统", "the linked system"),
    DELEGATION: ("委托", "the delegation"),
    SESSION: ("登录会话", "the session"),
}
TO_DO = (
    "请由数据库管理员查明是谁改的，改回记录所说的样子，系统随即自行恢复；"
    "确认应当保留的，由两名管理员先后执行 bihuan audit accept。",
    "Find out who wrote it into the database and put back what the record says, and the house goes on by itself; where it is "
    "to stay, two administrators run bihuan audit accept, one after the other.",
)
