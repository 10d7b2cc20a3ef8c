"""A second factor: set up, asked for, used once, taken away."""

from __future__ import annotations

import re

import pyotp

from engine.core.two_persons import SECURITY, TWO_PERSONS
from engine.credential_acts import CREDENTIAL_ACTS
from tests.api.conftest import Office
from tests.identity.conftest import administrative, form_at, later
from tests.identity.test_changing_passwords import HERE, signed_in
from tests.web.officer import PASSWORD
from tests.web.visitor import Visitor


def enrolled(office: Office, login: str) -> tuple[pyotp.TOTP, list[str]]:
    """The person has a second factor; their authenticator, and the recovery codes they were told."""
    person = Visitor.sign_in(office.app, login)
    person.get("/account")
    shown = person.send(form_at(person, "/account/second-factor"))
    secret = re.search(r"secret=([A-Z2-7]+)", shown.text)
    assert secret is not None and "<svg" in shown.text
    codes = pyotp.TOTP(secret.group(1))
    wrong = person.send(form_at(person, "/account/second-factor/confirm"), code="000000")
    assert wrong.status_code == 422 and secret.group(1) in wrong.text
    told = person.send(form_at(person, "/account/second-factor/confirm"), code=code_of(office, codes))
    recovery = re.findall(r"<code>([A-Z2-9]{5}-[A-Z2-9]{5})</code>", told.text)
    assert len(recovery) == 10
    assert not re.search("|".join(recovery), person.get("/account").text)
    return codes, recovery


def code_of(office: Office, codes: pyotp.TOTP) -> str:
    """The code that the telephone shows now; none is shown twice."""
    later(office, seconds=31)
    return codes.at(office.town.house.clock.real_now())


def api(office: Office, login: str, password: str, **more: str) -> tuple[int, dict[str, object]]:
    """What signing in by the interface answers, but for what differs with each request."""
    answer = office.stranger().post(HERE, json={"login": login, "password": password, **more})
    told = answer.json() | {"instance": ""} if answer.content else {}
    return answer.status_code, told


def test_with_a_second_factor_the_password_alone_is_answered_like_a_wrong_one(office: Office) -> None:
    codes, _ = enrolled(office, "W01")
    right = code_of(office, codes)
    unknown = api(office, "nobody", PASSWORD)
    assert unknown[0] == 401
    for given in ({}, {"code": ""}, {"code": "000000"}, {"code": "AAAAA-AAAAA"}):
        assert api(office, "W01", PASSWORD, **given) == unknown
        assert api(office, "W01", "wrong", **given, **({} if given else {"code": right})) == unknown
    assert api(office, "W01", PASSWORD, code=right) == (204, {})


def test_a_code_counts_once_and_none_before_it_after(office: Office) -> None:
    codes, _ = enrolled(office, "W02")
    later(office, seconds=31)
    now = office.town.house.clock.real_now().timestamp()
    before, present, after = (codes.at(now + shift) for shift in (-30, 0, 30))
    assert api(office, "W02", PASSWORD, code=present)[0] == 204
    assert [api(office, "W02", PASSWORD, code=one)[0] for one in (present, before)] == [401, 401]
    assert api(office, "W02", PASSWORD, code=f" {after[:3]} {after[3:]}")[0] == 204


def test_a_recovery_code_stands_in_once_and_is_kept_as_no_text(office: Office) -> None:
    _, recovery = enrolled(office, "C01")
    assert api(office, "C01", PASSWORD, code=recovery[3].lower())[0] == 204
    assert api(office, "C01", PASSWORD, code=recovery[3])[0] == 401
    assert administrative(office, "second_factor.recovery") == [{"login": "c01", "left": 9}]
    kept = str(office.town.house.accounts.prover.factors.of("c01"))
    assert not [code for code in recovery if code in kept or code.replace("-", "") in kept]


def test_the_page_asks_for_the_code_in_a_second_step(office: Office) -> None:
    codes, _ = enrolled(office, "C02")
    person = Visitor(office.stranger())
    person.client.follow_redirects = False
    person.last = person.client.post("/login", data={"login": "C02", "password": PASSWORD, "next": "/ledger"})
    assert person.last.status_code == 200 and "bihuan_session" not in person.client.cookies
    form = form_at(person, "/login/code")
    assert PASSWORD not in person.last.text
    assert person.send(form, code="123456").status_code == 422
    assert (
        person.send(form, code=code_of(office, codes), ticket="x" + form.values["ticket"][0]).status_code
        == 422
    )
    done = person.send(form, code=code_of(office, codes))
    assert (done.status_code, done.headers["location"]) == (303, "/ledger")
    assert person.get("/account").text.count('data-second-factor="on"') == 1
    late = code_of(office, codes)
    later(office, minutes=6)
    assert person.send(form, code=late).status_code == 422


def test_wrong_codes_after_the_right_password_are_few_from_wherever_they_come(office: Office) -> None:
    codes, _ = enrolled(office, "D01")
    house = office.town.house

    def tried(number: int, code: str) -> str:
        from engine.core.refusals import Refusal

        try:
            house.accounts.sign_in("D01", PASSWORD, f"10.0.0.{number}", code=code)
        except Refusal as refusal:
            return refusal.code
        return "signed in"

    told = [tried(number, "000000") for number in range(12)]
    assert told == ["authentication_required"] * 10 + ["rate_limited"] * 2
    assert tried(20, code_of(office, codes)) == "rate_limited"


def test_it_is_turned_off_with_both_and_other_sessions_end_when_it_is_set_up(office: Office) -> None:
    elsewhere = signed_in(office, "U01")
    codes, _ = enrolled(office, "U01")
    assert elsewhere.get(HERE).status_code == 401
    browser = office.stranger()
    assert browser.post(HERE, json={"login": "U01", "password": PASSWORD, "code": code_of(office, codes)})
    person = Visitor(browser)
    person.client.follow_redirects = False
    person.get("/account")
    off = form_at(person, "/account/second-factor/off")
    assert person.send(off, password="wrong", code=code_of(office, codes)).status_code == 422
    assert person.send(off, password=PASSWORD, code="").status_code == 422
    assert person.send(off, password=PASSWORD, code=code_of(office, codes)).status_code == 303
    assert api(office, "U01", PASSWORD)[0] == 204
    assert [one["login"] for one in administrative(office, "second_factor.off")] == ["U01"]


def test_two_security_administrators_reset_it(office: Office) -> None:
    enrolled(office, "L01")
    act = next(one for one in CREDENTIAL_ACTS if one.name == "user.reset_second_factor")
    house, detail = office.town.house, {"login": "L01"}
    assert TWO_PERSONS[act.name].confirms == {SECURITY}
    session = signed_in(office, "F01")
    told = house.writer.submit(lambda connection: act.carry_out(house, connection, detail, house.clock.now()))
    assert told == {"login": "L01", "removed": True}
    assert api(office, "L01", PASSWORD)[0] == 204
    assert session.get(HERE).status_code == 200, "of somebody else"


def test_the_secret_is_sealed_with_a_key_outside_the_database(office: Office) -> None:
    codes, _ = enrolled(office, "F02")
    row = office.town.house.accounts.prover.factors.of("f02")
    assert codes.secret.encode() not in row.secret
    key = office.town.house.settings.identity_key_file
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_bytes() not in row.secret


def test_a_session_that_was_left_open_sets_up_no_second_factor_for_its_owner(office: Office) -> None:
    person = Visitor.sign_in(office.app, "H01")
    later(office, minutes=16)
    person.get("/account")
    asked = person.send(form_at(person, "/account/second-factor"))
    assert 'data-page="step_up"' in asked.text
    assert office.town.house.accounts.prover.factors.of("h01") is None
    person.send(form_at(person, "/step-up"), password=PASSWORD)
    person.send(form_at(person, "/account/second-factor"))
    assert office.town.house.accounts.prover.factors.of("h01") is not None


def test_a_secret_that_somebody_was_shown_before_is_not_the_one_that_is_set_up(office: Office) -> None:
    shown = []
    for _ in range(2):
        person = Visitor.sign_in(office.app, "T01")
        person.get("/account")
        text = person.send(form_at(person, "/account/second-factor")).text
        shown += re.findall(r"secret=([A-Z2-7]+)", text)[:1]
    of_the_thief, own = (pyotp.TOTP(one) for one in shown)
    form = form_at(person, "/account/second-factor/confirm")
    assert person.send(form, code=code_of(office, of_the_thief)).status_code == 422
    assert "<code>" in person.send(form, code=code_of(office, own)).text
