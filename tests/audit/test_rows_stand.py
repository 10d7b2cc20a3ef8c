"""The rows of a case stand as its entries say; whoever writes them past the house is found (decision 0045)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text, update

from engine.auditing import verify, verify_within
from engine.core.commands import IMPORTER, CarryCommand
from engine.core.snapshot import CRIMINAL_ROUTE, CRIMINAL_ROUTE_PROPOSED, SUSPICION_ON_RECORD
from engine.core.standing import (
    BEFORE,
    CASE,
    DEADLINES,
    STANDS,
    STATED,
    Standing,
    differing,
    statement,
    whole,
)
from engine.standing import read_back
from models import records
from models.tables import Deadline, Finding, Inspection, Proceeding, Referral, ReferralDeadline
from tests.builders import PARTY, Town
from tests.desk.test_no_orphans import an_old_record
from tests.once import Copies
from tests.referral_walk import THRESHOLD, opened
from tests.simulation.retelling import told_whole
from tests.simulation.unguarded import take_guards_away, taken_back

MODELS = (Finding, Inspection, Referral, Proceeding, Deadline, ReferralDeadline)
APART = {
    "finding": {"sequence", "head", "search_text"},  # held against the entries, or made from the rest
    "inspection": {"sequence", "head"},
    "referral": {"sequence", "head", "record"},  # sealed, and held against its entries by its list
    "proceeding": set[str](),
    "deadline": {"told_stage", "rung", "rung_at"},  # what was told of it, without an entry
    "referral_deadline": {"told_stage", "history"},  # the history is sealed
}
"""The columns that no entry states."""


@pytest.fixture(scope="module")
def standing(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with a finding that has a proceeding, a paper and a criminal referral, without guards."""
    folder = tmp_path_factory.mktemp("standing")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    a_whole_case(town)
    take_guards_away(town.house.database)
    yield town
    town.close()


def a_whole_case(town: Town) -> str:
    finding = town.finding()
    told_whole(town, finding)
    opened(town, finding)
    return finding


@pytest.fixture
def past_the_house(standing: Town) -> Iterator[Connection]:
    """A connection past the house, whose changes are taken back."""
    with taken_back(standing.house.database) as connection:
        yield connection


def told(connection: Connection) -> str:
    return "\n".join(fault.en for fault in verify_within(connection).faults)


def test_a_case_that_was_worked_on_in_the_house_stands(standing: Town) -> None:
    assert verify(standing.house.database).faults == []


@pytest.mark.parametrize("table", STATED)
def test_each_column_is_stated_or_said_to_stand_apart(table: str) -> None:
    model = records.table_of({one.__tablename__: one for one in MODELS}[table])

    assert {column.name for column in model.columns} == {*STATED[table], *APART[table]}
    assert not APART[table] & set(STATED[table])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE finding SET state = 'registered'", "the record itself"),
        ("UPDATE finding SET item = '别的事项'", "the record itself"),
        ("UPDATE finding SET record = json_set(record, '$.facts.facts_summary', '没有问题')", "the record itself"),
        ("UPDATE finding SET due_effective = '2030-01-01'", "the record itself"),
        ("UPDATE inspection SET result_text = 'R01'", "the record itself"),
        ("UPDATE referral SET doc_no = '1号'", "the record itself"),
        ("UPDATE proceeding SET state = 'verified'", "its proceedings"),
        ("DELETE FROM proceeding", "its proceedings"),
        ("UPDATE deadline SET due_effective = '2030-01-01'", "its deadlines"),
        ("UPDATE deadline SET history = '[]'", "its deadlines"),
        ("UPDATE referral_deadline SET state = 'settled'", "its deadlines"),
        ("UPDATE party SET name = '另一家'", "the party is not as"),
        ("UPDATE party SET identity = 'uscc::X'", "the party is not as"),
        ("UPDATE party SET detail = json_set(detail, '$.address', '别处')", "the party is not as"),
        ("UPDATE attachment SET content = x''", "says something else now"),
        ("UPDATE attachment SET name = '另一张.png'", "says something else now"),
        ("UPDATE attachment SET digest = 'sha256:0'", "no entry says that it was handed in"),
        ("DELETE FROM attachment", "handed in is gone"),
        ("UPDATE document SET status = 'missing' WHERE status = 'issued'", "a paper that was issued"),
        ("UPDATE document SET content = '{}' WHERE status = 'issued'", "a paper that was issued"),
        ("DELETE FROM document WHERE status = 'issued'", "a paper that was issued"),
        ("UPDATE finding SET record = json_set(record, '$.registers.suspicion_on_record', 0)", "the record itself"),
        ("UPDATE mark SET value = 'another' WHERE name = 'standing_salt'", "the record itself"),
    ],
)  # fmt: skip
def test_what_was_written_past_the_house_is_found(
    past_the_house: Connection, change: str, words: str
) -> None:
    assert past_the_house.execute(text(change)).rowcount

    assert words in told(past_the_house)


def test_a_step_of_which_nothing_stands_on_the_finding_leaves_what_it_states(sqlite_town: Town) -> None:
    """The suspicion is the only step on a finding that came from an old ledger, which remembers less than others."""
    sqlite_town.people["importer"] = IMPORTER
    old = an_old_record(finding="in_progress", rectification="correcting")
    inspection = sqlite_town.handle("importer", CarryCommand(old, "a.csv")).id
    [finding] = sqlite_town.findings_of(inspection)
    sqlite_town.step("C02", finding, "record_threshold", **THRESHOLD)

    assert verify(sqlite_town.house.database).faults == []


def test_a_party_may_say_what_an_inspection_said_that_was_erased(sqlite_town: Town) -> None:
    """The newer of two inspections brought the party's name; it was erased, and the older one goes on."""
    town = sqlite_town
    town.inspect()
    newer = town.inspect(task_no="YP2024-002", party={**PARTY, "name": "改名后的饭店"})
    take_guards_away(town.house.database)
    with town.house.database.writing() as connection, connection.begin():
        blank = "UPDATE inspection SET intake = json_set(intake, '$.party.name', '〔已依法销毁〕'){} WHERE id = :id"
        connection.execute(text(blank.format("")), {"id": newer})
        assert "the party is not as" in told(connection)
        erased = ", record = json_set(record, '$.erased', 'an-erasure')"
        connection.execute(text(blank.format(erased)), {"id": newer})
        assert "the party is not as" not in told(connection)
        connection.execute(text("UPDATE party SET name = '另一家'"))
        assert "the party is not as" in told(connection)


def test_a_record_that_nobody_made_is_found(past_the_house: Connection) -> None:
    row = past_the_house.execute(select(records.FINDING).limit(1)).one()
    invented = {**row._mapping, "id": "invented", "reference": None, "sequence": 0, "head": "0" * 64}
    past_the_house.execute(insert(records.FINDING).values(invented))

    assert "no entry at all" in told(past_the_house)


def test_the_same_holds_on_both_databases(town: Town) -> None:
    finding = a_whole_case(town)
    database = town.house.database
    assert verify(database).faults == []
    take_guards_away(database)
    with database.writing() as connection, connection.begin():
        connection.execute(
            update(records.FINDING).where(records.FINDING.c.id == finding).values(state="closed")
        )

    assert any(fault.record == finding for fault in verify(database).faults)


def test_a_step_upon_a_change_is_found_even_when_that_is_taken_back(sqlite_town: Town) -> None:
    town = sqlite_town
    finding = town.finding()
    take_guards_away(town.house.database)

    def write(item: str) -> None:
        with town.house.database.writing() as connection, connection.begin():
            connection.execute(update(records.FINDING).values(item=item))

    item = town.row(finding).item
    write("别的事项")
    told_whole(town, finding)
    write(item)

    faults = verify(town.house.database).faults
    assert [(one.record, one.sequence) for one in faults if "before this entry" in one.en] == [(finding, 2)]


def test_nothing_is_asked_of_records_whose_entries_state_nothing(standing: Town) -> None:
    """An older program stated nothing; its records are compared from their next step on."""
    with standing.house.database.read() as connection:
        id = connection.execute(select(records.FINDING.c.id).limit(1)).scalar_one()
        found = read_back(connection, "finding", id)
    assert found is not None
    now = found.stated("salt")

    assert list(differing([(1, None, True), (2, None, True)], now)) == []
    first = statement(now, {**now, CASE: "whatever it was"})
    assert list(differing([(1, None, True), (2, first, True)], now)) == []


def test_what_entries_state_follows_one_from_another() -> None:
    one, two = _stated("a"), _stated("b")
    begun = (1, statement(one, None), True)

    def seen(*said: Any) -> list[tuple[int, str]]:
        return [tuple(each) for each in differing(said, two)]  # type: ignore[misc]  # pairs

    assert seen(begun, (2, statement(two, one), True)) == []
    assert seen(begun, (2, None, True), (3, statement(two, one), True)) == []  # two steps of one command
    assert seen(begun, (2, statement(two, two), True)) == [(2, BEFORE)]
    assert seen(begun, (2, None, True)) == [(2, STANDS)]
    assert seen(begun, (2, statement({**two, DEADLINES: "c"}, one), True)) == [(2, DEADLINES)]
    assert (
        seen(begun, (2, None, False), (3, statement(two, two), True)) == []
    )  # the law had entry 2 destroyed
    assert seen(begun, (2, None, False)) == []
    assert whole(one) != whole(two)


def test_nothing_that_is_stated_tells_of_a_crime(standing: Town) -> None:
    """Whoever reads an entry may know everything else and guess the rest (law 9)."""
    with standing.house.database.read() as connection:
        id = connection.execute(select(records.FINDING.c.id).limit(1)).scalar_one()
        found = read_back(connection, "finding", id)
    assert found is not None
    record = found.case["record"]
    confided = {CRIMINAL_ROUTE: True, CRIMINAL_ROUTE_PROPOSED: True, SUSPICION_ON_RECORD: True}
    plain = {name: value for name, value in record["registers"].items() if name not in confided}

    def stated(**memory: Any) -> str:
        case = {**found.case, "record": {**record, **memory}}
        return Standing("finding", case, found.proceedings, found.deadlines).stated("salt")[CASE]

    suspected = stated(
        registers={**plain, **confided}, criminal_threshold=True, rule_facts={"weight_grams": 1}
    )
    assert suspected == stated(registers=plain, criminal_threshold=False, rule_facts={})
    assert suspected != stated(registers={**plain, "supervised": {"by": "S01"}})
    assert found.stated("salt") != found.stated("another salt")


def _stated(letter: str) -> dict[str, str]:
    return {part: letter + part for part in ("case", "proceedings", "deadlines")}
