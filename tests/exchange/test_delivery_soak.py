"""A hundredth of the soak: `./dev soak exchange` is the full figure."""

from __future__ import annotations

from tests.exchange.delivery_soak import deliver_through_everything


def test_nothing_is_lost_doubled_or_out_of_order_whatever_fails(town_url):
    found = deliver_through_everything(town_url, 120, 20261127, count=4, kill_after=0.4, kills_max=4)
    assert found.delivered + found.dead == 120
    assert found.dead >= 30, (
        "at least the share of the receiver that is dead; on a starved machine others seem dead too"
    )
    assert found.kills > 0
