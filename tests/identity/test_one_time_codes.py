"""Codes by time are those of RFC 6238, and a picture of a secret is one that telephones read."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from engine.identity.one_time_codes import PERIOD_SECONDS, new_recovery_codes, picture_of, plain, step_shown

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924"}
VECTORS |= {2000000000: "69279037", 20000000000: "65353130"}
"""RFC 6238, appendix B, SHA-1: eight digits, of which the last six are the code of six digits."""


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_codes_are_those_of_the_standard_and_one_period_off_counts_too(seconds: int, code: str) -> None:
    moments = [datetime.fromtimestamp(seconds + n * PERIOD_SECONDS, UTC) for n in (-1, 0, 1, 2, 3)]
    told = [step_shown(SECRET, code[2:], moment) for moment in moments]
    here = seconds // PERIOD_SECONDS
    assert told == [here, here, here, None, None]
    assert step_shown(SECRET, code, moments[1]) is None, "eight digits are another code"
    assert step_shown(None, code[2:], moments[1]) is None


def test_a_code_is_read_as_people_type_it() -> None:
    assert plain(" 123 456 ") == "123456"
    assert plain("abcde-fghjk") == "ABCDEFGHJK"
    assert len(plain("x" * 1000)) < 50


def test_recovery_codes_are_many_and_all_different() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == len(codes) == 10
    assert {len(code) for code in codes} == {10}
    assert not set("".join(codes)) & set("01IO")


def test_the_picture_has_no_style_that_the_policy_would_refuse() -> None:
    drawn = picture_of("otpauth://totp/x:y?secret=ABC&issuer=x")
    assert drawn.startswith("<svg") and "style=" not in drawn and "script" not in drawn
