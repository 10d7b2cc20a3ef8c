"""The door of a simulated partner: messages are brought here, and whoever is on this machine switches faults on and off."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

from api.partner.faults import ON_THE_LINE, NoSuchFault, Switchboard
from api.partner.partner import Partner

BODY_BYTES_MAX = 16 * 1024 * 1024
CONTROL = "/control"
HERE = ("127.0.0.1", "localhost", "::1")
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER of a socket that is reset when it is closed."""


class Door(ThreadingHTTPServer):
    """Listens at that address; port 0 is any free one."""

    daemon_threads = True

    def __init__(self, host: str, port: int, partner: Partner, faults: Switchboard) -> None:
        super().__init__((host, port), _Handler)
        self.partner, self.faults = partner, faults

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who went away is no fault of the partner's."""


class _Handler(BaseHTTPRequestHandler):
    server: Door
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """What came and went."""
        if self.path != CONTROL or not self._from_here():
            self._answer(404)
            return
        self._answer(200, self.server.partner.shown())

    def do_POST(self) -> None:
        """A message is brought, or a fault or a receipt is asked for."""
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            self._answer(413)
            return
        body = self.rfile.read(int(length))
        if self.path.startswith(CONTROL):
            self._control(body)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._brought(headers, body)

    def _brought(self, headers: Mapping[str, str], body: bytes) -> None:
        fault = self.server.faults.taken(tuple(ON_THE_LINE))
        name, value = fault or ("", 0)
        if fault:
            self.server.partner.say({"what": "fault", "fault": name, "value": value})
        if name == "refuse":
            self._answer(value)
            return
        if name == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            self.connection.close()
            self.close_connection = True
            return
        status = self.server.partner.brought(headers, body)
        if name == "time_out":
            time.sleep(value)
        if name == "drip":
            self._drip(status, value)
            return
        self._answer(status)
        if name == "answer_twice":
            self._answer(status)

    def _control(self, body: bytes) -> None:
        """Only somebody on this machine who sends JSON is heard: no page of a browser may do so unasked."""
        if not self._from_here() or self.headers.get("content-type") != "application/json":
            self._answer(404)
            return
        try:
            asked = json.loads(body)
            told = self._done(self.path.removeprefix(CONTROL), asked)
        except (NoSuchFault, ValueError, KeyError, TypeError, AttributeError) as fault:
            self._answer(422, {"fault": str(fault)})
            return
        self._answer(*told)

    def _done(self, path: str, asked: Mapping[str, Any]) -> tuple[int, Any]:
        partner, faults = self.server.partner, self.server.faults
        if path == "/faults":
            for name in asked.get("off", ()):
                faults.switch_off(name)
            for name in asked.get("on", ()):
                faults.switch_on(name)
            return 200, faults.shown()
        if path == "/release":
            gone = partner.release(asked["receipt"], asked.get("message"), asked.get("data", {}))
            return (202, {"released": asked["receipt"]}) if gone else (404, {"released": None})
        return 404, {}

    def _from_here(self) -> bool:
        name = (self.headers.get("host") or "").rpartition(":")[0].strip("[]")
        return ip_address(self.client_address[0]).is_loopback and name in HERE

    def _answer(self, status: int, body: Any = None) -> None:
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        if body is not None:
            self.send_header("content-type", "application/json")
        if status != 204:
            self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _drip(self, status: int, seconds: int) -> None:
        for letter in f"HTTP/1.1 {status} Slowly\r\ncontent-length: 0\r\n\r\n".encode():
            self.wfile.write(bytes((letter,)))
            self.wfile.flush()
            time.sleep(seconds)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """What is to be told, the partner tells."""
