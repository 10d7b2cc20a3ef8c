"""Who must not know of a criminal referral, and everything they may ask: what they are told must not tell of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from api.rights import each_route
from tests.builders import OFFICERS, Town
from tests.hostile.fort import Fort
from tests.hostile.wire import Answer, named
from tests.referral_walk import FILED, THRESHOLD, led, opened
from web.pages import attach_pages

NOBODY = "nobody"
OUTSIDERS = ("W03", "T01", "F01", "F02", "F03", "S01", "O01", "A01", "B01", "E01", NOBODY, "yuanping-fire")
"""Ten kinds of officer who have no open step that depends on the referral, a stranger, and a linked system."""
SOME = OUTSIDERS[:-1:4]
"""Of whom everything is asked; of the others many things by chance, in tests/rights/test_twins.py."""
LATER = (("W03", "market_regulation", ("inspector",)), ("F03", "fire_rescue", ("duty_clerk",)))
ADMINISTRATORS = (("B01", "lead_office", ("security_admin",)),)
NEVER = "01921dbe-2475-7c6c-8fa0-64652fff9bed"
FRESH = re.compile(rb"form-[0-9a-f-]{36}|urn:bihuan:request:[0-9a-f-]+")
"""What differs between any two readings of the same page."""
ELSE = {
    "{digest}": "sha256:" + "0" * 64,
    "{doc}": "criminal_referral_letter",
    "{finding}": "{id}",
    "{path:path}": "x",
}
"""What stands in paths for what is no id of a record."""
ASKED = (
    "/api/v1/findings?limit=200",
    "/api/v1/findings?state=open&limit=200",
    "/api/v1/findings?route=criminal_referral",
    "/api/v1/findings?route=penalty",
    "/api/v1/findings?q=%E7%BD%82%E7%B2%9F",
    "/api/v1/findings?q=%E5%88%91%E7%A7%BB",
    "/api/v1/search?q=%E5%88%91%E7%A7%BB",
    "/search?q=2024&kind=documents",
    "/api/v1/deadlines?limit=200",
    "/api/v1/deadlines?term=DL60",
    "/api/v1/deadlines?term=DL77",
    "/api/v1/ledger?from=2024-01-01&to=2024-12-31",
    "/ledger?state=open",
    "/work?group=green",
    "/deadlines?light=green",
    "/api/v1/stuck?lacks=clock",
    "/stuck?lacks=owner",
)


def settled(fort: Fort) -> None:
    """Pages are served too; beside the fort's own records three findings of one party, two of them with a penalty."""
    attach_pages(fort.app)
    fort.settle()
    for name in ("plain", "fined", "split"):
        fort.ids[name] = fort.town.add_finding(fort.ids["inspection"], item=f"事项{name}")
    for name in ("fined", "split"):
        investigated(fort.town, fort.ids[name])


def investigated(town: Town, finding: str) -> None:
    """The finding has a penalty under investigation, which no inspector can fine on the spot any more."""
    clue = {"source_type": "inspection", "clue_on": "2024-04-26"}
    town.step("C02", finding, "open_penalty", urgent_ground="evidence", **clue)
    penalty = town.proceedings(finding)[-1].id
    filing = {
        "clause": "条款。",
        "facts_summary": "事实。",
        "jurisdiction_checked": True,
        "limitation_checked": True,
        "officers": OFFICERS,
    }
    town.step("C02", finding, "start_verification", penalty, officers=OFFICERS, **clue)
    town.step("C02", finding, "propose_filing", penalty, **filing)
    town.step("H01", finding, "approve_filing", penalty)
    town.step("U01", finding, "assign_officers", penalty, officers=OFFICERS)


def referred(fort: Fort) -> str:
    """A referral went its way to the police and came back filed; a suspicion is on record elsewhere too."""
    town = fort.town
    referral = opened(town, fort.ids["fined"])
    led(town, referral, *FILED, "handover_items")
    town.step("L01", fort.ids["plain"], "record_threshold", **THRESHOLD)
    return referral


def places(fort: Fort, referral: str) -> Iterator[str]:
    """Every GET route with every id there is, the referral's own and one that never was."""
    named = ("inspection", "party", "plain", "fined", "split")
    known = [*(fort.ids[name] for name in named if name in fort.ids), referral, NEVER]
    for route in each_route(fort.app.routes):
        path = getattr(route, "path", "")
        if "GET" not in (getattr(route, "methods", None) or ()) or "exchange/{" in path:
            continue
        for place, value in ELSE.items():
            path = path.replace(place, value)
        if "{id}" not in path:
            yield path
        yield from (path.replace("{id}", id) for id in known if "{id}" in path)
    yield from ASKED


def asked(fort: Fort, who: str, path: str) -> Answer:
    headers = {} if who == NOBODY else fort.signed(who, "GET")
    return fort.wire.send("GET", path, named(headers))


def as_told(answer: Answer) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """What the reader gets, but for what is fresh each time."""
    headers = [one for one in answer.headers if one[0] not in (b"x-request-id",)]
    body = answer.body
    if answer.header("content-type") == "application/json" and b'"next"' in body:
        body = re.sub(rb'"next":"[^"]*"', b'"next":"..."', body)
    return answer.status, headers, FRESH.sub(b"fresh", body)


def renamed(told: tuple[int, list[tuple[bytes, bytes]], bytes], id: str) -> tuple[int, Any, bytes]:
    """The same without the id that was asked for: pages say their own address."""
    status, headers, body = told
    named = [
        (name, value.replace(id.encode(), b"the id")) for name, value in headers if name != b"content-length"
    ]
    return status, named, body.replace(id.encode(), b"the id")
