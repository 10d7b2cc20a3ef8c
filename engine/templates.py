"""Templates of papers: the program's, those that an office changes by two persons, and what is kept of each.

The office's folder says nothing by itself: what stands there is offered, and is in force once two persons have
accepted it. A template is kept before the first paper is issued with it, and so no later one touches that paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.act import Act
from engine.clock import Clock
from engine.core.chart import Charts
from engine.core.refusals import Faults
from engine.documents import DocumentPress
from engine.documents.bound import Bound, Shelf, bound_from, load_shelf
from engine.documents.office_templates import FONTS, OfficeTemplates, read_folder
from engine.lawbook_of_the_house import RULES
from engine.outcomes import new_id
from engine.writer import Writer
from models import templating
from models.database import Database

if TYPE_CHECKING:
    from engine.house import House

FILE_SHEETS = frozenset({"file_cover", "file_index", "file_note"})
"""卷宗封面, 卷内文件目录, 卷内备考表."""
PROGRAM = "program"
"""What a change says in place of a template where the program's own is in force again."""


def house_papers(charts: Charts) -> frozenset[str]:
    """The kinds of papers that the house issues itself, and the sheets of a whole file, which no step issues."""
    declared = charts.dictionary["documents"]
    return frozenset(kind for kind, one in declared.items() if one["issuer"] == "house") | FILE_SHEETS


@cache
def program_shelf() -> Shelf:
    """The templates that come with the program, read once."""
    return load_shelf(RULES / "documents")


def fonts_in(folder: Path) -> Path | None:
    """The office's own typefaces, where it has any."""
    fonts = folder / FONTS
    return fonts if fonts.is_dir() else None


def press_over(folder: Path, charts: Charts) -> tuple[DocumentPress, OfficeTemplates]:
    """A press without a ledger, over the program's templates, and what the office's folder offers."""
    press = DocumentPress(program_shelf(), fonts_in(folder))
    return press, read_folder(folder, press.rules, house_papers(charts))


@dataclass
class Templates:
    """The templates of one office and the press that prints with them."""

    office_id: str
    database: Database
    folder: Path
    kinds: frozenset[str]
    """The papers of the house that the charts know."""

    @cached_property
    def press(self) -> DocumentPress:
        """The press over the program's templates; the office's come in with `use`."""
        return DocumentPress(program_shelf(), fonts_in(self.folder), self._kept)

    @cached_property
    def read(self) -> OfficeTemplates:
        """What the folder offers, as it was when it was first asked for."""
        return read_folder(self.folder, self.press.rules, self.kinds)

    def open(self, writer: Writer, now: datetime) -> None:
        """Every template that a paper may be issued with is kept, and the office's own are in force."""
        with self.database.read() as connection:
            kept = templating.digests_kept(connection)
        new = [one for one in self.press.program.values() if one.digest not in kept]
        if new:
            writer.submit(lambda connection: self._keep(connection, new, now), always=True)
        self.use()

    def use(self) -> None:
        """What two persons have accepted until now is in force."""
        self.press.use(self.in_force())

    def in_force(self) -> dict[str, Bound]:
        """The office's own templates by kind."""
        standing: dict[str, str | None] = {}
        with self.database.read() as connection:
            for row in templating.changes(connection, self.office_id):
                standing[row.kind] = row.digest
            texts = {
                kind: templating.text_of(connection, digest)
                for kind, digest in standing.items()
                if digest is not None
            }
        return {kind: bound_from(text) for kind, text in texts.items() if text is not None}

    def waiting(self) -> dict[str, str | None]:
        """Kind → text of what the folder offers and is not in force; None where the folder has it no more."""
        standing, program = self.in_force(), self.press.program
        changed: dict[str, str | None] = {
            kind: one.text
            for kind, one in self.read.offered.items()
            if one.digest != (known.digest if (known := standing.get(kind, program.get(kind))) else None)
        }
        if not self.read.faults:
            changed |= {kind: None for kind in standing if kind not in self.read.offered}
        return changed

    def accept_within(
        self, connection: Connection, changed: Mapping[str, str | None], by: str, now: datetime
    ) -> None:
        """The changes are on record and their templates are kept."""
        given = {kind: bound_from(text) if text else None for kind, text in changed.items()}
        self._keep(connection, [one for one in given.values() if one], now)
        for kind, one in given.items():
            row = {"id": new_id(), "office_id": self.office_id, "kind": kind, "changed_by": by}
            digest = one.digest if one else None
            templating.change(connection, {**row, "digest": digest, "changed_at": now})

    def _keep(self, connection: Connection, new: list[Bound], now: datetime) -> None:
        named = {"office_id": self.office_id, "recorded_at": now}
        templating.keep(
            connection,
            [{"digest": one.digest, "kind": one.template.kind, "text": one.text, **named} for one in new],
        )

    def _kept(self, digest: str) -> str | None:
        with self.database.read() as connection:
            return templating.text_of(connection, digest)


def open_templates(
    office_id: str, database: Database, writer: Writer, folder: Path, charts: Charts, clock: Clock
) -> Templates:
    """The templates of the office, with what papers are issued with kept and in force."""
    templates = Templates(office_id, database, folder, house_papers(charts))
    templates.open(writer, clock.real_now())
    return templates


def _check(house: House, detail: Mapping[str, Any]) -> None:
    """Each template reads as one and is of a paper that the house issues."""
    faults = Faults()
    for kind, text in detail["templates"].items():
        try:
            right = kind in house.templates.kinds and (text is None or bound_from(text).template.kind == kind)
        except (ValueError, KeyError, TypeError):
            right = False
        if not right:
            faults.add(f"/templates/{kind}", "format", "不是这种文书的模板", "is no template of this paper")
    faults.refuse()


def _told(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """The digests, which a second person compares with those that `documents list` tells."""
    digests = {
        kind: bound_from(text).digest if text else PROGRAM for kind, text in detail["templates"].items()
    }
    return {"templates": digests, "by": detail["by"]}


def _accept(
    house: House, connection: Connection, detail: Mapping[str, Any], now: datetime
) -> Mapping[str, Any]:
    house.templates.accept_within(connection, detail["templates"], detail["by"], now)
    return {"templates": _told(detail)["templates"]}


def _use(house: House) -> None:
    house.templates.use()


TEMPLATES_ACT = Act("documents.accept", _check, _accept, _told, afterwards=_use)
