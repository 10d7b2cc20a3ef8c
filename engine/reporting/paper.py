"""A report as a paper: its texts with their figures, each marked with its number in the list of queries at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.documents.paper import Block, Cell, Grid, Paper, Paragraph, Row, Span, Spans
from engine.reporting.figures import Counted
from engine.sheets.values import plain, yuan
from rules.report_templates import PERIOD, Report
from rules.report_templates import Block as Written

PLACE = re.compile(r"\{([a-z_]+)\}")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
APPENDIX = "附：统计口径"
APPENDIX_HEADS = ("序号", "数据", "查询名称", "行数", "摘要（SHA-256）")
APPENDIX_COLUMNS = (6, 16, 20, 8, 50)
DEPARTMENT, ALL = "部门", "合计"
YUAN = "元"


def report_paper(
    report: Report, counted: Sequence[Counted], told: Mapping[str, str], departments: Mapping[str, str]
) -> Paper:
    """The paper; `told` holds organisation, period, first, last, scope and as_of in words, `departments` their names."""
    numbered = {one.figure.code: (place, one) for place, one in enumerate(counted)}
    blocks: list[Block] = []
    for written in report.blocks:
        blocks += _blocks(written, numbered, told, departments)
    return Paper(
        title=report.title,
        organisation=_text(told["organisation"]),
        number=_text(f"（{told['period']}）"),
        letterhead=False,
        form=True,
        blocks=(*blocks, *_appendix(counted, told)),
    )


Numbered = Mapping[str, tuple[int, Counted]]


def _blocks(
    written: Written, numbered: Numbered, told: Mapping[str, str], departments: Mapping[str, str]
) -> list[Block]:
    if written.kind == "heading":
        return [Paragraph(_text(written.text), indent=False, strong=True, keep=True, space=3)]
    if written.kind == "blank":
        return [Paragraph((Span("blank", width=26),), indent=False) for _ in range(written.lines)]
    if written.kind == "table":
        return [_table([numbered[code] for code in written.figures], departments)]

    def shown(place: re.Match[str]) -> str:
        if place[1] == PERIOD:
            return told[PERIOD]
        number, one = numbered[place[1]]
        return f"{value_of(one, one.value)}{one.figure.unit}{CIRCLED[number]}"

    return [Paragraph(_text(PLACE.sub(shown, written.text)))]


def value_of(counted: Counted, value: int) -> str:
    """The value as it is printed: a sum in yuan with two decimals."""
    return plain(yuan(value)) if counted.figure.unit == YUAN else str(value)


def _table(chosen: Sequence[tuple[int, Counted]], departments: Mapping[str, str]) -> Grid:
    """A line for each department that has any of the figures, and their sum."""
    found = [code for code in departments if any(code in one.by_department for _, one in chosen)]
    heads = [DEPARTMENT, *(f"{one.figure.zh}{CIRCLED[number]}" for number, one in chosen)]
    lines = [
        [departments[code], *(value_of(one, one.by_department.get(code, 0)) for _, one in chosen)]
        for code in found
    ]
    lines.append([ALL, *(value_of(one, one.value) for _, one in chosen)])
    rows = [_row(heads, label=True), *(_row(line) for line in lines)]
    return Grid((20, *(10 for _ in chosen)), tuple(rows))


def _appendix(counted: Sequence[Counted], told: Mapping[str, str]) -> list[Block]:
    said = (
        f"期间 {told['first']} 至 {told['last']}（以事项发生之日计）；范围：{told['scope']}；统计时点 {told['as_of']}。"
        "各项数据按统计时点以前已经登记的记录计算，其后补录、更正的不计入；以同一期间、范围和时点重新计算，结果与摘要相同。"
        "涉嫌犯罪移送案卷不在统计之列。"
    )
    rows = [_row(APPENDIX_HEADS, label=True)]
    for number, one in enumerate(counted):
        digest = " ".join(re.findall("." * 16, one.digest.removeprefix("sha256:")))
        rows.append(_row((CIRCLED[number], one.figure.zh, one.figure.code, str(one.rows), digest)))
    return [
        Paragraph(_text(APPENDIX), indent=False, strong=True, keep=True, space=8),
        Paragraph(_text(said), small=True),
        Grid(APPENDIX_COLUMNS, tuple(rows)),
    ]


def _row(cells: Sequence[str], *, label: bool = False) -> Row:
    return Row(
        tuple(
            Cell(
                (Paragraph(_text(cell), indent=False, align="left" if place == 0 else "center"),),
                label=label,
            )
            for place, cell in enumerate(cells)
        )
    )


def _text(words: str) -> Spans:
    return (Span("text", words),) if words else ()
