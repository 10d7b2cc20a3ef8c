"""What two system administrators do with linked systems: link, change, suspend and resume them, and give them keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.act import Act, told
from engine.addresses import is_network
from engine.core.refusals import Faults, Refusal
from engine.system_checks import (
    NewSystem,
    check_new_encryption_key,
    check_overlap,
)
from engine.systems import CHANGED, Systems
from engine.warranting import of_system
from models import delivering, linked_reading
from models.reading.linked import GONE, IN_USE, SUSPENDED

if TYPE_CHECKING:
    from engine.house import House

HOST = re.compile(
    r"(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
)


def change_of(systems: Systems, id: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of a change of that system, with what stands now, so that a second person confirms what was seen.

    `wanted` has some of `kinds`, `url` (None: it pulls) and `allow_private`; raises `facts_invalid` for an unknown system.
    """
    with systems.database.read() as connection:
        row = linked_reading.system_row(connection, id)
    if row is None:
        raise _unknown()
    values = {name: wanted[name] for name in CHANGED if name in wanted and wanted[name] != getattr(row, name)}
    return {"id": id, "values": values, "was": {name: getattr(row, name) for name in values}}


def _unknown() -> Refusal:
    faults = Faults()
    faults.add("/id", "vocabulary", "没有这个系统", "no such system")
    return Refusal("facts_invalid", errors=faults.errors)


def _known(house: House, detail: Mapping[str, Any]) -> Any:
    """The system that the act is about; one that is not linked is told so before anything is proposed."""
    with house.database.read() as connection:
        row = linked_reading.system_row(connection, detail["id"])
    if row is None:
        raise _unknown()
    return row


def _new(detail: Mapping[str, Any]) -> NewSystem:
    named = ("id", "department", "kinds", "scheme", "url", "public_key", "encryption_key")
    given: dict[str, Any] = {name: detail.get(name) for name in named}
    ways: dict[str, Any] = {name: bool(detail.get(name)) for name in ("allow_private", "carrier")}
    return NewSystem(**given, **ways)  # what is missing or of the wrong kind is refused where it is checked


def _check_new(house: House, detail: Mapping[str, Any]) -> None:
    house.systems.check(_new(detail))


def _link(house: House, connection: Connection, detail: Mapping[str, Any], _: datetime) -> Mapping[str, Any]:
    return house.systems.add_within(connection, _new(detail))


def _check_change(house: House, detail: Mapping[str, Any]) -> None:
    house.systems.check_change(_known(house, detail), detail["values"], detail["was"])


def _change(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    return house.systems.changed_within(connection, detail["id"], detail["values"], detail["was"])


def _check_rotation(house: House, detail: Mapping[str, Any]) -> None:
    house.systems.check_rotation(_known(house, detail), detail["overlap_hours"], detail.get("public_key"))


def _rotate(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    given = (detail["id"], detail["overlap_hours"], detail.get("public_key"))
    return house.systems.rotate_within(connection, *given)


def _check_encryption(house: House, detail: Mapping[str, Any]) -> None:
    check_overlap(detail["overlap_hours"])
    check_new_encryption_key(_known(house, detail).encryption_keys, detail["jwk"])


def _seal(house: House, connection: Connection, detail: Mapping[str, Any], _: datetime) -> Mapping[str, Any]:
    given = (detail["id"], detail["jwk"], detail["overlap_hours"])
    return house.systems.seal_within(connection, *given)


def _check_allowed(house: House, detail: Mapping[str, Any]) -> None:
    _known(house, detail)
    faults = Faults()
    for place, one in enumerate(detail["allowed"] or ()):
        if not (is_network(one) or HOST.fullmatch(one)):
            words = ("应为主机名、地址或网段", "a host, address or network expected")
            faults.add(f"/allowed/{place}", "format", *words)
    faults.refuse()


def _allow(house: House, connection: Connection, detail: Mapping[str, Any], _: datetime) -> Mapping[str, Any]:
    allowed = [one.casefold() for one in detail["allowed"]] if detail["allowed"] else None
    delivering.destination(connection, detail["id"])
    delivering.change_destination(connection, detail["id"], {"allowed": allowed})
    return {"id": detail["id"], "allowed": allowed}


def _check_suspension(house: House, detail: Mapping[str, Any]) -> None:
    house.systems.check_state(_known(house, detail), (IN_USE, GONE))


def _check_resumption(house: House, detail: Mapping[str, Any]) -> None:
    house.systems.check_state(_known(house, detail), (GONE, SUSPENDED))


def _suspend(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    return house.systems.suspend_within(connection, detail["id"])


def _resume(
    house: House, connection: Connection, detail: Mapping[str, Any], _: datetime
) -> Mapping[str, Any]:
    return house.systems.resume_within(connection, detail["id"])


def _told(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The detail with each key by its name, and of a change what stood before."""
    said = told(detail)
    for name in ("encryption_key", "jwk"):
        if name in said:
            said[name] = said[name]["kid"]
    values, was = said.pop("values", {}), said.pop("was", {})
    return {**said, **values, **{f"{name}_before": value for name, value in was.items()}}


SYSTEM_ACTS = (
    Act("system.add", _check_new, _link, _told, touches=of_system),
    Act("system.change", _check_change, _change, _told, touches=of_system),
    Act("system.allow", _check_allowed, _allow, touches=of_system),
    Act("system.disable", _check_suspension, _suspend, touches=of_system),
    Act("system.enable", _check_resumption, _resume, touches=of_system),
    Act("system.rotate_key", _check_rotation, _rotate, touches=of_system),
    Act("system.encryption_key", _check_encryption, _seal, _told, touches=of_system),
)
"""Every change of the register; the command line and the pages propose them, a second administrator confirms."""
