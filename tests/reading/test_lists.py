"""Lists of findings: filters, order, cursors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from engine.core.refusals import Refusal
from engine.reader import Reader
from tests.reading.people import OFFICER, SUPERVISOR, StandingClock, person
from tests.reading.world import NOW, World, ids

TODAY = NOW.date()
Settle = Callable[[World], None]


def days(count: int) -> date:
    """The day so many days from today."""
    return TODAY + timedelta(days=count)


def walked(reader: Reader, who: Any, query: dict[str, list[str]], limit: int = 2) -> list[str]:
    """The ids of a list, page after page."""
    found: list[str] = []
    page = reader.findings(who, {**query, "limit": [str(limit)]})
    found += ids(page["items"])
    while page["next"]:
        page = reader.findings(who, {**query, "limit": [str(limit)], "cursor": [page["next"]]})
        assert page["items"], "a cursor led to an empty page"
        found += ids(page["items"])
    return found


def refused(reader: Reader, who: Any, query: dict[str, list[str]]) -> set[tuple[str, str]]:
    """The pointers and codes with which a list refuses its parameters."""
    with pytest.raises(Refusal) as refusal:
        reader.findings(who, query)
    assert refusal.value.code == "parameter_invalid"
    return {(error.pointer, error.code) for error in refusal.value.errors}


def one_of_each(world: World) -> dict[str, str]:
    """A finding of each light, and a closed one; by name."""
    party = world.party()
    inspection = world.inspection(party)
    return {
        "closed": world.finding(inspection, party, state="closed", ledger_no="1"),
        "green": world.finding(inspection, party, dues=[days(9)]),
        "yellow": world.finding(inspection, party, dues=[days(2), days(20)]),
        "red": world.finding(inspection, party, dues=[days(0)]),
        "overdue": world.finding(inspection, party, dues=[days(-1)]),
        "severe": world.finding(inspection, party, dues=[days(-15)]),
        "still": world.finding(inspection, party, ledger_no=None),
    }


def test_findings_come_worst_light_first_and_closed_ones_last(
    reader: Reader, world: World, settle: Settle
) -> None:
    known = one_of_each(world)
    settle(world)
    expected = [known[name] for name in ("severe", "overdue", "red", "yellow", "green", "still", "closed")]
    assert walked(reader, OFFICER, {}) == expected
    lights = [item["light"] for item in reader.findings(OFFICER, {})["items"]]
    assert lights == ["severe", "overdue", "red", "yellow", "green", None, None]


def test_a_closed_finding_burns_no_light_even_while_a_clock_of_its_record_runs(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    closed = world.finding(world.inspection(party), party, state="closed", dues=[days(-1)])
    settle(world)
    (item,) = reader.findings(OFFICER, {"light": ["none"]})["items"]
    assert (item["id"], item["light"], item["due_effective"], item["term"]) == (closed, None, None, None)
    assert walked(reader, OFFICER, {"light": ["overdue"]}) == []


def test_within_a_light_the_soonest_comes_first_then_the_ledger_number_then_the_id(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    inspection = world.inspection(party)
    later = world.finding(inspection, party, dues=[days(9)], ledger_no="1")
    third = world.finding(inspection, party, dues=[days(8)], ledger_no="B")
    second = world.finding(inspection, party, dues=[days(8)], ledger_no="A")
    same = world.finding(inspection, party, dues=[days(8)], ledger_no="A")
    unnumbered = world.finding(inspection, party, dues=[days(8)], ledger_no=None)
    settle(world)
    assert walked(reader, OFFICER, {}, limit=1) == [unnumbered, second, same, third, later]


def test_a_light_shown_is_the_light_filtered_by(reader: Reader, world: World, settle: Settle) -> None:
    known = one_of_each(world)
    settle(world)
    for light in ("severe", "overdue", "red", "yellow", "green"):
        assert walked(reader, OFFICER, {"light": [light]}) == [known[light]]
    assert walked(reader, OFFICER, {"light": ["none"]}) == [known["still"], known["closed"]]
    assert walked(reader, OFFICER, {"light": ["green", "severe"]}) == [known["severe"], known["green"]]


def test_lights_stay_as_they_were_until_the_walk_ends(
    reader: Reader, world: World, settle: Settle, clock: StandingClock
) -> None:
    known = one_of_each(world)
    settle(world)
    first = reader.findings(OFFICER, {"limit": ["4"]})
    clock.instant = NOW + timedelta(days=30)
    second = reader.findings(OFFICER, {"limit": ["4"], "cursor": [first["next"]]})
    assert second["as_of"] == first["as_of"]
    assert ids(second["items"]) == [known["green"], known["still"], known["closed"]]
    assert second["items"][0]["light"] == "green"


def test_filters_by_what_a_finding_is(reader: Reader, world: World, settle: Settle) -> None:
    party, other = world.party(), world.party("原平市乙店")
    inspection = world.inspection(party)
    quiet = world.inspection(party, intake={"officers": []})
    plain = world.finding(quiet, party)
    fire = world.finding(quiet, other, domain="fire", violation="fire_exit_blocked", reference="R-7")
    moved = world.finding(quiet, party, state="registered", handler="C01", dues=[days(4)])
    closed = world.finding(inspection, party, state="closed")
    world.proceeding(moved, "transfer", "sent")
    settle(world)
    expected: list[tuple[dict[str, list[str]], set[str]]] = [
        ({"state": ["open"]}, {plain, fire, moved}),
        ({"state": ["registered", "closed"]}, {moved, closed}),
        ({"state": ["in_progress", "open"]}, {plain, fire, moved}),
        ({"route": ["transfer"]}, {moved}),
        ({"route": ["penalty", "transfer"]}, {moved}),
        ({"route": ["ledger_only"]}, set()),
        ({"party": [other]}, {fire}),
        ({"domain": ["fire"]}, {fire}),
        ({"violation": ["food_item_failed"], "state": ["open"]}, {plain, moved}),
        ({"reference": ["R-7"]}, {fire}),
        ({"officer": ["c01"]}, {moved}),
        ({"officer": ["W01"]}, {closed}),
        ({"officer": ["弓晓燕"]}, {closed}),
        ({"due_before": [days(5).isoformat()]}, {moved}),
        ({"due_before": [days(4).isoformat()]}, set()),
        ({"department": ["market_regulation"], "domain": ["fire"]}, {fire}),
        ({"department": ["fire_rescue"]}, set()),
        ({"state": [""], "q": ["  "]}, {plain, fire, moved, closed}),
    ]
    for query, wanted in expected:
        found = walked(reader, OFFICER, query)
        assert (set(found), len(found)) == (wanted, len(wanted)), query


def test_the_period_is_of_civil_days_in_shanghai_both_included(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    inspection = world.inspection(party)
    midnight = NOW.replace(hour=0, minute=0)
    eve = world.finding(inspection, party, discovered_at=midnight - timedelta(seconds=1))
    first = world.finding(inspection, party, discovered_at=midnight)
    last = world.finding(inspection, party, discovered_at=midnight + timedelta(hours=23, minutes=59))
    settle(world)
    today = TODAY.isoformat()
    assert set(walked(reader, OFFICER, {"from": [today]})) == {first, last}
    assert walked(reader, OFFICER, {"to": [days(-1).isoformat()]}) == [eve]
    assert set(walked(reader, OFFICER, {"from": [today], "to": [today]})) == {first, last}
    assert len(walked(reader, OFFICER, {"to": ["9999-12-31"]})) == 3


def test_the_search_finds_words_as_they_are(reader: Reader, world: World, settle: Settle) -> None:
    party = world.party()
    inspection = world.inspection(party)
    texts = ["50%_off\\ 凉菜间", "500 off 凉菜间", "ABC商行 冷库".casefold(), "'; drop table finding; --"]
    made = [world.finding(inspection, party, search_text=text) for text in texts]
    settle(world)
    for word, wanted in (
        ("%", {made[0]}),
        ("_", {made[0]}),
        ("\\", {made[0]}),
        ("50%_OFF", {made[0]}),
        ("凉菜间", {made[0], made[1]}),
        ("off 凉菜", {made[0], made[1]}),
        ("abc商行 冷库", {made[2]}),
        ("Abc商行", {made[2]}),
        ("'; DROP", {made[3]}),
        ("' or '1'='1", set()),
    ):
        assert set(walked(reader, OFFICER, {"q": [word]})) == wanted, word


def test_wrong_parameters_are_all_told_at_once(reader: Reader) -> None:
    query = {
        "state": ["in_progress", "sleeping"],
        "light": ["purple"],
        "due_before": ["2026-02-30"],
        "from": ["20261123"],
        "limit": ["0"],
        "department": ["nowhere"],
        "domain": ["food", "fire"],
        "q": ["a\x00b"],
        "party": ["x" * 201],
        "colour": ["red"],
    }
    assert refused(reader, OFFICER, query) == {
        ("/?state", "vocabulary"),
        ("/?light", "vocabulary"),
        ("/?due_before", "format"),
        ("/?from", "format"),
        ("/?limit", "range"),
        ("/?department", "vocabulary"),
        ("/?domain", "too_many"),
        ("/?q", "format"),
        ("/?party", "range"),
        ("/?colour", "unknown_field"),
    }


def test_a_page_holds_at_most_two_hundred(reader: Reader) -> None:
    assert reader.findings(OFFICER, {"limit": ["200"]})["items"] == []
    for limit in ("201", "-1", "1.0", "٣", "many"):
        assert refused(reader, OFFICER, {"limit": [limit]}) == {("/?limit", "range")}


def test_a_cursor_serves_one_person_one_filter_and_one_list(
    reader: Reader, world: World, settle: Settle
) -> None:
    one_of_each(world)
    settle(world)
    cursor = reader.findings(OFFICER, {"limit": ["1"]})["next"]
    assert reader.findings(OFFICER, {"limit": ["3"], "cursor": [cursor]})["items"]
    colleague = person("W02", "inspector")
    wrong = {("/?cursor", "format")}
    assert refused(reader, colleague, {"cursor": [cursor]}) == wrong
    assert refused(reader, SUPERVISOR, {"cursor": [cursor]}) == wrong
    assert refused(reader, OFFICER, {"cursor": [cursor], "state": ["open"]}) == wrong
    with pytest.raises(Refusal):
        reader.deadlines(OFFICER, {"cursor": [cursor]})


def test_a_cursor_that_was_touched_is_refused(reader: Reader, world: World, settle: Settle) -> None:
    one_of_each(world)
    settle(world)
    cursor = reader.findings(OFFICER, {"limit": ["1"]})["next"]
    for place in range(len(cursor)):
        other = "A" if cursor[place] != "A" else "B"
        forged = cursor[:place] + other + cursor[place + 1 :]
        assert refused(reader, OFFICER, {"cursor": [forged]}) == {("/?cursor", "format")}
    for nonsense in ("x", ".", "..", "游标", "a.b.c", "e30.e30", cursor + "A"):
        assert refused(reader, OFFICER, {"cursor": [nonsense]}) == {("/?cursor", "format")}
