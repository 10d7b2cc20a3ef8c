"""Acts in any order: a matter that has not ended always has an owner and a clock, or says why not; accepted at most once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

from engine.auditing import verify
from engine.core.refusals import Refusal
from tests.incoming.senders import SAID, Senders, closed, inspection

ACTORS = ("D01", "W01", "C02", "U01", "H01", "P01")
FACTS = {
    "sign_for": {},
    "assign": {"handler": "W01"},
    "return": {"reason": "other", "explanation": "不属本部门。"},
    "forward": {"reason": "other", "explanation": "属他部门。", "to_department": "housing"},
    "note": {"reason": "other", "explanation": "备查。"},
    "tell_informant": {"told_how": "telephone", "told_on": "2024-04-26"},
    "feed_back": {"result": "已改正。"},
}
ENDS = {"returned", "forwarded", "noted", "fed_back"}


def test_no_order_of_acts_leaves_a_matter_without_owner_or_clock(senders: Senders) -> None:
    random = Random(20240426)
    accepted: dict[str, str] = {}
    for round in range(10):
        matter = senders.sent(list(SAID)[round % len(SAID)])
        for _ in range(9):
            act = random.choice((*FACTS, "accept", "accept", "close"))
            login = random.choice(ACTORS)
            try:
                _take(senders, matter, act, login, accepted)
            except Refusal as refusal:
                assert refusal.code in ("step_shut", "not_yours", "not_found", "facts_invalid"), refusal.code
            _check(senders, matter)
    assert accepted
    assert verify(senders.town.house.database).faults == []


def _take(senders: Senders, matter: str, act: str, login: str, accepted: dict[str, str]) -> None:
    if act == "close":
        finding = accepted.get(matter)
        if finding is not None and senders.town.state(finding) == "found":
            closed(senders.town, finding)
    elif act == "accept":
        clue = {"clue": "紫外线灯损坏。"}
        senders.act(login, matter, act, inspection=inspection(senders.town), **clue)
        assert matter not in accepted
        accepted[matter] = str(senders.row(matter).finding_id)
    else:
        senders.act(login, matter, act, **FACTS[act])


def _check(senders: Senders, matter: str) -> None:
    shown, head = senders.row(matter), senders.shown("H01", matter)
    assert (shown.state in ENDS) == shown.ended or head["due"] is not None
    if not head["ended"]:
        assert head["owner_role"] is not None
        assert head["due"] is not None or head["why_no_clock"] is not None
    running = [one for one in head["clocks"] if one["state"] == "running"]
    assert (head["light"] is None) == (not running)


def test_two_who_accept_at_once_make_one_finding(each_senders: Senders) -> None:
    senders, town = each_senders, each_senders.town
    matter = senders.sent("department_transfer")
    body = inspection(town)

    def accept(login: str) -> str:
        try:
            senders.act(login, matter, "accept", inspection=body)
        except Refusal as refusal:
            return refusal.code
        return "accepted"

    with ThreadPoolExecutor(4) as together:
        told = list(together.map(accept, ("W01", "W02", "W01", "W02")))
    assert sorted(told) == ["accepted", "step_shut", "step_shut", "step_shut"]
    asked = {"department": ["market_regulation"]}
    found = town.house.reader.findings(town.people["H01"], asked)["items"]
    assert [one["id"] for one in found] == [senders.row(matter).finding_id]
