"""What is made once for all houses of a worker: the law as read, statements as compiled, databases with their tables."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine

from models.database import Database
from models.migrate import migrate
from rules.arbiter import Arbiter
from rules.rulebook import ROOT, Rulebook, load_rulebook
from tests.throwaway_postgres import ThrowawayPostgres

READ = ("load_office", "load_lawbook", "load_shelf")
"""What open_house reads and no house changes; it always asks for the same."""

T = TypeVar("T")


def once(make: Callable[..., T]) -> Callable[..., T]:
    """The same, made at the first call and handed out again at every other."""
    made: list[T] = []

    @wraps(make)
    def handed_out(*args: Any, **given: Any) -> T:
        if not made:
            made.append(make(*args, **given))
        return made[0]

    return handed_out


class LastingArbiter(Arbiter):
    """Its evaluators outlive the houses that ask them."""

    def close(self) -> None:
        """The next house goes on with the same workers."""

    def end(self) -> None:
        """No worker process is left."""
        super().close()


@contextmanager
def law_read_once() -> Iterator[None]:
    """Every house that this process opens meanwhile holds the same law, and asks the same evaluators.

    An edition of the rulebook that a test publishes is read and asked like any other.
    """
    shipped = load_rulebook()
    lasting: list[LastingArbiter] = []

    def read(root: Path = ROOT) -> Rulebook:
        return shipped if root == ROOT else load_rulebook(root)

    def make(book: Rulebook, *args: Any, **given: Any) -> Arbiter:
        if book is not shipped:
            return Arbiter(book, *args, **given)
        if not lasting:
            lasting.append(LastingArbiter(book, *args, **given))
            lasting[0].start()
        return lasting[0]

    with pytest.MonkeyPatch.context() as patch:
        import engine.building
        import engine.edition_shelf
        import engine.rulebook_in_force

        for name in READ:
            patch.setattr(engine.building, name, once(getattr(engine.building, name)))
        patch.setattr(engine.edition_shelf, "load_rulebook", read)
        patch.setattr(engine.rulebook_in_force, "Arbiter", make)
        yield
    for arbiter in lasting:
        arbiter.end()


@contextmanager
def statements_compiled_once() -> Iterator[None]:
    """Databases of one kind that this process opens meanwhile know each other's compiled statements.

    SQLAlchemy keeps them by engine and dialect, so that each house of a test would compile all of its own anew.
    """
    with pytest.MonkeyPatch.context() as patch:
        import models.database

        create, first = models.database.create_engine, dict[str, Engine]()

        def made(url: str, **given: Any) -> Engine:
            engine: Engine = create(url, **given)
            known = first.setdefault(engine.dialect.name, engine)
            engine.dialect = engine.pool._dialect = known.dialect
            engine._compiled_cache = known._compiled_cache
            return engine

        patch.setattr(models.database, "create_engine", made)
        yield


class Copies:
    """Gives out databases like one that `make` has filled, given the URL of an empty one."""

    def __init__(self, folder: Path, make: Callable[[str], None]) -> None:
        self._folder, self._make = folder, make
        self._numbers = count()
        self._templates: dict[Path, str] = {}

    def sqlite(self, file: Path) -> str:
        """The URL of that file, which is new."""
        template = self._folder / "template.db"
        if not template.exists():
            self._make(f"sqlite:///{template}")
        shutil.copyfile(template, file)
        return f"sqlite:///{file}"

    def postgres(self, server: ThrowawayPostgres) -> str:
        """The URL of a new database of the server."""
        name = f"{self._folder.name}_{next(self._numbers)}"
        if server.folder not in self._templates:
            self._make(server.create_database(f"{name}_template"))
            self._templates[server.folder] = f"{name}_template"
        return server.create_database(name, self._templates[server.folder])


def migrated(url: str) -> None:
    """The database has every table and no row."""
    database = Database(url)
    migrate(database)
    database.dispose()
