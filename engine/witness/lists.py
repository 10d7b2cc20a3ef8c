"""The lists of criminal referrals, held against what the entries of their chains say."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.auditing import ChainFault
from engine.core.delegation import BEHALF
from engine.core.readership import hands_in, named_in
from engine.core.refusals import Refusal
from engine.core.warrants import digest
from models import audit_reading, listed, records
from models.acts import findings_of_act
from models.at_rest import record_if_open


def list_faults(connection: Connection, taken: Collection[str]) -> Iterator[ChainFault]:
    """Every list that somebody is on, or off, whom no entry put there; `taken` are digests of what two persons accepted.

    The sentence is the same for a referral and for whatever else is told to few: a fault tells nobody what it is.
    """
    for record, found in _differing(connection):
        if of_list(record, found) not in taken:
            yield ChainFault(record, 0, *OTHER_LIST, found=of_list(record, found))


def lists_as_they_are(connection: Connection) -> list[str]:
    """The digests of lists that are not what their entries say, for two persons to accept; they name no record."""
    return sorted(of_list(record, found) for record, found in _differing(connection))


def of_list(record: str, found: Any) -> str:
    """The digest of a list of the record as it was found."""
    return digest([record, found])


def _differing(connection: Connection) -> Iterator[tuple[str, Any]]:
    """(record, what stands) of every list that does not follow from the entries."""
    hands, acts = listed.hands(connection), dict[tuple[str, ...], str]()
    for row in listed.referrals(connection):
        held, memory, steps = (
            hands.pop(row.id, {}),
            record_if_open(connection, row),
            listed.steps(connection, row.id),
        )
        entered = {one.by.casefold() for one in steps}
        if (memory is not None and held != hands_in(memory)) or _unnamed(connection, row.id, held, entered):
            yield row.id, held
        finding = records.finding_row(connection, row.finding_id, lock=False)
        of_one = finding is not None and finding.department == row.department
        if not of_one or not steps or steps[-1].state != row.state:
            yield row.id, [row.department, row.state]
        if row.state:
            acts[(row.party_id, row.domain, row.violation)] = row.id
    yield from sorted(hands.items())
    for act in acts:
        for id in findings_of_act(connection, *act):
            stands = _states(connection, id)
            if stands is not None:
                yield id, stands


def _states(connection: Connection, finding: str) -> list[str | None] | None:
    """The states of the finding and its proceedings; None where they are those that the entries left them in."""
    row = records.finding_row(connection, finding, lock=False)
    stands = {None: row.state} if row is not None else {}
    stands |= {one.id: one.state for one in records.proceeding_rows(connection, finding)}
    last = {one.proceeding_id: one.state for one in listed.steps(connection, finding)}
    same = all(last.get(place, state) == state for place, state in stands.items())
    return None if same else [*stands.values()]


def _unnamed(connection: Connection, record: str, held: Mapping[str, str], entered: set[str]) -> bool:
    """True where somebody is a hand in it whom no entry names; what does not open at this moment is let be."""
    left = held.keys() - entered
    if not left:
        return False
    try:
        chain = audit_reading.chain(connection, record)
    except Refusal:  # the key is not here: whoever has it looks
        return False
    if any(row["body"] is None for row in chain):  # erased by law, or a fault of its own
        return False
    said = [json.loads(row["body"]) for row in chain]
    named = {str(one[BEHALF]).casefold() for one in said if one.get(BEHALF)}
    teams = (named_in(one.get("facts") or {}) for one in said)
    return not left <= named.union(*teams)


OTHER_LIST = (
    "谁可以查阅这条记录，与其审计链不符：名单或者状态不是在系统中变更的。"
    "请由数据库管理员改回；确认应当保留的，由两名管理员先后执行 bihuan audit accept。",
    "who may read this record does not follow from its entries: its list or state was not changed in the house. Put it "
    "back; where it is to stay, two administrators run bihuan audit accept, one after the other.",
)
