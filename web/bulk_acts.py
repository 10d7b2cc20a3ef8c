"""Steps of the board in bulk: supervision orders and handing over; every finding is decided for itself and says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.calls import an_id
from engine.core.delegation import may_take
from engine.core.refusals import Refusal
from web.approving import AT_ONCE_MAX, Result
from web.asking import Asking
from web.commanding import fresh_key, take_steps
from web.fields import Typed
from web.problems import told

SUPERVISE, REASSIGN = "order_supervision", "reassign"
FACTS: Mapping[str, tuple[str, ...]] = {
    SUPERVISE: ("requirement", "due_on", "reason"),
    REASSIGN: ("handler", "reason"),
}
"""What the step asks for, typed once for all that are chosen."""


def may_act(asking: Asking, trigger: str) -> bool:
    """True when a role of the person may take the step at all."""
    return any(
        may_take(asking.who, row) for row in asking.house.charts["finding"].rows if row.trigger == trigger
    )


def open_in(asking: Asking, trigger: str, state: str) -> bool:
    """True when the chart has the step from that state."""
    return bool(asking.house.charts["finding"].rows_from(state, trigger))


def act_on_all(asking: Asking, trigger: str, typed: Typed) -> list[Result]:
    """The step is taken on every finding that was ticked, or whose own button was pressed, or it says why not."""
    one = typed.first("one")
    wanted = [one] if one else list(dict.fromkeys(typed.all("finding")))[:AT_ONCE_MAX]
    facts = {name: typed.first(name) for name in FACTS[trigger] if typed.first(name)}
    return [_act(asking, trigger, id, facts, typed) for id in wanted]


def _act(asking: Asking, trigger: str, id: str, facts: Mapping[str, Any], typed: Typed) -> Result:
    words = asking.words
    label = (id, "", "")
    try:
        finding = asking.house.reader.finding(asking.who, an_id(id))
        label = (id, finding["ledger_no"] or "", finding["item"])
        stated = typed.first(f"version.{id}")
        version = int(stated) if stated.isdecimal() and len(stated) < 16 else finding["version"]
        body = {"trigger": trigger, "facts": dict(facts), "expected_version": version}
        take_steps(asking, "finding", id, body, _key(typed, trigger, id))
    except Refusal as refusal:
        return Result(*label, False, _why(asking, refusal))
    return Result(*label, True, words.of(asking.house.charts["finding"].any_row(trigger)))


def _why(asking: Asking, refusal: Refusal) -> str:
    """The refusal in one line: what happened, each reason, and each wrong input by its name."""
    words, said = asking.words, told(refusal, asking.words)
    named = asking.house.charts.dictionary["facts"]
    faults = [
        f"{words.of(named.get(name, {})) or name}{words.colon}{words.semicolon.join(sentences)}"
        for name, sentences in said.errors.items()
    ]
    return words.semicolon.join([said.title, *(words.of(reason) for reason in said.reasons), *faults])


def _key(typed: Typed, trigger: str, id: str) -> str:
    """A key of this form for this step and finding, so that a form sent twice acts once."""
    given = typed.first("idempotency_key")
    return f"{given}.{trigger}.{id}"[:128] if given else fresh_key()
