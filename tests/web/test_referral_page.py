"""The page of a criminal referral: shown to its list, for everybody else no page at all (law 9)."""

from __future__ import annotations

import re

import pytest
from httpx import Response

from tests.builders import Town
from tests.web.conftest import Pages
from tests.web.referred import CRIME, THRESHOLD, approve, form_team, refer, report, routed
from tests.web.test_declared import STATED_BY_THE_PERSON
from tests.web.visitor import Visitor

OUTSIDERS = ("W01", "L01", "T01", "F01", "F02", "S01", "O01", "A01", "E01")
"""Colleagues without a step, another department, the lead office, oversight, administrators."""
READERS = ("C01", "C02", "U01", "H01", "P01", "D01")
FRESH = re.compile(r'form-[0-9a-f-]{36}|(?<=name="csrf" value=")[^"]+')
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


def without_keys(answer: Response) -> str:
    """The page without what differs each time that it is rendered."""
    return FRESH.sub("", answer.text)


def headers_of(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


def never_was(id: str) -> str:
    """An id of the same length that belongs to nothing."""
    return id[:-1] + ("0" if id[-1] != "0" else "1")


@pytest.mark.parametrize("login", READERS)
def test_whoever_is_on_the_list_sees_the_page(pages: Pages, login: str) -> None:
    finding = routed(pages.town)
    referral = refer(pages.town, finding)
    answer = pages.visit(login).get(f"/referrals/{referral}")
    assert answer.status_code == 200
    assert 'data-page="referral"' in answer.text
    assert f'href="/findings/{finding}"' in answer.text
    assert "原台〔2024〕0007" in answer.text
    assert 'data-state="suspected"' in answer.text
    assert THRESHOLD["threshold_facts"] in answer.text
    assert set(re.findall(r'data-reader="(\w+)"', answer.text)) == set(READERS)


def test_for_everybody_else_it_is_the_page_of_an_id_that_never_was(pages: Pages) -> None:
    referral = refer(pages.town, routed(pages.town))
    unknown = never_was(referral)
    for login in OUTSIDERS:
        visitor = pages.visit(login)
        hidden, never = visitor.get(f"/referrals/{referral}"), visitor.get(f"/referrals/{unknown}")
        assert hidden.status_code == never.status_code == 404, login
        assert hidden.content.replace(referral.encode(), unknown.encode()) == never.content, login
        assert headers_of(hidden) == headers_of(never), login


def test_a_form_of_an_outsider_is_answered_like_one_for_an_id_that_never_was(pages: Pages) -> None:
    referral = refer(pages.town, routed(pages.town))
    visitor = pages.visit("L01")
    visitor.get("/work")
    csrf = visitor.csrf
    unknown = never_was(referral)
    posted = {"csrf": csrf, "triggers": "form_team", "expected_version": "1", "idempotency_key": "key-0001"}
    for place, more in (("steps", {}), ("attachments", {"files": {"file": ("a.pdf", PDF)}})):
        hidden, never = (
            visitor.client.post(f"/referrals/{id}/{place}", data=posted, **more) for id in (referral, unknown)
        )
        assert hidden.status_code == never.status_code == 404
        assert hidden.content.replace(referral.encode(), unknown.encode()) == never.content


@pytest.mark.parametrize(
    "path", ["/findings/{finding}", "/work", "/ledger", "/deadlines", "/inspections/{inspection}"]
)
def test_pages_of_outsiders_are_the_same_with_and_without_a_referral(pages: Pages, path: str) -> None:
    town = pages.town
    finding = routed(town)
    there = path.format(finding=finding, inspection=town.row(finding).inspection_id)
    visitors = {login: pages.visit(login) for login in OUTSIDERS}
    before = {login: visitor.get(there) for login, visitor in visitors.items()}
    referral = refer(town, finding)
    form_team(town, referral)
    report(town, referral)
    for login, visitor in visitors.items():
        after = visitor.get(there)
        assert after.status_code == before[login].status_code, login
        assert without_keys(after) == without_keys(before[login]), login
    assert pages.visit("L01").get(f"/findings/{finding}").status_code == 200


def test_the_finding_shows_its_lane_to_the_list_alone(pages: Pages) -> None:
    finding = routed(pages.town)
    referral = refer(pages.town, finding)
    lane = f'data-proceeding="{referral}" data-chart="criminal_referral" data-state="suspected"'
    reader = pages.visit("P01").get(f"/findings/{finding}").text
    assert lane in reader
    assert f'href="/referrals/{referral}"' in reader
    assert 'data-term="DL77"' in reader
    assert referral not in pages.visit("L01").get(f"/findings/{finding}").text


def test_work_lists_the_referrals_of_the_list_soonest_due_first_and_no_ended_ones(pages: Pages) -> None:
    town = pages.town
    later, sooner, over = (refer(town, routed(town, number)) for number in (1, 2, 3))
    for referral in (later, over):
        form_team(town, referral)
        report(town, referral)
    town.on_referral("P01", over, "refuse_referral", refusal_ground="below_threshold", reason="未达标准。")
    shown = re.findall(
        r'<tr data-referral="([^"]+)" data-light="(\w+)"', pages.visit("P01").get("/work").text
    )
    assert [id for id, _ in shown] == [sooner, later]
    assert all(light != "none" for _, light in shown)
    assert "data-referral" not in pages.visit("L01").get("/work").text


def test_a_refused_step_comes_back_as_it_was_typed(pages: Pages) -> None:
    referral = refer(pages.town, routed(pages.town))
    head = pages.visit("U01")
    head.get(f"/referrals/{referral}")
    answer = head.send(head.form("form_team"), team=["C02"], suspected_crime=CRIME)
    assert answer.status_code == 422
    again = head.form("form_team")
    assert (again.values["team"], again.values["suspected_crime"]) == (["C02"], [CRIME])
    assert {"referral_type", "crime_field"} <= set(head.read().wrong)


def test_the_version_in_a_form_is_the_referrals_own(pages: Pages) -> None:
    town = pages.town
    referral = refer(town, routed(town))
    slow, quick = pages.visit("U01"), pages.visit("H01")
    stated = {
        "team": ["C02", "W02"],
        "referral_type": "criminal",
        "crime_field": "food_drug",
        "suspected_crime": CRIME,
    }
    slow.get(f"/referrals/{referral}")
    quick.get(f"/referrals/{referral}")
    sent = quick.send(quick.form("form_team"), **stated)
    assert sent.headers["location"] == f"/referrals/{referral}?flash=recorded&did=form_team"
    assert slow.send(slow.form("form_team"), **stated).status_code == 409
    assert slow.problem == "stale_version"


def test_a_report_starts_with_the_team_and_what_the_finding_says(pages: Pages) -> None:
    referral = refer(pages.town, routed(pages.town))
    form_team(pages.town, referral)
    officer = pages.visit("C02")
    officer.get(f"/referrals/{referral}")
    report_form = officer.form("submit_report").values
    assert report_form["team"] == ["C02", "W02"]
    assert report_form["facts_summary"] == ["凉菜间紫外线灯损坏。"]
    assert report_form["threshold_rule"] == ["R06"]
    assert report_form["reported_at"] == [pages.town.house.clock.now().strftime("%Y-%m-%dT%H:%M")]


def test_the_hand_over_names_the_bodies_and_leaves_what_it_states_to_the_officer(pages: Pages) -> None:
    town = pages.town
    referral = refer(town, routed(town))
    form_team(town, referral)
    report(town, referral)
    approve(town, referral)
    officer = pages.visit("C02")
    officer.get(f"/referrals/{referral}")
    handed = officer.form("hand_over").values
    assert handed["psb"] == ["原平市公安局"]
    assert handed["team"] == ["C02", "W02"]
    assert handed["handed_over_at"] == [""]
    assert "materials_complete" not in handed


def test_no_form_of_a_referral_holds_what_a_person_must_state(pages: Pages) -> None:
    town = pages.town
    referral = refer(town, routed(town))
    stated = {*STATED_BY_THE_PERSON, "reason"}
    for act in (None, form_team, report, approve):
        if act is not None:
            act(town, referral)
        for login in READERS:
            visitor = pages.visit(login)
            visitor.get(f"/referrals/{referral}")
            filled = {
                (form.triggers, name)
                for form in visitor.read().forms
                for name, values in form.values.items()
                if any(values) and name.removesuffix("_yuan") in stated
            }
            assert filled == set(), login


def test_what_is_typed_into_a_confidential_form_stays_on_no_machine(pages: Pages) -> None:
    finding = routed(pages.town)
    referral = refer(pages.town, finding)
    for path, trigger in (
        (f"/referrals/{referral}", "note_prior_penalty"),
        (f"/findings/{finding}", "record_threshold"),
    ):
        text = pages.visit("C02").get(path).text
        kept = re.findall(r'<form class="step"[^>]*data-trigger="(\w+)"[^>]*data-draft=', text)
        assert f'data-trigger="{trigger}"' in text
        assert trigger not in kept
    assert "add_facts" in kept


def test_a_paper_of_the_referral_is_handed_in_on_its_page_and_stays_with_it(pages: Pages) -> None:
    finding = routed(pages.town)
    referral = refer(pages.town, finding)
    officer = pages.visit("C02")
    officer.get(f"/referrals/{referral}")
    form = next(one for one in officer.read().forms if one.action.endswith("/attachments"))
    assert form.action == f"/referrals/{referral}/attachments"
    answer = officer.client.post(
        form.action, data=form.sent(title="检验报告"), files={"file": ("a.pdf", PDF)}
    )
    assert answer.headers["location"] == f"/referrals/{referral}?flash=uploaded"
    shown = officer.get(f"/referrals/{referral}").text
    link = re.search(rf'href="(/api/v1/referrals/{referral}/attachments/sha256:[0-9a-f]+)">检验报告', shown)
    assert link is not None
    assert officer.client.get(link.group(1)).content == PDF
    assert "检验报告" not in officer.get(f"/findings/{finding}").text
    assert "附件" in shown
    wrong = officer.client.post(form.action, data=form.sent(), files={"file": ("a.pdf", b"no pdf")})
    assert wrong.status_code == 422
    assert 'data-problem="upload_refused"' in wrong.text


def test_after_opening_the_browser_goes_to_the_referral(pages: Pages) -> None:
    town = pages.town
    finding = routed(town)
    officer = pages.visit("C02")
    officer.get(f"/findings/{finding}")
    sent = officer.send(officer.form("open_criminal_referral"), **THRESHOLD)
    referral = town.referrals(finding)[-1].id
    assert sent.headers["location"] == f"/referrals/{referral}?flash=recorded&did=open_criminal_referral"
    assert 'data-flash="recorded"' in officer.get(sent.headers["location"]).text


def test_recording_a_threshold_leads_nowhere(pages: Pages) -> None:
    finding = routed(pages.town)
    reviewer = pages.visit("L01")
    reviewer.get(f"/findings/{finding}")
    sent = reviewer.send(reviewer.form("record_threshold"), **THRESHOLD)
    assert sent.headers["location"] == f"/findings/{finding}?flash=recorded&did=record_threshold"


def test_whoever_came_onto_the_list_together_stands_in_one_entry(pages: Pages) -> None:
    referral = refer(pages.town, routed(pages.town))
    text = pages.visit("P01").get(f"/referrals/{referral}").text
    assert text.count("列入知悉名单") == 1
    assert "姓名C01、姓名C02、姓名D01、姓名H01、姓名P01、姓名U01" in text


@pytest.mark.parametrize(
    ("login", "said"), [("D01", "现由办案人员/承办人办理。"), ("P01", "现由办案人员/承办人办理。")]
)
def test_whose_turn_it_is_is_told_to_those_who_wait(pages: Pages, login: str, said: str) -> None:
    referral = refer(pages.town, routed(pages.town))
    form_team(pages.town, referral)
    assert said in pages.visit(login).get(f"/referrals/{referral}").text


def suggested(visitor: Visitor, path: str) -> str:
    """The trigger of the one big next step."""
    text = visitor.get(path).text
    found = re.search(r'<section class="next".*?</section>', text, re.S)
    assert found is not None
    step = re.search(r'data-trigger="([\w ]+)"', found.group(0))
    return step.group(1) if step else ""


def test_the_next_step_goes_from_hand_to_hand(pages: Pages) -> None:
    town: Town = pages.town
    finding = routed(town)
    referral = refer(town, finding)
    seen = []
    for login, act in (("U01", form_team), ("C02", report), ("P01", approve), ("C02", None)):
        seen.append(suggested(pages.visit(login), f"/referrals/{referral}"))
        if act is not None:
            act(town, referral)
    assert seen == ["form_team", "submit_report", "approve_referral", "hand_over"]
    assert suggested(pages.visit("C02"), f"/findings/{finding}") not in (
        "open_criminal_referral",
        "record_threshold",
    )
