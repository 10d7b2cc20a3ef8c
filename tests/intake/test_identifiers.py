"""Identifiers: the check digits catch what the standards promise to catch."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.identifiers import (
    SCHEMES,
    USCC_ALPHABET,
    identifier_faults,
    organisation_check_character,
    resident_check_character,
    resident_id_fault,
    uscc_check_character,
    uscc_fault,
)

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    head = draw(st.text("123456789ANY", min_size=1, max_size=1)) + draw(st.sampled_from("1239"))
    region = draw(st.text(string.digits, min_size=6, max_size=6))
    body = draw(st.text(USCC_ALPHABET, min_size=8, max_size=8))
    code = head + region + body + organisation_check_character(body)
    return code + uscc_check_character(code)


@st.composite
def resident_numbers(draw: st.DrawFn) -> str:
    region = draw(st.from_regex(r"[1-9][0-9]{5}", fullmatch=True))
    birthday = draw(st.dates()).strftime("%Y%m%d").zfill(8)
    body = region + birthday + draw(st.text(string.digits, min_size=3, max_size=3))
    return body + resident_check_character(body)


def identifiers_of(node: object) -> list[dict[str, str]]:
    if isinstance(node, dict):
        here = [node] if {"scheme", "value"} <= node.keys() else []
        return here + [found for value in node.values() for found in identifiers_of(value)]
    if isinstance(node, list):
        return [found for value in node for found in identifiers_of(value)]
    return []


def test_every_identifier_of_the_contract_examples_stands() -> None:
    seen = [
        identifier
        for path in sorted((CONTRACT / "examples").glob("*.json"))
        for identifier in identifiers_of(json.loads(path.read_text("utf-8")))
    ]
    assert sum(identifier["scheme"] == "uscc" for identifier in seen) >= 5
    assert [identifier for identifier in seen if identifier_faults(identifier)] == []


def test_the_schemes_are_those_of_the_contract() -> None:
    codes = json.loads((CONTRACT / "codes.json").read_text("utf-8"))["party_schemes"]
    assert set(SCHEMES) == {scheme["code"] for scheme in codes}


@given(credit_codes())
def test_a_code_built_by_the_standard_stands(code: str) -> None:
    assert uscc_fault(code) is None


@given(credit_codes(), st.integers(0, 17), st.sampled_from(string.digits + string.ascii_uppercase))
def test_every_single_wrong_character_of_a_credit_code_is_caught(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    assert (uscc_fault(wrong) is None) == (other == code[place])


@given(credit_codes(), st.integers(0, 15))
def test_every_swap_of_neighbours_in_a_credit_code_is_caught(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (uscc_fault(swapped) is None) == (swapped == code)


@given(credit_codes(), st.sampled_from(USCC_ALPHABET))
def test_a_right_outer_check_does_not_hide_a_wrong_organisation_code(code: str, other: str) -> None:
    inner = code[:16] + other
    rebuilt = inner + uscc_check_character(inner)
    expected = None if other == code[16] else "uscc_organisation"
    assert uscc_fault(rebuilt) == expected


@given(resident_numbers(), st.integers(0, 17), st.sampled_from(string.digits + "X"))
def test_every_single_wrong_digit_of_an_identity_number_is_caught(
    number: str, place: int, other: str
) -> None:
    assert resident_id_fault(number) is None
    wrong = number[:place] + other + number[place + 1 :]
    assert (resident_id_fault(wrong) is None) == (other == number[place])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("92140981MA0L3Q8T17", None),
        ("92140981MA0L3Q8T1", "uscc_form"),
        ("92140981MA0L3Q8T177", "uscc_form"),
        ("92140981ma0l3q8t17", "uscc_form"),
        ("92140981MAOL3Q8T17", "uscc_form"),
        ("92140981MA0L3Q8T17\n", "uscc_form"),
        ("９2140981MA0L3Q8T17", "uscc_form"),
        ("92140981MA0L3Q8T18", "uscc_check"),
        ("", "uscc_form"),
    ],
)
def test_a_credit_code_at_fault_is_told_why(code: str, reason: str | None) -> None:
    assert uscc_fault(code) == reason


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("11010519491231002X", None),
        ("440524188001010014", None),
        ("11010519491231002x", "resident_form"),
        ("110105194912310021", "resident_check"),
        ("110105194902300021", "resident_birthday"),
    ],
)
def test_an_identity_number_at_fault_is_told_why(number: str, reason: str | None) -> None:
    assert resident_id_fault(number) == reason


@pytest.mark.parametrize(
    ("identifier", "faults"),
    [
        ({"scheme": "uscc", "value": "92140981MA0L3Q8T17"}, []),
        ({"scheme": "uscc", "value": "92140981MA0L3Q8T11"}, [("value", "format", "uscc_check")]),
        ({"scheme": "registration_no", "value": "1409810000001"}, []),
        (
            {"scheme": "registration_no", "value": "14098100000011"},
            [("value", "format", "registration_no_form")],
        ),
        ({"scheme": "passport", "value": "E12345678"}, []),
        ({"scheme": "passport", "value": "E12 5678"}, [("value", "format", "passport_form")]),
        ({"scheme": "source_id", "value": "19", "source": "sf-dph"}, []),
        ({"scheme": "source_id", "value": "19"}, [("source", "missing", "source_missing")]),
        ({"scheme": "unidentified", "value": ""}, []),
        ({"scheme": "unidentified", "value": "x"}, [("value", "format", "unidentified_form")]),
        ({"scheme": "uscc"}, [("value", "missing", "value_missing")]),
        ({"scheme": "uscc", "value": 92}, [("value", "type", "value_missing")]),
        ({"scheme": "nickname", "value": "x"}, [("scheme", "vocabulary", "scheme_unknown")]),
        ({"scheme": ["uscc"], "value": "x"}, [("scheme", "vocabulary", "scheme_unknown")]),
        ({"value": "x"}, [("scheme", "missing", "scheme_missing")]),
    ],
)
def test_identifier_faults_name_member_code_and_reason(
    identifier: dict[str, object], faults: list[tuple[str, str, str]]
) -> None:
    assert [(f.field, f.code, f.reason) for f in identifier_faults(identifier)] == faults
