"""For whom a transaction reads: what PostgreSQL is told before its first statement, so that its row policies hold.

A connection that tells nothing sees no row of a case and writes none. SQLite has no such wall, and is told nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError

EVERY_DEPARTMENT = "*"
OPTION = "behalf"
"""The execution option of a connection that names for whom its transactions are."""
_TELL = "set_config('bihuan.{0}', :{0}, true)"
WALLED = (
    *("referral", "referral_deadline", "referral_hand", "referral_reader", "referral_reading"),
    *("finding", "proceeding", "inspection", "deadline", "entry", "payload", "document", "attachment"),
    *("notice", "message", "sealed_message", "receipt", "recusal", "recusal_decision"),
    *("incoming", "incoming_deadline", "incoming_person", "incoming_arrival"),
    *("carrier_bundle", "carrier_content", "carrier_packing", "carrier_answer"),
    *("backtest_change", "backtest_turn", "backtest_criminal"),
    *("command_key", "log_leaf", "refused_attempt", "draft", "search_record", "job", "job_part"),
    *(
        "closed_tally",
        "record_lead",
        "legal_hold",
        "legal_hold_act",
        "erasure",
        "erasure_decision",
        "erased_payload",
        "erased_paper",
    ),
)
"""The tables whose rows belong to a case; each migration that makes another one gives it its policies."""
_IN_FORCE = text("SELECT bool_and(row_security_active(name)) FROM unnest(CAST(:names AS text[])) AS name")


@dataclass(frozen=True, slots=True)
class Behalf:
    """For whom a transaction is; what is left empty opens nothing. The house itself sees and writes every row.

    `sees` is the department whose cases are seen, or EVERY_DEPARTMENT. The rest is what the lists of criminal
    referrals ask (models/referral_list.py): without it a transaction sees no row of any referral.
    """

    house: str = ""
    office: str = ""
    sees: str = ""
    department: str = ""
    login: str = ""
    head: str = ""
    own: str = ""
    """States of a referral, joined by commas."""
    waiting: str = ""
    """chart/state of findings and proceedings, joined by commas."""
    system: str = ""
    """A linked system: it sees what is for it and what it sent."""
    kinds: str = ""
    """Kinds of notice that are about no record and may be seen, joined by commas."""

    def told(self) -> dict[str, str]:
        """The settings that are not empty: all others are so at the beginning of a transaction."""
        given = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in given.items() if value}


HOUSE = Behalf(house="1")
"""The house itself: the desk, the bells, the courier, backups, migrations, and what the law asks of every case."""


def of_system(system: Any) -> Behalf:
    """For the linked system of that row."""
    return Behalf(office=system.office_id, system=system.id)


def stand_up(engine: Engine) -> None:
    """Each transaction of this PostgreSQL tells, as its first statement, for whom it is."""
    event.listen(engine, "begin", _tell)


@contextmanager
def as_house(connection: Connection) -> Iterator[None]:
    """Within the block the house itself reads, and afterwards again whoever the transaction is for.

    For what a decision or an offer of steps needs to know and nobody is told, such as suspicions of law 2.
    """
    behalf = connection.get_execution_options().get(OPTION)
    if connection.dialect.name != "postgresql" or behalf == HOUSE:
        yield
        return
    _set(connection, {"house": HOUSE.house})
    try:
        yield
    except DBAPIError:
        raise  # the transaction is lost, and what it was told with it
    except BaseException:
        _set(connection, {"house": ""})
        raise
    _set(connection, {"house": ""})


def in_force(connection: Connection) -> bool | None:
    """True when every such table holds this role to its policies; None on SQLite.

    False for a superuser or a role with BYPASSRLS, and where a policy was taken away.
    """
    if connection.dialect.name != "postgresql":
        return None
    return bool(connection.execute(_IN_FORCE, {"names": list(WALLED)}).scalar_one())


def _tell(connection: Connection) -> None:
    behalf = connection.get_execution_options().get(OPTION)
    if behalf is not None:
        _set(connection, behalf.told())


def _set(connection: Connection, told: dict[str, Any]) -> None:
    if told:
        connection.execute(text("SELECT " + ", ".join(_TELL.format(name) for name in told)), told)
