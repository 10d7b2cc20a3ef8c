"""After a restoration messages wait: some may have been delivered after the backup was made, and a person says when they go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.core.calendar import SHANGHAI
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.second_person import check_role
from models import restoring

if TYPE_CHECKING:
    from engine.house import House

MAY_RELEASE = ("system_admin",)


def release(house: House, who: Principal | None, by: str) -> dict[str, Any]:
    """Messages are brought again; told is which restoration held them.

    `who` is None where administration acts directly. Raises `not_yours`, and `not_found` where nothing is held.
    """
    if who is not None:
        check_role(who, MAY_RELEASE)
    now = house.clock.now()

    def act(connection: Connection) -> dict[str, Any]:
        held = restoring.holding(connection)
        if held is None:
            raise Refusal("not_found")
        restoring.release(connection, by, now)
        told = {
            name: getattr(held, name).astimezone(SHANGHAI).isoformat()
            for name in ("restored_at", "backup_at")
        }
        enter(connection, house.office.office_id, "exchange.release", by, told, now)
        return told

    return house.writer.submit(act)
