"""Whoever reads the files of the house learns nothing of what a criminal referral says: planted words are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.paper_receipt_form import OnPaper
from engine.uploads import HandedIn, inspected
from tests.builders import Town
from tests.carrier.carried import PDF, without_network
from tests.exchange.linked import Linked
from tests.exchange.planted import CANARY, HANDED, Planter, said_in_rows
from tests.once import Copies
from tests.throwaway_postgres import ThrowawayPostgres

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
    planter.taken_back(GRANTED)
    planter.led(*JUDGED)
    return planter


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
    assert said_in_rows(town.house.database, CANARY) == {}
    told = planter.told()
    assert [word for word in planter.words if word not in told] == []
    town.close()
