"""Inbound matters under attack: what is sent, entered and done, as one request that is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import incoming_reading
from tests.incoming.senders import SAID, event_of, into

if TYPE_CHECKING:
    from tests.hostile.fort import Fort

API, OFFICER, SYSTEM = "/api/v1", "W01", "yuanping-fire"


def matter(fort: Fort) -> dict[str, Any]:
    """A transfer that the fire brigade has not sent yet."""
    assert fort.partner is not None
    return event_of(fort.partner, "department_transfer", by={"name": "消防员", "department": "fire_rescue"})


def entry(fort: Fort) -> dict[str, Any]:
    """A report that came by telephone."""
    now = fort.town.house.clock.now().isoformat(timespec="seconds")
    return {"kind": "report", "channel": "telephone", "received_at": now, "data": dict(SAID["report"])}


def act(_: Fort) -> dict[str, Any]:
    """The matter is signed for."""
    return {"act": "sign_for", "facts": {"handler": "W02"}, "occurred_at": None}


def arrived(fort: Fort) -> dict[str, str]:
    """A matter that the fire brigade sent, one of another department, and one that may tell of a crime; with the event's id."""
    assert fort.partner is not None
    event, town = event_of(fort.partner, "department_transfer"), fort.town
    into(town, fort.partner, event)
    with town.house.database.read() as connection:
        row = incoming_reading.arrival_row(connection, fort.partner.system, event["id"])
    assert row is not None
    psb = fort.linked.link("yuanping-psb", "public_security")
    hidden = event_of(psb, "police_return")
    into(town, psb, hidden)
    with town.house.database.read() as connection:
        other = incoming_reading.arrival_row(connection, psb.system, hidden["id"])
    assert other is not None
    return {"matter": row.incoming_id, "arrival": event["id"], "hidden_matter": other.incoming_id}


MATTERS: tuple[tuple[Any, ...], ...] = (
    ("GET", f"{API}/incoming", OFFICER),
    ("GET", f"{API}/incoming/{{id}}", OFFICER),
    ("POST", f"{API}/incoming", OFFICER, entry, True, "application/json", 201),
    ("POST", f"{API}/incoming/{{id}}/acts", OFFICER, act, True),
    ("POST", f"{API}/exchange/{{system}}/incoming", SYSTEM, matter, False, "application/cloudevents+json"),
    ("GET", f"{API}/exchange/{{system}}/incoming/{{id}}", SYSTEM),
)
"""The arguments of each operation."""
