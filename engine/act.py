"""An administrative act: who confirms it, what it checks, what it changes, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

if TYPE_CHECKING:
    from engine.house import House

SECRET = frozenset({"password_hash"})
"""Members of an act's detail that no entry repeats."""

Check = Callable[["House", Mapping[str, Any]], None]
CarryOut = Callable[["House", Connection, Mapping[str, Any], datetime], Mapping[str, Any]]


def told(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of an act without its secrets."""
    return {name: value for name, value in detail.items() if name not in SECRET and value is not None}


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of administrative act."""

    name: str
    role: str
    """Who proposes and confirms it."""
    check: Check
    """Raises Refusal when the detail could never be carried out."""
    carry_out: CarryOut
    told: Callable[[Mapping[str, Any]], Mapping[str, Any]] = told
    """What the list of proposals and the entry say of the detail."""
    when_confirmed: Mapping[str, Any] = field(default_factory=dict)
    """Members that the detail gets where a second administrator confirms it."""
