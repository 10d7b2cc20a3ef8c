"""Words are compared alike however they are typed, and a text is found under keys that each of its pieces leads to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.search_marks import hits, parts
from engine.core.search_words import FINDING, PARTY, keys_of, lines_spelt, sought, spelt
from engine.search.initials import initials_of, place_of


def none_of(_: str) -> frozenset[str]:
    return frozenset()


@pytest.mark.parametrize(
    "typed",
    [
        "原市监移〔2024〕12号",
        "原市监移[2024]12号",
        "原市监移【２０２４】第１２号",
        "原市监移（2024）12",
        "原市监移 2024 12 号",
        "原市监移2024-12",
        "\u202e原市监移\u200b〔2024〕12号",
    ],
)
def test_one_number_is_typed_in_many_ways(typed: str) -> None:
    wanted = sought(typed)
    assert wanted is not None and wanted.whole == "原市监移 2024 12"


def test_nothing_can_be_looked_for_that_is_no_letter_and_no_digit() -> None:
    assert [sought(typed) for typed in ("", "  ", "〔〕，。%_\\")] == [None] * 3


@given(
    text=st.text(alphabet="原平市火锅店甲乙丙abc12〔〕 ，号第", min_size=1, max_size=30),
    at=st.integers(0, 29),
    length=st.integers(2, 8),
)
@settings(max_examples=150, deadline=None)
def test_each_piece_of_a_text_leads_to_it_and_is_marked_in_it(text: str, at: int, length: int) -> None:
    line = lines_spelt(text)
    piece = line[at : at + length].strip()
    wanted = sought(piece)
    keys = keys_of(FINDING, line, none_of)
    if wanted is None:
        return
    assert {FINDING + pair for pair in wanted.pairs if not pair[0].isascii()} <= keys
    assert all(word in line for word in wanted.words)
    marked = hits(text, wanted.words)
    assert marked
    assert all(any(word in spelt(text[first:end])[0] for word in wanted.words) for first, end in marked)
    assert "".join(one for one, _ in parts(text, marked)) == text


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("原平市前进西街滏香火锅店", "ypqjxj"),
        ("原平市前进西街滏香火锅店", "fxhgd"),
        ("重庆路长乐超市", "cqlcl"),
        ("重庆路长乐超市", "cqlzl"),
        ("原平市行知学校", "ypxz"),
        ("原平市行知学校", "yphz"),
        ("KFC（原平）餐厅", "kfcyp"),
    ],
)
def test_names_are_known_by_their_initials_however_a_character_is_read(name: str, typed: str) -> None:
    compared = spelt(name)[0]
    assert any(one.startswith(typed) for one in initials_of(compared))
    found = place_of(compared, typed)
    assert found is not None and found[1] - found[0] >= len(typed)


def test_a_code_is_found_from_each_of_its_characters_on() -> None:
    keys = keys_of(PARTY, "滏香火锅店\n92140981ma0l3q8t17", none_of)
    assert PARTY + "3q8t17" in keys and PARTY + "8t17" in keys and PARTY + "t17" not in keys


def test_of_a_long_text_what_stands_around_the_hit_is_shown() -> None:
    text = "前" * 100 + "灭火器" + "后" * 100
    told = parts(text, hits(text, ["灭火器"]))
    assert told[0] == ("…", False) and ("灭火器", True) in told and told[-1] == ("…", False)
    assert sum(len(one) for one, _ in told) < 80
