"""Nobody approves themselves in random histories; and an oracle that finds nothing would find what is planted."""

from __future__ import annotations

import pytest

from engine.core.commands import Principal
from tests.builders import Town
from tests.simulation.hands import Told, lived_through, wrongs

FEW, SEED = 40, 20261128
"""A small part of what `./dev soak hands` lives through."""


def test_no_history_has_one_person_for_two(sqlite_town: Town) -> None:
    lived = lived_through(sqlite_town, FEW, SEED)
    assert lived.wrong == []
    assert lived.counts["approvals"] >= FEW / 2 and lived.counts["proposer_cannot_approve"] > 0
    assert lived.counts["recused"] > 0 and lived.counts["reopened"] > 0


def test_a_house_that_knows_logins_alone_is_found_out(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Principal, "persons", property(lambda who: frozenset({who.login})))
    assert lived_through(sqlite_town, FEW, SEED).wrong


def test_the_oracle_knows_each_wrong() -> None:
    officers = {"officers": [{"login": "p0a"}, {"login": "p0b"}]}
    told = [
        Told("main", "register", ("p1a",), {"handler": {"login": "p2b"}}),
        Told("main", "propose_close", ("p0a", "p3a"), {}),
        Told("main", "verify", ("p2a",), {}),
        Told("main", "approve_close", ("p3b",), {}),
        Told("x", "start_verification", ("p1b",), officers),
        Told("x", "pass_review", ("p1a",), {}),
    ]
    said = list(wrongs(told, {"p1": 4}))
    assert len(said) == 5 and "approve_close" in said[1] and "handler" in said[0] and "one officer" in said[2]
