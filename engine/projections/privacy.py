"""Personal particulars are shown to the department that works on the case, and masked for everybody else."""

from __future__ import annotations

from typing import Any

from engine.core.commands import Principal
from engine.core.visibility import sees_department

MASK = "***"


def knows_particulars(who: Principal, department: str) -> bool:
    """True for the persons of the department, and for the importer who brought them."""
    return sees_department(who) == department or "importer" in who.roles


def masked(value: Any, personal: frozenset[str]) -> Any:
    """The JSON value with personal identifiers masked and the phones of natural persons left out."""
    if isinstance(value, list):
        return [masked(item, personal) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: masked(item, personal) for name, item in value.items()}
    if kept.get("scheme") in personal and "value" in kept:
        kept["value"] = MASK
    if kept.get("kind") == "natural_person":
        kept.pop("phone", None)
    return kept


def holds_particulars(body: str, personal: frozenset[str]) -> bool:
    """True when a canonical JSON text names an identifier of a personal scheme."""
    return any(f'"scheme":"{scheme}"' in body for scheme in personal)
