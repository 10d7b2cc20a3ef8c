"""Of the programs that hold the key of the log, one signs at a time: what a key signs, it signed before it handed over."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def signing_alone(folder: Path) -> Iterator[None]:
    """Nobody else signs into that folder of checkpoints while the block runs; another one is waited for.

    The folder itself is locked: whoever signs writes there, while the key may lie where nobody writes. Raises OSError
    where there is no such folder and none can be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
