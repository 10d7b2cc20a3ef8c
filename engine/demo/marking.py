"""Marks: what the demonstration leaves in the database and in every entry, so that nobody takes it for real."""

from __future__ import annotations

DEMO = "demo"
"""The database holds the demonstration office, for ever; pages say so."""
BEGUN = "demo_begun"
"""The instant at which its findings began to be told; an interrupted build goes on from the same day."""
BUILT = "demo_built"
"""Its counts, once everything is told."""


STAMP = {DEMO: True}
"""What every entry of the demonstration says, within its audit chain."""
