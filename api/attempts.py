"""Whatever route or page a person was refused on, the attempt is on record: asked here once for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import Request

from engine.core.commands import Principal
from engine.core.policies import POLICIES
from engine.core.refusals import Refusal
from engine.house import House
from engine.refused import Attempt

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NAMED = re.compile(r"[0-9A-Za-z_.:@-]{1,64}", re.ASCII)
"""What may be an id or a login; whatever else stands in a path is not repeated."""


def known_to(request: Request, who: Principal) -> None:
    """Who calls is known to whoever enters what they are refused, whatever is refused of them."""
    request.state.caller = who


def note_attempt(request: Request, policies: Mapping[str, str], refusal: Refusal) -> None:
    """The refusal of a person is on record, under the action that the route's policy names.

    Nothing of a reader who is told that there is no such record: ids are mistyped, and links grow old.
    """
    who: Principal | None = getattr(request.state, "caller", None)
    route = request.scope.get("route")
    if who is None or route is None or (refusal.code == "not_found" and request.method in SAFE_METHODS):
        return
    place = f"{request.method} {route.path}"
    subject = POLICIES[policies[place]].action.partition(".")[0] if place in policies else ""
    named = next((str(value) for value in request.path_params.values()), "")
    record = named if NAMED.fullmatch(named) else ""
    house: House = request.app.state.house
    house.desk.attempts.keep(who, Attempt(subject, record, place), refusal)
