"""The day of each role that has no test of its own elsewhere, clicked in Chinese at a desk and in English on a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from engine.core.refusals import Refusal
from tests.exchange.linked import Linked
from tests.scenarios.player import KINDS, Player, scenario
from tests.web.conftest import Served, give_passwords
from tests.web.officer import Officer
from tests.web.referred import form_team, refer, report, routed
from tests.web.town_at_work import put_to_work

BEFORE_REVIEW = 19
"""Steps of S03 until the case waits for the legal reviewer."""
SignIn = Callable[[str], Officer]
PARTY = "原平市前进西街滏香火锅店"


@pytest.fixture(params=[("zh-CN", 1280), ("en-US", 390)], ids=["zh", "en"])
def sign_in(request: pytest.FixtureRequest, served: Served, browser: Browser) -> Iterator[SignIn]:
    """People sign in in one language and width; at the end no browser has complained and no page was too wide."""
    language, width = request.param
    people: list[Officer] = []

    def enter(login: str) -> Officer:
        people.append(Officer.sign_in(browser, served.base, login, width=width, language=language))
        return people[-1]

    yield enter
    for one in people:
        assert one.page.evaluate("document.documentElement.lang") == language[: 5 if width == 1280 else 2]
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width
        assert one.complaints == []
        one.leave()


def form(trigger: str) -> str:
    return f'form[data-trigger="{trigger}"]'


def to(officer: Officer, page: str) -> None:
    """The person goes to a page of the navigation."""
    officer.click(f'nav a[href="/{page}"]')


def sent(officer: Officer, within: str) -> None:
    """The only button of that form is pressed, and the page says that it was done."""
    officer.click(f"{within} button[type=submit]")
    problem = officer.page.locator("[data-problem]")
    assert problem.count() == 0, problem.first.inner_text()
    expect(officer.page.locator("[data-flash]")).to_be_visible()


def unfolded(officer: Officer, details: str) -> None:
    """A folded part of the page is opened, unless it stands open."""
    if officer.page.locator(details).first.get_attribute("open") is None:
        officer.click(f"{details} > summary")


def register(officer: Officer, kind: str, **typed: str) -> str:
    """A matter that came on paper is entered; gives its id."""
    to(officer, "incoming")
    officer.click('main a[href="/incoming/new"]')
    officer.click(f'main a[href="/incoming/new?kind={kind}"]')
    entry = 'form[data-form="incoming"]'
    chosen = {"channel": "paper", **({"sender_department": typed.pop("sender")} if "sender" in typed else {})}
    officer.choose(entry, chosen)
    officer.type(entry, typed)
    sent(officer, entry)
    return str(officer.page.locator("article[data-incoming]").get_attribute("data-incoming"))


def test_a_clerk_sends_a_letter_enters_how_it_went_and_signs_for_what_came(
    served: Served, sign_in: SignIn
) -> None:
    town = served.town
    finding, _ = Linked(town, town.house.exchange).approved(target_department="emergency")
    clerk = sign_in("D01")
    clerk.click(f'tr[data-finding="{finding}"] td.item a')
    clerk.submit(form("send"))
    assert town.proceedings(finding)[0].state == "sent"

    to(clerk, "exchange")
    letter = clerk.page.locator("li[data-message]").first
    expect(letter.locator(f'a[href="/findings/{finding}"]')).to_contain_text("安全出口")
    unfolded(clerk, "li[data-message] details.act-on")
    paper = 'li[data-message] form[data-form="paper"]'
    clerk.choose(paper, {"how": "posted"})
    clerk.page.locator(f'{paper} [name="delivered_on"]').first.fill("2024-04-26")
    sent(clerk, paper)
    expect(clerk.page.locator('li[data-message] form[data-form="paper"]')).to_have_count(0)

    matter = register(clerk, "report", title="后厨卫生问题", facts_summary="后厨卫生差。", party_name=PARTY)
    unfolded(clerk, 'details.offer[data-trigger="sign_for"]')
    clerk.choose(form("sign_for"), {"handler": "W01"})
    sent(clerk, form("sign_for"))
    assert town.house.incoming.reader.matter(town.people["H01"], matter)["state"] == "signed_for"
    to(clerk, "duties")
    expect(clerk.page.locator("[data-duty]").first).to_be_visible()


def test_a_legal_reviewer_passes_a_case_and_holds_its_papers(served: Served, sign_in: SignIn) -> None:
    player, story = Player(served.town, KINDS["S03"]), scenario("S03")
    player.play({**story, "steps": story["steps"][:BEFORE_REVIEW]})
    finding = player.refs["F"]
    reviewer = sign_in("L01")
    reviewer.click(f'tr[data-finding="{finding}"] td.item a')
    reviewer.choose(form("pass_review"), {"review_kind": "case_review"})
    reviewer.type(form("pass_review"), {"opinion": "事实清楚，证据充分，同意。"})
    reviewer.submit(form("pass_review"))
    hold = 'form[data-form="archive"][action$="/holds"]'
    unfolded(reviewer, f"details:has(> {hold})")
    reviewer.choose(hold, {"on": "finding"})
    reviewer.type(hold, {"reason": "可能提起行政诉讼。"})
    sent(reviewer, hold)
    to(reviewer, "rulebook")
    reviewer.click('main a[href="/rulebook/R18"]')
    expect(reviewer.page.locator("body")).to_have_attribute("data-page", "rule")


def test_a_principal_head_approves_what_waits_for_nobody_else(served: Served, sign_in: SignIn) -> None:
    town = served.town
    put_to_work(town)
    finding = routed(town)
    referral = refer(town, finding)
    form_team(town, referral)
    report(town, referral)
    head = sign_in("P01")
    expect(head.page.locator("tr[data-referral] .mark-yours")).to_be_visible()
    head.click("tr[data-referral] td.item a")
    head.submit(form("approve_referral"))
    assert town.referrals(finding)[-1].state == "approved"
    to(head, "work")
    expect(head.page.locator("tr[data-referral] .mark-yours")).to_have_count(0)
    to(head, "board")
    number = head.page.locator("[data-number=open]").first
    count = number.inner_text()
    number.click()
    expect(head.page.locator("tr[data-finding]")).to_have_count(int(count))


def test_administrators_propose_confirm_and_watch(
    served: Served, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = served.town
    monkeypatch.setattr("engine.administration.Administration.acts_directly", lambda _: False)
    for login, role in (("A02", "system_admin"), ("B01", "security_admin"), ("B02", "security_admin")):
        town.add_person(login, "lead_office", (role,))
    give_passwords(town)
    first, second = sign_in("B01"), sign_in("B02")
    first.click('main a[href="/admin/accounts"]')
    unfolded(first, 'details:has(form[data-form="user.add"])')
    add = 'form[data-form="user.add"]'
    first.type(add, {"login": "W07", "name": "新来的", "password": "correct horse battery"})
    first.choose(add, {"department": "market_regulation", "roles": ["inspector"]})
    sent(first, add)
    second.page.reload()
    expect(second.page.locator('main a[href="/admin"] + .count')).to_contain_text("1")
    second.click('main a[href="/admin"]')
    second.click('form[action^="/admin/proposals/"] button')
    expect(second.page.locator("[data-flash]")).to_be_visible()
    to(second, "admin/accounts")
    expect(second.page.locator('tr[data-account="W07"]')).to_be_visible()

    system = sign_in("A01")
    system.click('main a[href="/systems"]')
    unfolded(system, 'details:has(form[data-form="system.add"])')
    expect(system.page.locator('form[data-form="system.add"]')).to_be_visible()
    with pytest.raises(Refusal):
        town.step("C02", put_to_work(town).proposed[0], "approve_route")

    auditor = sign_in("E01")
    town.house.witness.checkpoint()
    auditor.click('main a[href="/admin/checkpoint"]')
    expect(auditor.page.locator("[data-checkpoint]")).to_be_visible()
    auditor.click('main a[href="/admin/record"]')
    expect(auditor.page.locator("main tbody")).to_contain_text("W07")
    auditor.click('main a[href="/admin/attempts"]')
    expect(auditor.page.locator("main tbody")).to_contain_text("姓名C02")


def test_another_department_receives_returns_and_accepts(served: Served, sign_in: SignIn) -> None:
    town = served.town
    town.add_person("F03", "fire_rescue", ("duty_clerk",))
    town.add_person("F04", "fire_rescue", ("inspector",))
    give_passwords(town)
    clerk = sign_in("F03")
    said = {"facts_summary": "疏散通道被占用。", "party_name": PARTY, "legal_ground": "消防法"}
    matters = []
    for number, title in enumerate(("疏散通道占用", "广告牌"), 1):
        matters.append(
            register(
                clerk,
                "department_transfer",
                sender="market_regulation",
                title=title,
                doc_no=f"原市监移〔2024〕{number}号",
                **said,
            )
        )
        unfolded(clerk, 'details.offer[data-trigger="sign_for"]')
        clerk.choose(form("sign_for"), {"handler": "F01"})
        sent(clerk, form("sign_for"))
    accepted, returned = matters

    head = sign_in("F02")
    head.click(f'a[href="/incoming/{returned}"]')
    unfolded(head, 'details.offer[data-trigger="return"]')
    why = {"reason": "no_power", "suggested_department": "housing", "told_how": "letter"}
    head.choose(form("return"), why)
    head.type(form("return"), {"explanation": "属城市管理职权。", "told_on": "2024-04-26"})
    sent(head, form("return"))
    officer = sign_in("F01")
    officer.click(f'a[href="/incoming/{accepted}"]')
    unfolded(officer, 'details.offer[data-trigger="accept"]')
    officer.click('form[action="/intake"] button')
    intake = "#form-intake"
    officer.type(
        intake,
        {"task_no": "XF2024-001", "items": "消防安全", "party.identifiers.0.value": "92140981MA0L3Q8T17"},
    )
    officer.choose(
        intake,
        {
            "party.kind": "individual_business",
            "check_type": "internal",
            "officers": ["F04"],
            "result_codes": ["PENDING_FOLLOWUP"],
            "recusal_told": "true",
            "findings.0.domain": "fire",
            "findings.0.violation": "fire_exit_blocked",
        },
    )
    officer.submit(intake)
    reader, who = town.house.incoming.reader, town.people["F02"]
    assert [reader.matter(who, one)["state"] for one in (accepted, returned)] == ["accepted", "returned"]
