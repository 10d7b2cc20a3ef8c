"""The readers of a criminal referral see the ruling with its confidential part, kept with the referral alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.builders import Town, refused
from tests.referral_walk import THRESHOLD, led, opened
from tests.rules.edition_drafts import NEXT, SHIPPED, published, reviewed_once, twenty_days

FAKE = {"domain": "food", "violation": "food_fake_inferior", "facts": {"sales_fen": 5_000_000}}
"""Sales of fakes from 50,000 yuan on are a crime (R07)."""


def shown_of(town: Town, finding: str) -> str:
    """All that the finding's own row keeps of rulings."""
    return json.dumps(town.row(finding).rulings)


def kept(town: Town, referral: str, login: str = "C02") -> dict[str, Any]:
    ruling = town.house.reader.referrals.ruling(town.who(login), referral)
    assert ruling is not None
    return ruling


def test_the_ruling_is_kept_with_the_referral_with_both_traces_and_nowhere_else(town: Town) -> None:
    finding = town.finding(**FAKE)
    before = shown_of(town, finding)

    referral = opened(town, finding)

    ruling = kept(town, referral)
    assert "R07" in ruling["fired"] and "criminal_referral" in ruling["routes"]
    assert {"fine", "close"} <= set(ruling["shut"])
    trace = ruling["trace"]
    assert trace["python"] == trace["durable_rules"] and "R07@1" in trace["python"]["fired"]
    assert trace["rulebook_digest"] == town.house.rulebook.digest
    assert trace["facts"]["sales_fen"] == 5_000_000 and "criminal_outcome" in trace["facts"]
    assert shown_of(town, finding) == before and "R07" not in before
    assert "R07" not in json.dumps(town.house.reader.finding(town.who("W01"), finding))
    ruling_of = town.house.reader.referrals.ruling
    for login in ("F01", "S01", "A01"):
        assert refused(ruling_of, town.who(login), referral).code == "not_found"


def test_what_is_ruled_later_joins_it_where_it_says_something_else(town: Town, tmp_path: Path) -> None:
    town.at("2024-05-01T09:00")
    finding = town.finding(**{**FAKE, "facts": {"sales_fen": 1_000_000}})
    town.step("C02", finding, "record_threshold", **THRESHOLD)
    town.step("W01", finding, "register", ledger_no="原台1", department="market_regulation", handler="W01")
    town.step("C02", finding, "propose_route", routes=["rectification"], legal_ground="依据。")
    (suspicion,) = town.referrals(finding)
    assert [(one["fired"], one["rulebook_version"]) for one in suspicion.record["rulings"]] == [([], SHIPPED)]

    with reviewed_once():
        published(town, twenty_days(tmp_path / "draft"), "2024-05-01")
    town.step("C02", finding, "record_threshold", **THRESHOLD)

    (suspicion,) = town.referrals(finding)
    assert [one["rulebook_version"] for one in suspicion.record["rulings"]] == [SHIPPED, NEXT]
    assert [one["rulebook_version"] for one in town.row(finding).rulings] == [SHIPPED]
    town.house.in_force.close()


def test_steps_of_the_referral_lose_no_ruling(town: Town) -> None:
    referral = opened(town, town.finding(**FAKE))
    before = kept(town, referral)
    led(town, referral, "form_team", "submit_report")
    assert kept(town, referral) == before
