"""What a receipt does: the step it asks for, an entry on the timeline, or waiting for the step before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.commands import Command, Principal, Step, StepCommand
from engine.core.fact_types import Names
from engine.core.receipts import (
    Line,
    ReceiptKind,
    first_step_towards,
    lines_for,
    open_line,
    step_of,
    taken_since,
    told_of,
)
from engine.core.refusals import Faults, FieldError, Refusal
from engine.core.snapshot import Record
from engine.core.times import timing
from engine.desk import Desk
from engine.files import file_of_message
from models import exchange_reading, linked_reading
from models.exchange_reading import CRIMINAL_QUEUE

NOTE = "receipt"
PUBLISHING = frozenset({"result_publication", "penalty_publication", "credit_flag"})
"""Kinds of messages by which something is made public on a day that the receipt confirms."""
Effect = tuple[str, str | None]
"""The state the receipt is in now, and what it waits for."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A receipt that is kept: from whom, what it says, and which message it answers."""

    system_id: str
    id: str
    digest: str
    kind: ReceiptKind
    data: Mapping[str, Any]
    message_id: str
    beside: Mapping[str, Any] = field(default_factory=dict)
    """Facts of the step that no receipt says: why an officer enters what came on paper so late."""


class ReceiptEffects:
    """Finds the row for a receipt and lets the desk take it."""

    def __init__(self, desk: Desk, kinds: Mapping[str, ReceiptKind]) -> None:
        self._desk = desk
        self._kinds = kinds

    def of(self, connection: Connection, who: Principal, arrived: Arrived, now: datetime) -> Effect:
        """The receipt has had its effect in this transaction; raises Refusal when a row lacks its facts."""
        message = exchange_reading.message_row(connection, arrived.message_id)
        assert message is not None, "receipts are kept only for messages that were sent"
        if message.finding_id is None and message.queue != CRIMINAL_QUEUE:
            return self._note(connection, who, arrived, message, now)
        file = file_of_message(connection, self._desk.office, message)
        message = exchange_reading.message_row(connection, arrived.message_id)  # as it stands under the lock
        assert message is not None
        held = {**file.snapshot.proceedings, file.snapshot.id: file.snapshot.main}
        record = held.get(message.proceeding_id or "")
        if not message.answerable or record is None:
            return self._note(connection, who, arrived, message, now)
        return self._move(connection, who, arrived, message, record, now)

    def _move(
        self,
        connection: Connection,
        who: Principal,
        arrived: Arrived,
        message: Any,
        record: Record,
        now: datetime,
    ) -> Effect:
        chart, data = self._desk.law.charts[record.chart], arrived.data
        lines = lines_for(arrived.kind, message.chart_name, data, record)
        if not lines and arrived.kind.only_noted(record.chart, message.chart_name):
            return self._note(connection, who, arrived, message, now)
        if not lines:
            words = ("所答复的报文不收这种回执", "the message answered takes no such receipt")
            raise Refusal("facts_invalid", errors=[FieldError("/type", "inconsistent", *words)])
        line = open_line(lines, chart, record.state)
        if line is not None and not self._before_is_missing(connection, arrived):
            self._take(connection, who, arrived, message, record, line, now)
            return "recorded", None
        if line is None and taken_since(lines, record, message.step_sequence):
            return self._note(connection, who, arrived, message, now)
        wanted = line or lines[0]
        self._check(who, wanted, self._step(wanted, record, arrived, now), now)
        return self._wait(connection, who, arrived, message, record, wanted, now)

    def _before_is_missing(self, connection: Connection, arrived: Arrived) -> bool:
        before = arrived.kind.after
        return before is not None and not linked_reading.answered_with(
            connection, arrived.system_id, arrived.message_id, before
        )

    def _wait(
        self,
        connection: Connection,
        who: Principal,
        arrived: Arrived,
        message: Any,
        record: Record,
        wanted: Line,
        now: datetime,
    ) -> Effect:
        """Parked for the step that must come first; where no way leads on, overtaken or contradictory."""
        chart = self._desk.law.charts[record.chart]
        if chart.rows_from(
            record.state, wanted.trigger
        ):  # open, but the receipt that belongs before it is missing
            before = lines_for(self._kinds[arrived.kind.after or ""], message.chart_name, {}, record)
            return "parked", f"{record.chart}.{before[0].trigger}"
        awaited = first_step_towards(chart, record.state, wanted.trigger)
        if awaited is not None:
            return "parked", f"{record.chart}.{awaited}"
        if wanted.overtaken:
            return self._note(connection, who, arrived, message, now)
        return "contradicts", f"{record.chart}.{wanted.trigger}"

    def _step(self, line: Line, record: Record, arrived: Arrived, now: datetime) -> Step:
        step = step_of(line, record, arrived.data, now, self._desk.law.department_code)
        return replace(step, facts={**step.facts, **arrived.beside})

    def _take(
        self,
        connection: Connection,
        who: Principal,
        arrived: Arrived,
        message: Any,
        record: Record,
        line: Line,
        now: datetime,
    ) -> None:
        said = {fact: arrived.data[name] for fact, name in line.remember.items() if arrived.data.get(name)}
        step = replace(self._step(line, record, arrived, now), remembered=said)
        if message.queue == CRIMINAL_QUEUE:
            asked = StepCommand("referral", message.proceeding_id, (replace(step, proceeding=None),))
        else:
            asked = StepCommand("finding", message.finding_id, (step,))
        try:
            self._desk.handle_within(connection, Command(who, arrived.id, arrived.digest, asked))
        except Refusal as refusal:
            raise _in_words_of_the_receipt(line, refusal) from refusal

    def _check(self, who: Principal, line: Line, step: Step, now: datetime) -> None:
        """What waits is complete and does not lie in the future; else it is refused while its sender listens."""
        law = self._desk.law
        row, faults = law.charts[line.chart].any_row(line.trigger), Faults()
        names = Names(law.department_code, lambda _: None, frozenset())
        facts = law.forms.of(row).read(step.facts, faults, names)
        if faults.errors:
            raise Refusal("facts_invalid", errors=told_of(line, faults.errors))
        timing(law, row, facts, step.occurred_at, None, now, who)

    def _note(
        self, connection: Connection, who: Principal, arrived: Arrived, message: Any, now: datetime
    ) -> Effect:
        """The receipt stands on the timeline of what the message was about and moves nothing."""
        file = file_of_message(connection, self._desk.office, message)
        said = {"receipt_kind": arrived.kind.kind, "receipt": arrived.id, **arrived.data}
        if arrived.kind.kind == "published" and message.kind in PUBLISHING:
            published = file.snapshot.record(message.proceeding_id) or file.snapshot.main
            said["confirmed"] = published.facts.get("published_on") == arrived.data["published_on"]
        self._desk.scribe.note(connection, file, NOTE, {"facts": said}, who, now)
        role = arrived.kind.tasked(arrived.data) or ("duty_clerk" if said.get("confirmed") is False else None)
        if (
            role is not None and message.queue != CRIMINAL_QUEUE
        ):  # its list reads the timeline, others nothing
            words = {
                "zh": f"收到回执：{arrived.kind.zh}",
                "en": f"receipt received: {arrived.kind.en}",
                "receipt": arrived.id,
                "system": arrived.system_id,
            }
            about = {**message._mapping, "id": f"{arrived.system_id}:{arrived.id}"}
            exchange_reading.tell(
                connection, about, "receipt_noted", file.snapshot.department, role, words, now
            )
        return "noted", None


def _in_words_of_the_receipt(line: Line, refusal: Refusal) -> Refusal:
    """The refusal with pointers into the receipt."""
    return Refusal(
        refusal.code,
        errors=told_of(line, refusal.errors),
        reasons=refusal.reasons,
        detail=refusal.detail,
        **refusal.carries,
    )
