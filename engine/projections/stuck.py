"""A record that lacks a clock, an owner or a step, as it is answered: what it lacks, why, and who can do something."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.core.stuck import CLOCK, LACKS, Need
from engine.projections.sources import Sources, words

WORDS_FILE = Path(__file__).with_name("stuck.yaml")
LANGUAGES = ("zh", "en")
BETWEEN = {"zh": "、", "en": ", "}
SWEEP = "sweep"
"""How a finding lacks a clock whose time its proceedings bore."""


def stuck_item(sources: Sources, needs: Mapping[tuple[str, str], Need], row: Any) -> dict[str, Any]:
    """The row with its reasons: code, words, and what helps."""
    need = needs[(row.chart, row.state)]
    lacks = [code for code in LACKS if getattr(row, code)]
    return {
        "finding": row.finding_id,
        "ledger_no": row.ledger_no,
        "chart": row.chart,
        "proceeding": row.proceeding_id or None,
        "state": row.state,
        "department": row.department,
        "lacks": lacks,
        "reasons": [_reason(sources, need, code) for code in lacks],
    }


def _reason(sources: Sources, need: Need, code: str) -> dict[str, Any]:
    told = SWEEP if code == CLOCK and need.borne else code
    return {
        "code": code,
        **_in_words(sources, need, told),
        "remedy": _in_words(sources, need, f"{told}.remedy"),
    }


def _in_words(sources: Sources, need: Need, code: str) -> dict[str, str]:
    word = words(WORDS_FILE)[code]
    return {
        language: getattr(word, language).format(**_named(sources, need, language)) for language in LANGUAGES
    }


def _named(sources: Sources, need: Need, language: str) -> dict[str, str]:
    """What the sentences name, in that language."""
    roles, terms = sources.charts.dictionary["roles"], [sources.terms[one] for one in need.state.clock]
    owner = roles[need.state.owner] if need.state.owner else {"zh": "承办人", "en": "handler"}
    leaders = [named[language] for role, named in roles.items() if role in need.leaders]
    return {
        "state": getattr(need.state, language),
        "owner": owner[language],
        "leaders": BETWEEN[language].join(leaders),
        "terms": BETWEEN[language].join(f"{term.id} {getattr(term, language)}" for term in terms),
    }
