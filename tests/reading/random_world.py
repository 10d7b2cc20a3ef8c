"""Many findings by chance, and walks through the lists of them."""

from __future__ import annotations

import random
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from engine.core.commands import Principal
from engine.reader import Reader
from tests.reading.world import NOW, World, ids

TODAY = NOW.date()
STATES = ("found", "registered", "routed", "in_progress", "awaiting_verification", "close_proposed", "closed")
DEPARTMENTS = ("market_regulation", "market_regulation", "fire_rescue", "ecology")
KINDS = ("rectification", "transfer", "copy_notice", "penalty")


def random_world(world: World, seed: int, count: int) -> None:
    """Findings of every state, light, department and mixture of proceedings."""
    chance = random.Random(seed)
    parties = [world.party(f"原平市第{number}店") for number in range(5)]
    inspections = [world.inspection(party) for party in parties]
    for _ in range(count):
        place = chance.randrange(5)
        dues = [TODAY + timedelta(days=chance.randint(-20, 20)) for _ in range(chance.choice((0, 1, 1, 2)))]
        finding = world.finding(
            inspections[place],
            parties[place],
            state=chance.choice(STATES),
            department=chance.choice(DEPARTMENTS),
            dues=dues,
            ledger_no=chance.choice((None, "同号", f"原台{chance.randint(0, 50)}")),
            discovered_at=NOW - timedelta(days=chance.randint(0, 60), hours=chance.randint(0, 23)),
            handler=chance.choice((None, "W01", "C01")),
            owner_role=chance.choice((None, "inspector", "department_head")),
            supervised=chance.random() < 0.2,
        )
        for kind in chance.sample(KINDS, chance.randint(0, 3)):
            world.proceeding(finding, kind, "drafted")


def followed(reader: Reader, who: Principal, path: str, limit: int = 50) -> list[str]:
    """The ids that the list behind a number gives, over all its pages."""
    lists = {"/api/v1/findings": reader.findings, "/api/v1/inspections": reader.inspections}
    listed, query = lists[urlsplit(path).path], parse_qs(urlsplit(path).query)
    found: list[str] = []
    more: dict[str, list[str]] = {}
    while True:
        page = listed(who, {**query, **more, "limit": [str(limit)]})
        found += ids(page["items"])
        if page["next"] is None:
            return found
        more = {"cursor": [page["next"]]}
