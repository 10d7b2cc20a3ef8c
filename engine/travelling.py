"""Checkpoints travel: whoever receives a message of the house holds what its log was when the message left."""

from __future__ import annotations

from base64 import b64encode

from sqlalchemy import Connection

from models import log_reading

CHECKPOINT_HEADER = "bihuan-checkpoint"


def checkpoint_header(connection: Connection) -> dict[str, str]:
    """The header with the checkpoint signed last, in base64 as it stands in its file; empty where none is signed yet.

    A header and no member of the message, since the shapes of messages are closed. The signature of the message does not
    cover it: it carries one of its own, by the log's key. It commits to every record alike and tells of none.
    """
    note = log_reading.newest_checkpoint(connection)
    return {} if note is None else {CHECKPOINT_HEADER: b64encode(note.encode()).decode("ascii")}
