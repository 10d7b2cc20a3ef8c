"""Cursors of lists: opaque to callers, bound to one person, one list and one filter, and sealed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.audit import canonical
from engine.core.commands import Principal
from engine.core.refusals import FieldError, Refusal
from engine.writer import Writer
from models import records

SEAL_BYTES = 16
SECRET_BYTES = 32
SECRET_MARK = "cursor_secret"
TEXT_LENGTH_MAX = 2000
UNCHANGED = (
    "游标须原样取自上一页，并用于同一列表、同一筛选条件",
    "a cursor is taken unchanged from the page before, for the same list and filter",
)


def cursor_secret(writer: Writer, now: datetime) -> bytes:
    """The secret of this database, made by whoever opens it first and the same for every node after."""

    def kept(connection: Connection) -> str:
        row = {"name": SECRET_MARK, "value": secrets.token_hex(SECRET_BYTES), "recorded_at": now}
        records.insert_once(connection, records.MARK, row)
        return str(records.mark_value(connection, SECRET_MARK))

    return bytes.fromhex(writer.submit(kept))


class Cursors:
    """Seals and opens positions with the secret of this database."""

    def __init__(self, secret: bytes) -> None:
        if not secret:
            raise ValueError("cursors need a secret")
        self._secret = secret

    def sealed(
        self, who: Principal, name: str, asked: Mapping[str, Sequence[str]], place: Sequence[Any]
    ) -> str:
        """The cursor that leads this person on from the place, in the list `name` with the filter asked."""
        said = canonical(list(place)).encode()
        return f"{_written(said)}.{_written(self._seal(who, name, asked, said))}"

    def opened(self, who: Principal, name: str, asked: Mapping[str, Sequence[str]], cursor: str) -> list[Any]:
        """The place the cursor holds; refused as `parameter_invalid` unless sealed for exactly this list."""
        try:
            said, seal = (_read(part) for part in cursor[:TEXT_LENGTH_MAX].split("."))
        except ValueError:
            raise _refused() from None
        if not hmac.compare_digest(seal, self._seal(who, name, asked, said)):
            raise _refused()
        place: list[Any] = json.loads(said)
        return place

    def _seal(self, who: Principal, name: str, asked: Mapping[str, Sequence[str]], said: bytes) -> bytes:
        filters = {key: sorted(values) for key, values in asked.items() if key not in ("cursor", "limit")}
        bound = canonical([who.kind, who.login.casefold(), who.system_id, name, filters, said.hex()])
        return hmac.new(self._secret, bound.encode(), hashlib.sha256).digest()[:SEAL_BYTES]


def _written(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _read(text: str) -> bytes:
    """The bytes written so; raises ValueError for anything else, other spellings of the same bytes included."""
    value = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _written(value) != text:
        raise ValueError(text)
    return value


def _refused() -> Refusal:
    return Refusal("parameter_invalid", errors=[FieldError("/?cursor", "format", *UNCHANGED)])
