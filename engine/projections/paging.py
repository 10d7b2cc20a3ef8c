"""One page of a list: where it starts, how long it is, and the cursor that leads on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.commands import Principal
from engine.cursor import Cursors
from engine.projections.asked import Asked
from engine.projections.instants import recorded


@dataclass(frozen=True, slots=True)
class Page:
    """A page asked for: all pages of one walk through a list are computed as of the same instant."""

    cursors: Cursors
    who: Principal
    name: str
    asked: Asked
    as_of: datetime
    after: list[Any] | None
    limit: int

    def answer(self, items: Sequence[dict[str, Any]], last: Sequence[Any] | None) -> dict[str, Any]:
        """The page as a list answer; `last` is the place it ended at, None when nothing follows."""
        onward = None
        if last is not None:
            place = [self.as_of.isoformat(), *last]
            onward = self.cursors.sealed(self.who, self.name, self.asked.given, place)
        return {"items": list(items), "next": onward, "as_of": recorded(self.as_of)}


def page_asked(cursors: Cursors, who: Principal, name: str, asked: Asked, now: datetime) -> Page:
    """The page that the parameters ask for; raises `parameter_invalid` with everything wrong in them."""
    limit, cursor = asked.limit(), asked.text("cursor")
    asked.done()
    if cursor is None:
        return Page(cursors, who, name, asked, now, None, limit)
    as_of, *place = cursors.opened(who, name, asked.given, cursor)
    return Page(cursors, who, name, asked, datetime.fromisoformat(as_of), place, limit)
