"""What a person's work can be narrowed and sorted by; everything stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from engine.core.visibility import sees_office
from engine.work_reader import WHOSE
from engine.work_views import KEPT, WorkViews
from models.reading.work import DUE, SORTS
from web.asking import Asking
from web.fields import Choice
from web.look import query_path
from web.naming import Names
from web.next_steps import step_choices

NARROWING = ("todo", "domain", "department", "q", "due_from", "due_to")


def work_filters(asking: Asking, query: Mapping[str, list[str]], counts: Mapping[str, int]) -> dict[str, Any]:
    """The tabs with their counts, the inputs with what they hold, the saved filters, and where nothing is narrowed."""
    here = urlencode([(name, value) for name, values in query.items() if name in KEPT for value in values])
    given = {name: values[0] for name, values in query.items() if values}
    names, words = Names(asking.house, asking.words), asking.words
    selects = {
        "todo": step_choices(asking),
        "domain": [
            Choice(code, words.of(word)) for code, word in asking.house.facts.vocabulary.domains.items()
        ],
    }
    if sees_office(asking.who):
        selects["department"] = names.member_departments()
    return {
        "whose": [
            {
                "code": code,
                "count": counts[code or "all"],
                "path": query_path("/work", query, whose=code, cursor=""),
                "here": given.get("whose", "") == code,
            }
            for code in ("", *WHOSE)
        ],
        "selects": selects,
        "sorts": [Choice(code, words(f"work_filter.sort_{code}")) for code in (DUE, *SORTS)],
        "given": given,
        "narrowed": any(given.get(name) for name in NARROWING),
        "views": [
            {"name": name, "path": f"/work?{saved}" if saved else "/work", "here": saved == here}
            for name, saved in WorkViews.of(asking.house).all(asking.who).items()
        ],
        "query": here,
        "cleared": query_path("/work", {}, whose=given.get("whose", "")),
    }
