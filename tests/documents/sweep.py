"""Every paper of a scenario as PDF and DOCX, held against the facts of its step: a party of rare names, words of its own in
every fact that the scenario leaves open."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pypdf
from docx import Document
from sqlalchemy import select

from engine.documents import DocumentPress
from engine.documents.money import in_yuan
from engine.documents.paper import Listing, Paper, Seal, Slip, Spans, paragraphs_of
from engine.documents.press import paper_of
from engine.documents.wording import long_date, long_moment
from models import records
from rules.charts import load_charts
from tests.builders import Town
from tests.documents.elsewhere import ELSEWHERE
from tests.documents.word_reading import paragraphs_in
from tests.scenarios.player import KINDS, Player, scenario

OPEN = "（略）"
CHARTS = load_charts()
FACTS = CHARTS.dictionary["facts"]
VOCABULARIES = CHARTS.dictionary["vocabularies"]
NAME = "原平市𠮷㛃堃记·䶮𬭎餐饮店（前进西街分店）"
RARE_PARTY = {
    "kind": "individual_business",
    "name": NAME,
    "identifiers": [{"scheme": "uscc", "value": "92140981MA0L3Q8T17"}],
    "address": "山西省忻州市原平市前进西街218号（堃园）",
    "legal_representative": "艾克拜尔·䶮𬭎",
    "phone": "0350-5550117",
}
SENTENCES = {
    "deadline_type": "chooses between 立即改正 and a period",
    "period_unit": "日 alone is a calendar day",
}
"""Codes that choose the sentence."""
LEFT_OVER = re.compile(r"None|null|[{}<>]|〓|�|\[\]")
GAPS = re.compile(r"[，。；：、]{2}|（）|《》|“”|[，、]）")
"""What a sentence says whose words are missing; blanks to fill in are drawn and are no gap."""
PAGE_NUMBER = re.compile(r"—\d+—$|第\d+页共\d+页$")
FOREIGN = re.compile(r"[A-Za-z_]{3,}")


class Sweeper(Player):
    """Plays a scenario; what it leaves open is filled with words that stand in no other fact."""

    def record_inspection(self, login: str, body: dict[str, Any]) -> str:
        """The id of the inspection of the party with the rare names."""
        return super().record_inspection(login, body | {"party": RARE_PARTY, "recusal_told": True})

    def _take(self, step: dict[str, Any]) -> str | None:
        self.taken = getattr(self, "taken", 0) + 1
        facts = {
            name: self._words(name) if value == OPEN and FACTS.get(name, {}).get("type") == "text" else value
            for name, value in step["facts"].items()
        }
        return super()._take(step | {"facts": facts})

    def _words(self, name: str) -> str:
        return f"第{self.taken}步所写{FACTS[name]['zh']}".replace("/", "或者")


@dataclass(frozen=True, slots=True)
class Issued:
    """One paper as it is kept."""

    record: str
    sequence: int
    kind: str
    content: Mapping[str, Any]
    issued_on: date


def played(town: Town, id: str) -> Sweeper:
    """The scenario is played to its end in the town."""
    player = Sweeper(town, KINDS[id])
    player.play(scenario(id))
    return player


def issued(town: Town) -> list[Issued]:
    """Every paper of the house that the town has issued, those of referrals among them."""
    vault = town.house.desk.vault
    with town.house.database.read() as connection:
        rows = connection.execute(select(records.DOCUMENT).where(records.DOCUMENT.c.status == "issued"))
        return [
            Issued(row.record_id, row.sequence, row.kind, vault.content_of(row), row.issued_on)
            for row in rows
        ]


def unsaid(press: DocumentPress, papers: list[Issued]) -> list[str]:
    """Facts of a step that stand in none of its papers, though it issues no paper of others that might say them."""
    steps: dict[tuple[str, int], list[Issued]] = {}
    for one in papers:
        steps.setdefault((one.record, one.sequence), []).append(one)
    found = []
    for issued_then in steps.values():
        step = issued_then[0].content["step"]
        read = "".join(words for one in issued_then for words in spoken(filled_in(press, one)))
        for name, value in step["facts"].items():
            written = [squeezed(words) for words in written_as(name, value)]
            if (
                written
                and not elsewhere(step["trigger"], name)
                and not any(words in read for words in written)
            ):
                found.append(f"{step['trigger']}: {name} {written[0]}")
    return found


def elsewhere(trigger: str, name: str) -> bool:
    """True where the papers of the step may leave the fact out."""
    rows = [row for chart in CHARTS.by_name.values() for row in chart.rows if row.trigger == trigger]
    outside = any(
        CHARTS.dictionary["documents"][kind]["issuer"] != "house" for row in rows for kind in row.documents
    )
    named = {name, *(f"{row.chart}.{trigger}:{name}" for row in rows)}
    return outside or name in SENTENCES or bool(named & set(ELSEWHERE))


def written_as(name: str, value: Any) -> list[str]:
    """The ways in which a paper may write the fact; none where it is ticked or said in a sentence of its own."""
    declared = FACTS.get(name, {})
    form = declared.get("type")
    if form == "date":
        return [long_date(date.fromisoformat(value))]
    if form == "instant":
        at = datetime.fromisoformat(value)
        return [long_moment(at), long_date(at)]
    if form == "money_fen":
        return [in_yuan(value)]
    if form == "code":
        names = {one["code"]: one["zh"] for one in VOCABULARIES[declared["vocabulary"]]}
        return [names[code] for code in (value if isinstance(value, list) else [value])]
    if form in ("officers", "officer"):
        return [one["name"] for one in (value if isinstance(value, list) else [value])]
    return [value] if form == "text" else []


def filled_in(press: DocumentPress, one: Issued) -> Paper:
    """The paper with nothing left to decide."""
    return paper_of(press.template_of(one.kind, one.content), one.content, one.issued_on)


def faults_of(press: DocumentPress, one: Issued) -> list[str]:
    """What is wrong with the paper in either format; as PDF/A it cannot be made with a character that has no glyph."""
    paper = filled_in(press, one)
    pdf = press.pdf(one.kind, one.content, issued_on=one.issued_on)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    word = Document(io.BytesIO(press.docx(one.kind, one.content, issued_on=one.issued_on)))
    read = {
        "PDF": "".join(PAGE_NUMBER.sub("", squeezed(page.extract_text())) for page in reader.pages),
        "DOCX": squeezed("".join(paragraph.text for paragraph in paragraphs_in(word))),
    }
    found = [
        f"{format} lacks {words}" for words in spoken(paper) for format in read if words not in read[format]
    ]
    found += [f"{format} holds {left[0]}" for format in read for left in LEFT_OVER.finditer(read[format])]
    found += [f"gap: {line}" for line in lines(paper) if GAPS.search(line)]
    found += [f"foreign: {words[0]}" for words in FOREIGN.finditer(without(read["PDF"], one.content))]
    return [f"{one.kind} {paper.title}: {fault}" for fault in found]


def squeezed(text: str) -> str:
    """The text without the line ends and spaces of its setting."""
    return "".join(text.split())


def texts(paper: Paper) -> Iterator[Spans]:
    """All runs of words of the paper, line by line as the template has them."""
    yield (*paper.organisation,)
    yield (*paper.number,)
    yield (*paper.note,)
    for paragraph in paragraphs_of(paper.blocks):
        yield paragraph.spans
    for block in paper.blocks:
        parts = (block, *block.blocks) if isinstance(block, Slip) else (block,)
        for part in parts:
            if isinstance(part, Slip):
                yield part.title
            if isinstance(part, Seal):
                yield from part.lines
            if isinstance(part, Listing):
                yield from part.entries


def spoken(paper: Paper) -> Iterator[str]:
    """The title, and each run of words between blanks, boxes and line breaks."""
    yield squeezed(paper.title)
    for spans in texts(paper):
        for span in spans:
            if span.kind in ("text", "box") and squeezed(span.text):
                yield squeezed(span.text)


def lines(paper: Paper) -> Iterator[str]:
    """Each line with its blanks drawn."""
    for spans in texts(paper):
        yield "".join("＿" if span.kind == "blank" else span.text for span in spans)


def without(text: str, content: Any) -> str:
    """The text without what people wrote: codes, logins and numbers may be of any letters."""
    for written in sorted(said(content), key=len, reverse=True):
        text = text.replace(squeezed(written), "")
    return text


def said(content: Any) -> Iterator[str]:
    """Every text of the content that is the word of a person or a number, and no code."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            if name in ("name", "certificate_no", "value", "doc_no", "ledger_no") and isinstance(value, str):
                yield value
            yield from said(value)
    elif isinstance(content, list):
        for one in content:
            yield from said(one)
