"""What the ledger holds about one person, so that somebody who answers for it can tell them.

A head of a department is told of the records of that department, a security administrator of accounts: nobody learns here
what they may not read elsewhere. Criminal referrals and confidential matters are in no report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.core.calendar import SHANGHAI
from engine.core.commands import Principal
from engine.core.refusals import FieldError, Refusal
from engine.second_person import check_role
from models import keeping

if TYPE_CHECKING:
    from engine.house import House

HEAD, SECURITY = "department_head", "security_admin"
VALUE_LENGTH_MIN, VALUES_MAX = 2, 20
AROUND = 40
"""Characters on either side of what was found that are told with it."""
BY_DEPARTMENT = ("inspection", "finding", "incoming")
"""Records that say themselves whose they are; told in this order, as the others hang on them."""
HANG_ON: Mapping[str, str] = {
    "proceeding": "finding_id",
    "payload": "record_id",
    "document": "record_id",
    "attachment": "finding_id",
    "party": "id",
}
"""Tables whose rows belong to a record, and the column that says to which."""
NOT_SAID = frozenset({"office_id", "salt", "digest", "head", "password_hash", "search_text"})


@dataclass(slots=True)
class _Report:
    """What was found so far, and the records that the reader may know of."""

    who: Principal
    values: Sequence[str]
    mine: set[str] = field(default_factory=set)
    places: list[dict[str, Any]] = field(default_factory=list)

    def look(self, connection: Connection, table: str) -> None:
        """Every place of the table where one of the values stands is in the report."""
        columns = keeping.table_forms()[table]
        for part in keeping.rows(connection, table, columns, keeping.key_of(table)):
            for values in part:
                row = dict(zip((name for name, _ in columns), values, strict=True))
                if self._may_know(table, row):
                    self._tell(table, row, dict(columns))

    def _may_know(self, table: str, row: Mapping[str, Any]) -> bool:
        if table in HANG_ON:
            return row[HANG_ON[table]] in self.mine
        if table in BY_DEPARTMENT:
            own = (
                row["department"] == self.who.department
                and not row.get("confidential")
                and not row.get("referral_id")
            )
            if own:
                self.mine |= {row["id"], row.get("party_id") or row["id"]}
            return bool(own)
        return True

    def _tell(self, table: str, row: Mapping[str, Any], kinds: Mapping[str, str]) -> None:
        key = {name: row[name] for name in keeping.key_of(table)}
        for column, value in row.items():
            if value is None or column in NOT_SAID or kinds[column] not in ("text", "json"):
                continue
            held = (
                orjson.loads(value)
                if kinds[column] == "json" or (table, column) == ("payload", "body")
                else value
            )
            for path, text in _leaves(held, column):
                for one in self.values:
                    place = text.casefold().find(one.casefold())
                    if place >= 0:
                        said = text[max(0, place - AROUND) : place + len(one) + AROUND]
                        self.places.append({"in": table, **key, "field": path, "said": said})


def _leaves(held: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text of the document with where it stands."""
    if isinstance(held, str):
        yield path, held
    elif isinstance(held, Mapping):
        for name, one in held.items():
            yield from _leaves(one, f"{path}.{name}")
    elif isinstance(held, list):
        for number, one in enumerate(held):
            yield from _leaves(one, f"{path}.{number}")


def personal_report(house: House, who: Principal, values: Sequence[str]) -> dict[str, Any]:
    """Where any of these values (a name, a number, an address) stands, as far as the person may read; it is recorded that
    they asked, and not what for.

    Raises `not_yours`, or `facts_invalid` for no value or one that stands everywhere.
    """
    check_role(who, (HEAD, SECURITY))
    wanted = [one.strip() for one in values if one.strip()]
    if not wanted or len(wanted) > VALUES_MAX or any(len(one) < VALUE_LENGTH_MIN for one in wanted):
        words = ("每行一个姓名或者号码，至少两个字", "one name or number a line, of two characters at least")
        raise Refusal("facts_invalid", errors=[FieldError("/values", "missing", *words)])
    report, now = _Report(who, wanted), house.clock.now()
    with house.database.read() as connection:
        if HEAD in who.all_roles:
            for table in (*BY_DEPARTMENT, *HANG_ON):
                report.look(connection, table)
        if SECURITY in who.all_roles:
            report.look(connection, "user_account")
    _record(house, who, len(report.places), now)
    return {"as_of": now.astimezone(SHANGHAI).isoformat(timespec="seconds"), "places": report.places}


def _record(house: House, who: Principal, count: int, now: datetime) -> None:
    told = {"places": count, "department": who.department}
    house.writer.submit(
        lambda connection: enter(connection, house.office.office_id, "personal.report", who.login, told, now)
    )
