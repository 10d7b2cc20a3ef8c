"""The OpenAPI document: what FastAPI reads from the routes, completed by what each is asked and what it answers.

Schemas are the contract's where it has one. Problems follow from what an operation is: who may call it, whether it takes a
body or a key, whether its path names something that may not be there; answers.yaml adds what is its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.answers import JSON, PROBLEM
from api.calls import CSRF_HEADER, SESSION_COOKIE
from api.contract_schemas import references
from api.parameters import PATHS, parameters, query_parameter
from api.problems import problems
from api.rights import ROUTES
from api.shapes import page_of, parts, schema_of
from engine.core.policies import POLICIES, Caller
from engine.house import House
from rules.data_file import read_data

FILE = Path(__file__).with_name("answers.yaml")
MEDIA = {
    "anything": "*/*",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "figures": "text/plain",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": JSON,
}
UNSAID: Mapping[str, Any] = {"answer": "something"}
SEALED = "application/jose"
UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
"""What anybody may ask without more ado: no rate, no parameters that could be wrong."""
STRING: Mapping[str, Any] = {"type": "string"}
BINARY: Mapping[str, Any] = {"type": "string", "format": "binary"}
HEADERS: Mapping[str, Mapping[str, Any]] = {
    "X-Request-Id": {"description": "Names this answer in the journal.", "required": True, "schema": STRING},
    "Cache-Control": {"required": True, "schema": {"const": "no-store"}},
    "X-Bihuan-Clock": {"description": "While time is not real.", "schema": {"const": "test"}},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
    "WWW-Authenticate": {"required": True, "schema": STRING},
    "Location": {"description": "Where the record is read.", "required": True, "schema": STRING},
    "ETag": {"description": '"version.sequence" of the record.', "required": True, "schema": STRING},
    "Idempotent-Replay": {"description": "`true`: the key was bound.", "schema": {"const": "true"}},
    "Content-Disposition": {"required": True, "schema": STRING},
    "Set-Cookie": {"schema": STRING},
}
ALWAYS = ("X-Request-Id", "Cache-Control", "X-Bihuan-Clock")
OF_STATUS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
    "form": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "The value of the cookie bihuan_csrf.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of an account, with its rights at this moment.",
    },
}


class Described(FastAPI):
    """An application whose OpenAPI document says what its house takes and answers."""

    def openapi(self) -> dict[str, Any]:
        """The document, made when it is first asked for."""
        if self.openapi_schema is None:
            self.openapi_schema = document(self, self.state.house)
        return self.openapi_schema


def document(app: FastAPI, house: House) -> dict[str, Any]:
    """The OpenAPI document of the application; of an operation that answers.yaml does not name it promises nothing."""
    made = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    said, queries = read_data(FILE), parameters(house)
    hoisted: dict[str, Any] = {}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {path}"
            _complete(operation, name, said.get(name, UNSAID), queries)
            _hoist(operation, hoisted)
    statuses = {known.status for known in problems().values()}
    responses = {f"problem_{status}": _problem(status) for status in sorted(statuses)}
    made["components"] = {
        "schemas": _used(made["paths"], {**parts(), **hoisted}),
        "responses": responses,
        "headers": {name: dict(header) for name, header in HEADERS.items()},
        "securitySchemes": SECURITY,
    }
    return made


def _complete(
    operation: dict[str, Any], name: str, said: Mapping[str, Any], queries: Mapping[str, Mapping[str, Any]]
) -> None:
    """The operation says its parameters, who may call it, its answers and its problems."""
    listed = operation.setdefault("parameters", [])
    for one in listed:
        if one["in"] == "path":
            one["schema"] = dict(PATHS.get(one["name"], STRING))
    listed.extend(query_parameter(called, queries) for called in said.get("query", ()))
    caller = POLICIES[ROUTES[name]].caller
    operation["security"] = []
    if caller is Caller.PERSON:
        safe = name.startswith("GET ")
        operation["security"] = [{"session": []} if safe else {"session": [], "form": []}, {"token": []}]
    own = {int(status): one for status, one in operation.get("responses", {}).items() if status != "422"}
    operation["responses"] = {
        **{str(status): answer for status, answer in _answers(said, own, operation).items()},
        **{
            str(status): {"$ref": f"#/components/responses/problem_{status}"}
            for status in _statuses(name, said, operation)
        },
    }


def _answers(said: Mapping[str, Any], own: Mapping[int, Any], operation: Mapping[str, Any]) -> dict[int, Any]:
    """What is answered when it is done, by status."""
    done = {status: one for status, one in own.items() if status < 300}
    words = operation.get("summary", "Done")
    headers = list(ALWAYS)
    if _keyed(operation):
        headers.append("Idempotent-Replay")
    if said.get("etag"):
        headers.append("ETag")
    if said.get("cookies"):
        headers.append("Set-Cookie")
    content, more = _content(said)
    told: dict[int, Any] = {}
    if said.get("created"):
        done |= {
            200: {"description": "It was there before, with the same content."},
            201: {"description": words},
        }
    if said.get("kept"):
        done |= {202: {"description": "Kept until the step before it is taken."}}
    for status, one in sorted(done.items()):
        place = ("Location",) if status == 201 and _keyed(operation) else ()
        told[status] = {
            "description": one.get("description", words),
            "headers": _headers(*headers, *more, *place),
        }
        if content:
            told[status]["content"] = content
    return told


def _content(said: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The bodies of the answer by media type, and the headers that come with them."""
    kind, _, of = str(said.get("answer", "")).rpartition(" ")
    if kind == "bytes":
        disposed = () if of == "figures" else ("Content-Disposition",)
        schema: Mapping[str, Any] = {} if of == "json" else BINARY if disposed else STRING
        return {MEDIA[of]: {"schema": schema}}, disposed
    if not of:
        return {}, ()
    if of == UNSAID["answer"]:
        return {"*/*": {"schema": {}}}, ()
    content: dict[str, Any] = {JSON: {"schema": page_of(of) if kind == "page" else schema_of(of)}}
    if said.get("sealed"):
        content[SEALED] = {"schema": STRING}
    return content, ()


def _statuses(name: str, said: Mapping[str, Any], operation: Mapping[str, Any]) -> Collection[int]:
    """The statuses of the problems that the operation may answer."""
    method, path = name.split(" ")
    policy = POLICIES[ROUTES[name]]
    told: set[int] = set(said.get("also", ()))
    if path not in UNWATCHED:
        told |= {400, 429, 503}
    if policy.caller is not Caller.ANYBODY:
        told |= {401, 403}
    if method != "GET" and policy.caller is not Caller.SYSTEM:
        told |= {403}
    if policy.hidden or "{" in path:
        told |= {404}
    if "requestBody" in operation:
        told |= {413, 415, 422}
    if _keyed(operation):
        told |= {409}
    return sorted(told)


def _keyed(operation: Mapping[str, Any]) -> bool:
    return any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))


def _problem(status: int) -> dict[str, Any]:
    """The answer of every problem with that status."""
    codes = [f"`{known.code}`" for known in problems().values() if known.status == status]
    return {
        "description": ", ".join(codes),
        "headers": _headers(*ALWAYS, *OF_STATUS.get(status, ())),
        "content": {PROBLEM: {"schema": schema_of("problem")}},
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _hoist(operation: dict[str, Any], hoisted: dict[str, Any]) -> None:
    """Parts that forms bring along stand with all the others."""
    for body in operation.get("requestBody", {}).get("content", {}).values():
        for schema in _each(body["schema"]):
            hoisted |= schema.pop("$defs", {})


def _each(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    yield from schema.get("oneOf", ())


def _used(paths: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that the document refers to, and those that they refer to."""
    used: dict[str, Any] = {}
    left = [*references(paths), "problem"]
    while left:
        name = left.pop()
        if name not in used:
            used[name] = known[name]
            left.extend(references(known[name]))
    return dict(sorted(used.items()))
