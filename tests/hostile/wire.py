"""Requests as they come off the wire, byte for byte, without a client that would tidy them up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

HANGS_AFTER_SECONDS = 60
Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The header of that name, lower case."""
        return next((value.decode("latin-1") for one, value in self.headers if one == name.encode()), None)

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def cookies(self) -> dict[str, str]:
        """The cookies that were set, by name."""
        told = [value.decode().split(";")[0] for name, value in self.headers if name == b"set-cookie"]
        return {name: value for name, _, value in (one.partition("=") for one in told)}


class Wire:
    """One connection after the other into an application."""

    def __init__(self, app: Any) -> None:
        self._app, self._runner = app, asyncio.Runner()

    def close(self) -> None:
        """Nothing more is sent."""
        self._runner.close()

    def send(
        self,
        method: str,
        target: str,
        headers: Headers = (),
        chunks: Sequence[bytes] = (b"",),
        address: str = "127.0.0.1",
    ) -> Answer:
        """The answer to one request; fails when the application hangs."""
        return self._runner.run(self._one(method, target, headers, chunks, address))

    async def _one(
        self, method: str, target: str, headers: Headers, chunks: Sequence[bytes], address: str
    ) -> Answer:
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in headers],
            "client": (address, 50_000),
            "server": ("127.0.0.1", 8000),
        }
        told: list[Mapping[str, Any]] = []
        left = list(chunks) or [b""]

        async def receive() -> dict[str, Any]:
            if not left:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

        async def send(message: Mapping[str, Any]) -> None:
            told.append(message)

        await asyncio.wait_for(self._app(scope, receive, send), HANGS_AFTER_SECONDS)
        body = b"".join(one.get("body", b"") for one in told[1:])
        return Answer(told[0]["status"], told[0]["headers"], body)


def named(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as bytes."""
    return [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
