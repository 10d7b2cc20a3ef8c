"""One act of one party, which may stand in several findings: what law 2 has to look at together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from models.records import FINDING

_FINDINGS = select(FINDING.c.id).where(
    FINDING.c.party_id == bindparam("party"),
    FINDING.c.domain == bindparam("domain"),
    FINDING.c.violation == bindparam("violation"),
)
_MEMORIES = select(FINDING.c.record).where(
    FINDING.c.party_id == bindparam("party"),
    FINDING.c.domain == bindparam("domain"),
    FINDING.c.violation == bindparam("violation"),
    FINDING.c.id != bindparam("but"),
)


def findings_of_act(connection: Connection, party_id: str, domain: str, violation: str) -> Sequence[str]:
    """The findings of the party on that kind of violation."""
    values = {"party": party_id, "domain": domain, "violation": violation}
    return connection.execute(_FINDINGS, values).scalars().all()


def memories_of_act(
    connection: Connection, party_id: str, domain: str, violation: str, but: str
) -> Sequence[Mapping[str, Any]]:
    """What each other finding of the party on that kind of violation remembers."""
    values = {"party": party_id, "domain": domain, "violation": violation, "but": but}
    return connection.execute(_MEMORIES, values).scalars().all()
