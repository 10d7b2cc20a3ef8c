"""Soaks of what stands in the way of attackers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from bench.telling import say
from engine.accounts import hash_password
from tests.builders import Town
from tests.hostile.canaries import planted
from tests.hostile.fort import PASSWORD, Fort
from tests.hostile.generated_files import hostile
from tests.identity.guessing import besiege


def uploads(n: int, seed: int) -> dict[str, Any]:
    """N hostile files, each refused or inert."""
    told = hostile(n, seed)
    kinds = {name.replace(" ", "_"): count for name, count in sorted(told.items())}
    refused = sum(count for name, count in told.items() if name.endswith("refused"))
    return {"files": told.total(), "refused": refused, "inert": told.total() - refused, "kinds": kinds}


def canaries(n: int, seed: int) -> dict[str, Any]:
    """N values, none of which was told."""
    with tempfile.TemporaryDirectory(prefix="bihuan-canaries-") as folder:
        town = Town.open(f"sqlite:///{folder}/bihuan.db", Path(folder), "2024-04-26T17:00")
        town.add_person("X01", "market_regulation", ("inspector",))
        fort = Fort.open(town, hash_password(PASSWORD))
        try:
            fort.settle()
            say("the house has its records")
            told = planted(fort, n, seed)
        finally:
            fort.close()
    lines = told.pop("lines_of_the_journal")
    return {"planted": told.total(), "lines_of_the_journal": lines, "found": 0, "ways": dict(told)}


def guesses(n: int, seed: int) -> dict[str, Any]:
    """N guesses, none of which opens anything."""
    with tempfile.TemporaryDirectory(prefix="bihuan-guesses-") as folder:
        return besiege(f"sqlite:///{folder}/bihuan.db", Path(folder), n, seed)
