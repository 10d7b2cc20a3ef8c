"""The OpenAPI document is whole: it says of each operation what it takes, what it answers and how it is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis

from api.app import create_app
from api.contract_schemas import references
from api.openapi import FILE
from rules.data_file import read_data
from tests.builders import Town
from tests.once import Copies


@pytest.fixture(scope="module")
def town(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A house, opened once."""
    folder = tmp_path_factory.mktemp("described")
    opened = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def described(town: Town) -> Any:
    """The document as it is sent."""
    return json.loads(json.dumps(create_app(town.house).openapi()))


def operations(described: Any) -> dict[str, Any]:
    """Operation → what is said of it."""
    paths = described["paths"].items()
    return {f"{method.upper()} {path}": said for path, methods in paths for method, said in methods.items()}


def test_it_is_an_openapi_document_whose_references_lead_somewhere(described: Any) -> None:
    schemathesis.openapi.from_dict(described).validate()
    assert set(references(described)) <= set(described["components"]["schemas"])


def test_every_operation_has_an_answer_and_no_answer_lacks_its_operation(described: Any) -> None:
    said = operations(described)
    assert set(read_data(FILE)) <= set(said)
    for name, one in said.items():
        done = [answer for status, answer in one["responses"].items() if status.startswith("2")]
        assert done and all("description" in answer for answer in done), name


def test_every_part_of_a_path_is_a_parameter_and_every_command_asks_for_its_key(described: Any) -> None:
    for name, said in operations(described).items():
        known = {one["name"] for one in said["parameters"] if one["in"] == "path"}
        assert known == set(re.findall(r"{(\w+)}", name)), name
        if "409" in said["responses"] and said["security"] and "requestBody" in said:
            keyed = any(one["name"] == "Idempotency-Key" for one in said["parameters"])
            assert keyed or name.endswith(("/rulings", "/receipt-codes")), name


def test_whoever_must_sign_in_is_told_how_and_what_happens_otherwise(described: Any) -> None:
    said = operations(described)
    assert said["GET /api/v1/findings"]["security"] == [{"session": []}, {"token": []}]
    assert {"400", "401", "403", "429", "503"} <= set(said["GET /api/v1/findings"]["responses"])
    steps = said["POST /api/v1/findings/{id}/steps"]
    assert {"404", "409", "413", "415", "422"} <= set(steps["responses"])
    assert said["GET /healthz"]["security"] == [] and set(said["GET /healthz"]["responses"]) == {"200"}


def test_code_lists_are_those_of_the_house(described: Any, town: Town) -> None:
    asked = {
        one["name"]: one["schema"] for one in operations(described)["GET /api/v1/findings"]["parameters"]
    }
    assert asked["department"]["enum"] == list(town.house.office.departments)
    assert asked["state"]["items"]["enum"][0] == "open"
    assert asked["limit"]["maximum"] == 200
