"""What leads to what is sought: the key that fewest records have, and how far they are walked through at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from engine.core.search_words import LAST, Sought
from models.records import table_of
from models.search import SearchKey

KEY = table_of(SearchKey)
COUNTED_MOST = 500
WALKED_MOST = 5_000
"""So many records that have the rarest key are looked at for one page; where there are more, a next page goes on."""
PAIRS_MOST = 6
"""So many pairs lead to the records; whether the words are there is seen in the text."""


@dataclass(frozen=True, slots=True)
class Leading:
    """The pairs of what is sought, the rarest first; or a beginning that fewer keys have than any of them."""

    pairs: Sequence[str]
    beginning: str | None
    many: bool = False
    """True when more records have the rarest pair than are walked through for one page."""


def leading(connection: Connection, kinds: Sequence[str], wanted: Sought) -> dict[str, Leading]:
    """For each kind what leads to the fewest records of it; counted in one statement, and not for ever.

    Those that are all many are counted farther in a second.
    """
    chosen = list(wanted.pairs)[:: max(1, len(wanted.pairs) // PAIRS_MOST)][:PAIRS_MOST]
    first = max(wanted.beginnings, key=len, default=None)
    if not chosen:
        return {kind: Leading([], first) for kind in kinds}
    counts = _counts(connection, kinds, chosen, first, COUNTED_MOST)
    alike = [kind for kind in kinds if min(counts[kind]) >= COUNTED_MOST]
    farther = _counts(connection, alike, chosen, None, WALKED_MOST + 1) if alike else {}
    told = {}
    for kind in kinds:
        of_pairs = farther.get(kind, counts[kind])[: len(chosen)]
        rarest = [pair for _, pair in sorted(zip(of_pairs, chosen, strict=True), key=lambda one: one[0])]
        begun = counts[kind][len(chosen)] if first is not None else COUNTED_MOST
        beginning = first if begun < min(*of_pairs, COUNTED_MOST) else None
        told[kind] = Leading(rarest, beginning, min(of_pairs) > WALKED_MOST)
    return told


def _counts(
    connection: Connection, kinds: Sequence[str], pairs: Sequence[str], first: str | None, most: int
) -> dict[str, list[int]]:
    """For each kind how many have each pair and, behind them, how many keys begin so; none counted beyond `most`."""
    each: dict[str, list[ColumnElement[bool]]] = {
        kind: [
            *(KEY.c.key == kind + pair for pair in pairs),
            *([begins(kind + first)] if first is not None else ()),
        ]
        for kind in kinds
    }
    asked: list[Any] = []
    for condition in (one for several in each.values() for one in several):
        some = select(KEY.c.n).where(condition).limit(most).subquery()
        asked.append(select(func.count()).select_from(some).scalar_subquery().label(f"c{len(asked)}"))
    counted = iter(connection.execute(select(*asked)).one())
    return {kind: [next(counted) for _ in several] for kind, several in each.items()}


def begins(first: str) -> ColumnElement[bool]:
    """True of the keys that begin so."""
    return and_(KEY.c.key >= first, KEY.c.key < first + LAST)


def floor(connection: Connection, key: str, below: int | None) -> int | None:
    """The last of so many records with that key as are walked through below this one; None where there are fewer."""
    asked = select(KEY.c.n).where(KEY.c.key == key)
    if below is not None:
        asked = asked.where(KEY.c.n < below)
    return connection.execute(asked.order_by(KEY.c.n.desc()).offset(WALKED_MOST - 1).limit(1)).scalar()
