"""What an administrative entry states: how the accounts, tokens, systems and delegations it changed stand from then on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.core.warrants import ACCOUNT, DELEGATION, FACTOR, PASSWORD, STANDS, SYSTEM, TOKEN
from engine.natural_persons import persons_known
from models import warranted

if TYPE_CHECKING:
    from engine.house import House

Touched = Mapping[str, Collection[str]]
"""The keys, by kind, of what an act changes."""


def stated(connection: Connection, touched: Touched) -> dict[str, Any]:
    """The member of an entry's detail that says how these stand, once the act is done; empty where it touched nothing."""
    found: dict[str, Any] = {}
    for kind, keys in touched.items():
        now = warranted.standing(connection, kind, keys)
        found[kind] = {key: now.get(key) for key in keys}
    return {STANDS: found} if found else {}


def of_account(_: House, __: Connection, detail: Mapping[str, Any]) -> Touched:
    """The account that the detail names."""
    return {ACCOUNT: [detail["login"].casefold()]}


def of_new_account(_: House, __: Connection, detail: Mapping[str, Any]) -> Touched:
    """The account that the detail names, and its password."""
    key = detail["login"].casefold()
    return {ACCOUNT: [key], PASSWORD: [key]}


def of_password(_: House, __: Connection, detail: Mapping[str, Any]) -> Touched:
    """The password of the account that the detail names."""
    return {PASSWORD: [detail["login"].casefold()]}


def of_second_factor(_: House, __: Connection, detail: Mapping[str, Any]) -> Touched:
    """The second factor of the account that the detail names."""
    return {FACTOR: [detail["login"].casefold()]}


def of_persons(house: House, connection: Connection, detail: Mapping[str, Any]) -> Touched:
    """Every account of whoever the detail names, before they are made one or set apart."""
    known = persons_known(connection, house.office.office_id)
    named = (detail[name] for name in ("login", "person", "other") if detail.get(name))
    return {ACCOUNT: sorted({one for login in named for one in known.logins_of(login)})}


def of_token(_: House, __: Connection, detail: Mapping[str, Any]) -> Touched:
    """The bearer token of the detail."""
    return {TOKEN: [detail["id"]]}


def of_system(_: House, __: Connection, detail: Mapping[str, Any]) -> Touched:
    """The linked system of the detail."""
    return {SYSTEM: [detail["id"]]}


def of_delegation(_: House, __: Connection, detail: Mapping[str, Any]) -> Touched:
    """The delegation of the detail."""
    return {DELEGATION: [detail["id"]]}
