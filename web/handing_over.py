"""Who handles a finding, who stands in during leave, and how it is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from engine.core.visibility import sees_department
from web.naming import Names
from web.records import Folder

REASSIGN = "reassign"


def handing_over(folder: Folder) -> dict[str, Any]:
    """{"handler", "substitutes", "path", "roles", "delegates"}: `path` leads to the form for whoever may hand it over now,
    else `roles` names who may; `substitutes` stand in for the handler today."""
    asking, names = folder.asking, Names(folder.asking.house, folder.asking.words)
    stated = folder.known.stated("handler", None)
    login = stated.get("login", "") if isinstance(stated, Mapping) else stated or ""
    step = next((one for one in folder.finding["steps"] if one["trigger"] == REASSIGN), None)
    roles = {role for reason in (step or {}).get("reasons", ()) for role in reason.get("roles", ())}
    own = sees_department(asking.who) == folder.finding["department"]
    return {
        "handler": folder.people.told(stated),
        "substitutes": _substitutes(folder, login) if login and own else [],
        "path": f"{folder.home}?{urlencode({'step': REASSIGN})}" if step and step["open"] else "",
        "roles": [names.role(role) for role in sorted(roles)],
        "delegates": own,
    }


def _substitutes(folder: Folder, handler: str) -> list[dict[str, Any]]:
    asking = folder.asking
    running = asking.house.delegation_reader.delegations(asking.who, {"state": ["running"], "limit": ["200"]})
    return [
        {"name": one["delegate"]["name"], "to": one["to"]}
        for one in running["items"]
        if one["delegator"]["login"].casefold() == handler.casefold()
    ]
