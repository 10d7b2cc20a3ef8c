"""The cells of one row of a list, by the codes of the columns, in the language of whoever takes the sheet along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.core.chart import Charts
from engine.core.duties import DONE, DONE_LATE
from engine.duty_book import period_words
from engine.sheets.values import Cell, civil, joined, text
from rules.exchange import load_receipts
from rules.mapping import Vocabularies
from rules.offices import Office

CHINESE = "zh"
NOT_BEGUN = "wait"
"""How a report stands before anything can be handed in."""


@dataclass(frozen=True, slots=True)
class Saying:
    """The words of the house in one language."""

    language: str
    charts: Charts
    office: Office
    coded: Mapping[str, Mapping[str, Mapping[str, str]]]
    """Words of the sheets of lists: list of codes → code → language → word."""
    vocabularies: Vocabularies
    people: Mapping[str, str]
    """Names by login, folded."""
    today: date

    def of(self, word: Any) -> str:
        """The word in this language, of whatever has it in both."""
        told = word[self.language] if isinstance(word, Mapping) else getattr(word, self.language)
        return str(told)

    def code(self, listed: str, code: str) -> str:
        """The word for the code; what has none stays as it is."""
        word = self.coded[listed].get(code)
        return self.of(word) if word else code

    def department(self, code: str | None) -> Cell:
        """The department as lists name it."""
        known = self.office.departments.get(code or "")
        if known is None:
            return text(code)
        return known.short if self.language == CHINESE else known.en

    def state(self, chart: str, state: str) -> str:
        """The state as its chart calls it."""
        return self.of(self.charts[chart].states[state])

    def all_of(self, words: list[str]) -> Cell:
        """The words as one text."""
        return joined(words, "、" if self.language == CHINESE else "; ")


Item = Mapping[str, Any]
Cells = Mapping[str, Cell]


def _inspection(say: Saying, item: Item) -> Cells:
    results = {term.code: say.of(term) for term in say.vocabularies["result_code"]}
    return {
        "task_no": text(item["task_no"] or item["reference"]),
        "party": text(item["party"]["name"]),
        "department": say.department(item["department"]),
        "results": say.all_of([results.get(code, code) for code in item["result_codes"] or ()]),
        "finished_at": datetime.fromisoformat(item["finished_at"]),
        "state": say.state("inspection", item["state"]),
        "due_on": _day(item["publication_due_on"]),
        "published_on": _day(item["published_on"]),
    }


def _stuck(say: Saying, item: Item) -> Cells:
    return {
        "ledger_no": text(item["ledger_no"]),
        "record": say.of(say.charts[item["chart"]]),
        "state": say.state(item["chart"], item["state"]),
        "department": say.department(item["department"]),
        "lacks": say.all_of([say.code("lacks", one) for one in item["lacks"]]),
        "why": joined([say.of(one) for one in item["reasons"]], "\n"),
        "remedy": joined([say.of(one["remedy"]) for one in item["reasons"]], "\n"),
    }


def _duty(say: Saying, item: Item) -> Cells:
    told, waits = item["handed_in"], item["begins_on"] > say.today.isoformat()
    stands = (DONE_LATE if told["late"] else DONE) if told else NOT_BEGUN if waits else item["state"]
    known = {
        "state": say.code("duty", stands),
        "department": say.department(item["department"]),
        "duty": say.of(item),
        "period": say.of(period_words(item["period"])),
        "due_on": _day(item["due_on"]),
    }
    if told is None:
        return known
    return known | {
        "first_at": civil(told["first_handed_in_at"]),
        **{name: text(told[name]) for name in ("title", "doc_no", "summary")},
        "by": text(say.people.get(told["handed_in_by"].casefold(), told["handed_in_by"])),
        "corrections": told["corrections"],
    }


def _message(say: Saying, item: Item) -> Cells:
    return {
        **{name: civil(item[name]) for name in ("recorded_at", "due_at", "delivered_at")},
        "kind": say.code("kind", item["kind"]),
        "recipient": say.department(item["recipient"]),
        "state": say.code("letter", item["state"]),
        "tries": item["tries"],
        **{name: text(item[name]) for name in ("outcome", "ledger_no", "item", "party")},
    }


def _receipt(say: Saying, item: Item) -> Cells:
    kind = load_receipts().get(item["kind"])
    return {
        "received_at": civil(item["received_at"]),
        "kind": say.of(kind) if kind else text(item["kind"]),
        "system": text(item["system_id"]),
        "state": say.code("letter", item["state"]),
        **{name: text(item[name]) for name in ("waiting_for", "ledger_no", "item", "party")},
    }


def _day(value: str | None) -> Cell:
    return date.fromisoformat(value) if value else None


CELLS: Mapping[str, Callable[[Saying, Item], Cells]] = {
    "publicity": _inspection,
    "inspections": lambda say, item: {**_inspection(say, item), "findings": len(item["findings"])},
    "stuck": _stuck,
    "duties": _duty,
    "messages": _message,
    "receipts": _receipt,
}
"""By the names of the lists in lists.yaml."""
