"""The style, script and pictures of pages: read once, packed, and kept by browsers until they change."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response

from engine.core.refusals import Refusal

STATIC = Path(__file__).parent / "static"
NAMES = (
    "bihuan.css",
    "lists.css",
    "bihuan.js",
    "board.css",
    "board.js",
    "calendar.css",
    "carrier.css",
    "account.css",
    "delegations.css",
    "duties.css",
    "exchange.css",
    "finding.css",
    "help.css",
    "incoming.css",
    "jobs.js",
    "mark.svg",
    "officer.js",
    "print.css",
    "reckoning.css",
    "rulebook.css",
    "search.css",
    "search.js",
    "sheets.css",
    "stuck.css",
    "systems.css",
    "vendor/echarts.min.js",
    "work.css",
    "vendor/tabler.min.css",
)
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, the same packed, its media type, and the digest that its address carries."""

    content: bytes
    packed: bytes
    media_type: str
    digest: str


@cache
def asset(name: str) -> Asset | None:
    """The file of that name; None for what is not among the files of pages."""
    if name not in NAMES or not (STATIC / name).is_file():
        return None
    content = (STATIC / name).read_bytes()
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(content, gzip.compress(content, 9, mtime=0), media_type, sha256(content).hexdigest()[:12])


def address(name: str) -> str:
    """The path of a file, with a digest that changes when the file does."""
    known = asset(name)
    return f"/static/{name}?{known.digest}" if known else f"/static/{name}"


@router.get("/static/{name:path}")
def file(request: Request, name: str) -> Response:
    """The file; at the address that carries its digest it never changes."""
    known = asset(name)
    if known is None:
        raise Refusal("not_found")
    headers = {
        "Cache-Control": FOREVER if request.url.query == known.digest else ASK_AGAIN,
        "ETag": f'"{known.digest}"',
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            known.packed, media_type=known.media_type, headers=headers | {"Content-Encoding": "gzip"}
        )
    return Response(known.content, media_type=known.media_type, headers=headers)
