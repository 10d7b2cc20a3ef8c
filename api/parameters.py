"""Parameters of paths and queries as the OpenAPI document tells them, with the code lists of the house."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from engine.core.duties import STATES as DUTY_STATES
from engine.core.stuck import LACKS
from engine.house import House
from engine.projections.asked import PAGE_LENGTH, PAGE_LENGTH_MAX, REPEATED_MAX, VALUE_LENGTH_MAX
from engine.projections.filters import NATURES, ROUTES
from engine.reader import SEQUENCE_MAX
from models.delegating import STATES as DELEGATION_STATES
from models.reading.findings import OPEN
from models.reading.inspections import PUBLICATIONS
from models.reading.lights import ALL, LIGHTS
from models.reading.publicity import SETS

ID: Mapping[str, Any] = {"type": "string", "pattern": "^[0-9A-Za-z_-]{8,64}$"}
TEXT: Mapping[str, Any] = {
    "type": "string",
    "maxLength": VALUE_LENGTH_MAX,
    "pattern": "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]*$",
}
DAY: Mapping[str, Any] = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
PATHS: Mapping[str, Mapping[str, Any]] = {
    "id": ID,
    "rid": ID,
    "doc": ID,
    "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
    "system": {"type": "string", "minLength": 1, "maxLength": 64},
    "key": {"type": "string", "minLength": 1, "maxLength": VALUE_LENGTH_MAX},
    "period": {"type": "string", "minLength": 1, "maxLength": VALUE_LENGTH_MAX},
    "duty": {"type": "string", "minLength": 1, "maxLength": VALUE_LENGTH_MAX},
}
"""Name of a part of a path → what it may be; what cannot be one is answered like what never was."""
NAMED = {
    "running_light": "light",
    "inspection_state": "state",
    "duty_state": "state",
    "delegation_state": "state",
    "matter_state": "state",
    "matter_kind": "kind",
}
"""The parameters that one name has several of, by what answers.yaml calls them."""


def code(codes: Collection[str]) -> dict[str, Any]:
    """One of these codes."""
    return {"type": "string", "enum": list(codes)}


def parameters(house: House) -> dict[str, Mapping[str, Any]]:
    """What answers.yaml calls a query parameter → its schema."""
    sources, matters = house.reader.sources, house.incoming.reader.book
    return {
        **dict.fromkeys(
            ("party", "plan", "task", "officer", "q", "reference", "finding", "flag", "period", "name"), TEXT
        ),
        **dict.fromkeys(("from", "to", "on", "before", "due_before"), DAY),
        **{name: code(("true", "false")) for name in ("mine", "open", "done")},
        **{name: code(ROUTES) for name in ("route", "route_from", "route_to")},
        "limit": {"type": "integer", "minimum": 1, "maximum": PAGE_LENGTH_MAX, "default": PAGE_LENGTH},
        "cursor": {
            "type": "string",
            "maxLength": 4000,
            "description": "`next` of the page before; for the same filter.",
        },
        **dict.fromkeys(("triggers", "proceeding"), TEXT),
        "after": {"type": "integer", "minimum": 0, "maximum": SEQUENCE_MAX},
        "state": code((OPEN, *sources.charts["finding"].states)),
        "light": code(ALL),
        "running_light": code(LIGHTS),
        "department": code(sources.departments),
        "domain": code(sources.domains),
        "violation": code(sorted({one for listed in sources.domains.values() for one in listed})),
        "result": code(sources.result_codes),
        "publication": code(PUBLICATIONS),
        "term": code(sources.terms),
        "nature": code(NATURES),
        "set": code(SETS),
        "lacks": code(LACKS),
        "year": _years(house.duty_reader.years()),
        "duty": code(house.duty_reader.book.rules.reports),
        "inspection_state": code(sources.charts["inspection"].states),
        "duty_state": code(DUTY_STATES),
        "delegation_state": code(DELEGATION_STATES),
        "matter_kind": code(matters.kinds),
        "matter_state": code(matters.states),
    }


def _years(years: range) -> dict[str, Any]:
    return {"type": "integer", "minimum": years[0], "maximum": years[-1]}


def query_parameter(called: str, schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The parameter as OpenAPI says it; what is called with a * may be repeated."""
    plain = called.removesuffix("*")
    schema = dict(schemas[plain])
    said: dict[str, Any] = {"name": NAMED.get(plain, plain), "in": "query", "required": False}
    said["allowEmptyValue"] = True  # a blank value counts as absent
    if called.endswith("*"):
        schema = {"type": "array", "items": schema, "maxItems": REPEATED_MAX}
        said |= {"style": "form", "explode": True}
    return said | {"schema": schema}
