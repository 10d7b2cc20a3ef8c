"""What a long run tells while it runs."""

from __future__ import annotations

import sys


def say(words: str) -> None:
    """Tells how far it is."""
    print(words, file=sys.stderr, flush=True)
