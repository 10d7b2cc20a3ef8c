"""Soaks of what stands in the way of attackers."""

from __future__ import annotations

from typing import Any

from tests.hostile.generated_files import hostile


def uploads(n: int, seed: int) -> dict[str, Any]:
    """N hostile files, each refused or inert."""
    told = hostile(n, seed)
    kinds = {name.replace(" ", "_"): count for name, count in sorted(told.items())}
    refused = sum(count for name, count in told.items() if name.endswith("refused"))
    return {"files": told.total(), "refused": refused, "inert": told.total() - refused, "kinds": kinds}
