"""The forms by which one administrator proposes what another confirms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.administration import proposed_by
from web.asking import Asking
from web.fields import Field, Typed
from web.problems import Told, errors_of


def proposing_form(
    act: str, fields: Sequence[Field], written: Typed, problem: Told | None, unless_wrong: str = ""
) -> dict[str, Any]:
    """The form as parts/proposable.html shows it, with what stands in its inputs.

    What was refused in the input `unless_wrong` is not written back.
    """
    errors = errors_of(fields, problem)
    if unless_wrong and errors.get(unless_wrong):
        written.pop(unless_wrong, None)
    return {
        "act": act,
        "name": act.partition(".")[2],
        "fields": fields,
        "typed": written,
        "errors": errors,
        "focus": next((one.input_name for one in fields if errors.get(one.name)), ""),
        "open": problem is not None,
    }


def whose(asking: Asking, proposer: str) -> dict[str, bool]:
    """`own` where the person made the proposal and may take it back, `mine` where they may not confirm it."""
    who = asking.who
    return {
        "own": proposed_by(who, who.login, proposer),
        "mine": proposer.casefold() in who.persons,
    }
