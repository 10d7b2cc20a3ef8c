"""Along the contract's scenarios every answer keeps its schema and agrees with every other, after each step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Town
from tests.once import Copies
from tests.reading.world import ids
from tests.scenarios.player import FIRE, FOOD, Player, scenario
from tests.schemas import faults

OUTSIDE = ("steps", "version", "sequence", "state")
"""What GET /inspections/{id} says beside inspection_answer."""


def broken(town: Town, player: Player) -> list[str]:
    """Where the answers to an officer and to the supervisor break the contract now."""
    reader, wrong = town.house.reader, []
    for login in ("C01", "S01"):
        who = town.people[login]
        shown = reader.inspection(who, player.refs["I"])
        wrong += faults("inspection_answer", {key: shown[key] for key in shown if key not in OUTSIDE})
        wrong += faults("ledger_answer", reader.ledger(who, {}))
        wrong += faults("deadline_answer", reader.deadlines(who, {"limit": ["200"]}))
        if "F" in player.refs:
            wrong += faults("finding_answer", reader.finding(who, player.refs["F"]))
            wrong += disagreements(town, login, player.refs["F"])
    return wrong


def disagreements(town: Town, login: str, finding: str) -> list[str]:
    """Where the list, the ledger, the timeline and the audit chain say something else than the finding."""
    reader, who = town.house.reader, town.people[login]
    alone = reader.finding(who, finding)
    (line,) = (one for one in reader.findings(who, {})["items"] if one["id"] == finding)
    same = (
        "state",
        "light",
        "marks",
        "owner_role",
        "routes",
        "version",
        "sequence",
        "ledger_no",
        "department",
    )
    wrong = [name for name in same if line[name] != alone[name]]
    light = alone["light"] or "none"
    if finding not in ids(reader.findings(who, {"light": [light]})["items"]):
        wrong.append("light filter")
    counted = {part["light"]: part["found"]["count"] for part in reader.ledger(who, {})["by_light"]}
    if counted[light] != len(reader.findings(who, {"light": [light]})["items"]):
        wrong.append("ledger by light")
    running = [one["due_effective"] for one in alone["deadlines"] if one["state"] == "running"]
    if alone["state"] != "closed" and line["due_effective"] != min(running, default=None):
        wrong.append("due_effective")
    told = reader.timeline(who, finding, {"limit": ["200"]})["items"]
    chain = reader.audit(who, finding)["entries"]
    if [one["digest"] for one in told] != [one["hash"] for one in chain]:
        wrong.append("timeline and chain")
    if told[-1]["sequence"] != alone["sequence"]:
        wrong.append("sequence")
    return wrong


@pytest.mark.parametrize(
    ("database", "id", "kind"),
    [("sqlite", "S01", FOOD), ("sqlite", "S02", FOOD), ("sqlite", "S06", FIRE), ("postgresql", "S02", FOOD)],
)
def test_every_answer_keeps_the_contract_after_each_step(
    request: pytest.FixtureRequest,
    tables: Copies,
    open_town: Callable[..., Town],
    tmp_path: Path,
    database: str,
    id: str,
    kind: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sqlite = database == "sqlite"
    url = (
        tables.sqlite(tmp_path / "bihuan.db")
        if sqlite
        else tables.postgres(request.getfixturevalue("postgres"))
    )
    town = open_town(url)
    story, player = scenario(id), Player(town, kind)
    checked: list[str] = []
    take = Player._take

    def taken(self: Player, step: dict[str, Any]) -> str | None:
        told = take(self, step)
        if "I" in self.refs:
            assert broken(town, self) == [], step["trigger"]
            checked.append(step["trigger"])
        return told

    monkeypatch.setattr(Player, "_take", taken)

    player.play(story)

    assert len(checked) == len(story["steps"])


def test_what_an_officer_entered_is_found_by_search(town: Town) -> None:
    finding = town.finding(facts_summary="Cold-dish ROOM 紫外线灯损坏。", item="专间%操作")
    reader, who = town.house.reader, town.people["C01"]
    for word in (
        "滏香",
        "92140981MA0L3Q8T17",
        "92140981ma0l3q8t17",
        "room",
        "紫外线",
        "专间%",
        "cold-DISH 专间",
    ):
        assert ids(reader.findings(who, {"q": [word]})["items"]) == [finding], word
    for word in ("专间_操作", "专间%%", "nothing"):
        assert reader.findings(who, {"q": [word]})["items"] == [], word
    for officer in ("w01", "W02", "姓名W01"):
        assert ids(reader.findings(who, {"officer": [officer]})["items"]) == [finding], officer
