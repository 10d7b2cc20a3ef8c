"""Who can be named on a page: the accounts of a department, and names for logins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.commands import CLOCK, IMPORTER
from engine.house import House
from web.fields import Choice

IN_THE_FIELD = frozenset({"inspector", "case_officer", "unit_head"})
"""Roles whose people are offered as officers and handlers."""


@dataclass(frozen=True, slots=True)
class People:
    """Every account, by login without case."""

    by_login: Mapping[str, Mapping[str, Any]]

    def name(self, login: str) -> str:
        """The name of an account; what is no account keeps its own."""
        known = self.by_login.get(login.casefold())
        return str(known["name"]) if known else login

    def told(self, stated: Any) -> str:
        """The name of a person as a step states one: a login, or a person without an account; empty for nobody."""
        if isinstance(stated, Mapping):
            return str(stated.get("name", ""))
        return self.name(str(stated)) if stated else ""

    def offered(self, department: str) -> tuple[Choice, ...]:
        """The department's people who inspect and handle, as choices."""
        return tuple(
            Choice(one["login"], f"{one['name']}　{one['login']}")
            for one in self.by_login.values()
            if one["department"] == department and not one["disabled"] and IN_THE_FIELD & set(one["roles"])
        )


def people_of(house: House) -> People:
    """The accounts of the house, with the clock and the importer."""
    built_in: list[dict[str, Any]] = [
        {"login": one.login, "name": one.name, "department": None, "roles": [], "disabled": True}
        for one in (CLOCK, IMPORTER)
    ]
    return People({one["login"].casefold(): one for one in [*built_in, *house.accounts.users()]})
