"""The soak of the courier: nothing is lost, doubled or out of order, whatever fails."""

from __future__ import annotations

import tempfile
from typing import Any

from bench.telling import say
from tests.exchange.delivery_soak import deliver_through_everything
from tests.throwaway_postgres import start_server


def exchange(n: int, seed: int) -> dict[str, Any]:
    """N messages on each kind of database."""
    found: dict[str, Any] = {"messages_each_database": n, "lost": 0, "twice": 0, "out_of_order": 0}
    with start_server() as server, tempfile.TemporaryDirectory(prefix="bihuan-exchange-") as folder:
        urls = {"sqlite": f"sqlite:///{folder}/bihuan.db", "postgresql": server.create_database("exchange")}
        for kind, url in urls.items():
            one = deliver_through_everything(url, n, seed)
            found[kind] = {"delivered": one.delivered, "tasks": one.dead, "kills": one.kills, **one.seen}
            say(
                f"{kind}: {one.delivered} delivered, {one.dead} tasks, {one.kills} kills, {one.seconds:.0f} s"
            )
    return found
