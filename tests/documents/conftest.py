"""A press over the templates of the house, and what the desk tells it about invented cases."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from docx import Document

from engine.documents import DocumentPress
from tests.documents.referral import REFERRAL
from tests.documents.told import PENALTY
from tests.documents.word_reading import paragraphs_in

TEMPLATES = Path(__file__).parents[2] / "rules" / "documents"
ISSUED_ON = date(2024, 4, 28)
OFFICERS = [
    {"name": "弓晓燕", "certificate_no": "晋H0981-0127"},
    {"name": "邢卫东", "certificate_no": "晋H0981-0133"},
]
CONTACT = {"name": "弓晓燕", "phone": "0350-5550126"}
SEEN = {
    "organisation": "原平市市场监督管理局",
    "ledger_no": "原台〔2024〕0032",
    "party": {
        "kind": "individual_business",
        "name": "原平市前进西街滏香火锅店",
        "identifiers": [{"scheme": "uscc", "value": "92140981MA0L3Q8T17"}],
        "address": "山西省忻州市原平市前进西街218号",
        "legal_representative": "樊志远",
        "phone": "0350-5550117",
    },
    "inspection": {
        "plan_no": "YPLH2024-007",
        "plan_name": "2024年度原平市餐饮服务部门联合双随机抽查计划",
        "task_no": "YPLH2024-007-03",
        "task_name": "餐饮服务“一业一查”第三批",
        "officers": OFFICERS,
    },
    "labels": {},
}
FOOD = {
    "item": "餐饮服务提供者监督检查：加工制作过程",
    "clause": "食品安全法第五十五条第二款",
    "facts_summary": "凉菜间紫外线灯损坏，操作人员未更换专用工作服",
    "discovered_at": "2024-04-26T10:05:00+08:00",
}
FIRE = {
    "item": "安全出口、疏散通道",
    "clause": "消防法第二十八条",
    "facts_summary": "后厨通往室外的安全出口堆放啤酒箱约四十箱。",
    "discovered_at": "2024-04-26T10:30:00+08:00",
}
ORDERED = {
    "facts_summary": FOOD["facts_summary"],
    "clause": FOOD["clause"],
    "basis_clause": "食品安全法第一百二十六条第一款的规定。",
    "correction_requirements": "1. 更换紫外线灯；\n2. 穿戴专用工作服；\n3. 逐日填写检查记录。",
    "deadline_type": "dated",
    "period_length": 10,
    "period_unit": "working_day",
    "due_on": "2024-05-13",
    "officers": OFFICERS,
}
SAMPLES: dict[str, dict[str, Any]] = {
    "rectification_notice": {
        **SEEN,
        "doc_no": "原市监责改〔2024〕32号",
        "finding": FOOD,
        "facts": ORDERED,
        "people": {"contact": CONTACT, "reached": CONTACT},
    },
    "reinspection_record": {
        **SEEN,
        "finding": FOOD,
        "order": {"doc_no": "原市监责改〔2024〕32号"},
        "facts": {
            **ORDERED,
            "served_on": "2024-04-26",
            "reported_on": "2024-05-11",
            "reinspected_on": "2024-05-16",
            "conclusion": "corrected",
            "facts_summary": "紫外线灯已更换，检查记录逐日填写。",
            "evidence_list": "现场照片四张",
        },
    },
    "transfer_letter": {
        **SEEN,
        "doc_no": "原市监移〔2024〕12号",
        "to": "原平市消防救援大队",
        "finding": FIRE,
        "facts": {
            "legal_ground": "消防法第五十四条、安全生产法第六十九条",
            "competence_basis": "原平市消防救援大队权责清单",
            "facts_summary": FIRE["facts_summary"],
            "evidence_list": "现场检查笔录一份、现场照片五张",
            "reply_by": "2024-05-10",
            "seized_items_included": False,
        },
        "people": {"reached": CONTACT, "approver": {"name": "檀海峰", "on": "2024-04-28"}},
        "attachments": [
            {"name": "现场检查笔录", "copies": 1, "pages": 3},
            {"name": "现场照片", "copies": 1, "pages": 5},
        ],
    },
    "route_approval": {
        **SEEN,
        "finding": FOOD,
        "facts": {
            "routes": ["rectification"],
            "legal_ground": "食品安全法第一百二十六条",
            "jurisdiction_checked": True,
            "limitation_checked": True,
            "act_ended_on": "2024-04-26",
        },
        "ruling": {
            "rules": [
                {
                    "rule": "R01",
                    "version": 1,
                    "title": "食品一般项目轻微不符合",
                    "basis": [
                        {"title": "某办法（总局令49号）", "article": "第三十三条", "mark": "V[S38]"},
                        {"title": "某规定", "article": "第十七条", "mark": "R-h"},
                    ],
                }
            ]
        },
        "people": {
            "proposer": {"name": "邢卫东", "on": "2024-04-28"},
            "confirmer": {"name": "弓晓燕", "on": "2024-04-28", "opinion": "管辖、时效已核，同意拟处置路径"},
            "approver": {"name": "檀海峰", "on": "2024-04-29"},
        },
    },
}
SAMPLES |= PENALTY | REFERRAL
KINDS = sorted(SAMPLES)


@pytest.fixture(scope="session")
def press() -> DocumentPress:
    """The press of the house."""
    return DocumentPress(TEMPLATES)


@pytest.fixture(scope="session")
def templates() -> Path:
    """The folder of the templates."""
    return TEMPLATES


@pytest.fixture
def samples() -> dict[str, dict[str, Any]]:
    """What is told for one paper of each kind."""
    return SAMPLES


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind in turn."""
    return str(request.param)


@pytest.fixture
def told(kind: str) -> dict[str, Any]:
    """What is told for a paper of that kind."""
    return SAMPLES[kind]


@pytest.fixture
def issued_on() -> date:
    """The date of issue of all papers."""
    return ISSUED_ON


@pytest.fixture
def word_text(press: DocumentPress) -> Callable[[str, dict[str, Any]], str]:
    """All words of the DOCX, paragraph by paragraph."""

    def read(kind: str, told: dict[str, Any]) -> str:
        document = Document(io.BytesIO(press.docx(kind, told, issued_on=ISSUED_ON)))
        return "\n".join(paragraph.text for paragraph in paragraphs_in(document))

    return read


@pytest.fixture
def pdf_text(press: DocumentPress) -> Callable[[str, dict[str, Any]], str]:
    """All words of the PDF without the line ends and spaces of its setting."""

    def read(kind: str, told: dict[str, Any]) -> str:
        reader = pypdf.PdfReader(io.BytesIO(press.pdf(kind, told, issued_on=ISSUED_ON)))
        return "".join("".join(page.extract_text() for page in reader.pages).split())

    return read
