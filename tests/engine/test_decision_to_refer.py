"""Steps of a finding that open a referral: the referral knows why, the finding's timeline does not."""

from __future__ import annotations

import pytest

from engine.core.commands import Step
from engine.core.refusals import Refusal
from models.reading import entries
from tests.builders import Town, refused
from tests.referral_walk import FILED, THRESHOLD, led, opened, stated
from tests.scenarios.player import BOILER, Player, scenario


def test_the_penalty_waits_and_the_threshold_stands_on_the_referral_alone(town: Town) -> None:
    story, player = scenario("S03"), Player(town, BOILER)
    before = next(n for n, step in enumerate(story["steps"]) if step["trigger"] == "decide_fine")
    player.play({**story, "steps": story["steps"][:before]})
    town.at(story["steps"][before]["at"])
    finding, penalty = player.refs["F"], player.refs["P"]

    outcome = town.steps("H01", finding, Step("decide_refer_criminal", penalty, THRESHOLD))

    assert player.state("P") == "awaiting_criminal"
    assert outcome.decision["referral_version"] == 1
    referral = town.referrals(finding)[-1]
    assert referral.record["facts"] == THRESHOLD
    with town.house.database.read() as connection:
        told = [one.body for one in entries.entries_after(connection, finding, 0)]
    assert not any(word in body for word in THRESHOLD.values() for body in told)
    clocks = {one.term: one.state for one in town.deadlines(finding) if one.proceeding_id == penalty}
    assert (clocks["DL76"], clocks["DL28"]) == ("running", "suspended")

    shut = refused(town.steps, "H01", finding, Step("resume_after_outcome", penalty, {"reason": "理由。"}))
    assert [one.code for one in shut.reasons] == ["law2_close_open"]
    led(town, str(referral.id), *FILED, "not_prosecute")
    town.steps("H01", finding, Step("resume_after_outcome", penalty, {"reason": "不起诉。"}))
    assert player.state("P") == "investigating"


def test_a_step_on_the_finding_cannot_name_the_referral(town: Town) -> None:
    finding = town.finding()
    referral = opened(town, finding)
    for named in (referral, "@0"):
        steps = [Step("form_team", named, stated(town)["form_team"])]
        if named == "@0":
            facts = {"urgent_ground": "crime_suspicion", **THRESHOLD}
            steps.insert(0, Step("open_criminal_referral", None, facts))
        with pytest.raises(Refusal) as refusal:
            town.steps("U01" if named != "@0" else "C01", finding, *steps)
        assert refusal.value.code == "facts_invalid"
