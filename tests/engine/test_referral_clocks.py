"""The clocks of a criminal referral: how they are counted, and who is told when they run out."""

from __future__ import annotations

from models import records, referral_reading
from tests.builders import Town
from tests.engine.test_referrals import chain
from tests.referral_walk import FILED, led, opened


def test_an_overdue_clock_of_a_referral_is_told_to_its_readers_alone(town: Town) -> None:
    referral = opened(town, town.finding())
    town.house.sweep.run()
    town.at("2024-05-20T09:00")
    with town.house.database.read() as connection:
        others = connection.execute(records.NOTICE.select()).all()

    swept = town.house.sweep.run()

    assert [one.trigger for one in chain(town, referral)].count("overdue") == 1
    assert town.house.sweep.run().reminded == 0
    assert [one.trigger for one in chain(town, referral)].count("overdue") == 1
    with town.house.database.read() as connection:
        told = connection.execute(records.NOTICE.select()).all()
    assert not any("DL77" in str(one) or referral in str(one.detail) for one in told[len(others) :])
    assert swept.due == swept.lapsed + swept.reminded


def test_the_special_extension_is_added_to_the_thirty_days_from_the_signing(town: Town) -> None:
    finding = town.finding()
    referral = opened(town, finding)
    led(town, referral, *FILED[:-1])
    for trigger in ("psb_extend_complex", "psb_extend_special"):
        town.on_referral("C02", referral, trigger, received_on="2024-04-26")

    with town.house.database.read() as connection:
        clocks = {one.term: one.spec for one in referral_reading.shown_deadlines(connection, [referral])}
    assert (clocks["DL65.special"]["start"], clocks["DL65.special"]["due_raw"]) == (
        "2024-04-26",
        "2024-06-25",
    )


def test_hours_of_an_act_whose_day_alone_is_known_run_from_its_instant_on_record(town: Town) -> None:
    referral = opened(town, town.finding())
    led(town, referral, *FILED[:-1])
    town.on_referral("C02", referral, "psb_forward", psb="忻州市公安局", received_on="2024-04-26")

    with town.house.database.read() as connection:
        clocks = {one.term: one.spec for one in referral_reading.shown_deadlines(connection, [referral])}
    assert clocks["DL63"]["due_effective"] == "2024-04-27T17:00:00+08:00"
