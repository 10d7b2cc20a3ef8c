"""What the OpenAPI document says of bodies that handlers read themselves."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from api.answers import JSON
from api.contract_schemas import PARTS
from engine.core.envelope import MEDIA_TYPE

KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
}


class Nothing(BaseModel):
    """A command that is told by its path: the body is {}."""

    model_config = ConfigDict(extra="forbid")


def body_of(form: type[BaseModel] | str, keyed: bool = False) -> dict[str, Any]:
    """The members of an operation that takes the form as its JSON body, with a key if it is a command.

    A form is a model, or the name of a schema of the contract.
    """
    schema = (
        {"$ref": PARTS + form}
        if isinstance(form, str)
        else form.model_json_schema(ref_template=f"{PARTS}{{model}}")
    )
    said: dict[str, Any] = {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}
    return said | ({"parameters": [KEY_PARAMETER]} if keyed else {})


def signed(*more: dict[str, Any]) -> list[dict[str, Any]]:
    """The parameters of an operation of a linked system: the headers that sign it, and others."""
    headers = [
        {"name": name, "in": "header", "required": True, "description": said, "schema": schema}
        for name, said, schema in SIGNING
    ]
    return [*headers, *more]


SIGNING = (
    (
        "webhook-id",
        "The event's id; of a request without an event any id.",
        {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"},
    ),
    (
        "webhook-timestamp",
        "Unix seconds, at most 300 off.",
        {"type": "string", "pattern": "^[0-9]{1,12}$"},
    ),
    (
        "webhook-signature",
        "`v1,…` or `v1a,…` over id.timestamp.body; without a body over `METHOD path?query` in its place.",
        {
            "type": "string",
            "maxLength": 2000,
            "pattern": "^v1a?,[0-9A-Za-z+/=_-]+( v1a?,[0-9A-Za-z+/=_-]+)*$",
        },
    ),
)
FEED_PARAMETERS = (
    {
        "name": "after",
        "in": "query",
        "description": "Beyond this sequence; left out, from the first that is not acknowledged.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,20}$"},
    },
    {
        "name": "queue",
        "in": "query",
        "schema": {"type": "string", "enum": ["ordinary", "criminal"], "default": "ordinary"},
    },
    {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    },
)
BODY_DIGEST_PARAMETER = {
    "name": "webhook-body-digest",
    "in": "header",
    "required": True,
    "description": "SHA-256 of the whole body; its hex digits are what is signed.",
    "schema": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
}
RECEIPT_BODY = {
    "required": True,
    "content": {
        MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "description": "One receipt; `bihuan exchange describe --asyncapi` has the schema of each kind.",
                "required": ["specversion", "id", "source", "type", "sender", "recipient", "data"],
            }
        }
    },
}
RECEIPT_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "`recorded`, or `duplicate`: this id and these bytes were here before"},
    202: {"description": "`parked` until the step that `waiting_for` names"},
    401: {"description": "`signature_invalid`, `signature_expired`"},
    409: {"description": "`step_shut`: the law shuts the step"},
    413: {"description": "`body_too_large`"},
    415: {"description": "`media_type_unsupported`"},
    422: {
        "description": "`facts_invalid`, `message_unknown`, `key_reused`, `occurred_in_future`, `occurred_too_early`"
    },
}
"""Status → what it says; the words are those of the contract's codes."""
INCOMING_BODY = {
    "required": True,
    "content": {
        MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "description": "One matter; `bihuan exchange describe --asyncapi` has the schema of each kind.",
                "required": ["specversion", "id", "source", "type", "sender", "recipient", "data"],
            }
        }
    },
}
INCOMING_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`recorded`, or `duplicate`: this id and these bytes were here before; with the number"
    },
    401: {"description": "`signature_invalid`, `signature_expired`"},
    403: {"description": "`not_yours`: a kind that the department may not send"},
    413: {"description": "`body_too_large`"},
    415: {"description": "`media_type_unsupported`"},
    422: {"description": "`facts_invalid`, `message_unknown`, `key_reused`"},
}
