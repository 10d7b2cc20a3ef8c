"""A state of a record with its words."""

from __future__ import annotations

from typing import Any

from web.asking import Asking
from web.glossary import term_for


def state_of(asking: Asking, chart: str, name: str) -> dict[str, Any]:
    """A state with its words, and the term that explains it."""
    state = asking.house.charts[chart].states[name]
    return {
        "code": name,
        "chart": chart,
        "title": asking.words.of(state),
        "kind": state.kind,
        "term": term_for(chart, state.zh),
    }
