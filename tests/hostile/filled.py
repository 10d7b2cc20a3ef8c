"""Facts that fit a form, made from nothing but its JSON schema, as a stranger's program would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.builders import PARTY

TODAY, LATER, NOW = "2024-04-26", "2024-06-28", "2024-04-26T17:00:00+08:00"
NAMED: dict[str, Any] = {
    "department": "market_regulation",
    "new_due_on": LATER,
    "due_on": LATER,
    "review_date": LATER,
    "reply_by": LATER,
    "routes": ["rectification", "transfer", "copy_notice"],
    "period_length": 15,
    "publication_url": "https://example.gov.cn/1",
}
"""What a schema cannot tell: dates that lie ahead, routes that have charts, the finding's own department."""


def filled(form: Mapping[str, Any]) -> dict[str, Any]:
    """Every fact the form requires, and what it may have besides papers and reasons for lateness."""
    wanted = {
        name: schema
        for name, schema in form["properties"].items()
        if name != "late_reason" and "digest" not in schema.get("properties", {})
    }
    return {name: NAMED[name] if name in NAMED else value_of(schema) for name, schema in wanted.items()}


def value_of(schema: Mapping[str, Any]) -> Any:
    """A value that the schema of a fact allows."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return "W01"
    if schema.get("type") == "array":
        return ["W01", "W02"] if "anyOf" in schema["items"] else [value_of(schema["items"])]
    if schema.get("type") == "string":
        return {"date": TODAY, "date-time": NOW}.get(schema.get("format", ""), _text(schema))
    return {"boolean": True, "integer": 1, "object": PARTY}[schema["type"]]


def _text(schema: Mapping[str, Any]) -> str:
    return "fire_rescue" if "maxLength" not in schema else "如实填写"
