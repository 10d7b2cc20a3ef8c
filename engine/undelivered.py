"""Persons are told of messages that have not arrived: the clerk of the sender, or the readers of a criminal referral."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.core.commands import CLOCK
from engine.core.strict_json import parsed
from engine.projections.sources import words
from engine.reminder_words import shown_end
from engine.snapshots import load_referral
from engine.writer import Writer
from models import delivering, exchange_reading

if TYPE_CHECKING:
    from engine.scribe import Scribe

DEAD, LATE = "message_dead", "message_late"
CLERK = "duty_clerk"
WORDS = Path(__file__).with_name("undelivered.yaml")
AT_A_TIME = 50
TURNS_MAX = 20


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Each message is told of once while it waits and once when it is given up.

    A criminal referral is told of on its own timeline, which its readers see, the head of the department among them
    (law 9): for that the scribe of the house is needed.
    """

    scribe: Scribe | None = None

    def tell(self, writer: Writer, now: datetime) -> int:
        """Somebody was told of every message of which it was time, at that instant of the house; of how many."""
        told = 0
        for _ in range(TURNS_MAX):
            ids = writer.submit(lambda connection: delivering.alarming(connection, now, AT_A_TIME))
            for id in ids:
                told += writer.submit(partial(self._tell, id=id, now=now))
            if len(ids) < AT_A_TIME:
                break
        return told

    def _tell(self, connection: Connection, *, id: str, now: datetime) -> bool:
        known = exchange_reading.message_row(connection, id)
        referral = known is not None and known.queue == exchange_reading.CRIMINAL_QUEUE
        file = (
            load_referral(connection, str(known.proceeding_id), lock=True, remembering=False)
            if known is not None and referral and self.scribe is not None
            else None
        )  # records are locked before messages, everywhere
        message = delivering.locked_message(connection, id)
        if message is None or message.alarm_at is None or message.alarm_at > now:
            return False
        kind = DEAD if message.state == "dead" else LATE
        delivering.change_message(connection, id, {"alarm_at": None})
        said = sentence(kind, message)
        if file is not None and self.scribe is not None:
            facts = {"message": id, "kind": message.kind, "recipient": message.recipient}
            noted = {"facts": {**facts, "requirement": said["zh"]}}
            self.scribe.note(connection, file, kind, noted, CLOCK, now)
        else:
            sender = parsed(message.body)["sender"]
            exchange_reading.tell(connection, dict(message._mapping), kind, sender, CLERK, said, now)
        return True


def sentence(kind: str, message: Any) -> dict[str, str]:
    """What is said of the message, in both languages."""
    spoken, never = words(WORDS)[kind], words(WORDS)["never_tried"]
    due = shown_end(message.due_at) if message.due_at is not None else ""
    return {
        "zh": spoken.zh.format(told=message.outcome or never.zh, due=due),
        "en": spoken.en.format(told=message.outcome or never.en, due=due),
    }
