"""To restore is an act of two system administrators: one proposes the file, the other confirms that very file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.act import Act
from engine.core.refusals import FieldError, Refusal
from engine.keeping.place import IN_USE

if TYPE_CHECKING:
    from engine.house import House

RESTORE = "restore"
ON_THE_COMMAND_LINE = (
    "恢复时不得有服务在运行：停止服务后用命令 bihuan confirm 确认。"
    " · Nothing is restored under a running server: stop it and use `bihuan confirm`."
)


def _check(_: House, detail: Mapping[str, Any]) -> None:
    if not Path(detail["file"]).is_file():
        words = ("备份文件不在了", "the file of the backup is gone")
        raise Refusal("facts_invalid", errors=[FieldError("/file", "missing", *words)])


def _restore(house: House, _: Connection, detail: Mapping[str, Any], __: datetime) -> Mapping[str, Any]:
    """The way is free: whoever asked replaces the database as soon as this house is closed."""
    if house.serves:
        raise Refusal("step_shut", detail=ON_THE_COMMAND_LINE)
    if house.in_use is not None and not house.in_use.is_alone():
        raise Refusal("not_ready", detail=IN_USE)
    return {RESTORE: detail["digest"]}


RESTORE_ACT = Act(RESTORE, _check, _restore)
