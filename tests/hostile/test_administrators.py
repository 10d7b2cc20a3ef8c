"""The three administrators see no cases: whatever they read, on any route and any page, tells of none."""

from __future__ import annotations

import pytest

from tests.builders import PARTY
from tests.hostile.fort import Fort
from tests.hostile.operations import OPERATIONS, SYSTEM
from tests.hostile.page_paths import READ

OF_CASES = (
    "finding",
    "sent",
    "served",
    "inspection",
    "party",
    "hidden",
    "hidden_party",
    "transfer",
    "matter",
)
COMMITMENTS = "/audit/"
"""Who audits reads the chain of hashes, which says nothing of a case (contract)."""


@pytest.mark.parametrize("login", ["A01", "B01", "E01"])
def test_an_administrator_reads_no_case_on_any_route(fort: Fort, login: str) -> None:
    words = [str(PARTY["name"]), "紫外线灯", "92140981MA0L3Q8T17", "别家"]
    ids = [fort.ids[name] for name in OF_CASES]
    read = [one for one in OPERATIONS if one.method == "GET" and one.who != SYSTEM]
    with fort.unchanged():
        for target in [one.target(fort) for one in read] + [one.format(**fort.ids) for one in READ]:
            answer = fort.get(login, target)
            told = answer.body.decode(errors="replace")
            assert not [word for word in words if word in told], (target, answer.status)
            if not (login == "E01" and COMMITMENTS in target):
                assert not [id for id in ids if id in told and id not in target], (target, answer.status)
    assert len(read) > 30
