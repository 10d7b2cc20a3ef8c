"""Each clock of a page says how it is counted; the list of deadlines leads there."""

from __future__ import annotations

import re

from tests.engine.test_late_payment import contest, until
from tests.scenarios.player import KINDS, Player, scenario
from tests.web.conftest import Pages
from tests.web.referred import refer, routed
from tests.web.visitor import Visitor

HEARD = 24
"""Steps of S05 until the hearing report is in and the decision is due."""
ZH = (
    "今日 2024年10月30日 周三：还剩 4 日",
    "扣除，不计：听证期间；其间有 21 日",
    "数到的最后一日 2024年11月3日 周日 是周末，顺延到 2024年11月4日 周一",
    "2024年10月30日 扣除；2024年10月10日–2024年10月30日；听证期间；到期日为 2024年11月4日；经办 姓名T01",
    "如按半开区间计（末日计入）：数到 2024年11月2日 周六",
)
EN = (
    "Today, 2024-10-30 Wed: 4 days left",
    "taken out of the count: 听证期间; 21 days among them",
    "2024-10-30 excluded; 2024-10-10–2024-10-30; 听证期间; due 2024-11-04 from then on; entered by 姓名T01",
)


def heard(pages: Pages) -> str:
    """The finding of S05 after its hearing."""
    player = Player(pages.town, KINDS["S05"])
    story = scenario("S05")
    player.play({**story, "steps": story["steps"][:HEARD]})
    return player.refs["F"]


def clock(page: str, id: str) -> str:
    """What the page says of one clock."""
    return page.split(f'id="clock-{id}"')[1].split("</li>\n</ul>")[0]


def test_every_clock_of_a_finding_says_how_it_is_counted(pages: Pages) -> None:
    finding = heard(pages)
    visitor = pages.visit("C01")
    answer = visitor.client.get(f"/api/v1/findings/{finding}").json()
    deadline = next(one for one in answer["deadlines"] if one["term"] == "DL28")
    for language, said, title in (("zh", ZH, "怎么算的"), ("en", EN, "How it is counted")):
        page = visitor.get(f"/findings/{finding}?lang={language}").text
        told = clock(page, deadline["id"])
        assert [one for one in said if one not in told] == []
        assert page.count(f"<summary>{title}</summary>") == len(re.findall('id="clock-', page)) >= 12

    listed = visitor.get("/deadlines?lang=zh").text
    assert f'href="/findings/{finding}#clock-{deadline["id"]}"' in listed and "怎么算的" in listed
    row = listed[listed.index(f'data-finding="{finding}"') :].partition("</tr>")[0]
    assert answer["item"] in row and answer["ledger_no"] in row and answer["party"]["name"] in row

    asked = visitor.client.get(f"/api/v1/deadlines/{deadline['id']}/reckoning")
    assert asked.status_code == 200 and asked.json()["deadline"]["history"][-1]["by"] == "T01"
    assert {**asked.json()["deadline"], "history": None} == {**deadline, "history": None}
    for odd in ("/reckoning?days=1", "/reckoning/"):
        assert visitor.client.get(f"/api/v1/deadlines/{deadline['id']}{odd}").status_code in (400, 404)
    reader = pages.town.house.reader
    named = [reader.named(pages.town.who(login), [finding, "0"]) for login in ("C01", "F01")]
    assert [list(one) for one in named] == [[finding], []]
    hidden = pages.visit("F01").client
    answers = [
        hidden.get(f"/api/v1/deadlines/{id}/reckoning") for id in (deadline["id"], deadline["id"][:-1] + "0")
    ]
    assert [one.status_code for one in answers] == [404, 404] and answers[0].content == answers[1].content


def test_the_clocks_of_an_inspection_and_of_a_referral_say_it_too(pages: Pages) -> None:
    finding = routed(pages.town)
    referral = refer(pages.town, finding)
    for path in (f"/referrals/{referral}", f"/findings/{finding}"):
        page = pages.visit("C02").get(path).text
        assert page.count("<summary>怎么算的</summary>") == len(re.findall('id="clock-', page)) > 0, path
    assert 'data-term="DL77"' in pages.visit("C02").get(f"/findings/{finding}").text
    inspection = _inspection(pages.visit("W01"), finding)
    assert "怎么算的" in pages.visit("W01").get(f"/inspections/{inspection}").text


def _inspection(visitor: Visitor, finding: str) -> str:
    return str(visitor.client.get(f"/api/v1/findings/{finding}").json()["inspection"])


def test_the_additional_fine_says_how_it_is_counted(pages: Pages) -> None:
    """Beside the sum on the penalty, in the language of the reader, while a reconsideration is pending."""
    player = until(pages.town, "record_payment")
    finding, penalty = player.refs["F"], player.refs["P"]
    contest(player, "2024-09-02")
    player.at("2024-09-04T09:00")
    for language, said in (
        ("zh", ("加处罚款怎么算的", "3 日 × 3% × 15,000.00 元 = 1,350.00 元", "3 日不计：复议、诉讼期间")),
        (
            "en",
            ("How the additional fine is counted", "pending since 2024-09-02 Mon", "1,350.00 yuan so far"),
        ),
    ):
        page = pages.visit("C01").get(f"/findings/{finding}?lang={language}").text
        told = page.split(f'data-late-fine="{penalty}"')[1].split("</details>")[0]
        assert [one for one in said if one not in told] == []
    assert page.count("data-late-fine=") == 1
    clock = next(one.id for one in pages.town.deadlines(finding) if one.term == "DL30")
    answer = pages.visit("C01").client.get(f"/api/v1/deadlines/{clock}/reckoning").json()["late_fine"]
    assert (answer["status"], answer["sum_fen"]) == ("contested", 135_000)
