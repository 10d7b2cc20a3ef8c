"""Inbound matters: every statement that reads or writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)

from models import matters_at_rest
from models.at_rest import changed_row
from models.exchange_reading import CRIMINAL_QUEUE, MESSAGE
from models.incoming import Incoming, IncomingArrival, IncomingDeadline, IncomingPerson
from models.prepared import Prepared
from models.records import DOCUMENT, NOTICE, USER, add, change, insert_once, table_of

INCOMING, CLOCK = table_of(Incoming), table_of(IncomingDeadline)
ARRIVAL, PERSON = table_of(IncomingArrival), table_of(IncomingPerson)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a list puts what nothing runs on."""
RUNNING = "running"

Place = tuple[datetime, str]
"""Where a page of matters ended."""

_OF_FINDING = Prepared(select(INCOMING.c.id).where(INCOMING.c.finding_id == bindparam("finding")))


@dataclass(frozen=True, slots=True)
class Seen:
    """Which matters somebody may know of; `department` None for every department of the office.

    Of confidential ones those of `own` (their department) whose kind they read, which they handle or entered (`login`,
    folded), or which belong to one of these referrals.
    """

    office_id: str
    any_department: bool
    department: str | None
    own: str | None
    login: str
    kinds: Collection[str]
    referrals: Collection[str]

    def condition(self) -> ColumnElement[bool]:
        """True for the rows that they may know of."""
        columns = INCOMING.c
        ordinary: ColumnElement[bool] = columns.confidential.is_(False)
        if not self.any_department:
            mine = false() if self.department is None else columns.department == self.department
            ordinary = and_(ordinary, mine)
        if self.own is None:
            return and_(columns.office_id == self.office_id, ordinary)
        by_person = or_(
            columns.kind.in_(sorted(self.kinds)),
            columns.handler == self.login,
            columns.entered_by == self.login,
        )
        alone = and_(columns.referral_id.is_(None), by_person)
        confided = and_(
            columns.confidential,
            columns.department == self.own,
            or_(alone, columns.referral_id.in_(sorted(self.referrals))),
        )
        return and_(columns.office_id == self.office_id, or_(ordinary, confided))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of matters is asked for; None where it is not narrowed."""

    kinds: Collection[str] = ()
    states: Collection[str] = ()
    department: str | None = None
    handler: str | None = None
    lights: Collection[str] = ()
    ended: bool | None = None
    finding: str | None = None
    text: str | None = None


def matter_row(connection: Connection, id: str, lock: bool = False) -> Row[Any] | None:
    """The matter of that id for the house itself, locked for this transaction on PostgreSQL when asked."""
    found = select(INCOMING).where(INCOMING.c.id == id)
    row = connection.execute(found.with_for_update() if lock else found).one_or_none()
    return None if row is None else matters_at_rest.opened_matters(connection, [row])[0]


def seen_matter(
    connection: Connection, seen: Seen, name: str, value: str, lock: bool = False
) -> Row[Any] | None:
    """The matter with that `id` or `number`, if it is one of those seen; locked as above. Raises `not_ready`."""
    found = select(INCOMING).where(INCOMING.c[name] == value, seen.condition())
    row = connection.execute(found.with_for_update() if lock else found).one_or_none()
    return matters_at_rest.opened_matter(connection, row)


def page_of_matters(
    connection: Connection, seen: Seen, wanted: Wanted, as_of: datetime, after: Place | None, limit: int
) -> Sequence[Row[Any]]:
    """The next matters, the soonest overdue first, those on which nothing runs last."""
    columns = INCOMING.c
    asked = [seen.condition(), *_narrowed(wanted, as_of)]
    if after is not None:
        place = tuple_(literal(after[0], columns.sorts_at.type), literal(after[1]))
        asked.append(tuple_(columns.sorts_at, columns.id) > place)
    found = select(INCOMING).where(*asked).order_by(columns.sorts_at, columns.id)
    return matters_at_rest.opened_matters(connection, connection.execute(found.limit(limit)).all())


def _narrowed(wanted: Wanted, as_of: datetime) -> list[ColumnElement[bool]]:
    columns = INCOMING.c
    asked: list[ColumnElement[bool]] = []
    for column, codes in ((columns.kind, wanted.kinds), (columns.state, wanted.states)):
        if codes:
            asked.append(column.in_(sorted(codes)))
    for column, value in (
        (columns.department, wanted.department),
        (columns.handler, wanted.handler),
        (columns.finding_id, wanted.finding),
    ):
        if value is not None:
            asked.append(column == value)
    if wanted.ended is not None:
        asked.append(columns.ended.is_(wanted.ended))
    if wanted.text is not None:
        asked.append(
            or_(*(one.contains(wanted.text, autoescape=True) for one in (columns.number, columns.title)))
        )
    if wanted.lights:
        asked.append(or_(*(_burns(light, as_of) for light in sorted(wanted.lights))))
    return asked


def _burns(light: str, as_of: datetime) -> ColumnElement[bool]:
    columns = INCOMING.c
    if light == "none":
        return columns.overdue_at.is_(None)
    since = {
        "green": (None, columns.yellow_at),
        "yellow": (columns.yellow_at, columns.red_at),
        "red": (columns.red_at, columns.overdue_at),
        "overdue": (columns.overdue_at, columns.severe_at),
        "severe": (columns.severe_at, None),
    }[light]
    asked: list[ColumnElement[bool]] = [columns.overdue_at.is_not(None)]
    if since[0] is not None:
        asked.append(since[0] <= as_of)
    if since[1] is not None:
        asked.append(since[1] > as_of)
    return and_(*asked)


def matters_of_finding(connection: Connection, finding_id: str) -> list[str]:
    """The ids of the matters that were accepted as that finding."""
    return [row.id for row in _OF_FINDING.all(connection, {"finding": finding_id})]


def clock_rows(connection: Connection, ids: Collection[str]) -> Sequence[Row[Any]]:
    """Every clock of these matters, in the order they were opened, as snapshots of deadlines have them."""
    columns = (CLOCK, literal(None).label("proceeding_id"), true().label("counted"))
    found = select(*columns).where(CLOCK.c.incoming_id.in_(sorted(ids)))
    return connection.execute(found.order_by(CLOCK.c.id)).all()


def person_row(connection: Connection, id: str) -> Row[Any] | None:
    """Who complains or informs in that matter."""
    found = select(PERSON, INCOMING.c.referral_id).join(INCOMING, INCOMING.c.id == PERSON.c.incoming_id)
    return matters_at_rest.opened_person(
        connection, connection.execute(found.where(PERSON.c.incoming_id == id)).one_or_none()
    )


def arrival_row(connection: Connection, system_id: str, id: str) -> Row[Any] | None:
    """What the system sent under that id, with the number and state of its matter."""
    names = ("number", "state", "said", "events", "referral_id")
    found = select(ARRIVAL, *(INCOMING.c[name] for name in names))
    joined = found.join(INCOMING, INCOMING.c.id == ARRIVAL.c.incoming_id)
    mine = joined.where(ARRIVAL.c.system_id == system_id, ARRIVAL.c.id == id)
    row = connection.execute(mine).one_or_none()
    return (
        None
        if row is None
        else changed_row(row, matters_at_rest.opened_words(connection, row.incoming_id, row))
    )


def keep_arrival(connection: Connection, row: Mapping[str, Any]) -> bool:
    """True when the event is new; False, and nothing changed, when its id was there already."""
    return insert_once(connection, ARRIVAL, row)


def add_matter(connection: Connection, matter: Mapping[str, Any], person: Mapping[str, Any] | None) -> None:
    """The matter stands, and apart from it who complains or informs."""
    add(connection, INCOMING, [matters_at_rest.kept_matter(connection, matter)])
    if person is not None:
        add(connection, PERSON, [matters_at_rest.kept_person(connection, matter, person)])


def change_matter(connection: Connection, id: str, values: Mapping[str, Any]) -> None:
    """The matter has these values."""
    change(connection, INCOMING, id, matters_at_rest.kept_changes(connection, id, values))


def change_clock(connection: Connection, id: str, values: Mapping[str, Any]) -> None:
    """The clock has these values."""
    change(connection, CLOCK, id, values)


def add_clocks(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The clocks run."""
    add(connection, CLOCK, rows)


def due_clocks(connection: Connection, office_id: str, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Running clocks of which more has come than was told, the longest waiting first."""
    columns = CLOCK.c
    stages = ((1, columns.red_at), (2, columns.overdue_at), (3, columns.severe_at))
    come = or_(*(and_(columns.told_stage < stage, at <= now) for stage, at in stages))
    found = (
        select(
            CLOCK,
            *(INCOMING.c[name] for name in ("confidential", "number", "kind")),
            INCOMING.c.state.label("at"),
        )
        .join(INCOMING, INCOMING.c.id == columns.incoming_id)
        .where(columns.office_id == office_id, columns.state == RUNNING, columns.red_at <= now, come)
    )
    return connection.execute(found.order_by(columns.red_at, columns.id).limit(limit)).all()


def running_matters(connection: Connection, office_id: str, after: str, limit: int) -> list[str]:
    """The ids of the next matters that have a running clock."""
    found = select(CLOCK.c.incoming_id).where(
        CLOCK.c.office_id == office_id, CLOCK.c.state == RUNNING, CLOCK.c.incoming_id > after
    )
    paged = found.distinct().order_by(CLOCK.c.incoming_id).limit(limit)
    return [str(id) for id in connection.execute(paged).scalars()]


def settle_notices(connection: Connection, keys: Collection[str], by: str, now: datetime) -> None:
    """The notices of these natural keys need nobody any more."""
    open_ones = and_(NOTICE.c.natural_key.in_(sorted(keys)), NOTICE.c.done.is_(False))
    connection.execute(update(NOTICE).where(open_ones).values(done=True, done_by=by, done_at=now))


def takes_matters(connection: Connection, office_id: str, department: str, roles: Collection[str]) -> bool:
    """True when somebody of the department can take a matter in."""
    found = select(USER.c.roles).where(
        USER.c.office_id == office_id, USER.c.department == department, USER.c.disabled.is_(False)
    )
    return any(not set(roles).isdisjoint(held) for held in connection.execute(found).scalars())


def referral_named(
    connection: Connection,
    department: str,
    message_id: str | None,
    doc_no: str | None,
    known: Select[tuple[str]] | None = None,
) -> str | None:
    """The criminal referral, of the `known`, that this message to that department told of or whose document has that number."""
    sent = and_(MESSAGE.c.queue == CRIMINAL_QUEUE, MESSAGE.c.recipient == department)
    named: list[ColumnElement[bool]] = []
    if message_id is not None:
        named.append(MESSAGE.c.id == message_id)
    if doc_no is not None:
        numbered_so = select(DOCUMENT.c.record_id).where(DOCUMENT.c.doc_no == doc_no)
        named.append(MESSAGE.c.proceeding_id.in_(numbered_so))
    if not named:
        return None
    found = select(MESSAGE.c.proceeding_id).where(sent, MESSAGE.c.proceeding_id.is_not(None), or_(*named))
    found = found if known is None else found.where(MESSAGE.c.proceeding_id.in_(known))
    return connection.execute(found.order_by(MESSAGE.c.recorded_at.desc()).limit(1)).scalar()


def last_recorded_at(connection: Connection) -> datetime | None:
    """When the latest matter was recorded; None where there is none."""
    latest: datetime | None = connection.execute(select(func.max(INCOMING.c.recorded_at))).scalar()
    return latest
