"""公示率: each number of the page and of the ledger opens exactly the inspections that it counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import Town, item
from tests.web.conftest import Pages, application, give_passwords

NUMBER = re.compile(r'href="(/publicity[^"]*)" data-number="(publicity\.\w+)" data-filter="[^"]+">(\d+)<')
PUBLISHED = {"publication_url": "https://example.gov.cn/1"}


@pytest.fixture
def pages(town_url: str, open_town: Callable[..., Town], tmp_path: Path) -> Pages:
    """An office three months on: one result public in time, two late, three missing, one withheld, one not due."""
    town = open_town(town_url)
    give_passwords(town)
    made = [town.inspect(item(town), task_no=f"T-{number}") for number in range(7)]
    town.at("2024-05-08T09:00")
    town.on_inspection("W01", made[0], "publish_result", published_on="2024-05-08", **PUBLISHED)
    town.at("2024-06-28T09:00")
    for one in made[1:3]:
        town.on_inspection("W01", one, "publish_result", published_on="2024-06-28", **PUBLISHED)
    town.inspect(item(town), task_no="T-7")
    return Pages(town, application(town))


def rows(text: str) -> int:
    return len(re.findall(r"<tr data-inspection=", text))


def test_each_number_opens_its_rows_and_the_rate_follows_from_them(pages: Pages) -> None:
    visitor = pages.visit("C01")
    shown = visitor.get("/publicity").text
    numbers = {name: (path.replace("&amp;", "&"), int(count)) for path, name, count in NUMBER.findall(shown)}

    counts = {name.partition(".")[2]: count for name, (_, count) in numbers.items()}
    assert counts == {"owed": 7, "on_time": 1, "late": 2, "missing": 4}
    for path, count in numbers.values():
        assert rows(visitor.get(path).text) == count, path
    assert 'data-number="publicity.rate">14.28%<' in shown
    assert "Publicity rate" in visitor.get("/publicity?lang=en").text


def test_each_list_is_taken_along_as_the_sheet_of_the_same_rows(pages: Pages) -> None:
    visitor = pages.visit("C01")
    for path in (
        "/publicity",
        "/publicity?set=missing",
        "/publicity?set=late&to=2024-12-31",
        "/publicity?limit=2",
    ):
        [sheet] = re.findall(r'href="(/publicity/sheet.csv[^"]*)" download', visitor.get(path).text)
        answer = visitor.get(sheet.replace("&amp;", "&"))
        assert answer.headers["content-type"].startswith("text/csv")
        head, *lines = answer.text.lstrip("\ufeff").splitlines()
        listed = visitor.client.get("/api/v1" + path.replace("limit=2", "limit=200")).json()["items"]
        assert head.startswith("抽查任务编号,当事人,部门,检查结果,")
        assert [line.split(",")[0] for line in lines] == [one["task_no"] for one in listed] != []
    assert "发现问题待后续处理" in lines[-1] and lines[-1].endswith("2024-05-08")
    assert visitor.get("/publicity/sheet.csv?cursor=x").status_code == 400
    assert visitor.get("/publicity/sheet.csv?set=never").status_code == 400
    assert pages.visit("F01").get("/publicity/sheet.csv").text.count("\r\n") == 1


def test_the_numbers_of_the_ledger_open_the_same_rows(pages: Pages) -> None:
    visitor = pages.visit("C01")
    found = NUMBER.findall(visitor.get("/ledger?department=market_regulation").text)
    assert {name: int(count) for _, name, count in found} == {
        "publicity.due": 7,
        "publicity.on_time": 1,
        "publicity.late": 6,
    }
    for path, _, count in found:
        assert rows(visitor.get(path.replace("&amp;", "&")).text) == int(count)


def test_pages_follow_one_another_and_wrong_filters_are_told(pages: Pages) -> None:
    visitor = pages.visit("C01")
    seen, path = [], "/api/v1/publicity?set=missing&limit=3"
    while path:
        page = visitor.get(path).json()
        seen += [one["id"] for one in page["items"]]
        path = f"/api/v1/publicity?set=missing&limit=3&cursor={page['next']}" if page["next"] else ""
    assert len(seen) == len(set(seen)) == 4

    wrong = visitor.get("/api/v1/publicity?set=luck&colour=red")
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/?set", "/?colour"}
    assert visitor.get("/publicity?set=luck").status_code == 400
    assert pages.visit("A01").get("/api/v1/publicity").status_code == 403
    assert rows(pages.visit("F01").get("/publicity").text) == 0
