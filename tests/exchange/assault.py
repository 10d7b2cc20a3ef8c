"""An assault of forged receipts, among good ones that must count exactly once."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.app import create_app
from engine.core.refusals import Refusal
from models import linked_reading, records
from tests.exchange.forgeries import FORGERIES, OVERSIZE, Forger, Sent
from tests.exchange.linked import ACCEPTED, CONCLUDED, FEEDBACK, SIGNED, Linked

GOOD = (("signed_for", SIGNED), ("accepted", ACCEPTED), ("concluded", CONCLUDED), ("feedback", FEEDBACK))
FRESH = (0, -1, 1, -299, 299)
CHECK_EVERY = 80
OTHER_BYTES = "same_id_other_bytes"
"""What was accepted, sent again under its id in other bytes, signed well by the system itself."""


@dataclass
class Assault:
    """A bureau with two linked systems, and somebody who tries everything with the receipts of the first."""

    linked: Linked
    chance: random.Random
    told: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.fire = self.linked.link("yuanping-fire", "fire_rescue")
        tax = self.linked.link("yuanping-tax", "taxation")
        self.http = TestClient(create_app(self.linked.town.house))
        foreign = self._sent(target_department="taxation")["id"]
        self.forger = Forger(self.fire, tax, foreign, self.chance)

    def run(self, attempts: int) -> Counter[str]:
        """So many forgeries came to nothing, and every good receipt counted once; how many of each kind."""
        kinds = self._kinds()
        while self.forged < attempts:
            for event in self._goods():
                good = self.forger.signed(self.fire, event)
                share = min(CHECK_EVERY, attempts - self.forged)
                before = self.ledger()
                for _ in range(share // 2):
                    self._try(next(kinds), event, good)
                assert self.ledger() == before
                self._takes(good)
                after = self.ledger()
                assert after != before
                for _ in range(share - share // 2):
                    self._try(next(kinds), event, good, taken=True)
                    if self.chance.random() < 0.1:
                        self._repeats(event, good)
                assert self.ledger() == after
        return self.told

    @property
    def forged(self) -> int:
        """How many forgeries were tried."""
        return sum(count for name, count in self.told.items() if name in FORGERIES)

    # ------------------------------------------------------------ what is sent

    def _kinds(self) -> Iterator[str]:
        while True:
            names = list(FORGERIES)
            self.chance.shuffle(names)
            yield from names

    def _goods(self) -> Iterator[dict[str, Any]]:
        message = self._sent()
        for kind, data in GOOD:
            yield self.fire.event(kind, message, **data)

    def _sent(self, **given: Any) -> dict[str, Any]:
        """The message of a transfer that has just gone out."""
        finding, _ = self.linked.sent(**given)
        told: dict[str, Any] = json.loads(self.linked.messages(finding)[-1].body)
        return told

    # ------------------------------------------------------------ what comes of it

    def _try(self, name: str, event: dict[str, Any], good: Sent, taken: bool = False) -> None:
        sent, codes = FORGERIES[name](self.forger, event, good)
        code = self._answer(sent)
        if taken and sent.id == good.id:
            codes = codes | {"key_reused"}
        assert code in codes, f"{name}: {code}: {sent}"
        self.told[name] += 1

    def _takes(self, good: Sent) -> None:
        assert self._answer(good) == "recorded"
        self.told["good"] += 1

    def _repeats(self, event: dict[str, Any], good: Sent) -> None:
        again = self.forger.signed(self.fire, event, good.body, self.chance.choice(FRESH))
        assert self._answer(self.chance.choice((good, again))) == "duplicate"
        self.told["repeated"] += 1
        other = json.dumps(event, ensure_ascii=False, indent=self.chance.randrange(1, 9)).encode()
        assert self._answer(self.forger.signed(self.fire, event, other)) == "key_reused"
        self.told[OTHER_BYTES] += 1

    def _answer(self, sent: Sent) -> str:
        if len(sent.body) >= OVERSIZE:
            path = f"/api/v1/exchange/{sent.system}/receipts"
            return str(self.http.post(path, content=sent.body, headers=sent.headers).json()["code"])
        try:
            told = self.linked.exchange.inbox.receive(sent.system, sent.headers, sent.body)
        except Refusal as refusal:
            return refusal.code
        return told.code

    def ledger(self) -> tuple[Any, ...]:
        """What would differ if anything at all had been recorded."""
        with self.linked.town.house.database.read() as connection:
            return tuple(
                connection.execute(one).one()
                for one in (
                    select(func.count(), func.max(linked_reading.RECEIPT.c.id)).select_from(
                        linked_reading.RECEIPT
                    ),
                    select(func.count()).select_from(records.ENTRY),
                    select(func.sum(records.FINDING.c.version), func.sum(records.FINDING.c.sequence)),
                    select(func.count()).select_from(records.NOTICE),
                    select(func.count()).select_from(records.KEY),
                )
            )
