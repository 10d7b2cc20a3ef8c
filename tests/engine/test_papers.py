"""Papers get their number at commit, without gaps or doubles, and print what was true when they were issued."""

from __future__ import annotations

import threading

import pytest

from engine.core.commands import Step
from tests.builders import Town, refused
from tests.engine.test_times import ORDER, ordered

NUMBER = "原市监责改〔2024〕{n}号"
OPENING = {"legal_ground": "行政处罚法第二十八条", "urgent_ground": "on_the_spot"}


def test_an_order_is_numbered_and_prints(town: Town) -> None:
    finding, _ = ordered(town)

    paper = town.house.reader.document(town.who("W01"), finding, "rectification_notice")

    assert paper.doc_no == NUMBER.format(n=1)
    pdf = town.house.press.pdf(paper.kind, paper.content, issued_on=paper.issued_on)
    assert pdf.startswith(b"%PDF")


def test_numbers_have_neither_gaps_nor_doubles(town: Town) -> None:
    findings = [town.finding() for _ in range(12)]

    def order(finding: str, right: bool) -> None:
        wrong = {} if right else {"period_length": 0}
        steps = (Step("open_rectification", None, OPENING), Step("order", "@0", {**ORDER, **wrong}))
        if right:
            town.steps("W01", finding, *steps)
        else:
            refused(town.steps, "W01", finding, *steps)

    threads = [
        threading.Thread(target=order, args=(finding, index % 3 != 0))
        for index, finding in enumerate(findings)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    given = [
        row.doc_no
        for finding in findings
        for row in papers_of(town, finding)
        if row.kind == "rectification_notice"
    ]
    assert sorted(given) == sorted(NUMBER.format(n=n) for n in range(1, len(given) + 1))
    assert len(given) == 8


def test_a_paper_without_a_template_is_pending_and_has_no_file(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = town.finding()
    monkeypatch.delitem(town.house.press._program, "ledger_register")

    town.step(
        "W01",
        finding,
        "register",
        ledger_no="原台〔2024〕0001",
        department="market_regulation",
        handler="W01",
    )

    assert [(row.kind, row.status) for row in papers_of(town, finding)] == [
        ("onsite_record", "issued"),
        ("ledger_register", "pending"),
    ]
    assert (
        refused(town.house.reader.document, town.who("W01"), finding, "ledger_register").code == "not_found"
    )


def papers_of(town: Town, finding: str) -> list[object]:
    from models import records

    with town.house.database.read() as connection:
        return list(records.documents_of(connection, finding))
