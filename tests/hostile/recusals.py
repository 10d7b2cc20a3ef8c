"""Recusals under attack: what is entered and decided, as one request that is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.core.commands import Command, RecuseCommand

if TYPE_CHECKING:
    from tests.hostile.fort import Fort

API, OFFICER, HEAD = "/api/v1/findings/{id}/recusals", "W01", "H01"


def application(_: Fort) -> dict[str, Any]:
    """The party asks that an officer step back."""
    said = {"ground": "other_relation", "reason": "当事人申请回避。"}
    return {**said, "person": "W02", "applicant": "滏香火锅店"}


def decision(_: Fort) -> dict[str, Any]:
    """The head sees no ground."""
    return {"outcome": "refused", "reason": "经核实不存在应当回避的情形。"}


def asked_to_step_back(fort: Fort) -> dict[str, str]:
    """An application on the finding that nobody has decided."""
    body = {"ground": "direct_interest", "reason": "当事人系近亲属。", "person": "T01"}
    town = fort.town
    command = Command(
        town.people["W01"], "fort-recusal", "0", RecuseCommand("finding", fort.ids["finding"], body)
    )
    return {"recusal": town.house.recusals.handle(command).id}


RECUSALS: tuple[tuple[Any, ...], ...] = (
    ("GET", API, OFFICER),
    ("POST", API, OFFICER, application, True, "application/json", 201),
    ("POST", f"{API}/{{rid}}/decision", HEAD, decision, True),
)
"""The arguments of each operation."""
