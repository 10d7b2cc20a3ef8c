"""The file of what a message was about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.snapshots import load_finding, load_inspection, load_referral
from models.exchange_reading import CRIMINAL_QUEUE
from rules.offices import Office


def file_of_message(connection: Connection, office: Office, message: Any) -> CaseFile:
    """The file of the finding, inspection or referral, locked until the transaction ends."""
    if message.queue == CRIMINAL_QUEUE:
        file = load_referral(connection, message.proceeding_id, lock=True)
    elif message.finding_id:
        file = load_finding(connection, office, message.finding_id, lock=True)
    else:
        file = load_inspection(connection, message.inspection_id, lock=True)
    assert file is not None, "a message is about a finding, an inspection or a referral"
    return file
