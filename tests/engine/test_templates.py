"""An office changes its papers by two persons; no paper that was issued before is touched, and none is changed unseen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engine.administration import Administration
from engine.auditing import verify
from engine.documents import PRESSED_WITH
from models import records
from tests.builders import Town, refused
from tests.engine.test_times import ordered

KIND = "rectification_notice"
OWN = "本机关自己的一句话。"


def offered(town: Town) -> Path:
    """The office's folder holds the program's order to correct with one sentence more."""
    folder = town.house.settings.templates
    folder.mkdir(exist_ok=True)
    program = (Path("rules/documents") / f"{KIND}.yaml").read_text(encoding="utf-8")
    file = folder / f"{KIND}.yaml"
    file.write_text(
        program.replace("  - entries: requirements\n", f"  - entries: requirements\n  - text: {OWN}\n")
    )
    return file


def again(town: Town) -> Town:
    """The same house with its folder read anew, as at a start."""
    vars(town.house.templates).pop("read", None)
    return town


def accepted(town: Town) -> None:
    detail = {"templates": town.house.templates.waiting(), "by": "os:test"}
    assert Administration(town.house).ask("documents.accept", detail, command="documents accept").done


def pdf(town: Town, finding: str) -> bytes:
    paper = town.house.reader.document(town.who("W01"), finding, KIND)
    return town.house.press.pdf(paper.kind, paper.content, issued_on=paper.issued_on)


def test_a_changed_template_changes_no_paper_that_was_issued(town: Town) -> None:
    before, _ = ordered(town)
    first = pdf(town, before)
    offered(town)
    assert list(again(town).house.templates.waiting()) == [KIND]
    unaccepted, _ = ordered(town)

    accepted(town)
    after, _ = ordered(town)

    assert town.house.templates.waiting() == {}
    assert pdf(town, before) == first
    paper = town.house.reader.document(town.who("W01"), after, KIND)
    assert OWN in town.house.press.template_of(KIND, paper.content).text
    same = town.house.reader.document(town.who("W01"), unaccepted, KIND)
    assert OWN not in town.house.press.template_of(KIND, same.content).text
    town.house.press._known.clear()  # as another program, which knows only what was kept
    assert pdf(town, before) == first


def test_a_template_that_left_the_folder_is_in_force_until_two_persons_say_so(sqlite_town: Town) -> None:
    file = offered(sqlite_town)
    accepted(again(sqlite_town))
    file.unlink()
    assert again(sqlite_town).house.templates.waiting() == {KIND: None}
    assert OWN in sqlite_town.house.press.in_force(KIND).text
    accepted(sqlite_town)
    assert OWN not in sqlite_town.house.press.in_force(KIND).text


def test_a_file_with_a_fault_offers_nothing_and_takes_nothing_back(sqlite_town: Town) -> None:
    file = offered(sqlite_town)
    accepted(again(sqlite_town))
    file.write_text("kind: nothing\n")
    assert again(sqlite_town).house.templates.waiting() == {}
    assert OWN in sqlite_town.house.press.in_force(KIND).text


@pytest.mark.parametrize("given", [{"nix": None}, {KIND: "{}"}, {"penalty_decision": KIND}])
def test_what_is_no_template_of_that_paper_is_not_even_proposed(
    sqlite_town: Town, given: dict[str, str | None]
) -> None:
    given = {
        kind: sqlite_town.house.press.in_force(KIND).text if said == KIND else said
        for kind, said in given.items()
    }
    told = refused(
        Administration(sqlite_town.house).ask,
        "documents.accept",
        {"templates": given, "by": "os:test"},
        command="documents accept",
    )
    assert told.code == "facts_invalid"


def test_the_digest_of_an_issued_paper_stands_on_its_entry_and_finds_a_change(town: Town) -> None:
    finding, _ = ordered(town)
    assert not verify(town.house.database).faults
    with town.house.database.read() as connection:
        paper = records.documents_of(connection, finding, KIND)[0]
    assert paper.content[PRESSED_WITH] == town.house.press.in_force(KIND).digest

    def change(connection: Connection) -> None:
        table = records.DOCUMENT
        content = {**paper.content, "party": {"name": "另一家"}}
        connection.execute(table.update().where(table.c.id == paper.id).values(content=content))

    town.house.writer.submit(change)
    faults = verify(town.house.database).faults
    assert [(one.record, one.sequence) for one in faults] == [(finding, paper.sequence)]


def test_what_is_kept_of_templates_is_neither_changed_nor_deleted(town: Town) -> None:
    for act in ("UPDATE paper_template SET kind = 'x'", "DELETE FROM paper_template"):
        with pytest.raises(Exception, match="append-only"):
            town.house.writer.submit(lambda connection, act=act: connection.execute(text(act)))


def test_dates_of_issue_decide_no_template(sqlite_town: Town) -> None:
    """A paper without a template of its own, from before they were kept, is printed with the program's."""
    offered(sqlite_town)
    accepted(again(sqlite_town))
    press = sqlite_town.house.press
    assert press.pdf(KIND, {}, issued_on=date(2020, 1, 1)).startswith(b"%PDF")
    assert OWN not in press.template_of(KIND, {}).text
