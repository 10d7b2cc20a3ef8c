"""What the database says of itself for ever, such as that its time was not real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.core.refusals import Refusal
from models import account_reading as reading
from models import records

if TYPE_CHECKING:
    from engine.house import House

TEST_CLOCK_MARK = "test_clock"
NEVER_REAL = (TEST_CLOCK_MARK, "demo", "sandbox")
"""Marks of a ledger that is no office's own."""
REAL_HOUSE = (
    "这个数据库是真实办理的台账，不能用测试时钟打开：时间不真实时，管理事项不经第二人确认，数据库也从此标为测试。"
    "去掉 --test-clock 或者 BIHUAN_TEST_CLOCK；要试验的，恢复一份备份或者另做副本（copy --masked）。"
    " · This database is the ledger of an office and is not opened under a test clock, under which nobody confirms what "
    "administrators do, and which would mark it for ever. Leave --test-clock and BIHUAN_TEST_CLOCK out; try things on a "
    "masked copy (copy --masked)."
)


def remember_test_clock(house: House) -> None:
    """A database that is opened under a test clock says so for ever.

    Raises `not_ready` for the ledger of an office: one that holds findings and in which two administrators have acted, in
    real time. One flag would do else what takes two persons.
    """
    if house.clock.is_test:
        with house.database.read() as connection:
            invented = any(name in reading.marks(connection) for name in NEVER_REAL)
            real = reading.holds_findings(connection) and reading.holds_confirmed(connection)
        if real and not invented:
            raise Refusal("not_ready", detail=REAL_HOUSE)
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
