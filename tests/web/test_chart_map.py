"""The map of the charts: every state has a place of its own, every step a line, and every number its rows."""

from __future__ import annotations

import re
from html import unescape

import pytest

from rules.charts import load_charts
from tests.web.conftest import Pages
from tests.web.test_board_page import NUMBER, rows_behind
from tests.web.town_at_work import put_to_work
from web.chart_map import HIGH, WIDE, drawn

CHARTS = load_charts()
DRAWN = ("inspection", "finding", *CHARTS.kinds)


@pytest.mark.parametrize("name", DRAWN)
def test_every_state_has_a_place_of_its_own_and_every_step_a_line(name: str) -> None:
    chart = CHARTS[name]
    drawing = drawn(chart)
    assert set(drawing.places) == set(chart.states)
    places = list(drawing.places.values())
    for number, one in enumerate(places):
        assert 0 <= one.x <= drawing.width - WIDE and 0 <= one.y <= drawing.height - HIGH
        for other in places[:number]:
            assert abs(one.x - other.x) >= WIDE or abs(one.y - other.y) >= HIGH
    moves = {
        (row.source, row.to, row.trigger)
        for row in chart.rows
        if row.source and row.source != row.to and row.by != {"importer"}
    }
    assert sum(len(way.triggers) for way in drawing.ways) == len(moves)
    assert len(drawing.ways) == len({(source, to) for source, to, _ in moves})


def test_the_map_shows_every_chart_with_numbers_that_open_their_rows(pages: Pages) -> None:
    put_to_work(pages.town)
    visitor = pages.visit("S01")
    text = visitor.get("/board/map").text
    states = sum(len(CHARTS[name].states) for name in DRAWN)
    numbers = NUMBER.findall(text)
    assert len(numbers) == len(re.findall(r"<rect ", text)) == states
    assert "criminal_referral" not in text
    counted = [(path, int(count)) for path, _, _, count in numbers if count != "0"]
    assert [count for _, count in counted] == [rows_behind(visitor, unescape(path)) for path, _ in counted]
    assert "Map of charts" in visitor.get("/board/map?lang=en").text
    assert visitor.get("/board/map?state=open").status_code == 400
