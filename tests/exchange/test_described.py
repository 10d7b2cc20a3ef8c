"""What integrators read is whole: AsyncAPI with every message, receipt and example; OpenAPI with the headers that sign."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from api.app import create_app
from api.asyncapi import INCOMING_EXAMPLES, description
from engine.core.messages import ROUTES
from rules.charts import load_charts
from rules.exchange import load_receipts
from tests.api.terminal import Terminal
from tests.builders import Town
from tests.schemas import FOLDER, contract

KINDS = sorted(
    path.stem
    for path in (FOLDER / "schemas").glob("*.json")
    if path.stem.startswith(("message_", "receipt_")) and path.stem != "receipt_answer"
)
EXAMPLES = sorted(
    path.stem
    for path in (FOLDER / "examples").glob("*.json")
    if path.stem.startswith(("message_", "receipt_")) and not path.stem.startswith("receipt_answer")
)


MATTERS = sorted(path.stem for path in INCOMING_EXAMPLES.glob("*.json"))
"""What comes in of itself is beyond the contract; its schemas and examples stand beside it."""


@cache
def told() -> dict[str, Any]:
    return description("1.0.0")


def valid(name: str, event: Any) -> bool:
    """True when the event is as this document's own schema says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": told()["components"]}
    return bool(Draft202012Validator(schema, validate_formats=True).is_valid(event))


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [one for member in value.values() for one in references(member)]
    return [one for member in value for one in references(member)] if isinstance(value, list) else []


def test_every_reference_points_to_something_in_the_document() -> None:
    for reference in set(references(told())):
        place: Any = told()
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_it_has_every_kind_and_every_example_of_the_contract_and_of_matters_and_no_other() -> None:
    messages = told()["components"]["messages"]
    assert sorted(messages) == sorted([*KINDS, *MATTERS])
    shown = [one["payload"] for message in messages.values() for one in message["examples"]]
    wanted = [contract(f"examples/{name}.json")["example"] for name in EXAMPLES]
    wanted += [json.loads((INCOMING_EXAMPLES / f"{name}.json").read_text()) for name in MATTERS]
    assert sorted(map(json.dumps, shown)) == sorted(map(json.dumps, wanted))
    ways = {name: set(one["messages"]) for name, one in told()["channels"].items()}
    assert ways["brought"] == ways["feed"] == {one for one in KINDS if one.startswith("message_")}
    assert ways["receipts"] == {one for one in KINDS if one.startswith("receipt_")}
    assert ways["incoming"] == set(MATTERS)
    assert {one["channel"]["$ref"].rpartition("/")[2] for one in told()["operations"].values()} == set(ways)


@pytest.mark.parametrize("name", [*KINDS, *MATTERS])
def test_its_schemas_are_as_strict_as_the_contract(name: str) -> None:
    (example, *_) = told()["components"]["messages"][name]["examples"]
    event = example["payload"]
    assert valid(name, event)
    for broken in ({**event, "more": 1}, {**event, "specversion": "0.3"}, {**event, "id": ""}, {}):
        assert not valid(name, broken)
    deeper = copy.deepcopy(event)
    deeper["data"]["more"] = 1
    assert not valid(name, deeper)


def test_what_the_charts_send_and_what_receipts_take_is_said_with_each_kind() -> None:
    messages = told()["components"]["messages"]
    sent = [one["name"] for message in messages.values() for one in message.get("x-bihuan-sent-as", ())]
    assert sorted(sent) == sorted(ROUTES)
    charts = load_charts()
    for kind in load_receipts():
        for row in messages[f"receipt_{kind}"]["x-bihuan-rows"]:
            chart, trigger = row.split(".")
            assert charts[chart].any_row(trigger)


def test_the_command_prints_it(tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    assert Terminal(tmp_path, monkeypatch, capsys).json("exchange", "describe", "--asyncapi") == told()
    assert list(tmp_path.iterdir()) == []


def test_openapi_names_the_headers_that_sign_every_request_of_a_linked_system(sqlite_town: Town) -> None:
    paths = create_app(sqlite_town.house).openapi()["paths"]
    operations = [
        operation for path, those in paths.items() if "/exchange/" in path for operation in those.values()
    ]
    assert len(operations) == 6
    for operation in operations:
        required = {
            one["name"] for one in operation["parameters"] if one["in"] == "header" and one["required"]
        }
        assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= required
    receipts = paths["/api/v1/exchange/{system}/receipts"]["post"]
    assert list(receipts["requestBody"]["content"]) == ["application/cloudevents+json"]
    assert {"200", "202", "401", "409", "422"} <= set(receipts["responses"])
    feed = paths["/api/v1/exchange/{system}/messages"]["get"]
    assert {"after", "queue", "limit"} <= {one["name"] for one in feed["parameters"]}
    paper = paths["/api/v1/exchange/{system}/receipts/{id}/documents"]["post"]
    assert "webhook-body-digest" in {one["name"] for one in paper["parameters"]}
    assert "multipart/form-data" in paper["requestBody"]["content"]
