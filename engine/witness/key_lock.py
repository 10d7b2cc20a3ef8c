"""Of the programs that hold the key of the log, one signs at a time: what a key signs, it signed before it handed over."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENDING = ".lock"


@contextmanager
def signing_alone(key: Path) -> Iterator[None]:
    """Nobody else signs with the key in that file while the block runs; another one is waited for.

    Raises OSError where the lock beside the key cannot be made.
    """
    key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(key.with_name(key.name + ENDING), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
