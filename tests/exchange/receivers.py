"""Receivers in a process of their own, which fail in every way there is and carry out each message once.

python -m tests.exchange.receivers COUNT FAULTS SEED   prints their URLs; at the end of stdin, what they have seen.
FAULTS is the share of requests that go wrong; with more than one receiver the last of them is dead: it never answers 2xx.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

HANG_SECONDS = 3.0
WAYS = ("refused", "busy", "time_out", "reset_before", "reset_after", "drip")


@dataclass
class Receiver:
    """One receiver: the effects it has carried out, in their order, by webhook-id once each."""

    faults: float
    chance: random.Random
    dead: bool = False
    effects: list[tuple[str, str, str, int]] = field(default_factory=list)
    known: dict[str, float] = field(default_factory=dict)
    """When each message arrived first, on the clock that all processes of the machine count by."""
    seen: Counter[str] = field(default_factory=Counter)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers the requests of a connection until one goes wrong or the other side has enough."""
        with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        way = (
            "busy" if self.dead else self.chance.choice(WAYS) if self.chance.random() < self.faults else "ok"
        )
        self.seen[way] += 1
        if way in ("ok", "reset_after", "drip"):
            self._carry_out(headers["webhook-id"], json.loads(body))
        if way == "time_out":
            await asyncio.sleep(HANG_SECONDS)
        if way in ("reset_before", "reset_after"):
            reset(writer)
            return False
        if way == "drip":
            await drip(writer)
            return False
        status = {"busy": b"503 Busy", "refused": b"429 Later", "time_out": b"504 Late"}.get(way, b"200 OK")
        writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        return True

    def _carry_out(self, id: str, event: Any) -> None:
        """The effect, once; a message that comes again is known by its id."""
        if id in self.known:
            self.seen["duplicate"] += 1
            return
        self.known[id] = time.monotonic()
        self.effects.append((id, event["queue"], event["subject"], int(event["sequence"])))


def reset(writer: asyncio.StreamWriter) -> None:
    """The connection is torn down without a word."""
    taken: socket.socket = writer.get_extra_info("socket")
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def drip(writer: asyncio.StreamWriter) -> None:
    """The head of the answer comes letter by letter, and never ends."""
    for letter in b"HTTP/1.1 200 OK\r\nx-slow: " + b"z" * 100:
        writer.write(bytes((letter,)))
        await writer.drain()
        await asyncio.sleep(HANG_SECONDS / 30)


async def main(count: int, faults: float, seed: int) -> None:
    """The receivers are at work until stdin ends."""
    receivers = [
        Receiver(faults, random.Random(seed + n), dead=count > 1 and faults > 0 and n == count - 1)
        for n in range(count)
    ]
    servers = [await asyncio.start_server(one.serve, "127.0.0.1", 0) for one in receivers]
    urls = [f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook" for server in servers]
    print(json.dumps(urls), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    told = [{"effects": one.effects, "seen": one.seen, "arrived": one.known} for one in receivers]
    print(json.dumps(told), flush=True)
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
