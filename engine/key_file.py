"""Keys that stand outside the database, each in a file that only this program reads."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def make_key_file(path: Path, text: str) -> None:
    """The file is there whole or not at all; of two programs that make it, one wins, and what was there stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(handle, "w", encoding="ascii") as made:
            made.write(text + "\n")
            made.flush()
            os.fsync(made.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
