"""The checkpoint that a bundle brings: it stands in the README, since the container takes no member but those it knows."""

from __future__ import annotations

BEGIN, END = "-----BEGIN CHECKPOINT-----", "-----END CHECKPOINT-----"
"""The lines between which a checkpoint stands as it was signed."""
FILE = "checkpoint.note"
"""The file of it beside the members of an opened bundle."""


def enclosed(note: str) -> str:
    """The checkpoint between its lines."""
    return f"{BEGIN}\n{note}{END}\n"


def checkpoint_in(readme: bytes) -> str | None:
    """The checkpoint that stands in the README of a bundle, to the byte; None where there is none."""
    _, begun, rest = readme.decode(errors="replace").partition(f"\n{BEGIN}\n")
    note, ended, _ = rest.partition(f"{END}\n")
    return note if begun and ended else None
