"""What the database says of itself for ever, such as that its time was not real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.core.refusals import Refusal
from models import account_reading as reading
from models import records

if TYPE_CHECKING:
    from engine.house import House

TEST_CLOCK_MARK = "test_clock"


def remember_test_clock(house: House) -> None:
    """A database that is opened under a test clock says so for ever."""
    if house.clock.is_test:
        row = {"name": TEST_CLOCK_MARK, "value": "time was not real", "recorded_at": house.clock.real_now()}
        house.writer.submit(
            lambda connection: records.insert_once(connection, records.MARK, row), always=True
        )


def check_real_time(house: House) -> None:
    """Returns when the ledger may be served; refuses one that ran on a test clock and now has none."""
    if house.clock.is_test or house.settings.accept_test_database:
        return
    with house.database.read() as connection:
        marked = records.mark_value(connection, TEST_CLOCK_MARK) is not None
    if marked:
        raise Refusal(
            "clock_refused",
            detail="这个数据库曾以测试时钟运行，其中的时间不是真实时间；确需使用的，设 BIHUAN_ACCEPT_TEST_DATABASE=1。"
            " · This database ran on a test clock; set BIHUAN_ACCEPT_TEST_DATABASE=1 to serve it all the same.",
        )


def marks_of(house: House) -> dict[str, str]:
    """What the database says of itself for ever."""
    with house.database.read() as connection:
        return reading.marks(connection)
