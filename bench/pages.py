"""How long the pages take at 1,000 and at 100,000 findings, beside the smallest page and a bare count of the same run.

python -m bench.pages [FINDINGS...]

The server is a process of its own on the loopback. An officer and a supervisor have signed in, each over one
connection that is kept. Nothing is asserted: figures belong to the machine, ratios can be compared.
"""

from __future__ import annotations

import http.client
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, func, select

from bench.reading import NOW, SIZES, fill, milliseconds
from bench.serving import served
from bench.steps import REGISTER
from engine.accounts import hash_password
from models import account_reading, records
from models.database import Database
from tests.builders import Town

PASSWORD = "bench-2026-Bihuan"
PEOPLE = {"officer": "W01", "supervisor": "S01"}


def prepared(folder: Path, size: int) -> dict[str, str]:
    """A town with so many findings; the pages that are measured, by name. The finding shown went through the desk."""
    town = Town.open(f"sqlite:///{folder}/bihuan.db", folder, NOW.strftime("%Y-%m-%dT%H:%M"))
    finding = town.finding()
    town.step("W01", finding, "register", **REGISTER)
    inspection = town.row(finding).inspection_id
    values = {"password_hash": hash_password(PASSWORD)}

    def give(connection: Connection) -> None:
        for login in PEOPLE.values():
            account_reading.change_user(connection, login.casefold(), values)

    town.house.writer.submit(give)
    fill(town.house.database, size)
    town.close()
    return {
        "work": "/work",
        "ledger": "/ledger",
        "deadlines": "/deadlines",
        "a finding": f"/findings/{finding}",
        "an inspection": f"/inspections/{inspection}",
    }


def counting(folder: Path) -> float:
    """Milliseconds of the bare count of the findings."""
    database = Database(f"sqlite:///{folder}/bihuan.db")

    def count() -> None:
        with database.read() as connection:
            connection.execute(select(func.count()).select_from(records.FINDING)).scalar()

    spent = milliseconds(count)
    database.dispose()
    return spent


def signed_in(address: str, login: str) -> tuple[http.client.HTTPConnection, dict[str, str]]:
    """A connection that is kept, and the cookies of the person."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=300)
    body = json.dumps({"login": login, "password": PASSWORD})
    connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 204, answer.status
    given = [cookie.partition(";")[0] for cookie in answer.headers.get_all("Set-Cookie") or ()]
    return connection, {"Cookie": "; ".join(given)}


def visiting(
    connection: http.client.HTTPConnection, headers: dict[str, str], path: str
) -> Callable[[], None]:
    """Reading the page to its end; raises AssertionError when it is not shown."""

    def visit() -> None:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)

    return visit


def main(sizes: tuple[int, ...]) -> None:
    """For each size and person a table of times with their ratios to both floors is printed."""
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as name:
            folder = Path(name)
            pages = prepared(folder, size)
            count = counting(folder)
            print(f"{size} findings; counting them {count:.2f} ms")
            with served(folder) as address:
                for person, login in PEOPLE.items():
                    connection, headers = signed_in(address, login)
                    smallest = milliseconds(visiting(connection, {}, "/login"))
                    print(f"  {person}: the smallest page, /login {smallest:.1f} ms")
                    for page, path in pages.items():
                        spent = milliseconds(visiting(connection, headers, path))
                        print(
                            f"    {page:16} {spent:8.1f} ms {spent / smallest:7.1f} × the smallest page "
                            f"{spent / count:7.1f} × counting them"
                        )
                    connection.close()


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
