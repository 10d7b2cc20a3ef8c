"""Why a matter goes to the police stands on the page of its referral, for the persons on its list."""

from __future__ import annotations

from tests.referral_walk import opened
from tests.web.conftest import Pages


def test_the_ruling_with_its_confidential_part_stands_on_the_page(pages: Pages) -> None:
    finding = pages.town.finding(
        domain="food", violation="food_fake_inferior", facts={"sales_fen": 5_000_000}
    )
    referral = opened(pages.town, finding)
    text = pages.visit("C02").get(f"/referrals/{referral}").text
    chain = text.partition('data-chain="R07"')[2].partition('class="rule-line"')[0]
    assert "涉嫌生产、销售伪劣产品罪" in chain and "销售金额：50,000.00 元" in chain
    assert "criminal=yes" in text.partition("data-try")[0].rpartition("<a ")[2]
