"""The archive under attack: what is held and erased, as one request that is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.core.commands import ArchiveCommand, Command
from engine.core.retention import Period
from models import archiving, records
from tests.builders import Town, item
from tests.incoming.senders import PUBLISHED, closed

if TYPE_CHECKING:
    from tests.hostile.fort import Fort

API, OFFICER, HEAD, PRINCIPAL = "/api/v1/findings/{id}", "W01", "H01", "P01"


def kept(_: Fort) -> dict[str, Any]:
    """The finding is to be kept."""
    return {"on": "finding", "reason": "行政复议期间。"}


def lifted(_: Fort) -> dict[str, Any]:
    """Its hold may go."""
    return {"outcome": "release", "reason": "复议已经终结。"}


def proposed(_: Fort) -> dict[str, Any]:
    """It has been kept long enough."""
    return {"basis": "本机关内部规定", "reason": "保存期满。"}


def not_erased(_: Fort) -> dict[str, Any]:
    """The principal head sees no ground."""
    return {"outcome": "refused", "reason": "仍有查考价值。"}


def held_and_proposed(fort: Fort) -> dict[str, str]:
    """A hold on the finding, and an erasure of it that somebody proposed while it was closed."""
    town, id = fort.town, fort.ids["finding"]
    asked = ArchiveCommand(id, "hold", None, kept(fort))
    hold = town.house.archive.handle(Command(town.people[HEAD], "fort-hold", "0", asked)).id
    row = {
        **{"id": "0193-erasure", "office_id": town.house.office.office_id, "finding_id": id},
        **{"department": "market_regulation", "basis": "内部规定", "reason": "期满", "papers": None},
        **{"proposed_by": "L01", "proposed_at": town.house.clock.now()},
    }
    town.house.writer.submit(lambda connection: records.add(connection, archiving.ERASURE, [row]))
    return {"hold": hold, "erasure": "0193-erasure", "old": past_its_period(town)}


def past_its_period(town: Town) -> str:
    """A closed finding of an office that keeps none any longer."""
    period = Period("no_action", "未作处置的问题", "without a proceeding", -1, "内部规定", "PRACTICE")
    town.house.desk.office = replace(town.house.desk.office, retention={"no_action": period})
    [id] = town.findings_of(town.inspect(item(town), publication=PUBLISHED))
    closed(town, id)
    return id


ARCHIVED: tuple[tuple[Any, ...], ...] = (
    ("GET", "/api/v1/retention", OFFICER),
    ("GET", f"{API}/holds", OFFICER),
    ("POST", f"{API}/holds", HEAD, kept, True, "application/json", 201),
    ("POST", f"{API}/holds/{{hid}}/release", HEAD, lifted, True),
    ("GET", f"{API}/erasures", OFFICER),
    ("POST", f"{API}/erasures", HEAD, proposed, True, "application/json", 201),
    ("POST", f"{API}/erasures/{{eid}}/decision", PRINCIPAL, not_erased, True),
)
"""The arguments of each operation."""
