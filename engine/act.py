"""An administrative act: what it checks, whom it concerns, what it changes, and what is told of it.

Who proposes and confirms it stands in engine/core/two_persons.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

if TYPE_CHECKING:
    from engine.house import House
    from engine.warranting import Touched

SECRET = frozenset({"password_hash"})
"""Members of an act's detail that no entry repeats."""

Said = tuple[str, str]
"""A sentence in Chinese and English."""
Check = Callable[["House", Mapping[str, Any]], None]
CarryOut = Callable[["House", Connection, Mapping[str, Any], datetime], Mapping[str, Any]]


def told(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of an act without its secrets."""
    return {name: value for name, value in detail.items() if name not in SECRET and value is not None}


def nobody(_: House, __: Mapping[str, Any]) -> frozenset[str]:
    """The act concerns no account of the house."""
    return frozenset()


def nothing(_: House, __: Mapping[str, Any]) -> list[Said]:
    """There is nothing to point out."""
    return []


def untouched(_: House, __: Connection, ___: Mapping[str, Any]) -> Touched:
    """The act changes nothing that stands by its entry alone."""
    return {}


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of administrative act."""

    name: str
    check: Check
    """Raises Refusal when the detail could never be carried out."""
    carry_out: CarryOut
    told: Callable[[Mapping[str, Any]], Mapping[str, Any]] = told
    """What the list of proposals and the entry say of the detail."""
    concerns: Callable[[House, Mapping[str, Any]], frozenset[str]] = nobody
    """The accounts, by login, whose owners neither propose nor confirm it: nobody grants themselves."""
    points_out: Callable[[House, Mapping[str, Any]], list[Said]] = nothing
    """What whoever proposes and confirms it should look at first."""
    forbids: Callable[[House, Mapping[str, Any]], None] | None = None
    """Raises Refusal for what two administrators may not do, though bootstrap may."""
    afterwards: Callable[[House], None] | None = None
    """What this house does once the act is durable."""
    around: Callable[[House], AbstractContextManager[None]] = lambda _: nullcontext()
    """What stands ready before the act, and is held until the house has done what comes afterwards."""
    result_told: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda _: {}
    """What the entry says of what the act gave."""
    when_confirmed: Mapping[str, Any] = field(default_factory=dict)
    """Members that the detail gets where a second administrator confirms it."""
    touches: Callable[[House, Connection, Mapping[str, Any]], Touched] = untouched
    """What it changes that stands by its entry, asked before it is done: the entry states how that stands afterwards."""
    makes: str | None = None
    """The kind of what it makes, which has the `id` of the result."""
