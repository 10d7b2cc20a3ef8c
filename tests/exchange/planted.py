"""Criminal referrals with a planted word in every free text, so that it can be looked for where it should not stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from engine.attachments import AttachmentFile, Attachments
from engine.core.chart import CRIMINAL
from engine.core.commands import CorrectionCommand
from models.database import Database
from tests.builders import OFFICERS, Town
from tests.carrier.carried import PDF
from tests.referral_walk import BY

CANARY = "Kanarie"
"""What every planted word begins with; numbers tell them apart."""
NAMED = {
    "psb": "原平市公安局",
    "procuratorate": "原平市人民检察院",
    "crime_field": "food_drug",
    "threshold_rule": "R05a",
    "refusal_ground": "below_threshold",
    "referral_type": "criminal",
    "team": OFFICERS,
}
"""What a fact says that is a name out of a list."""
HEADS = {
    "return_report": "P01",
    "request_reconsideration": "H01",
    "suggest_supervision": "H01",
    "reopen_suspicion": "H01",
}
HANDED = ("form_team", "consult_psb", "submit_report", "approve_referral", "hand_over")


@dataclass
class Planter:
    """Takes criminal referrals along their chart with a planted word in every free text."""

    town: Town
    referrals: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def word(self) -> str:
        """A word that stands nowhere else."""
        self.words.append(f"{CANARY}{len(self.words):04}")
        return self.words[-1]

    def opened(self) -> str:
        """A referral with a paper that has bytes, a name, a title and a number of its own."""
        town, threshold = self.town, {"threshold_rule": "R05a", "threshold_facts": self.word()}
        finding = town.finding()
        town.step("C02", finding, "open_criminal_referral", urgent_ground="crime_suspicion", **threshold)
        self.referrals.append(str(town.referrals(finding)[-1].id))
        self.paper()
        return self.referrals[-1]

    def paper(self) -> str:
        """The digest of a paper handed in on the last referral."""
        scan = AttachmentFile(
            f"{self.word()}.pdf", PDF + self.word().encode(), "application/pdf", self.word(), self.word()
        )
        desk = self.town.house.desk
        Attachments(desk).take(self.town.who("C02"), self.referrals[-1], [scan], "referral")
        return scan.digest

    def led(self, *triggers: str) -> None:
        """The last referral has taken these steps, each stating all that its row knows, with a paper where it names one."""
        for trigger in triggers:
            by = {**BY, **HEADS}.get(trigger, "C02")
            self.town.on_referral(by, self.referrals[-1], trigger, **self.stated(trigger))

    def stated(self, trigger: str) -> dict[str, Any]:
        """Facts and papers of the first row of that trigger."""
        charts = self.town.house.law.charts
        row = next(row for row in charts[CRIMINAL].rows if row.trigger == trigger)
        said = {name: self.value(name) for name in (*row.requires, *row.optional)}
        given = [one for one in row.documents if charts.dictionary["documents"][one]["issuer"] != "house"]
        return said | {
            one: {"digest": self.paper(), "title": self.word(), "doc_no": self.word()} for one in given
        }

    def value(self, name: str) -> Any:
        """A value for the fact of that name."""
        now = self.town.house.clock.now()
        plain = {
            "date": now.date().isoformat(),
            "instant": now.isoformat(timespec="seconds"),
            "money_fen": 100_000,
            "boolean": True,
        }
        kind = self.town.house.law.charts.dictionary["facts"][name]["type"]
        return NAMED.get(name) or plain.get(kind) or self.word()

    def taken_back(self, trigger: str) -> None:
        """The last step of that name of the last referral was entered by mistake."""
        id, reader, head = self.referrals[-1], self.town.house.reader.referrals, self.town.who("P01")
        said = reader.timeline(head, id, {"limit": ["200"]})["items"]
        entered = [one["sequence"] for one in said if one["trigger"] == trigger][-1]
        version = reader.referral(head, id)["version"]
        self.town.handle("P01", CorrectionCommand("referral", id, entered, None, self.word(), version))

    def told(self) -> str:
        """Everything that a person on the lists is told, as one text."""
        reader, who = self.town.house.reader.referrals, self.town.who("P01")
        asked: Mapping[str, list[str]] = {"limit": ["200"]}
        said = []
        for id in self.referrals:
            answer = reader.referral(who, id)
            papers = [reader.attachment(who, id, one["digest"])[0].decode() for one in answer["attachments"]]
            said.append((answer, reader.timeline(who, id, asked), papers))
        return json.dumps(said, ensure_ascii=False, default=str)


def said_in_rows(database: Database, word: str) -> dict[str, int]:
    """How often the word stands in each column of the database, where it does, as rows are given by it."""
    found: dict[str, int] = {}
    with database.read() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for name, value in row._mapping.items():
                    kept = bytes(value) if isinstance(value, bytes) else str(value).encode()
                    if word.encode() in kept:
                        found[f"{table.name}.{name}"] = found.get(f"{table.name}.{name}", 0) + 1
    return found
