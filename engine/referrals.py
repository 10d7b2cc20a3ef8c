"""Criminal referrals at the desk: what is confided gets its own record, and the list of each is kept (law 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.casefile import CaseFile
from engine.core.chart import CRIMINAL
from engine.core.commands import CLOCK, Principal
from engine.core.confiding import begun
from engine.core.effects import Confide, Decision
from engine.core.lawbook import Lawbook
from engine.core.readership import (
    HEAD,
    OpenSteps,
    ground_for,
    hands_in,
    open_steps,
    roles_with_a_step,
    steps_of,
)
from engine.core.scope import Scope
from engine.core.snapshot import Record, Snapshot
from engine.core.visibility import sees_department
from engine.judging import followed_by
from engine.scribe import Scribe
from engine.snapshots import load_referral
from models import records, referral_list, referral_reading
from models.acts import findings_of_act
from models.at_rest import kept_record, record_if_open
from models.reading.scope import behalf
from models.referral_list import Asking
from models.referral_reading import OnRecord
from models.second_wall import Behalf, as_house

PUT_ON_LIST = "put_on_list"


@dataclass(frozen=True, slots=True)
class Referrals:
    """The referrals of one office, within the transactions of the desk."""

    office_id: str
    law: Lawbook
    scribe: Scribe
    steps: Mapping[str, OpenSteps] = field(init=False, repr=False)
    """For each role where it has a step that depends on a referral."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", open_steps(self.law.charts))  # frozen: built once with the charts

    def confide(self, connection: Connection, file: CaseFile, decision: Decision, scope: Scope) -> int | None:
        """What the decision on a finding confides stands on the referral's record; its version, None without any."""
        version = None
        for taken in decision.taken:
            for said in taken.effects:
                if isinstance(said, Confide):
                    referral_reading.lock_party(connection, file.party_id)
                    record = self._record_for(connection, file, said, scope)
                    step = begun(scope, record.snapshot, taken, said)
                    if file.whole_ruling is not None:
                        record.referral_rulings = followed_by(record.referral_rulings, file.whole_ruling)
                    self.scribe.keep(connection, record, step, scope.principal, scope.now)
                    self.keep_list(connection, record.snapshot.id, scope.now)
                    version = record.snapshot.version
        return version

    def follow(self, connection: Connection, file: CaseFile, now: datetime) -> None:
        """Whoever a step on the finding brings an open step that depends on a referral is on its list."""
        for row in self._of_act(connection, file.party_id, file.finding):
            self.keep_list(connection, row.id, now)
            if row.finding_id == file.snapshot.id and file.whole_ruling is not None:
                self._keep_ruling(connection, row.id, file.whole_ruling)

    def _keep_ruling(self, connection: Connection, id: str, whole: Mapping[str, Any]) -> None:
        """The ruling stands on the referral's record, unless it says the same as the last one there, or that does not open."""
        row = referral_reading.referral_row(connection, id)
        assert row is not None, "it was just found"
        memory = record_if_open(connection, row)
        if memory is None:
            return
        known = memory.get("rulings", [])
        rulings = followed_by(known, whole)
        if rulings != known:
            kept = kept_record(connection, id, {**memory, "rulings": rulings})
            records.change(connection, referral_reading.REFERRAL, id, {"record": kept})

    def list_of(self, connection: Connection, row: Row[Any]) -> dict[str, str]:
        """Who is on the list of the referral at this moment, by login, with the ground."""
        findings = findings_of_act(connection, row.party_id, row.domain, row.violation)
        held = referral_reading.states_of_findings(connection, findings)
        roles, hands = roles_with_a_step(self.steps, row.state, held), self._hands(connection, row)
        known = referral_reading.colleagues(connection, self.office_id, row.department)
        grounds = {str(one.login): ground_for(one.login, frozenset(one.roles), hands, roles) for one in known}
        return {login: ground for login, ground in grounds.items() if ground is not None}

    def _hands(self, connection: Connection, row: Any) -> dict[str, str]:
        """As the record of the referral names them, or, where it does not open at this moment, as they were kept last."""
        memory = record_if_open(connection, row)
        if memory is not None:
            return hands_in(memory)
        with as_house(
            connection
        ):  # the list is told to whoever is on it, who is shown no row of another's hand
            return referral_list.hands_of(connection, row.id)

    def asking(self, who: Principal) -> Asking | None:
        """This person, with the rights of this moment, as lists are asked; None for whoever is on no list at all."""
        department = sees_department(who)
        if who.kind != "person" or department is None:
            return None
        open_to = steps_of(self.steps, who.roles)
        login, head = who.login.casefold(), HEAD in who.roles
        return Asking(self.office_id, department, login, head, open_to.own, open_to.waiting)

    def behalf(self, who: Principal) -> Behalf:
        """For whom a transaction reads that asks for this person's referrals: of these it sees those of their lists."""
        plain, asking = behalf(self.office_id, who), self.asking(who)
        return plain if asking is None else asking.behalf(plain.sees)

    def known(self, connection: Connection, who: Principal, id: str) -> Row[Any] | None:
        """The referral of that id for a person on its list; for everybody else None, as of one that never was."""
        asking = self.asking(who)
        return None if asking is None else referral_list.referral_for(connection, asking, id)

    def known_of(self, connection: Connection, who: Principal, finding: str) -> Sequence[Row[Any]]:
        """The referrals of the finding on whose list the person is, oldest first."""
        asking = self.asking(who)
        return () if asking is None else referral_list.referrals_for(connection, asking, finding)

    def known_by_deadline(self, connection: Connection, who: Principal, deadline: str) -> str | None:
        """The referral to which that deadline belongs, for a person on its list."""
        asking = self.asking(who)
        return (
            None if asking is None else referral_list.referral_of_deadline_for(connection, asking, deadline)
        )

    def message(self, connection: Connection, who: Principal, id: str) -> Row[Any] | None:
        """The message of that id; one of a referral is there for persons on its list alone, in the same statement."""
        return referral_list.message_for(connection, self.asking(who), id)

    def every_known(self, connection: Connection, who: Principal) -> Sequence[Row[Any]]:
        """The referrals on whose list the person is, with what each is about, oldest first."""
        asking = self.asking(who)
        return () if asking is None else referral_list.every_referral_for(connection, asking)

    def keep_list(self, connection: Connection, id: str, now: datetime) -> None:
        """Who is on the list now and was never put there is put there, each with an entry of the referral's chain.

        A referral that does not open at this moment is left as it is: a step on its finding would tell of it otherwise.
        """
        row = referral_reading.referral_row(connection, id)
        assert row is not None, "a list belongs to a referral"
        memory = record_if_open(connection, row)
        if memory is None:
            return
        referral_list.keep_hands(connection, self.office_id, id, hands_in(memory))
        if not row.state:
            return
        before = referral_reading.readers_of(connection, id)
        new = {login: why for login, why in self.list_of(connection, row).items() if login not in before}
        if not new:
            return
        file = load_referral(connection, id)
        assert file is not None
        for login, ground in new.items():
            self._put_on_list(connection, file, login, ground, now)

    def read(
        self, connection: Connection, who: Principal, id: str, part: str, now: datetime, new_id: str
    ) -> None:
        """That this person read a part of the referral is on record, and so is that the person is on its list."""
        self.keep_list(connection, id, now)
        row = {
            "id": new_id,
            "office_id": self.office_id,
            "referral_id": id,
            "login": who.login,
            "part": part,
            "read_at": now,
        }
        records.add(connection, referral_reading.READING, [row])

    def _put_on_list(
        self, connection: Connection, file: CaseFile, login: str, ground: str, now: datetime
    ) -> None:
        row = {
            "referral_id": file.snapshot.id,
            "login": login,
            "office_id": self.office_id,
            "ground": ground,
            "since": now,
        }
        records.add(connection, referral_reading.READER, [row])
        said = {"facts": {"reader": login, "ground": ground}}
        self.scribe.note(connection, file, PUT_ON_LIST, said, CLOCK, now)

    def _of_act(self, connection: Connection, party_id: str, finding: Mapping[str, Any]) -> list[OnRecord]:
        """What is on record of the act, opened or not."""
        return referral_reading.suspicions_of_act(
            connection, party_id, finding["domain"], finding["violation"]
        )

    def _record_for(self, connection: Connection, file: CaseFile, said: Confide, scope: Scope) -> CaseFile:
        """The record that the statement belongs to: the last that has not ended, or a new one.

        A referral is opened on the record that holds its suspicion; while one runs, another opening is another referral,
        and so where that record does not open at this moment.
        """
        states = self.law.charts[CRIMINAL].states
        known = referral_reading.referrals_of(connection, file.snapshot.id)
        last = known[-1] if known else None
        fits = last is not None and (
            not last.state if said.opens else not last.state or states[last.state].kind != "ended"
        )
        if last is not None and fits and record_if_open(connection, last) is not None:
            found = load_referral(connection, last.id, lock=True)
            assert found is not None
            return found
        return self.record_of(file, scope.new_id())

    def record_of(self, file: CaseFile, id: str) -> CaseFile:
        """A record for a crime suspected in the finding of the file, fresh and without a state."""
        snapshot = Snapshot(
            subject="referral",
            id=id,
            main=Record(id, CRIMINAL, ""),
            version=0,
            sequence=0,
            department=file.snapshot.department,
            domain=file.finding["domain"],
        )
        return CaseFile(
            snapshot,
            file.inspection_id,
            file.inspection,
            file.party_id,
            file.party,
            finding=file.finding,
            rulings=file.rulings,
            rule_facts=file.rule_facts,
            ledger_no=file.ledger_no,
            finding_id=file.snapshot.id,
            fresh=True,
        )
