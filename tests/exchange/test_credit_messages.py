"""Messages about penalties and credit flags, through real steps: they obey their schemas and say what the facts say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from models import exchange_reading
from tests.exchange.linked import Linked, Post
from tests.partner import Partner
from tests.scenarios.player import BOILER, SCRAPPED, UNREACHED, Player, scenario
from tests.schemas import faults

KIND = {"S03": BOILER, "S10": UNREACHED, "S12": SCRAPPED}
SAID = "如实填写。"


@dataclass
class Story:
    """A scenario played up to a step, with the systems that its messages go to."""

    linked: Linked
    player: Player
    publicity: Partner

    def step(self, who: str, at: str, ref: str, trigger: str, **facts: Any) -> None:
        """One more step at noon of that day."""
        self.linked.town.at(f"{at}T12:00", jump=True)
        self.linked.town.step(who, self.player.refs["F"], trigger, self.player.refs[ref], **facts)

    def sent(self, *names: str) -> list[dict[str, Any]]:
        """The rows of these messages with their data, oldest first; every one obeys its schema."""
        table = exchange_reading.MESSAGE
        found = select(table).where(table.c.chart_name.in_(names)).order_by(table.c.recorded_at, table.c.id)
        with self.linked.town.house.database.read() as connection:
            rows = [dict(row._mapping) for row in connection.execute(found)]
        for row in rows:
            event = json.loads(row["body"])
            assert faults(f"message_{row['kind']}", event) == []
            row["event"], row["data"] = event, event["data"]
        return rows

    def one(self, name: str) -> dict[str, Any]:
        """The only message of that name."""
        (row,) = self.sent(name)
        return row


@pytest.fixture
def played(sqlite_linked: Linked) -> Any:
    """Plays the first steps of a scenario with the publicity system, the court and the superior bureau linked."""
    publicity = sqlite_linked.link("publicity", "market_regulation")
    sqlite_linked.link("court", "court")
    sqlite_linked.link("superior", "xinzhou_market_regulation")

    def play(id: str, trigger: str | None = None) -> Story:
        story = scenario(id)
        names = [one["trigger"] for one in story["steps"]]
        upto = len(names) if trigger is None else len(names) - names[::-1].index(trigger)
        player = Player(sqlite_linked.town, KIND[id])
        player.play({**story, "steps": story["steps"][:upto]})
        return Story(sqlite_linked, player, publicity)

    return play


REVOKED = {"remedy_kind": "reconsideration", "decided_on": "2024-09-20", "received_on": "2024-09-23"}


def test_a_published_penalty_says_what_was_decided(played: Any) -> None:
    story = played("S03", "publish_penalty")
    message = story.one("penalty_publicity")

    assert (message["recipient"], message["state"]) == ("market_regulation", "waiting")
    data = message["data"]
    assert data["proceeding"] == story.player.refs["PP"]
    assert (data["doc_no"], data["decision"]["doc_no"]) == (SAID, SAID)
    assert data["violation_type"] == "使用特种设备未按规定办理使用登记"
    assert data["penalty_content"] == "罚款15000元；责令停产停业。"
    assert (data["fine_fen"], data["penalty_kinds"]) == (1500000, ["fine", "stop_business"])
    assert (data["decided_on"], data["due_on"]) == ("2024-08-12", "2024-09-09")
    length = (data["publicity_class"], data["months_min"], data["months_max"])
    assert length == ("three_years_fixed", 36, 36)
    assert data["masked"] == ["住址", "身份号码", "银行账号"]


def test_the_publicity_system_confirms_or_contradicts_the_day(played: Any) -> None:
    story = played("S03", "publish_penalty")
    message = story.one("penalty_publicity")
    answer = Post(story.linked, story.publicity, message["event"])
    said = {"publication": message["id"], "url": "https://example.invalid/1"}

    assert answer("published", published_on="2024-08-30", **said).code == "recorded"
    assert answer("published", published_on="2024-08-29", **said).code == "recorded"

    with story.linked.town.house.database.read() as connection:
        table = exchange_reading.NOTICE
        told = connection.execute(select(table.c.role).where(table.c.kind == "receipt_noted")).scalars()
        assert told.all() == ["duty_clerk"]


def test_serious_listing_asks_the_superior_is_published_and_is_removed(played: Any) -> None:
    story = played("S12")
    asked, listed, removed = (
        story.one(name) for name in ("consent_request", "serious_listing", "flag_removal")
    )

    assert asked["recipient"] == "xinzhou_market_regulation"
    assert "列入严重违法失信名单" in asked["data"]["text"]
    assert asked["data"]["fields"]["sent_on"] == "2024-07-02"
    data = listed["data"]
    assert (data["flag"], data["form"], data["repair_term"]) == ("serious_list", "listing", "DL46")
    assert data["prior_notice_served_on"] == "2024-06-24"
    assert (data["decided_on"], data["effective_until"]) == ("2024-07-08", "2024-07-30")
    assert removed["data"]["flag_message"] == listed["id"]
    assert (removed["data"]["ground"], removed["data"]["decided_on"]) == ("early", "2025-07-25")
    assert removed["data"]["also_withdraw"] == []  # results are repaired from 2025-12-25 only
    assert story.sent("inspection_takedown") == []
    published = story.one("penalty_publicity")["data"]
    length = (published["publicity_class"], published["months_min"], published["months_max"])
    assert length == ("three_years", 12, 36)
    assert published["due_on"] == "2024-08-05"


def test_a_removal_under_the_rule_of_2025_takes_the_result_of_the_inspection_along(played: Any) -> None:
    story = played("S10", "publish_abnormal")
    result, listed = story.one("inspection_publicity"), story.one("abnormal_listing")
    assert (listed["data"]["effective_until"], listed["data"]["repair_term"]) == (None, "DL42")
    assert listed["data"]["form"] == "state_mark"

    ground = {"removal_ground": "address_verified"}
    day = "2026-01-13"
    story.step("C01", day, "A", "request_removal", repair_regime="rule_2025", applied_on=day, **ground)
    story.step("C01", day, "A", "verify_removal", verified_on=day, result_text="已恢复联系。")
    story.step("C01", day, "A", "propose_removal", verified_on=day, **ground)
    story.step("H01", day, "A", "approve_removal", decided_on=day, reason="住所已核实。")

    removed, down = story.one("flag_removal")["data"], story.one("inspection_takedown")["data"]
    assert (removed["flag_message"], removed["also_withdraw"]) == (listed["id"], [result["id"]])
    assert (down["publication"], down["ground"]) == (result["id"], "linked_flag_removed")
    assert (down["reason"], down["decided_on"]) == ("住所已核实。", day)


def test_a_publicity_that_expires_is_stopped_without_a_decision(played: Any) -> None:
    story = played("S03", "publish_penalty")
    published = story.one("penalty_publicity")

    story.linked.town.at("2027-09-10T09:00", jump=True)
    story.linked.town.house.sweep.run()

    data = story.one("flag_removal")["data"]
    assert (data["flag"], data["ground"], data["doc_no"]) == ("penalty_publicity", "expired", "无文号")
    assert data["flag_message"] == published["id"]


def test_what_reconsideration_annuls_is_taken_back_by_its_message(played: Any) -> None:
    story = played("S03", "publish_penalty")
    published = story.one("penalty_publicity")
    result = "撤销原平市市场监督管理局的处罚决定。"

    story.step("C01", "2024-09-23", "P", "remedy_revoked", remedy_result=result, **REVOKED)
    story.step(
        "C01", "2024-09-24", "PP", "order_withdrawal", reason="原决定已撤销", underlying_act="复议决定"
    )
    withdrawn = {"published_on": "2024-09-25", "reason": "原决定已撤销"}
    story.step("C01", "2024-09-25", "PP", "withdraw_flag", **withdrawn)

    at_once, formal = (one["data"] for one in story.sent("publicity_withdrawal"))
    assert at_once["publication"] == formal["publication"] == published["id"]
    assert {one["ground"] for one in (at_once, formal)} == {"reconsideration_annulled"}
    assert {one["decided_on"] for one in (at_once, formal)} == {"2024-09-20"}
    assert (at_once["reason"], formal["reason"]) == (result, "原决定已撤销")
    assert at_once["due_on"] == "2024-09-26"


def test_a_judgment_that_changes_the_fine_is_published_anew(played: Any) -> None:
    story = played("S03", "publish_penalty")
    changed = {**REVOKED, "remedy_kind": "litigation", "remedy_result": "变更罚款为八千元。"}

    story.step("C01", "2024-09-23", "P", "remedy_changed", fine_fen=800000, **changed)
    story.step("C01", "2024-09-24", "PP", "order_withdrawal", reason="判决变更", underlying_act="判决")
    story.step(
        "C01",
        "2024-09-25",
        "PP",
        "republish_changed",
        published_on="2024-09-25",
        publication_url="https://example.invalid/2",
    )

    assert story.one("publicity_withdrawal")["data"]["ground"] == "court_annulled"
    first, anew = (one["data"] for one in story.sent("penalty_publicity"))
    assert (first["fine_fen"], anew["fine_fen"]) == (1500000, 800000)
    assert (anew["decided_on"], anew["due_on"]) == ("2024-09-20", "2024-09-27")


def test_what_was_never_public_is_not_taken_back(played: Any) -> None:
    story = played("S03", "decide_fine")

    story.step("C01", "2024-09-23", "P", "remedy_revoked", remedy_result="撤销。", **REVOKED)

    assert story.sent("publicity_withdrawal") == []


def test_another_province_is_told_through_the_publicity_system(played: Any) -> None:
    story = played("S12", "approve_serious_listing")
    day = "2024-07-09"
    story.step("C01", day, "L", "start_cross_province_listing", cross_province=True)
    story.step("C01", day, "L", "push_listing_cross_province", sent_on=day, cross_province=True)

    message = story.one("cross_province_push")
    assert message["recipient"] == "market_regulation"
    assert "严重违法失信名单信息" in message["data"]["text"]
    assert (message["data"]["matter"], message["data"]["fields"]["sent_on"]) == ("cross_province_push", day)


def test_an_informant_is_told_on_paper_whoever_is_linked(played: Any) -> None:
    story = played("S03", "assign_officers")
    story.step("C01", "2024-06-26", "P", "notify_informant", notified_on="2024-06-26")

    message = story.one("informant_notice")
    assert (message["state"], message["system_id"]) == ("paper", None)
    assert "2024-06-25决定：立案" in message["data"]["text"]
    assert "basis" not in message["data"]
    with story.linked.town.house.database.read() as connection:
        table = exchange_reading.NOTICE
        told = connection.execute(select(table.c.detail).where(table.c.kind == "paper_message")).scalars()
        assert [one["zh"] for one in told] == ["请书面告知实名举报人"]


def test_the_court_is_asked_to_enforce_and_for_progress(played: Any) -> None:
    story = played("S03", "payment_lapsed")
    story.step("clock", "2025-02-17", "P", "remedy_period_ended")
    story.step("C01", "2025-03-03", "P", "demand", demanded_on="2025-03-03", served_on="2025-03-03")
    story.step("C01", "2025-03-20", "P", "apply_court", applied_on="2025-03-20", court="原平市人民法院")
    message = story.one("enforcement_application")

    assert message["recipient"] == "court"
    text = message["data"]["text"]
    assert "申请法院强制执行：原平市人民法院" in text
    assert "2024-08-12作出：罚款15000元；责令停产停业。" in text

    story.step(
        "C01", "2025-03-24", "P", "court_accepts", received_on="2025-03-24", case_no="（2025）晋0981行审1号"
    )
    story.step("C01", "2025-04-10", "P", "court_permits", received_on="2025-04-10")
    story.step("C01", "2025-07-11", "P", "query_court", sent_on="2025-07-11")
    reminder = story.one("progress_query")
    assert (reminder["recipient"], reminder["data"]["term"]) == ("court", "DL75")
