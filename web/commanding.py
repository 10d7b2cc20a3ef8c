"""Submitted forms become commands by the way of the public interface: same body, same digest, same desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from api.archive import archive_command, archive_path
from api.calls import KEY, digest_of
from api.correction_request import correction_command, withdrawal_command
from api.incoming import act_command, entry_command
from api.recusals import decision_command, recuse_command
from api.step_request import (
    delegation_command,
    delegation_end_command,
    finding_command,
    inspection_command,
    paper_command,
    report_command,
    resend_command,
    step_command,
)
from engine.comments import Comments
from engine.core.commands import Asked, Command, CommentCommand, Outcome
from engine.core.refusals import Refusal
from web.asking import Asking, prove
from web.fields import ABSENT, Field, Typed, read_field
from web.forms import OCCURRED, StepForm, facts_of
from web.steps import Offer

PLACES = {"finding": "/api/v1/findings", "inspection": "/api/v1/inspections", "referral": "/api/v1/referrals"}


def fresh_key() -> str:
    """A key for a form that is about to be shown."""
    return f"form-{uuid4()}"


def step_body(asking: Asking, offer: Offer, form: StepForm, typed: Typed) -> dict[str, Any]:
    """The step_request that the form means: one step, or several that stand or fall together."""
    occurred = read_field(Field(OCCURRED, "", "instant"), typed)
    steps = []
    for planned in offer.steps:
        facts = facts_of(planned.row, asking.house.law, form.all, typed)
        step: dict[str, Any] = {"trigger": planned.row.trigger, "facts": facts}
        if planned.proceeding is not None:
            step["proceeding"] = planned.proceeding
        if occurred is not ABSENT and not planned.row.at_once:
            step["occurred_at"] = occurred
        steps.append(step)
    version = typed.first("expected_version")
    expected = int(version) if version.isdecimal() and len(version) < 16 else version
    body = steps[0] if len(steps) == 1 else {"steps": steps}
    return {**body, "expected_version": expected}


def take_steps(asking: Asking, subject: str, id: str, body: Mapping[str, Any], key: str) -> Outcome:
    """The steps were taken on that record; raises Refusal."""
    path = f"{PLACES[subject]}/{id}/steps"
    return _handled(asking, path, body, key, step_command(subject, id)(body))


def record_inspection(asking: Asking, body: Mapping[str, Any], key: str) -> Outcome:
    """The inspection with its findings was recorded; raises Refusal."""
    return _handled(asking, PLACES["inspection"], body, key, inspection_command(body))


def record_finding(asking: Asking, body: Mapping[str, Any], key: str) -> Outcome:
    """A finding of a recorded inspection was recorded; raises Refusal."""
    return _handled(asking, PLACES["finding"], body, key, finding_command(body))


def put_right(asking: Asking, subject: str, id: str, body: Mapping[str, Any], key: str) -> Outcome:
    """The date of a step was corrected where the body names one, else the step was withdrawn; raises Refusal."""
    what, make = (
        ("corrections", correction_command) if "date" in body else ("withdrawals", withdrawal_command)
    )
    return _handled(asking, f"{PLACES[subject]}/{id}/{what}", body, key, make(subject, id)(body))


def hand_in(asking: Asking, duty: str, period: str, body: Mapping[str, Any], key: str) -> Outcome:
    """The report of the person's own department was handed in; raises Refusal."""
    path = f"/api/v1/duties/{duty}/{period}/reports"
    asked = report_command(duty, period)(body)
    return _handled(asking, path, body, key, asked, asking.house.duties.handle)


def delegate(asking: Asking, body: Mapping[str, Any], key: str) -> Outcome:
    """The roles were lent; raises Refusal."""
    path, asked = "/api/v1/delegations", delegation_command(body)
    return _handled(asking, path, body, key, asked, asking.house.delegations.handle)


def end_delegation(asking: Asking, id: str, key: str) -> Outcome:
    """The delegation was ended; raises Refusal."""
    path, asked = f"/api/v1/delegations/{id}/end", delegation_end_command(id)({})
    return _handled(asking, path, {}, key, asked, asking.house.delegations.handle)


def comment(asking: Asking, id: str, body: Mapping[str, Any], key: str) -> Outcome:
    """The comment stands on the finding; raises Refusal."""
    handle = Comments(asking.house.desk).handle
    return _handled(asking, f"{PLACES['finding']}/{id}/comments", body, key, CommentCommand(id, body), handle)


def enter_recusal(asking: Asking, subject: str, id: str, body: Mapping[str, Any], key: str) -> Outcome:
    """Somebody steps back, or is asked to; raises Refusal."""
    path, asked = f"{PLACES[subject]}/{id}/recusals", recuse_command(subject, id)(body)
    return _handled(asking, path, body, key, asked, asking.house.recusals.handle)


def decide_recusal(
    asking: Asking, subject: str, id: str, recusal: str, body: Mapping[str, Any], key: str
) -> Outcome:
    """The recusal was decided; raises Refusal."""
    path, asked = (
        f"{PLACES[subject]}/{id}/recusals/{recusal}/decision",
        decision_command(subject, id, recusal)(body),
    )
    return _handled(asking, path, body, key, asked, asking.house.recusals.handle)


def in_the_archive(
    asking: Asking, id: str, act: str, of: str | None, body: Mapping[str, Any], key: str
) -> Outcome:
    """The hold or erasure was entered or decided; raises Refusal."""
    asked = archive_command(id, act, of)(body)
    return _handled(asking, archive_path(asked), body, key, asked, asking.house.archive.handle)


def resend(asking: Asking, id: str, key: str) -> Outcome:
    """The message goes out again; raises Refusal."""
    asked, path = resend_command(id)({}), f"/api/v1/messages/{id}/resend"
    return _handled(asking, path, {}, key, asked, asking.house.exchange.acts.handle)


def on_paper(asking: Asking, id: str, body: Mapping[str, Any], key: str) -> Outcome:
    """The message was delivered on paper; raises Refusal."""
    asked, path = paper_command(id)(body), f"/api/v1/messages/{id}/paper"
    return _handled(asking, path, body, key, asked, asking.house.exchange.acts.handle)


def enter_incoming(asking: Asking, body: Mapping[str, Any], key: str) -> Outcome:
    """The matter was entered; raises Refusal."""
    asked, handle = entry_command(body), asking.house.incoming.dealing.handle
    return _handled(asking, "/api/v1/incoming", body, key, asked, handle)


def act_on_incoming(asking: Asking, id: str, body: Mapping[str, Any], key: str) -> Outcome:
    """The matter was dealt with; raises Refusal."""
    path, handle = f"/api/v1/incoming/{id}/acts", asking.house.incoming.dealing.handle
    return _handled(asking, path, body, key, act_command(id)(body), handle)


def _handled(
    asking: Asking,
    path: str,
    body: Mapping[str, Any],
    key: str,
    asked: Asked,
    handle: Callable[[Command], Outcome] | None = None,
) -> Outcome:
    if not KEY.fullmatch(key):
        raise Refusal("key_missing")
    prove(asking, asked)
    digest = digest_of("POST", path, body)
    handle = handle or asking.house.desk.handle
    return handle(Command(asking.who, key, digest, asked))
