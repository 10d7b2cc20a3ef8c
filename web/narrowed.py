"""What narrows a list of findings beyond what its form shows, in words: so that nobody takes a part for the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.reading.findings import NOBODY
from web.asking import Asking
from web.naming import Names
from web.people import people_of

Query = Mapping[str, Sequence[str]]
DAYS = ("due_before", "closed_from", "closed_to")
PLAIN = ("officer", "reference")


def narrowed(asking: Asking, query: Query) -> list[str]:
    """Each condition as a sentence without a full stop; empty where the form shows everything."""
    words, names = asking.words, Names(asking.house, asking.words)
    told: list[tuple[str, list[str]]] = []
    if len(query.get("light", ())) > 1:
        told.append(("lights", [words(f"light.{code}") for code in query["light"]]))
    if "handler" in query:
        told.append(("handler", [_handler(asking, login) for login in query["handler"]]))
    if "proceeding" in query:
        told.append(("proceeding", [_place(names, place) for place in query["proceeding"]]))
    told += [(name, list(query[name])) for name in (*DAYS, *PLAIN) if name in query]
    return [f"{words(f'board.by_{name}')}{words.colon}{words.comma.join(values)}" for name, values in told]


def _handler(asking: Asking, login: str) -> str:
    return asking.words("board.nobody") if login == NOBODY else people_of(asking.house).name(login)


def _place(names: Names, place: str) -> str:
    kind, _, state = place.partition(".")
    return f"{names.route(kind)} {names.state(kind, state)}"
