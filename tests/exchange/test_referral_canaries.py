"""Whoever reads the files of the house learns nothing of what a criminal referral says: planted words are looked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from engine.attachments import AttachmentFile, Attachments
from engine.core.chart import CRIMINAL
from engine.core.commands import CorrectionCommand
from engine.core.paper_receipt_form import OnPaper
from engine.uploads import HandedIn, inspected
from tests.builders import OFFICERS, Town
from tests.carrier.carried import PDF, without_network
from tests.exchange.linked import Linked
from tests.once import Copies
from tests.referral_walk import BY
from tests.throwaway_postgres import ThrowawayPostgres

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
ASKED = ("copy_to_procuratorate", "psb_extend_complex", "ask_supplement", "supply_material")
GRANTED = "reconsideration_granted"
JUDGED = (GRANTED, "handover_items", "query_result", "record_court_fine")
REFUSED = (
    "form_team",
    "submit_report",
    "return_report",
    "submit_report",
    "refuse_referral",
    "reopen_suspicion",
)
NOT_FILED = ("sign_receipt", "psb_decline", "suggest_supervision", "request_reasons", "reasons_stand")
NOT_TRIED = (
    "sign_receipt",
    "psb_file",
    "confirm_no_items",
    "not_prosecute",
    "receive_opinion",
    "reply_opinion",
)
WAYS = (REFUSED, (*HANDED, *NOT_FILED), (*HANDED, *NOT_TRIED))
"""Ways of a referral beside the one that is answered by the police, so that every kind of fact is stated."""


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


def sow(town: Town, ways: tuple[tuple[str, ...], ...]) -> Planter:
    """Referrals on these ways, and one that goes to the police in a bundle and is answered on paper and by receipts."""
    planter, linked = Planter(town), Linked(town, town.house.exchange)
    police = without_network(linked, "psb-carried", "public_security")
    for way in ways:
        planter.opened()
        planter.led(*way)
    referral = planter.opened()
    planter.led(*HANDED)
    bundle = police.open(police.pack("C02", "criminal", referral=referral))
    scan = inspected([HandedIn(f"{planter.word()}.pdf", PDF)])
    signed = OnPaper(bundle.manifest.messages[0].codes["signed_for"], police.now, planter.word())
    town.house.exchange.carrier.paper.enter(town.who("C02"), signed, scan)
    planter.led(*ASKED)
    on, said = police.now.date().isoformat(), planter.word()
    data = {
        "doc_no": planter.word(),
        "decided_on": on,
        "received_on": on,
        "reasons": said,
        "file_returned": True,
    }
    taken = police.take(police.answer(bundle, police.receipt(bundle, "not_filed", **data)), "C02")
    assert [one.code for one in taken.receipts] == ["recorded"], taken
    planter.led("request_reconsideration", GRANTED)
    _taken_back(planter, GRANTED)
    planter.led(*JUDGED)
    return planter


def _taken_back(planter: Planter, trigger: str) -> None:
    """The last step of that name was entered by mistake."""
    town, id = planter.town, planter.referrals[-1]
    reader, head = town.house.reader.referrals, town.who("P01")
    said = reader.timeline(head, id, {"limit": ["200"]})["items"]
    entered = [one["sequence"] for one in said if one["trigger"] == trigger][-1]
    version = reader.referral(head, id)["version"]
    town.handle("P01", CorrectionCommand("referral", id, entered, None, planter.word(), version))


@pytest.fixture(scope="module")
def sown(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planter]:
    """A house on SQLite with a referral on every way."""
    folder = tmp_path_factory.mktemp("sown")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    yield sow(town, WAYS)
    town.close()


def test_what_a_referral_says_stands_in_no_file_of_the_house(sown: Planter) -> None:
    files = [path for path in sown.town.house.settings.data_dir.parent.rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)

    assert {path.name for path in files} >= {"bihuan.db", "bihuan.db-wal", "referral.key"}
    assert b"open_criminal_referral" in kept, "what must stay plain to work is found"
    assert sorted(word for word in sown.words if word.encode() in kept) == []


def test_whoever_is_on_the_lists_reads_every_word(sown: Planter) -> None:
    told = sown.told()
    assert [word for word in sown.words if word not in told] == []


def test_no_row_of_postgres_says_what_a_referral_says(
    postgres: ThrowawayPostgres, tables: Copies, tmp_path: Path
) -> None:
    town = Town.open(tables.postgres(postgres), tmp_path, "2024-04-26T17:00")
    planter = sow(town, ())
    with town.house.database.read() as connection:
        for table in SQLModel.metadata.sorted_tables:
            kept = [
                bytes(one) if isinstance(one, bytes) else str(one).encode()
                for row in connection.execute(select(table))
                for one in row
            ]
            assert not [one for one in kept if CANARY.encode() in one], table.name
    assert all(word in planter.told() for word in planter.words if word)
    town.close()
