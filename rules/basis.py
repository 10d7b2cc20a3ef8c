"""Articles of law that a rule rests on, each with the mark that says how far it was verified."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.data_file import Fields

_MARK = r"(V2?|R-[hml])(\[S[0-9]+\])*(（[^（）]*）)?"
_MARKS = re.compile(f"{_MARK}(；{_MARK})*")
"""How far a text was verified, where, and what is to be known of it; several when it was verified in parts."""


@dataclass(frozen=True, slots=True)
class Basis:
    """An article of law and the mark that says how far it was verified.

    for_flag: the article carries only that flag of the rule, and is checked with the flag's own procedure.
    """

    title: str
    article: str
    mark: str
    for_flag: str | None = None

    @property
    def verified(self) -> bool:
        """True when the text was read (V), or read at second hand (V2)."""
        return self.mark.startswith("V")

    def as_data(self) -> dict[str, str]:
        """The shape of the public contract."""
        return {"title": self.title, "article": self.article, "mark": self.mark}


def read_basis(fields: Fields) -> tuple[Basis, ...]:
    """The articles of law listed in the field `basis`, with their marks; raises DataFault."""
    listed = []
    for position, item in enumerate(fields.items("basis")):
        entry = Fields(item, f"/basis/{position}", ("title", "article", "mark", "for_flag"))
        basis = Basis(
            entry.text("title"), entry.text("article"), entry.text("mark"), entry.text_or_none("for_flag")
        )
        if not _MARKS.fullmatch(basis.mark):
            raise entry.fault("mark", "unknown_mark", value=basis.mark)
        entry.done()
        listed.append(basis)
    return tuple(listed)
