"""The journal of the running program: one JSON object a line on stderr, for people and log collectors."""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import orjson

from engine.core.calendar import SHANGHAI

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being worked on, on every line that it causes."""

_VALUES = re.compile(r"""'[^']*'|"[^"]*"|“[^”]*”|\d{5,}""")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object; members given as `extra` stand beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (id := request_id.get()) is not None:
            line["request"] = id
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = fault_without_values(record.exc_info[1])
            line["trace"] = traced(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def fault_without_values(fault: BaseException) -> str:
    """What went wrong without what was in the request.

    Of a fault of the program its kind, as its words may repeat what was asked; of the database its first line without
    what stands in quotation marks and without long numbers: what follows repeats the row.
    """
    cause = getattr(fault, "orig", None)
    words = str(cause).splitlines() if cause is not None else []
    if not words:
        return type(cause or fault).__name__
    return f"{type(cause).__name__}: {_VALUES.sub('…', words[0][:300])}"


def traced(fault: BaseException) -> list[str]:
    """Where it happened: file, line and function of each frame, the innermost last; no values."""
    frames, step = [], fault.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return frames[-12:]


def keep_journal(level: int = logging.INFO) -> None:
    """From now on everything that is logged goes to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "apscheduler", "alembic", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for own in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(own).handlers[:] = []
        logging.getLogger(own).propagate = True
