"""The steps that cannot be taken now, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.asking import Asking

PLAIN = ("role_not_allowed", "no_such_step")
"""Reasons that say nothing of this record; steps shut by them alone stand last."""


def shut_steps(asking: Asking, steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Shut steps, those that a guard shuts first, then those of other roles, then those of other states."""
    shut = [_shut_step(asking, step) for step in steps if not step["open"]]
    return sorted(shut, key=lambda one: (one["plain"], PLAIN.index(one["code"]) if one["plain"] else 0))


def _shut_step(asking: Asking, step: Mapping[str, Any]) -> dict[str, Any]:
    chart = asking.house.charts[step["chart"]]
    words = asking.words
    code = step["reasons"][0]["code"] if step["reasons"] else PLAIN[-1]
    return {
        **step,
        "shown": words.of(chart.any_row(step["trigger"])),
        "record": words.of(chart),
        "code": code,
        "plain": code in PLAIN,
    }
