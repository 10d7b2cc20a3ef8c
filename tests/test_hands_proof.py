"""Law 4 along every path of every chart with four persons: the proof holds, and fails when a guard is weakened."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from engine.core import guards
from engine.core.chart import Charts, build_chart
from engine.core.commands import Principal
from engine.core.prove_hands import HANDS, hand_faults, watches_of
from rules.charts import chart_files, load_charts
from tests.test_charts import CONTRACT

FILES, WHOLE = chart_files(), load_charts()


def found(name: str, change: Callable[[dict[str, Any]], None] = lambda _: None) -> list[str]:
    """What the proof finds in that chart, changed, by itself."""
    data = copy.deepcopy(FILES[name])
    change(data)
    told = hand_faults(Charts({name: build_chart(data)}, WHOLE.dictionary))
    return [f"{what} ({' → '.join(path)})" for _, what, path in told]


def test_no_path_of_any_chart_gives_one_person_both_acts() -> None:
    assert list(hand_faults(WHOLE)) == []
    assert len(HANDS) == 8 + 8 * 6


def test_every_row_that_the_contract_keeps_from_the_proposer_is_searched() -> None:
    kept = {
        (name, row["trigger"])
        for name, chart in CONTRACT["charts"].items()
        for row in chart["rows"]
        if "approver_is_not_proposer" in row.get("guards", ())
    }
    searched = {
        (name, row.trigger)
        for name, chart in WHOLE.by_name.items()
        for watch in watches_of(chart)
        for row in watch.rows
    }
    assert kept - searched == set()


@pytest.mark.parametrize(
    ("chart", "trigger", "guard"),
    [
        ("copy_notice", "approve_copy", "approver_is_not_proposer"),
        ("finding", "approve_close", "approver_is_not_proposer"),
        ("finding", "reopen", "approver_is_not_proposer"),
        ("finding", "add_route", "approver_is_not_proposer"),
        ("rectification", "approve_extension", "approver_is_not_proposer"),
        ("credit_flag", "approve_removal", "approver_is_not_proposer"),
        ("criminal_referral", "approve_referral", "approver_is_not_proposer"),
        ("finding", "verify", "verifier_is_not_handler"),
    ],
)
def test_a_guard_removed_from_a_row_is_found(chart: str, trigger: str, guard: str) -> None:
    def unguarded(data: dict[str, Any]) -> None:
        for row in data["rows"]:
            if row["trigger"] == trigger:
                row["guards"] = [one for one in row["guards"] if one != guard]

    assert any(line.startswith(f"{trigger} from ") for line in found(chart, unguarded))


def test_answering_nothing_is_found() -> None:
    def silent(data: dict[str, Any]) -> None:
        for row in data["rows"]:
            row.pop("answers", None)

    told = found("copy_notice", silent)
    assert any("approves and answers nothing" in line for line in told)
    assert any("nothing answers propose_copy" in line for line in told)


def test_a_guard_that_knows_logins_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_login(who: Principal) -> frozenset[str]:
        return frozenset({who.login, *(one.login for one in who.acting_for)})

    monkeypatch.setattr(Principal, "persons", property(by_login))
    assert any(line.startswith("approve_copy from ") for line in found("copy_notice"))
    assert any(line.startswith("verify from ") for line in found("finding"))


def test_a_guard_that_forgets_whom_a_delegate_stands_in_for_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Principal, "persons", property(lambda who: who.register.logins_of(who.login)))
    assert any(line.startswith("approve_copy from ") for line in found("copy_notice"))


def test_a_guard_that_looks_at_the_last_proposer_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two who proposed an extension one after the other the first may not approve it either."""

    def last_alone(scene: Any, _: str | None) -> bool:
        acts = [scene.record.acts[name] for name in scene.row.answers if name in scene.record.acts]
        return all(one.by.casefold() not in scene.principal.persons for one in acts)

    monkeypatch.setitem(guards.JUDGES, "approver_is_not_proposer", last_alone)
    assert any(line.startswith("approve_extension from ") for line in found("rectification"))
