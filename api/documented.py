"""What the OpenAPI document says of bodies that handlers read themselves."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api.answers import JSON

KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
}


def body_of(*forms: type[BaseModel], keyed: bool = False) -> dict[str, Any]:
    """The members of an operation that takes one of the forms as its JSON body, with a key if it is a command."""
    schemas = [form.model_json_schema() for form in forms]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    said: dict[str, Any] = {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}
    return said | ({"parameters": [KEY_PARAMETER]} if keyed else {})
