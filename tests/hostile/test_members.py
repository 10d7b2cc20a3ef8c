"""Each member of each body, replaced by whatever it should never be."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.fort import Fort
from tests.hostile.mutations import (
    HOSTILE,
    found,
    of_another_type,
    pointers,
    with_unknown,
    with_value,
    without,
)
from tests.hostile.operations import BY_NAME, JSON_BODIES, Operation
from tests.hostile.wire import Answer
from tests.schemas import example

ANY_OF_SEVERAL_TYPES = ("officers", "handler", "participants")
"""Members that take a login or a whole person."""


def harmless(fort: Fort, answer: Answer) -> bool:
    """True when it was refused as it should be; False when it was answered; anything else fails."""
    if answer.status < 400:
        fort.careful(answer)
        return False
    fort.refused(answer)
    return True


ON_RECORD = (403, 404)
"""Who had no right to something is written down."""
EACH = 11
"""Every eleventh hostile value is tried for a member; the next member begins with the next one."""


@pytest.mark.parametrize("name", [one.name for one in JSON_BODIES])
@pytest.mark.parametrize("part", range(4))
def test_no_value_of_any_member_breaks_anything(fort: Fort, name: str, part: int) -> None:
    operation = BY_NAME[name]
    body = _body(fort, operation)
    for index, place in enumerate(pointers(body)):
        if index % 4 != part:
            continue
        old = found(body, place)
        for value in HOSTILE[index // 4 % EACH :: EACH]:
            changed = with_value(body, place, value)
            before = fort.town.house.writer.commits
            told = operation.send(fort, _raw(changed))
            refused = harmless(fort, told)
            idle = fort.town.house.writer.commits == before
            assert refused == idle or operation.path.endswith("rulings") or told.status in ON_RECORD
            if of_another_type(old, value) and not set(place) & set(ANY_OF_SEVERAL_TYPES):
                assert refused, (place, value)
            if operation.path.endswith("/steps"):
                fort.restore()


FREE = ("typed",)
"""A draft keeps whatever inputs a form has; only what stands in them can be wrong."""


@pytest.mark.parametrize("name", [one.name for one in JSON_BODIES])
def test_members_that_nobody_knows_are_refused_at_every_level(fort: Fort, name: str) -> None:
    operation = BY_NAME[name]
    body = _body(fort, operation)
    with fort.unchanged():
        for place, changed in with_unknown(body):
            problem = fort.refused(operation.send(fort, _raw(changed)), "facts_invalid")
            codes = {error["code"] for error in problem["errors"]}
            told = {"unknown_field", "vocabulary"} if place != FREE else {"type"}
            assert codes & told, (place, problem["errors"])


@pytest.mark.parametrize("name", [one.name for one in JSON_BODIES])
def test_no_member_that_is_left_out_breaks_anything(fort: Fort, name: str) -> None:
    operation = BY_NAME[name]
    for place in pointers(_body(fort, operation)):
        harmless(fort, operation.send(fort, _raw(without(_body(fort, operation), place))))
        fort.restore()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_combination_of_wrong_members_breaks_anything(fort: Fort, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(JSON_BODIES), label="operation")
    body = _body(fort, operation)
    anything = st.recursive(
        st.sampled_from(HOSTILE[:-10]) | st.text(max_size=20) | st.integers(-(2**53), 2**53),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    )
    for _ in range(data.draw(st.integers(1, 4))):
        places = list(pointers(body))
        place = data.draw(st.sampled_from(places)) if places else ()
        body = with_value(body, place, data.draw(anything))
    try:
        raw = _raw(body)
    except UnicodeEncodeError:
        raw = json.dumps(body).encode()
    harmless(fort, operation.send(fort, raw))
    fort.restore()


def _raw(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _body(fort: Fort, operation: Operation) -> Any:
    """The body of the operation; of steps, several at once with everything they may carry."""
    assert operation.body is not None
    body = operation.body(fort)
    if operation.path == "/api/v1/findings/{id}/steps":
        steps = copy.deepcopy(example("step_request_several"))
        steps["steps"][0]["occurred_at"] = None  # the chart takes this row at once
        return {**steps, "expected_version": body["expected_version"]}
    return body


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/participating", ["health", "health"], "too_many"),
        ("/participating", ["health"] * 50_000, "too_many"),
        ("/result_codes", ["CORRECTED", "CORRECTED"], "too_many"),
        ("/officers", ["W01", "w01"], "too_few"),
        ("/officers", ["W01"] * 51, "too_many"),
        ("/recusal_told", 1, "vocabulary"),
        ("/recusal_told", "true", "vocabulary"),
        ("/findings/0/letters", [{"posted_on": "2024-04-01"}] * 51, "too_many"),
        ("/findings/0/letters", 5, "type"),
        ("/findings/0/handler", {"name": "某人"}, "missing"),
        ("/findings/0/handler", {"name": "某人", "certificate_no": "1", "\x00": "x"}, "unknown_field"),
        ("/findings/0/discovered_at", "0001-01-01T00:00:00Z", "range"),
        ("/started_at", "9999-12-31T23:59:59-23:59", "range"),
        ("/publication/published_on", "2024-02-30", "format"),
    ],
)
def test_what_the_intake_must_not_hold_is_told_by_its_place(
    fort: Fort, pointer: str, value: Any, code: str
) -> None:
    operation = BY_NAME["POST /api/v1/inspections"]
    place = tuple(int(part) if part.isdigit() else part for part in pointer[1:].split("/"))
    with fort.unchanged():
        told = operation.send(fort, _raw(with_value(_body(fort, operation), place, value)))
    problem = fort.refused(told, "facts_invalid")
    assert code in {error["code"] for error in problem["errors"] if error["pointer"].startswith(pointer)}


def test_a_correction_is_checked_like_what_it_corrects(fort: Fort) -> None:
    operation = BY_NAME["POST /api/v1/inspections"]
    body = {**_body(fort, operation), "reference": "again"}
    assert operation.send(fort, _raw(body)).status == 201
    with fort.unchanged():
        for place, value in (
            (("recusal_told",), 1),
            (("findings", 0, "handler"), {"x": 1}),
            (("party",), {}),
        ):
            fort.refused(operation.send(fort, _raw(with_value(body, place, value))), "facts_invalid")
