"""A backup as an older program would have made it."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson


def without_column(
    found: list[tuple[str, bytes]], head: Any, manifest: Any, table: str, column: str
) -> list[tuple[str, bytes]]:
    """The members as if the table had never had the column."""
    at = [name for name, _ in head["tables"][table]].index(column)
    del head["tables"][table][at]
    digest = hashlib.sha256()
    shown = []
    for name, content in found:
        if name.split("/")[1:2] == [table]:
            rows = [orjson.loads(line) for line in content.splitlines()]
            content = b"".join(orjson.dumps(row[:at] + row[at + 1 :]) + b"\n" for row in rows)
            digest.update(content)
        shown.append((name, content))
    manifest["tables"][table]["sha256"] = digest.hexdigest()
    return shown
