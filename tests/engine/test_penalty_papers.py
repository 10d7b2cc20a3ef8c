"""Papers of a penalty case: their numbers have neither gaps nor doubles, and they say what this step said."""

from __future__ import annotations

import io
import threading
from typing import Any

import pypdf

from engine.core.commands import Step
from rules.calendars import RULES
from rules.data_file import read_data
from tests.builders import OFFICERS, Town, refused
from tests.engine.test_papers import papers_of

OPENING = {"source_type": "inspection", "clue_on": "2024-04-26", "urgent_ground": "case_source"}
VERIFYING = {"officers": OFFICERS, "source_type": "inspection", "clue_on": "2024-04-26"}
FILING = {
    "clause": "特种设备安全法第三十三条",
    "facts_summary": "锅炉未办理使用登记。",
    "jurisdiction_checked": True,
    "limitation_checked": True,
    "act_ended_on": "2024-04-26",
    "officers": OFFICERS,
}


def verifying(town: Town) -> tuple[str, str]:
    """A finding whose penalty case is being verified."""
    finding = town.finding()
    town.steps(
        "C02",
        finding,
        Step("open_penalty", None, OPENING),
        Step("start_verification", "@0", VERIFYING),
    )
    return finding, town.proceedings(finding)[0].id


def paper(town: Town, finding: str, kind: str) -> Any:
    """The last paper of that kind."""
    return [row for row in papers_of(town, finding) if row.kind == kind][-1]


def printed(town: Town, row: Any) -> str:
    """The words of the paper's PDF without spaces and line ends."""
    pdf = town.house.press.pdf(row.kind, row.content, issued_on=row.issued_on)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return "".join("".join(page.extract_text() for page in reader.pages).split())


def test_filing_numbers_have_neither_gaps_nor_doubles(town: Town) -> None:
    cases = [verifying(town) for _ in range(9)]

    def file(case: tuple[str, str], right: bool) -> None:
        facts = FILING if right else {**FILING, "clause": ""}
        if right:
            town.step("C02", case[0], "propose_filing", case[1], **facts)
        else:
            refused(town.step, "C02", case[0], "propose_filing", case[1], **facts)

    threads = [threading.Thread(target=file, args=(case, index % 3 != 0)) for index, case in enumerate(cases)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for finding, case in cases:
        if len(papers_of(town, finding)) and paper_or_none(town, finding, "filing_approval"):
            town.step("H01", finding, "approve_filing", case)

    given = [
        {row.doc_no for row in papers_of(town, finding) if row.kind == "filing_approval"}
        for finding, _ in cases
    ]
    numbers = [only for numbers in given for only in numbers]
    assert sorted(numbers) == [f"原市监立〔2024〕{n}号" for n in range(1, 7)]


def paper_or_none(town: Town, finding: str, kind: str) -> Any:
    """The last paper of that kind, if there is one."""
    found = [row for row in papers_of(town, finding) if row.kind == kind]
    return found[-1] if found else None


def test_an_approval_prints_who_asked_and_who_answered(town: Town) -> None:
    finding, case = verifying(town)
    town.step("C02", finding, "propose_verify_extension", case, reason="等待厂家答复")
    asked = printed(town, paper(town, finding, "matter_approval"))
    town.step("H01", finding, "refuse_verify_extension", case, reason="材料已齐")

    answered = printed(town, paper(town, finding, "matter_approval"))

    assert "提请延长核查" in asked
    assert "等待厂家答复。" in asked
    assert "签名：姓名C02" in asked
    assert "姓名H01" not in asked
    assert "同意" not in asked
    assert "提请延长核查" in answered
    assert "等待厂家答复。" in answered
    assert "不同意。材料已齐。" in answered
    assert "签名：姓名C02" in answered
    assert "签名：姓名H01" in answered


def test_a_decision_not_to_file_is_called_so(town: Town) -> None:
    finding, case = verifying(town)
    town.step(
        "C02",
        finding,
        "propose_not_filing",
        case,
        no_filing_ground="first_slight",
        reason="初次违法，已改正",
    )

    form = printed(town, paper(town, finding, "filing_approval"))

    assert "不予立案审批表" in form
    assert "初次违法且后果轻微并及时改正" in form
    assert "建议不予立案，请审批。" in form


def test_officers_are_printed_by_name_and_certificate(town: Town) -> None:
    finding, _ = verifying(town)

    form = printed(town, paper(town, finding, "case_source_form"))

    assert "姓名W01晋H0981-W01" in form
    assert "2024年4月26日" in form


def test_numbers_of_one_step_belong_to_their_own_series(town: Town) -> None:
    """Supervision orders and filings are counted apart, whoever comes first."""
    finding, case = verifying(town)
    due = {"requirement": "三日内核查完毕", "due_on": "2024-05-10", "reason": "久拖未核"}
    town.step("S01", finding, "order_supervision", **due)
    town.step("C02", finding, "propose_filing", case, **FILING)
    town.step("S01", finding, "order_supervision", **due)

    given = [row.doc_no for row in papers_of(town, finding) if row.doc_no]

    assert given == ["原双随机办督〔2024〕1号", "原市监立〔2024〕1号", "原双随机办督〔2024〕2号"]
    order = printed(town, paper(town, finding, "supervision_order"))
    assert "三日内核查完毕" in order
    assert "请于2024年5月10日前办结" in order


def test_each_seizure_has_a_decision_of_its_own_number(town: Town) -> None:
    finding, case = verifying(town)
    at = town.house.clock.now().isoformat()
    seized = {"officers": OFFICERS, "implemented_at": at, "items_list": "铭牌一件", "reason": "情况紧急"}
    for _ in range(2):
        town.step("C02", finding, "seize_on_spot", case, **seized)

    decisions = [row for row in papers_of(town, finding) if row.kind == "measure_decision"]

    assert [row.doc_no for row in decisions] == ["原市监强制〔2024〕1号", "原市监强制〔2024〕2号"]
    assert "原市监强制〔2024〕2号" in printed(town, decisions[-1])


def test_a_paper_that_prints_its_number_gets_one(town: Town) -> None:
    """Two wait: a case source that two charts name, and a removal whose proposal and decision share the paper."""
    declared = town.house.charts.dictionary["documents"]
    numbered = {
        path.stem
        for path in (RULES / "documents").glob("*.yaml")
        if "{doc_no}" in str(read_data(path).get("number"))
    }

    blank = {kind for kind in numbered if "series" not in declared[kind]}

    assert blank == {"case_source_form", "removal_decision"}
