"""One finding, and steps of it asked for in one line."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import Stage, finding_body, inspection_body
from tests.contract.told import STANDARD
from tests.schemas import faults

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
NOW = "2024-04-26T17:00"
ON_THE_SPOT = {"legal_ground": "行政处罚法第二十八条", "urgent_ground": "on_the_spot"}


def found(stage: Stage, **given: Any) -> str:
    """The id of a finding just recorded."""
    stage.town.at(NOW)
    body = inspection_body(NOW, findings=[finding_body(NOW, **given)])
    return str(stage.post("W01", "/inspections", body).json()["findings"][0]["id"])


def facts_of(trigger: str, **given: Any) -> dict[str, Any]:
    """The facts of an ordinary step on the day of the stage."""
    standard = {name: value for name, value in STANDARD[trigger].items() if name != "as"}
    return {name: NOW[:10] if value == "$today" else value for name, value in standard.items()} | given


def ask(stage: Stage, login: str, finding: str, trigger: str, on: str | None = None, **facts: Any) -> Any:
    """The answer to one step in the present version."""
    version = stage.get("S01", f"/findings/{finding}")["version"]
    body = {"trigger": trigger, "proceeding": on, "expected_version": version}
    return stage.post(login, f"/findings/{finding}/steps", {**body, "facts": facts_of(trigger, **facts)})


def opened(stage: Stage, finding: str, *, served: bool = False) -> str:
    """The id of a rectification of the finding, ordered and, when told so, served."""
    answer = ask(stage, "W01", finding, "open_rectification", **ON_THE_SPOT)
    order = str(answer.json()["proceedings"][-1]["id"])
    assert ask(stage, "W01", finding, "order", order).status_code == 200
    if served:
        assert ask(stage, "W01", finding, "serve_directly", order).status_code == 200
    return order


def problem(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal that obeys the schema."""
    assert faults("problem", answer.json()) == []
    return answer.status_code, answer.json()["code"]
