"""A house is opened for a program, and closed again whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from engine.building import open_house
from engine.core.refusals import Refusal
from engine.house import House
from engine.in_use import InUse
from engine.marks import remember_test_clock
from engine.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[House]:
    """The house over the settings' database; raises DatabaseUnsafe, or `not_ready` when nothing answers there."""
    settings.prepare()
    with InUse.of(settings.database_url).shared() as in_use:
        try:
            house = open_house(settings)
        except OperationalError as fault:
            raise Refusal("not_ready", detail=_why(fault), retry_after=5) from fault
        try:
            house.in_use = in_use
            remember_test_clock(house)
            yield house
        finally:
            house.close()


def _why(fault: OperationalError) -> str:
    words = str(fault.orig).strip().splitlines()
    return f"数据库无法连接 · the database cannot be reached: {words[0][:300] if words else 'no answer'}"
