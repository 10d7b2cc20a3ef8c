"""What changed cells of a row ask for: steps that are open to whoever sends the sheet, with what the cells say as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.comments import COMMENT
from engine.core.commands import Principal, Step
from engine.core.refusals import Refusal
from engine.sheets.source import Source
from models import account_reading
from rules.ledger_columns import Column, Edit

if TYPE_CHECKING:
    from engine.house import House

WORDS = {
    "emptied": "内容不能删空，已登记的由更正程序处理。",
    "shut": "现在不能办理：{why}",
    "beside": "须同时填写“{column}”。",
    "nobody": "本部门没有唯一的承办人“{name}”，请填写账号。",
    "no_date": "“{value}”不是日期，写作 2024-05-13。",
}


@dataclass(frozen=True, slots=True)
class CellSteps:
    """Reads changed cells for one person; columns by code."""

    house: House
    who: Principal
    columns: Mapping[str, Column]

    def steps(self, finding: str, changed: Mapping[str, str], row: Mapping[str, str]) -> tuple[Step, ...]:
        """The steps that the changed cells ask for, each once; raises what stands in the way of any."""
        asked = {code: text for code, text in changed.items() if self.columns[code].edits}
        if not asked:
            return ()
        listed = self.house.reader.finding(self.who, finding)["steps"]
        found: list[Step] = []
        for code, text in asked.items():
            if not text:
                raise Refusal("facts_invalid", detail=WORDS["emptied"])
            edit, step = self._open(self.columns[code].edits, listed)
            facts = {**edit.given, edit.fact: self._fact(edit.fact, text), **self._beside(edit, row)}
            wanted = Step(step["trigger"], step["proceeding"], facts)
            found += [] if wanted in found else [wanted]
        return tuple(found)

    def _open(
        self, edits: Sequence[Edit], listed: Sequence[Mapping[str, Any]]
    ) -> tuple[Edit, Mapping[str, Any]]:
        """The first step that is open, with the edit that it belongs to."""
        why: list[str] = []
        for edit in edits:
            meant = [one for one in listed if one["chart"] in edit.charts and one["trigger"] in edit.take]
            opened = [one for one in meant if one["open"]]
            if opened:
                return edit, min(opened, key=lambda one: edit.take.index(one["trigger"]))
            why += [reason["zh"] for one in meant for reason in one.get("reasons", ())]
        raise Refusal("step_shut", detail=WORDS["shut"].format(why="；".join(dict.fromkeys(why)) or "—"))

    def _beside(self, edit: Edit, row: Mapping[str, str]) -> dict[str, Any]:
        """The facts that other columns of the row say."""
        lacking = [code for code in edit.beside.values() if not row.get(code)]
        if lacking:
            raise Refusal("facts_invalid", detail=WORDS["beside"].format(column=self._title(lacking[0])))
        return {fact: self._fact(fact, row[code]) for fact, code in edit.beside.items()}

    def _title(self, code: str) -> str:
        return self.columns[code].zh if code in self.columns else code

    def _fact(self, name: str, text: str) -> Any:
        """The cell as the fact of a step: a login for a colleague's name, a day for a date."""
        kind = self.house.charts.dictionary["facts"][name]["type"]
        if kind == "officer":
            return self._login(text)
        if kind == "date":
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError as fault:
                raise Refusal("facts_invalid", detail=WORDS["no_date"].format(value=text)) from fault
        return text

    def _login(self, name: str) -> str:
        with self.house.database.read() as connection:
            known = account_reading.users(connection, self.house.office.office_id)
        mine = [
            one
            for one in known
            if one.department == self.who.department and not one.disabled and name in (one.name, one.login)
        ]
        if len(mine) != 1:
            raise Refusal("facts_invalid", detail=WORDS["nobody"].format(name=name))
        return str(mine[0].login)


def comments_of(source: Source) -> frozenset[str]:
    """Every comment that stands on the finding."""
    entries = [one.entry for record in source.told(("finding",)) for one in record]
    return frozenset(
        str(one.facts["text"]) for one in entries if one.trigger == COMMENT and one.facts.get("text")
    )
