"""The publishing desk as pages: what an edition changes for whom, who may approve it, and how all are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.rules import trial
from tests.rules.edition_drafts import NEXT, proposed, published, reviewed_once, twenty_days
from tests.web.conftest import Pages, Served
from tests.web.test_pages_in_the_browser import complaints_about
from tests.web.visitor import PageForm, Visitor

EDITIONS = "/rulebook/editions"
DAY = "2024-05-10"


@pytest.fixture(autouse=True, scope="module")
def once() -> Iterator[None]:
    with reviewed_once():
        yield


def act(visitor: Visitor, name: str) -> PageForm:
    """The form of the last page that does that."""
    return next(one for one in visitor.read().forms if one.action.endswith(f"/{name}"))


def acts(visitor: Visitor) -> set[str]:
    """What the forms of the last page do."""
    return {one.action.rpartition("/")[2] for one in visitor.read().forms}


def test_whom_an_edition_affects_is_shown_to_who_judges_it_and_another_person_approves(
    pages: Pages, tmp_path: Path
) -> None:
    town = pages.town
    trial.put(town.house.database, [trial.unanswered(days) for days in trial.INTERVALS])
    blocked = {**trial.unanswered(16), "domain": "fire", "violation": "fire_exit_blocked"}
    trial.put(town.house.database, [blocked], department="fire_rescue")
    edition = proposed(town, twenty_days(tmp_path / "draft"), DAY)
    here = f"{EDITIONS}/{edition}"

    legal, head, officer = pages.visit("L01"), pages.visit("P01"), pages.visit("C01")
    assert f'data-edition="{edition}" data-state="proposed"' in legal.get(EDITIONS).text
    text = legal.get(here).text
    assert "由“两次邮寄间隔不少于 15 日”改为“两次邮寄间隔不少于 20 日”" in text
    assert len(re.findall(r"<tr data-finding=", text)) == trial.MOVED
    assert "原平市" in text.partition('id="effects-title"')[2]
    assert acts(legal) & {"approve", "withdraw"} == {"withdraw"}
    assert 'data-open="false"' in text and "须由另一人批准" in text

    assert officer.get(here).status_code == 404
    assert f'data-edition="{edition}"' not in officer.get(EDITIONS).text

    head.get(here)
    assert head.send(act(head, "approve"), csrf="wrong").status_code == 403
    head.get(here)
    assert head.send(act(head, "approve")).headers["location"] == f"{here}?flash=recorded"
    assert 'data-state="coming"' in head.get(here).text

    text = officer.get(here).text
    assert (
        'data-state="coming"' in text
        and "effects-title" not in text
        and acts(officer) == {"logout", "search"}
    )
    for path in ("/work", "/rulebook"):
        assert f'data-coming="{NEXT}"' in officer.get(path).text
    assert "The rulebook changes on 2024-05-10" in officer.get("/work?lang=en").text


def test_what_is_refused_is_told_on_the_page_and_what_was_typed_stays(pages: Pages, tmp_path: Path) -> None:
    town = pages.town
    edition = published(town, twenty_days(tmp_path / "draft"), DAY)
    here, legal, officer = f"{EDITIONS}/{edition}", pages.visit("L01"), pages.visit("C01")
    legal.get(here)
    form = act(legal, "withdraw")

    assert legal.send(form, reason="  ").status_code == 422
    assert legal.problem == "facts_invalid" and "写明撤回理由" in legal.last.text  # type: ignore[union-attr]  # it was just asked
    officer.get(here)
    stolen = PageForm(form.action, "", {"csrf": act(officer, "logout").values["csrf"], "reason": ["不要了"]})
    assert officer.send(stolen).status_code == 403 and officer.problem == "not_yours"

    town.at(f"{DAY}T09:00")
    town.house.ring()
    assert legal.send(form, reason="太晚了").status_code == 409
    assert "已经生效" in legal.last.text  # type: ignore[union-attr]  # it was just asked
    assert 'data-state="in_force"' in legal.get(here).text
    town.house.in_force.close()


def test_a_finding_says_what_the_coming_rulebook_would_say_where_it_differs(
    pages: Pages, tmp_path: Path
) -> None:
    town = pages.town
    moved, same = (town.finding(**trial.unanswered(days)) for days in (16, 25))
    officer = pages.visit("C01")
    assert "data-would-be" not in officer.get(f"/findings/{moved}").text

    published(town, twenty_days(tmp_path / "draft"), DAY)

    text = officer.get(f"/findings/{moved}").text
    shadow = text.partition(f'data-would-be="{NEXT}"')[2].partition("</div>")[0]
    assert "自 2024年5月10日 起" in shadow and "仅登记台账" in shadow and "经营异常名录" in shadow
    assert "data-would-be" not in officer.get(f"/findings/{same}").text

    town.at(f"{DAY}T09:00")
    town.house.ring()
    after = officer.get(f"/findings/{moved}").text
    assert "data-would-be" not in after and 'data-chain="R26"' in after
    assert "两次邮寄间隔：16" in after
    town.house.in_force.close()


def test_the_publishing_desk_is_accessible_and_fits(served: Served, browser: Browser, tmp_path: Path) -> None:
    trial.put(served.town.house.database, [trial.unanswered(days) for days in trial.INTERVALS])
    edition = proposed(served.town, twenty_days(tmp_path / "draft"), DAY)
    looked_at = {"L01": [EDITIONS, f"{EDITIONS}/{edition}"], "P01": [f"{EDITIONS}/{edition}"]}
    assert complaints_about(browser, served.base, looked_at) == []
