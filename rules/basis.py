"""Articles of law that a rule rests on, each with the mark that says how far it was verified."""

from __future__ import annotations

from dataclasses import dataclass

from rules.data_file import Fields


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
        entry = Fields(item, f"/basis/{position}")
        listed.append(
            Basis(
                entry.text("title"), entry.text("article"), entry.text("mark"), entry.text_or_none("for_flag")
            )
        )
        entry.done()
    return tuple(listed)
