"""The demonstration office and the matters that others sent it."""

from __future__ import annotations

from engine.core.commands import Principal
from tests.demo.conftest import SUPERVISOR, Built

HEAD = Principal("H01", "负责人", frozenset({"department_head"}), "market_regulation")


def test_matters_stand_in_different_states_and_one_is_nearly_due(built: Built) -> None:
    reader = built.house.incoming.reader
    items = reader.page(SUPERVISOR, {})["items"]
    assert {one["state"] for one in items} == {"received", "signed_for", "accepted", "returned"}
    assert items[0]["light"] == "red" and items[0]["due"]["term"] == "DL52"
    [accepted] = [one for one in items if one["state"] == "accepted"]
    assert reader.of_finding(HEAD, accepted["finding"])[0]["id"] == accepted["id"]
    assert all("演示" in reader.matter(HEAD, one["id"])["content"]["party_name"] for one in items)
