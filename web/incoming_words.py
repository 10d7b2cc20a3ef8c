"""Inbound matters in words: rows of lists, what a matter says, and how its clocks were counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.incoming import IncomingBook
from web.asking import Asking
from web.clocks import left_of
from web.incoming_form import code_label
from web.naming import Names
from web.people import people_of


def rows_of(asking: Asking, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Matters as pages show them."""
    words, names, house = asking.words, Names(asking.house, asking.words), asking.house
    now, people = house.clock.now(), people_of(house)
    channels = house.incoming.reader.book.channels
    shown = []
    for one in items:
        sender, due = one["sender"], one["due"]
        shown.append(
            {
                **one,
                "kind_title": one[f"kind_{words.language}"],
                "state_title": one[f"state_{words.language}"],
                "department_title": names.department(one["department"]),
                "from": names.department(sender["department"]) if sender["department"] else sender["name"],
                "channel_title": words.of(channels[one["channel"]]),
                "handler_name": people.name(one["handler"]) if one["handler"] else "",
                "owner": names.role(one["owner_role"]) if one["owner_role"] else "",
                "term_title": due["title" if words.language == "zh" else "title_en"] if due else "",
                "left": left_of(due["due_effective"], now, house.law.calendar, words) if due else "",
            }
        )
    return shown


def told_members(asking: Asking, book: IncomingBook, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Members of a matter with their names and values in words."""
    words, names, people = asking.words, Names(asking.house, asking.words), people_of(asking.house)
    told = []
    for name, value in facts.items():
        key = f"incoming_field.{name}"
        label = words(key) if words.has(key) else names.fact(name)
        if name in ("suggested_department", "to_department", "sender"):
            value = names.department(str(value))
        elif name in ("reason", "told_how", "ground", "kind", "channel", "informant"):
            value = _code(asking, book, name, str(value))
        elif name == "finding":
            continue
        elif name == "handler":
            value = people.name(str(value))
        elif isinstance(value, Mapping):
            value = str(value.get("name") or value.get("title") or "")
        told.append((label, str(value)))
    return told


def _code(asking: Asking, book: IncomingBook, name: str, code: str) -> str:
    words = {"kind": book.kinds, "channel": book.channels}.get(name, {})
    return asking.words.of(words[code]) if code in words else code_label(asking, book, name, code)


def reckoning_lines(clock: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    """How the clock was counted, line by line."""
    reckoning = clock["reckoning"]
    if reckoning is None:
        return None
    return {
        "left": clock["left"][language] if clock["left"] else "",
        "lines": [(_days(one), one[language]) for one in reckoning["stretches"]],
        "notes": [one[language] for one in reckoning["notes"]],
    }


def _days(stretch: Mapping[str, Any]) -> str:
    first, last = stretch["first"], stretch["last"]
    return first if first == last else f"{first} – {last}"
