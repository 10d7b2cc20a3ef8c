"""Every fact that a row requires stands in one of the papers which the row lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.core.chart import Charts, Row
from engine.documents import DocumentPress
from engine.documents.content import Content
from engine.documents.fill import filled
from engine.documents.money import in_yuan
from engine.documents.paper import Seal, paragraphs_of, plain
from engine.documents.template import load_house, load_template
from engine.documents.wording import long_date, long_moment
from rules.charts import load_charts
from tests.documents.elsewhere import ELSEWHERE
from tests.documents.told import SEEN

CHARTS: Charts = load_charts()


def rows() -> Iterator[Row]:
    """The rows that list a paper which the house prints."""
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    for chart in CHARTS.by_name.values():
        for row in chart.rows:
            key = (row.chart, row.trigger, row.documents)
            if key not in seen:
                seen.add(key)
                yield row


def value(name: str, number: int) -> tuple[Any, tuple[str, ...]]:
    """A value of that fact and the words by which it is known on a paper."""
    declared = CHARTS.dictionary["facts"][name]
    form = declared["type"]
    day = date(2031, 1 + number % 12, 1 + number % 28)
    if form == "date":
        return day.isoformat(), (long_date(day),)
    if form == "instant":
        at = datetime.fromisoformat(f"{day.isoformat()}T09:{10 + number % 50}:00+08:00")
        return at.isoformat(), (long_moment(at), long_date(day))
    if form == "money_fen":
        return 700001 + number, (in_yuan(700001 + number),)
    if form == "code":
        one = CHARTS.dictionary["vocabularies"][declared["vocabulary"]][0]
        codes = [one["code"] for one in CHARTS.dictionary["vocabularies"][declared["vocabulary"]]]
        return codes if declared.get("many") else one["code"], (one["zh"],)
    if form == "boolean":
        return True, ()
    if form == "integer":
        return 30 + number, (str(30 + number),)
    if form == "officers":
        return [{"name": f"甲{number}", "certificate_no": "证一"}, {"name": "乙"}], (f"甲{number}",)
    if form == "officer":
        return {"name": f"丙{number}"}, (f"丙{number}",)
    if form == "department":
        return "fire_rescue", ("原平市消防救援大队",)
    return f"某{name}（{number}）", (f"某{name}（{number}）",)


def told(row: Row, facts: dict[str, Any]) -> dict[str, Any]:
    """What the desk would tell of that step."""
    dictionary = CHARTS.dictionary
    labels = {
        name: {one["code"]: one["zh"] for one in dictionary["vocabularies"][declared["vocabulary"]]}
        for name, declared in dictionary["facts"].items()
        if declared.get("vocabulary")
    }
    departments = {"fire_rescue": "原平市消防救援大队"}
    named = {"name": "丁", "on": "2031-01-01"}
    return {
        **SEEN,
        "facts": facts,
        "step": {
            "trigger": row.trigger,
            "zh": row.zh,
            "refused": row.trigger.startswith("refuse_"),
            "on": "2031-02-02",
            "facts": facts,
        },
        "asked": {"zh": "提请事项", "facts": {}} if row.answers else {},
        "labels": {**labels, "target_department": departments, "department": departments},
        "people": {"contact": named, "proposer": named} | ({"approver": named} if row.answers else {}),
        "to": "原平市消防救援大队" if "target_department" in facts else None,
    }


def words_of(templates: Path, kind: str, content: dict[str, Any]) -> str:
    """All words of the paper, ticked boxes among them."""
    house = load_house(templates)
    template = load_template(templates / f"{kind}.yaml", house)
    told = Content(content | {"issued_on": date(2031, 2, 2)}, house.fields)
    paper = filled(template, house.choices | template.choices, told)
    lines = [
        span for block in paper.blocks if isinstance(block, Seal) for line in block.lines for span in line
    ]
    lines += [span for paragraph in paragraphs_of(paper.blocks) for span in paragraph.spans]
    lines += [
        span for block in paper.blocks if block.kind == "listing" for one in block.entries for span in one
    ]
    boxes = "".join(span.text for span in lines if span.kind == "box" and span.ticked)
    return paper.title + plain((*paper.number, *lines)) + boxes


PRESS_KINDS = DocumentPress(Path(__file__).parent.parent.parent / "rules" / "documents").kinds()
TOLD_BY_THE_HOUSE = [row for row in rows() if row.documents and set(row.documents) <= set(PRESS_KINDS)]
"""Rows all of whose papers are the house's own; a paper of others may say what the house's does not."""


@pytest.mark.parametrize("row", TOLD_BY_THE_HOUSE, ids=lambda row: f"{row.chart}.{row.trigger}")
def test_the_facts_of_a_row_stand_in_its_papers(row: Row, press: DocumentPress, templates: Path) -> None:
    kinds = row.documents
    names = [name for name in row.requires if name in CHARTS.dictionary["facts"]]
    given = {name: value(name, number) for number, name in enumerate(names)}
    content = told(row, {name: one for name, (one, _) in given.items()})
    texts = "".join(words_of(templates, kind, content) for kind in kinds)
    lacking = [
        name
        for name, (_, written) in given.items()
        if not {name, f"{row.chart}.{row.trigger}:{name}"} & set(ELSEWHERE)
        and written
        and not any(words in texts for words in written)
    ]
    assert not lacking
