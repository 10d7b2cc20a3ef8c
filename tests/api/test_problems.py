"""Problems are the contract's, word for word, whatever refuses."""

from __future__ import annotations

from typing import Any

import pytest

from api.problems import answers, problem_of, problems
from engine.core.refusals import FIELD_WORDS, FieldError, Reason, Refusal
from tests.schemas import contract, faults

CODES = contract("codes.json")


def test_every_problem_says_what_the_contract_says() -> None:
    here = {
        code: {"status": one.status, "zh": one.zh, "en": one.en, "remedy": one.remedy}
        for code, one in problems().items()
    }
    there = {
        one["code"]: {name: one[name] for name in ("status", "zh", "en", "remedy")}
        for one in CODES["problems"]
    }
    assert here == there


def test_every_other_answer_says_what_the_contract_says() -> None:
    here = [
        {"code": one.code, "status": one.status, "zh": one.zh, "en": one.en} for one in answers().values()
    ]
    assert here == CODES["answers"]


def test_field_errors_say_what_the_contract_says() -> None:
    there = {one["code"]: (one["zh"], one["en"]) for one in CODES["field_errors"]}
    assert there == FIELD_WORDS


@pytest.mark.parametrize("code", [one["code"] for one in CODES["problems"]])
def test_each_problem_obeys_the_schema(code: str) -> None:
    carries: dict[str, Any] = {}
    if code == "stale_version":
        at = problem_time()
        happened = {
            "version": 2,
            "sequence": 3,
            "trigger": "register",
            "title": "登记",
            "by": "W01",
            "occurred_at": at,
            "recorded_at": at,
        }
        carries = {"happened": [happened], "version": 2}
    refusal = Refusal(
        code,
        errors=[FieldError("/facts/item", "missing")],
        reasons=[Reason("two_officers", "执法人员不少于两人", "at least two officers")],
        retry_after=3,
        **carries,
    )
    problem = problem_of(refusal, "0192aeb2-8421-77ce-8c01-9139a6b89fb9")
    assert faults("problem", problem) == []
    assert problem["title"] == problem["zh"]


def problem_time() -> Any:
    from datetime import UTC, datetime

    return datetime(2024, 5, 16, 2, 0, tzinfo=UTC)


def test_times_in_a_problem_are_those_of_the_office() -> None:
    at = problem_time()
    happened = [{"version": 1, "occurred_at": at, "recorded_at": at}]
    problem = problem_of(Refusal("stale_version", happened=happened, version=1), "one-request")
    assert problem["happened"][0]["recorded_at"] == "2024-05-16T10:00:00+08:00"


def test_what_hides_a_record_carries_nothing_of_the_request() -> None:
    telling = Refusal("not_found", detail="somewhere", errors=[], version=7)
    assert problem_of(telling, "one") == problem_of(Refusal("not_found"), "another")
    assert problem_of(telling, "one")["instance"] == "urn:bihuan:request:none"


def test_a_reason_of_the_house_s_own_is_told_in_its_words_under_a_code_of_the_contract() -> None:
    own = Reason("entry_went_out", "已发出，不能撤回", "it went out")
    shut = problem_of(Refusal("step_shut", reasons=[own]), "1")
    theirs = problem_of(Refusal("not_yours", reasons=[own]), "1")
    assert faults("problem", shut) == faults("problem", theirs) == []
    assert (shut["reasons"][0]["code"], shut["reasons"][0]["zh"]) == ("no_such_step", own.zh)
    assert theirs["reasons"][0]["code"] == "role_not_allowed"
