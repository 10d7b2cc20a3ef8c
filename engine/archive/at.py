"""Where something is done in the archive: on which case, by whom, when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.desk import Desk


@dataclass(frozen=True, slots=True)
class At:
    """The case with its desk, the person, and the instant of the desk."""

    desk: Desk
    file: CaseFile
    who: Principal
    now: datetime

    @property
    def today(self) -> date:
        """The civil date."""
        return civil_date(self.now)

    @property
    def office_id(self) -> str:
        """The office."""
        return self.desk.office.office_id

    def note(self, connection: Connection, trigger: str, facts: Mapping[str, Any]) -> None:
        """An entry on the timeline that moves nothing."""
        self.desk.scribe.note(connection, self.file, trigger, {"facts": facts}, self.who, self.now)
