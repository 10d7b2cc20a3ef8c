"""What is asked of whoever loads a notice, and what of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from engine.administration import Administration
from models import calendars
from tests.builders import Town, refused
from tests.notices import EVERY, load

OpenTown = Callable[..., Town]


def test_what_is_loaded_is_neither_changed_nor_deleted(
    town_url: str, open_town: OpenTown, only: Callable[[int], None]
) -> None:
    only(2020)
    town = open_town(town_url, "2020-12-28T09:00")
    load(town, EVERY[2021])
    for statement in (calendars.LOADED.delete(), calendars.LOADED.update().values(year=1)):
        with pytest.raises(DBAPIError), town.house.database.engine.begin() as connection:
            connection.execute(statement)


def test_nobody_loads_a_notice_alone(
    sqlite_town_url: str, open_town: OpenTown, only: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(2020)
    town = open_town(sqlite_town_url, "2020-12-28T09:00")
    town.add_person("A02", "market_regulation", ("system_admin",))
    monkeypatch.setattr(type(town.house.clock), "is_test", False)
    administration = Administration(town.house)
    detail = {"file": dict(EVERY[2021].data), "by": "A01"}
    assert (
        refused(administration.ask, "calendar.load", detail, command="", who=town.who("W01")).code
        == "not_yours"
    )

    asked = administration.ask("calendar.load", detail, command="", who=town.who("A01"))

    assert not asked.done and town.house.recounting.run().records == 0
    assert 2021 not in town.house.calendars.own
    (waiting,) = administration.waiting()
    assert "春节 2021-02-11–2021-02-17" in waiting["detail"]["holidays"]
    assert refused(administration.confirm, asked.proposal, town.who("A01")).code == "proposer_cannot_approve"
    administration.confirm(str(asked.proposal), town.who("A02"))
    town.house.ring()
    assert town.house.calendars.own[2021].loaded_by == "A01"


@pytest.mark.parametrize(
    ("days", "pointer"),
    [
        ({"year": 99999}, "/file/year"),
        ({"calendar": "moon"}, "/file/calendar"),
        ({"working_weekends": ["2021-02-08"]}, "/file/working_weekends/0"),
        ({"published_on": "yesterday"}, "/file/published_on"),
        (
            {"holidays": [dict(zh="元旦", en="x", **{"from": "2020-12-01", "to": "2020-12-01"})]},
            "/file/holidays",
        ),
    ],
)
def test_a_broken_file_is_refused_where_it_is_broken(
    sqlite_town: Town, days: dict[str, Any], pointer: str
) -> None:
    detail = {"file": {**EVERY[2021].data, **days}, "by": "os:tester"}

    refusal = refused(Administration(sqlite_town.house).ask, "calendar.load", detail, command="")

    (error,) = refusal.errors
    assert error.pointer == pointer and error.zh and error.en
