"""Answers as bytes: JSON, problems, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote

import orjson
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from api.problems import problem_of, status_of
from engine.core.refusals import Refusal

JSON = "application/json"
PROBLEM = "application/problem+json"
CHALLENGE = 'Bearer realm="bihuan"'


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, dict(headers or {}), JSON)


def no_content(headers: Mapping[str, str] | None = None) -> Response:
    """Done, and nothing to say."""
    return Response(None, 204, dict(headers or {}))


def refused(refusal: Refusal, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    """The refusal as an answer, with the headers that its status asks for."""
    told = dict(headers or {})
    status = status_of(refusal)
    if status == 401:
        told["WWW-Authenticate"] = CHALLENGE
    if refusal.carries.get("retry_after") is not None:
        told["Retry-After"] = str(refusal.carries["retry_after"])
    return Response(orjson.dumps(problem_of(refusal, request_id)), status, told, PROBLEM)


def no_page(request: Request, refusal: Refusal) -> Response | None:
    """What stands for the pages where none are attached: every refusal is a problem for programs."""
    return None


def told(request: Request, refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    """The refusal as its reader wants it: a page for a browser that asked for one, else a problem; headers alike."""
    problem = refused(refusal, request.state.request_id, headers)
    shown = request.app.state.refusal_page(request, refusal)
    if shown is None:
        return problem
    own = ("content-type", "content-length")
    shown.headers.update({name: value for name, value in problem.headers.items() if name not in own})
    return cast(Response, shown)


def file(content: bytes, name: str, media_type: str) -> Response:
    """A file to be kept, never to be shown as a page of this house."""
    return Response(content, 200, _kept_as(name), media_type)


def streamed(pieces: Iterator[bytes], name: str, media_type: str) -> Response:
    """The same piece by piece, for what is large."""
    return StreamingResponse(pieces, 200, _kept_as(name), media_type)


def _kept_as(name: str) -> dict[str, str]:
    named = f"attachment; filename=\"{_plain(name)}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": named}


def _plain(name: str) -> str:
    """The name in letters that every old client reads; the full name stands beside it."""
    return "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name
    )
