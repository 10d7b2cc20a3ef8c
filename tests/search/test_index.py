"""What can be found follows the records in their own transaction, and is made again to the same keys."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text

from engine.core.refusals import Refusal
from engine.search.filling import fill_search
from models import search_leading
from tests.builders import PARTY, Town, item
from tests.web.town_at_work import put_to_work

FISHER = {
    "kind": "natural_person",
    "name": "樊志远",
    "identifiers": [{"scheme": "resident_id", "value": "140981199001011238"}],
    "address": "山西省忻州市原平市",
}
KINDS = ("parties", "findings", "inspections", "documents")


@pytest.fixture
def town(sqlite_town_url: str, open_town: Callable[..., Town]) -> Town:
    """A bureau with an inspection of four findings, one of them being corrected, and one of a person."""
    return at_work(open_town(sqlite_town_url))


@pytest.fixture
def either_town(town_url: str, open_town: Callable[..., Town]) -> Town:
    """The same on either database."""
    return at_work(open_town(town_url))


def at_work(town: Town) -> Town:
    put_to_work(town)
    town.inspect(item(town, item="流动摊贩"), party=FISHER, task_no="YP2024-9")
    return town


def found(town: Town, who: str, q: str, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """The items of each kind that this person finds."""
    query = {"q": [q], **{name: [str(value)] for name, value in more.items()}}
    answer = town.house.reader.search.search(town.who(who), query)
    return {one["kind"]: one["items"] for one in answer["groups"]}


def counts(town: Town, who: str, q: str) -> tuple[int, ...]:
    """How many of each kind: parties, findings, inspections, documents."""
    told = found(town, who, q)
    return tuple(len(told[kind]) for kind in KINDS)


def kept(town: Town) -> Any:
    """Every record with its text and keys."""
    asked = text(
        "SELECT r.kind, r.record_id, r.text, k.key FROM search_record r LEFT JOIN search_key k ON k.n = r.n"
    )
    with town.house.database.read() as connection:
        return sorted((row for row in connection.execute(asked) if row.kind != "-"), key=tuple)


def test_everything_is_found_by_name_initials_code_number_and_words(either_town: Town) -> None:
    town = either_town
    assert counts(town, "W01", "滏香火锅") == (1, 4, 1, 0)
    assert counts(town, "W01", "fxhg")[0] == 1
    assert counts(town, "W01", PARTY["identifiers"][0]["value"])[0] == 1
    assert counts(town, "W01", "8t17")[0] == 1
    assert counts(town, "W01", "YP2024-001") == (0, 0, 1, 0)
    assert counts(town, "W01", "紫外线灯 贮存") == (0, 1, 0, 0)
    assert counts(town, "W01", "安全出口 滏香")[1] == 1
    assert counts(town, "W01", "安全出口 贮存") == (0, 0, 0, 0)
    numbered = found(town, "W01", "原台[2024]1")["findings"]
    assert [one["ledger_no"] for one in numbered] == []
    exact = found(town, "W01", "原台【2024】0001号")["findings"]
    assert [(one["ledger_no"], one["exact"]) for one in exact] == [("原台〔2024〕0001", True)]
    [order] = found(town, "W01", "原市监责改2024 1")["documents"]
    assert order["exact"] and order["doc_no"] == "原市监责改〔2024〕1号"
    assert order["matches"] == [{"in": "doc_no", "parts": [["原市监责改〔2024〕1", True], ["号", False]]}]


def test_who_may_not_see_a_record_finds_nothing_of_it(town: Town) -> None:
    for typed in ("滏香火锅", "fxhg", "YP2024-001", "原市监责改2024 1"):
        assert sum(counts(town, "S01", typed)) > 0
        assert counts(town, "F01", typed) == counts(town, "A01", typed) == (0, 0, 0, 0)


def test_the_number_of_a_person_is_confirmed_to_those_alone_who_may_read_it(town: Town) -> None:
    number = FISHER["identifiers"][0]["value"]
    assert counts(town, "W01", number.lower()) == (1, 0, 0, 0)
    for who in ("S01", "O01", "F01", "A01"):
        assert counts(town, who, number) == (0, 0, 0, 0)
    for piece in (number[:10], number[-4:], number[6:14]):
        assert counts(town, "W01", piece) == (0, 0, 0, 0)
    assert not [row for row in kept(town) if number.lower() in row.text or number.lower() in (row.key or "")]


def test_what_is_made_again_is_what_was_kept_and_goes_on_where_it_stopped(either_town: Town) -> None:
    town = either_town
    house, before = town.house, kept(town)
    with house.database.writing() as connection, connection.begin():
        connection.execute(text("DELETE FROM search_record WHERE kind IN ('-', 'f')"))
        connection.execute(text("DELETE FROM search_key WHERE key LIKE 'f%'"))
    assert counts(town, "W01", "滏香火锅")[1] == 0

    fill_search(house.database, house.writer, house.office.office_id)

    assert kept(town) == before
    with house.database.writing() as connection, connection.begin():
        connection.execute(text("UPDATE search_record SET text = '0' WHERE kind = '-'"))
    fill_search(house.database, house.writer, house.office.office_id)
    assert kept(town) == before


def test_pages_go_on_to_the_end_and_cost_no_more_statements(town: Town) -> None:
    told, seen, cursor = [], 0, None
    event.listen(town.house.database.engine, "before_cursor_execute", lambda *_: told.append(1))
    costs = []
    while cursor or not seen:
        told.clear()
        more = {"cursor": [cursor]} if cursor else {}
        asked = {"q": ["滏香火锅"], "kind": ["findings"], "limit": ["3"], **more}
        [group] = town.house.reader.search.search(town.who("W01"), asked)["groups"]
        seen, cursor = seen + len(group["items"]), group["next"]
        costs.append(len(told))
    assert seen == 4 and len(set(costs)) == 1
    with pytest.raises(Refusal) as refused:
        town.house.reader.search.search(town.who("W01"), {"q": ["滏香"], "cursor": ["x"]})
    assert refused.value.code == "parameter_invalid"


def walked(town: Town, typed: str, limit: int) -> tuple[list[str], int]:
    """The findings over all pages, and how many pages were cut; a cut page always goes on."""
    found, cut, cursor = list[str](), 0, ""
    while True:
        asked = {
            "q": [typed],
            "kind": ["findings"],
            "limit": [str(limit)],
            **({"cursor": [cursor]} if cursor else {}),
        }
        [page] = town.house.reader.search.search(town.who("S01"), asked)["groups"]
        assert page["next"] or not page["cut"]
        found, cut = found + [one["id"] for one in page["items"]], cut + page["cut"]
        if page["next"] is None:
            return found, cut
        cursor = page["next"]


def test_words_that_are_common_and_seldom_together_are_looked_for_piece_by_piece(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over its pages it is the answer that one look at everything gives, and no page looks at more than so many."""
    chance, words = random.Random(40), ("灭火器", "紫外线", "通道", "贮存")
    told = [" ".join(chance.sample(words, chance.randint(0, 2))) for _ in range(30)]
    town.inspect(*(item(town, item=f"检查{one}") for one in told), task_no="YP2024-40")
    for typed in ("检查 灭火器", "检查 灭火器 紫外线", "检查 没有", "灭火器 贮存 滏香", "检查"):
        whole, never = walked(town, typed, 200)
        with monkeypatch.context() as narrow:
            narrow.setattr(search_leading, "COUNTED_MOST", 2)
            narrow.setattr(search_leading, "WALKED_MOST", 4)
            found, cut = walked(town, typed, 3)
        assert (found, never) == (whole, 0), typed
        assert cut > 0 or typed in ("检查 没有", "检查")
