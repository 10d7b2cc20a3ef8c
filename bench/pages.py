"""How long pages and lists take at 1,000, 100,000 and 1,000,000 findings, beside the smallest page of the same run.

python -m bench.pages [--postgres] [--keep FOLDER] [FINDINGS...]

The server is a process of its own on the loopback. An officer, a head and a supervisor have signed in, each over one
connection that is kept. Times are those of the server's processor, on PostgreSQL with those of its backends, which others who
are busy on the machine do not lengthen much. The other floor is the bare count of the findings,
which grows with the table; the last table tells how many times as long a page takes as at the first size. Nothing is asserted:
figures belong to the machine. With `--keep` the filled databases stay in the folder and are measured again the next time.
"""

from __future__ import annotations

import http.client
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy import func, select

from bench.filling import fill
from bench.serving import served_by
from bench.steps import REGISTER
from engine.accounts import hash_password
from models import records
from models.database import Database
from tests.builders import Town
from tests.reading.world import NOW
from tests.throwaway_postgres import start_server

Clock = Callable[[], float]
SIZES = (1_000, 100_000, 1_000_000)
PASSWORD = "bench-2026-Bihuan"
PEOPLE = ("W01", "H01", "S01")
REPEATS, SECONDS_MOST = 7, 20
DEEP, FAR = 12, 250
"""So many pages of 200 come before a deep one, which is among the open findings, and one far behind, among the closed."""
SHOWN = "shown.json"
"""What the pages of one thing show, as it is remembered beside a database that is kept."""

PAGES = {
    "work": "/work",
    "ledger": "/ledger",
    "ledger of a month": "/ledger?from=2026-10-01&to=2026-10-31",
    "deadlines": "/deadlines",
    "board": "/board",
    "board of a month": "/board?from=2026-10-01&to=2026-10-31",
    "pace": "/board/pace",
    "load": "/board/load",
    "map": "/board/map",
    "publicity": "/publicity",
    "inspections": "/api/v1/inspections",
    "inspections in a rare state": "/inspections?state=taken_down",
    "inspections published": "/inspections?state=published",
    "incoming": "/incoming",
    "duties": "/duties",
    "reports": "/reports",
    "stuck": "/stuck",
    "reminders": "/reminders",
    "rulebook": "/rulebook",
    "delegations": "/delegations",
    "help": "/help",
    "readiness": "/readyz",
    "metrics": "/metrics",
    "exchange": "/exchange",
    "search a number": f"/search?q={quote('原台[2026]000777')}",
    "search words": f"/search?q={quote('灭火器 损坏')}",
    "search a document number": f"/search?q={quote('原市监移（2026）5号')}",
    "search words that never meet": f"/search?q={quote('灭火器 紫外线')}",
    "a finding": "/findings/{finding}",
    "an inspection": "/inspections/{inspection}",
    "a party": "/parties/{party}",
    "figures of the ledger": "/api/v1/ledger",
    "findings": "/api/v1/findings",
    "findings, deep": "/api/v1/findings?{deep}",
    "findings, far behind": "/api/v1/findings?{far}",
    "open": "/api/v1/findings?state=open",
    "without a clock": "/api/v1/findings?state=open&light=none",
    "closed": "/api/v1/findings?state=closed",
    "closed in a month": "/api/v1/findings?closed_from=2026-05-01&closed_to=2026-05-31",
    "found in a month": "/api/v1/findings?from=2026-05-01&to=2026-05-31",
    "in one state": "/api/v1/findings?state=registered",
    "yellow": "/api/v1/findings?light=yellow",
    "with a transfer": "/api/v1/findings?route=transfer",
    "without a route": "/api/v1/findings?route=none",
    "penalties investigated": "/api/v1/findings?proceeding=penalty.investigating",
    "of a domain": "/api/v1/findings?domain=special_equipment",
    "of a violation nobody committed": "/api/v1/findings?violation=tm_infringe_other",
    "handled by one": "/api/v1/findings?handler=W07",
    "worked by one": "/api/v1/findings?officer=W07",
    "worked by nobody known": "/api/v1/findings?officer=W99",
    "due soon": "/api/v1/findings?due_before=2026-12-01",
    "holding digits nobody has": "/api/v1/findings?q=918273645",
    "holding words that never meet": f"/api/v1/findings?q={quote('灭火器 紫外线')}",
    "by reference": "/api/v1/findings?reference=X-1",
    "holding a number": f"/api/v1/findings?q={quote('〔2026〕000777')}",
    "holding nothing known": f"/api/v1/findings?q={quote('没有这样的词')}",
    "inspections published late": "/api/v1/inspections?publication=late",
    "inspections of a result nobody had": "/api/v1/inspections?result=UNDISCLOSED",
    "inspections of a task": "/api/v1/inspections?task=YP2026-000400",
}


def prepared(folder: Path, url: str, size: int) -> dict[str, str]:
    """A town with so many findings; the ids that pages are asked for. The finding shown went through the desk."""
    known = folder / SHOWN
    if known.exists():
        return dict(json.loads(known.read_text(encoding="utf-8")))
    town = Town.open(url, folder, NOW.strftime("%Y-%m-%dT%H:%M"))
    finding = town.finding()
    town.step("W01", finding, "register", **REGISTER)
    row = town.row(finding)
    town.give_passwords(hash_password(PASSWORD))
    fill(town.house.database, size, searched=True)
    town.close()
    shown = {"finding": finding, "inspection": str(row.inspection_id), "party": str(row.party_id)}
    known.write_text(json.dumps(shown), encoding="utf-8")
    return shown


def counting(database: Database, backends: Clock) -> float:
    """Milliseconds of the bare count of the findings."""

    def count() -> None:
        with database.read() as connection:
            connection.execute(select(func.count()).select_from(records.FINDING)).scalar()

    return milliseconds(count, lambda: time.process_time() + backends())


def milliseconds(act: Callable[[], object], clock: Clock) -> float:
    """The median time of the act over a few runs after one to warm up; of the slow over fewer."""
    begun = time.perf_counter()
    act()
    times: list[float] = []
    while not times or (len(times) < REPEATS and time.perf_counter() - begun < SECONDS_MOST):
        started = clock()
        act()
        times.append((clock() - started) * 1000)
    return median(times)


def clock_of(pid: int, backends: Clock) -> Clock:
    """The seconds that the threads of that process and the backends have been on a processor."""
    tasks = Path(f"/proc/{pid}/task")
    return lambda: _on_a_processor(tasks.iterdir()) + backends()


def backends_of(database: Database) -> Clock:
    """The seconds that the backends of the database have been on a processor; none where it is a file."""
    if database.dialect != "postgresql":
        return lambda: 0.0
    with database.read() as connection:
        backend = connection.execute(select(func.pg_backend_pid())).scalar_one()
    parent = Path(f"/proc/{backend}/status").read_text(encoding="ascii").partition("PPid:")[2].split()[0]
    children = Path(f"/proc/{parent}/task/{parent}/children")
    return lambda: _on_a_processor(Path("/proc", one) for one in children.read_text(encoding="ascii").split())


def _on_a_processor(working: Iterable[Path]) -> float:
    return sum(int((one / "schedstat").read_text(encoding="ascii").split()[0]) for one in working) / 1e9


class Visitor:
    """A person who signed in, over one connection that is kept."""

    def __init__(self, address: str, login: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=600)
        body = json.dumps({"login": login, "password": PASSWORD})
        self._connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == 204, answer.status
        given = [cookie.partition(";")[0] for cookie in answer.headers.get_all("Set-Cookie") or ()]
        self._headers = {"Cookie": "; ".join(given)}

    def sees(self, path: str) -> bool:
        """True when the page is shown to this person."""
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status == 200

    def visit(self, path: str, known: bool = True) -> bytes:
        """The page, read to its end; raises AssertionError when it is not shown."""
        self._connection.request("GET", path, headers=self._headers if known else {})
        answer = self._connection.getresponse()
        told = answer.read()
        assert answer.status == 200, (path, answer.status)
        return told

    def behind(self, pages: int) -> str:
        """What asks for the page of findings that comes after so many of 200, or for the last one."""
        asked = "limit=200"
        for _ in range(pages):
            onward: Any = json.loads(self.visit(f"/api/v1/findings?{asked}"))["next"]
            if onward is None:
                break
            asked = f"limit=200&cursor={quote(onward)}"
        return asked.replace("limit=200&", "")

    def close(self) -> None:
        """The connection is closed."""
        self._connection.close()


@contextmanager
def house_of(size: int, kept: Path | None, postgres: bool) -> Iterator[tuple[Path, str]]:
    """A folder and a database for so many findings; what is kept is there the next time."""
    with ExitStack() as stack:
        if kept is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bihuan-bench-")))
        else:
            folder = kept / str(size)
            folder.mkdir(parents=True, exist_ok=True)
        if postgres:
            server = stack.enter_context(start_server(durable=False))
            yield folder, server.create_database("pages")
        else:
            yield folder, f"sqlite:///{folder}/bihuan.db"


def measured(
    address: str, clock: Clock, count: float, shown: Mapping[str, str]
) -> dict[tuple[str, str], float]:
    """Milliseconds by person and page; a line of each is printed."""
    times: dict[tuple[str, str], float] = {}
    for login in PEOPLE:
        visitor = Visitor(address, login)
        smallest = milliseconds(lambda: visitor.visit("/login", known=False), clock)  # noqa: B023  # asked at once
        print(f"  {login}: the smallest page, /login {smallest:.1f} ms")
        told = {**shown, "deep": visitor.behind(DEEP), "far": visitor.behind(FAR)}
        for name, page in PAGES.items():
            path = page.format(**told)
            if not visitor.sees(path):
                continue
            spent = milliseconds(lambda: visitor.visit(path), clock)  # noqa: B023  # asked at once
            times[login, name] = spent
            print(
                f"    {name:32} {spent:9.1f} ms {spent / smallest:7.1f} × the smallest page "
                f"{spent / count:8.1f} × counting them",
                flush=True,
            )
        visitor.close()
    return times


def main(arguments: Sequence[str]) -> None:
    """For each size and person a table of times with their ratios to both floors, then how each page grew."""
    kept = Path(arguments[arguments.index("--keep") + 1]) if "--keep" in arguments else None
    sizes = [int(one) for one in arguments if one.isdecimal()] or list(SIZES)
    found: dict[int, dict[tuple[str, str], float]] = {}
    for size in sizes:
        with house_of(size, kept, "--postgres" in arguments) as (folder, url):
            shown = prepared(folder, url, size)
            database = Database(url)
            backends = backends_of(database)
            count = counting(database, backends)
            print(f"{size:,} findings; counting them {count:.2f} ms")
            with served_by(folder, url) as (address, pid):
                found[size] = measured(address, clock_of(pid, backends), count, shown)
            database.dispose()
    print(f"times as long as at {sizes[0]:,}")
    for login, name in found[sizes[0]]:
        grown = "".join(f"{found[size][login, name] / found[sizes[0]][login, name]:8.1f}" for size in sizes)
        print(f"  {login} {name:32} {grown}")


if __name__ == "__main__":
    main(sys.argv[1:])
