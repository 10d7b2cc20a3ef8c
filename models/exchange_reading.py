"""The outbox: messages put in by the transaction of their step, leased by couriers, pulled by the receivers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, literal_column, or_, select, update

from engine.core.envelope import event_bytes, message_event
from engine.core.messages import ROUTES
from models.exchange import LinkedSystem, Message, MessageSeries
from models.records import FINDING, INSPECTION, NOTICE, add, insert_once, table_of

MESSAGE, SYSTEM, MESSAGE_SERIES = table_of(Message), table_of(LinkedSystem), table_of(MessageSeries)
PUBLICITY_RECIPIENT = "market_regulation"
"""The department that the national publicity system is linked under, as in the contract's examples."""
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""When a fresh message is due: before any clock, because the house may run on a test clock and the courier never does."""
ALL_KINDS = "all"
CRIMINAL_QUEUE = "criminal"
"""The queue of criminal referrals: its messages belong to no finding, and their proceeding is the referral."""
RESULT_PUBLICATION = "result_publication"
NO_SYSTEM = {"zh": "该部门没有联网系统，请以纸质送达", "en": "no linked system: deliver on paper"}


def enqueue(
    connection: Connection,
    *,
    office_id: str,
    recipient: str,
    chart_name: str,
    kind: str,
    queue: str,
    data: Mapping[str, Any],
    finding_id: str | None,
    inspection_id: str | None,
    proceeding_id: str | None,
    step_sequence: int,
    now: datetime,
    subject: str,
    message_id: str,
    sender: str,
    department: str,
    on_paper: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
    kept: Callable[[Mapping[str, Any]], bytes] | None = None,
) -> None:
    """The message stands in the outbox with the next number of its queue; without a linked system it is a paper task.

    on_paper: the words of the task of a message that goes to nobody's system, linked or not. due_at: the end of the
    deadline that it is to arrive by; when half of the time to it is gone, a person is to be told. kept: the body of a row as
    it is kept, without which nothing of the criminal queue is taken.
    """
    assert kept is not None or queue != CRIMINAL_QUEUE, "what is told of a criminal referral is sealed"
    system = receiving_system(connection, office_id, recipient, kind) if on_paper is None else None
    sequence = next_sequence(connection, system.id, queue) if system else None
    event = message_event(
        office_id=office_id,
        message_id=message_id,
        kind=kind,
        queue=queue,
        sequence=sequence,
        sender=sender,
        recipient=recipient,
        subject=subject,
        now=now,
        data=data,
    )
    route = ROUTES[chart_name]
    answerable = route.answerable and proceeding_id is not None
    if answerable and not route.alongside:
        _supersede(connection, str(proceeding_id))
    row = {
        "id": message_id,
        "office_id": office_id,
        "system_id": system.id if system else None,
        "recipient": recipient,
        "queue": queue,
        "sequence": sequence,
        "kind": kind,
        "chart_name": chart_name,
        "finding_id": finding_id,
        "inspection_id": inspection_id,
        "proceeding_id": proceeding_id,
        "thread": finding_id or inspection_id or proceeding_id or message_id,
        "step_sequence": step_sequence,
        "answerable": answerable,
        "body": event_bytes(event),
        "state": "waiting" if system else "paper",
        "next_try_at": AT_ONCE,
        "due_at": due_at,
        "alarm_at": now + (due_at - now) / 2 if system and due_at and due_at > now else None,
        "recorded_at": now,
    }
    add(connection, MESSAGE, [row if kept is None else {**row, "body": kept(row)}])
    if system is None:
        tell(connection, row, "paper_message", department, "duty_clerk", on_paper or NO_SYSTEM, now)


def receiving_system(connection: Connection, office_id: str, recipient: str, kind: str) -> Row[Any] | None:
    """The system of that department that takes messages of that kind; one that names the kind before one for all."""
    found = select(SYSTEM).where(SYSTEM.c.office_id == office_id, SYSTEM.c.department == recipient)
    found = found.where(SYSTEM.c.suspended.is_(False))
    systems = connection.execute(found.order_by(SYSTEM.c.created_at, SYSTEM.c.id)).all()
    named = [one for one in systems if kind in one.kinds]
    taking_all = [one for one in systems if ALL_KINDS in one.kinds]
    return next(iter((*named, *taking_all)), None)


def next_sequence(connection: Connection, system_id: str, queue: str) -> int:
    """The next number of that queue; the row is locked until the transaction ends, so order is order of commit."""
    where = and_(MESSAGE_SERIES.c.system_id == system_id, MESSAGE_SERIES.c.queue == queue)
    insert_once(connection, MESSAGE_SERIES, {"system_id": system_id, "queue": queue, "last": 0})
    last = connection.execute(select(MESSAGE_SERIES.c.last).where(where).with_for_update()).scalar_one()
    connection.execute(update(MESSAGE_SERIES).where(where).values(last=last + 1))
    return int(last) + 1


def _supersede(connection: Connection, proceeding_id: str) -> None:
    """Receipts for earlier messages of the proceeding move it no more."""
    earlier = and_(MESSAGE.c.proceeding_id == proceeding_id, MESSAGE.c.answerable)
    connection.execute(update(MESSAGE).where(earlier).values(answerable=False))


def tell(
    connection: Connection,
    message: Mapping[str, Any],
    kind: str,
    department: str,
    role: str,
    words: Mapping[str, str],
    now: datetime,
) -> None:
    """Somebody of that role in the department has a task about the message: a new one when the former was done."""
    detail = {**words, "chart_name": message["chart_name"], "recipient": message["recipient"]}
    row = {
        "natural_key": f"{kind}:{message['id']}",
        "office_id": message["office_id"],
        "department": department,
        "role": role,
        "kind": kind,
        "finding_id": message["finding_id"],
        "inspection_id": message["inspection_id"] if message["finding_id"] is None else None,
        "detail": {"message": message["id"], **detail},
        "done": False,
        "recorded_at": now,
    }
    if not insert_once(connection, NOTICE, row):
        former = select(NOTICE.c.done).where(NOTICE.c.natural_key == row["natural_key"])
        if connection.execute(former).scalar_one():
            again = f"{row['natural_key']}:{now.astimezone(UTC):%Y%m%dT%H%M%S}"
            insert_once(connection, NOTICE, {**row, "natural_key": again})


def settle_tasks(connection: Connection, keys: Sequence[str], by: str, now: datetime) -> None:
    """The tasks under these keys, or told anew under keys that begin so, are done by that person unless they were before."""
    named = or_(*(NOTICE.c.natural_key.startswith(key, autoescape=True) for key in keys))
    open_ones = and_(named, NOTICE.c.done.is_(False))
    connection.execute(update(NOTICE).where(open_ones).values(done=True, done_by=by, done_at=now))


def department_of(connection: Connection, message: Any) -> str | None:
    """The department of the finding or inspection that the message is about."""
    table, id = (FINDING, message.finding_id) if message.finding_id else (INSPECTION, message.inspection_id)
    found: str | None = connection.execute(select(table.c.department).where(table.c.id == id)).scalar()
    return found


def last_answerable(connection: Connection, proceeding_id: str, recipient: str | None = None) -> str | None:
    """The message of the proceeding (to that recipient, when named) that asks for a receipt and is the latest to do so."""
    found = select(MESSAGE.c.id).where(MESSAGE.c.proceeding_id == proceeding_id, MESSAGE.c.answerable)
    if recipient is not None:
        found = found.where(MESSAGE.c.recipient == recipient)
    latest = found.order_by(MESSAGE.c.step_sequence.desc(), MESSAGE.c.id.desc()).limit(1)
    return connection.execute(latest).scalar()


def sent_as(connection: Connection, proceeding_id: str, chart_name: str) -> list[str]:
    """The messages of that name which the proceeding has sent, oldest first."""
    mine = and_(MESSAGE.c.proceeding_id == proceeding_id, MESSAGE.c.chart_name == chart_name)
    found = select(MESSAGE.c.id).where(mine).order_by(MESSAGE.c.step_sequence, MESSAGE.c.id)
    return [str(id) for id in connection.execute(found).scalars()]


def last_publication(
    connection: Connection, proceeding_ids: Sequence[str], kinds: Sequence[str]
) -> str | None:
    """The latest message of these kinds by which one of the proceedings was made public."""
    found = select(MESSAGE.c.id).where(MESSAGE.c.proceeding_id.in_(proceeding_ids), MESSAGE.c.kind.in_(kinds))
    latest = found.order_by(MESSAGE.c.step_sequence.desc(), MESSAGE.c.id.desc()).limit(1)
    return connection.execute(latest).scalar()


def result_publications(connection: Connection, inspection_id: str) -> list[str]:
    """The messages by which the result of the inspection was made public, oldest first."""
    same = and_(MESSAGE.c.inspection_id == inspection_id, MESSAGE.c.kind == RESULT_PUBLICATION)
    found = select(MESSAGE.c.id).where(same).order_by(MESSAGE.c.step_sequence, MESSAGE.c.id)
    return [str(id) for id in connection.execute(found).scalars()]


def count_reminders(
    connection: Connection, finding_id: str | None, proceeding_id: str | None, recipient: str
) -> int:
    """How often that department was reminded of the finding or its proceeding; of a referral, which no finding is named of."""
    same = and_(MESSAGE.c.finding_id == finding_id, MESSAGE.c.proceeding_id == proceeding_id)
    told = select(func.count()).where(same, MESSAGE.c.kind == "reminder", MESSAGE.c.recipient == recipient)
    return int(connection.execute(told).scalar_one())


def message_row(connection: Connection, id: str) -> Row[Any] | None:
    """The message of that id."""
    return connection.execute(select(MESSAGE).where(MESSAGE.c.id == id)).one_or_none()


def messages_of(connection: Connection, finding_id: str) -> Sequence[Row[Any]]:
    """The messages of a finding without their bodies, oldest first."""
    columns = [column for column in MESSAGE.c if column.name != "body"]
    found = select(*columns).where(MESSAGE.c.finding_id == finding_id)
    return connection.execute(found.order_by(MESSAGE.c.recorded_at, MESSAGE.c.id)).all()


# --- the receiver pulls


def feed(
    connection: Connection, system_id: str, queue: str, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Messages of the queue in order, beyond `after`, or from the first one that is not acknowledged."""
    mine = and_(MESSAGE.c.system_id == system_id, MESSAGE.c.queue == queue)
    if after is None:
        first = select(func.min(MESSAGE.c.sequence)).where(mine, MESSAGE.c.state != "delivered")
        start = connection.execute(first).scalar()
        if start is None:
            return []
        after = int(start) - 1
    found = select(MESSAGE).where(mine, MESSAGE.c.sequence > after)
    return connection.execute(found.order_by(MESSAGE.c.sequence).limit(limit)).all()


def acknowledge(connection: Connection, system_id: str, id: str, now: datetime) -> bool:
    """The message is delivered; False, and nothing changed, when it is not one of that system."""
    mine = and_(MESSAGE.c.id == id, MESSAGE.c.system_id == system_id)
    known = connection.execute(select(MESSAGE.c.id).where(mine)).scalar()
    if known is None:
        return False
    fresh = and_(mine, MESSAGE.c.state != "delivered")
    done = {
        "state": "delivered",
        "delivered_at": now,
        "outcome": "acknowledged",
        "alarm_at": None,
        "lease": None,
        "leased_until": None,
    }
    connection.execute(update(MESSAGE).where(fresh).values(**done))
    return True


def due_count(connection: Connection) -> int:
    """How many messages wait to be brought or pulled; of the criminal queue nobody is told how many (law 9)."""
    waiting = and_(MESSAGE.c.state == literal_column("'waiting'"), MESSAGE.c.queue != CRIMINAL_QUEUE)
    return int(connection.execute(select(func.count()).where(waiting)).scalar_one())


def sent_to(connection: Connection, system_id: str, message_id: str) -> bool:
    """True when the message went to that system."""
    found = select(MESSAGE.c.id).where(MESSAGE.c.id == message_id, MESSAGE.c.system_id == system_id)
    return connection.execute(found).scalar() is not None
