"""The scribe turns a decision into rows: state, deadlines, entries, papers, messages, reminders. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.chaining import Deed, chain_entry, role_of
from engine.core.chart import Row
from engine.core.commands import Principal
from engine.core.delegation import BEHALF, on_behalf_of, taking
from engine.core.effects import Decision, Dispatch, IssueDocument, Remind, Taken
from engine.core.ladder import LEAD_OFFICE, SUPERVISES
from engine.core.lawbook import Lawbook
from engine.core.standing import STANDS, statement, with_confided
from engine.core.times import roles_of
from engine.papers import Papers
from engine.post import Post
from engine.rows import TABLES, Rows, deadline_table
from engine.search.index import index_finding, index_inspection
from engine.standing import read_back
from models import records
from models.at_rest import kept_history, kept_payload, kept_record

Chained = tuple[dict[str, Any], dict[str, Any]]
"""An entry and its payload."""


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes on the connection of the command's own transaction."""

    office_id: str
    law: Lawbook
    papers: Papers
    post: Post
    salt: str
    """Of what is stated of the rows."""
    stamp: Mapping[str, Any] = field(default_factory=dict)
    """What every entry says of itself beside its step, within the audit chain: that it is a demonstration."""

    def keep(
        self, connection: Connection, file: CaseFile, decision: Decision, who: Principal, now: datetime
    ) -> None:
        """Everything the decision says is in the transaction; the audit chain is one entry longer per step.

        The last entry states how the rows stand.
        """
        chained: list[Chained] = []
        for taken in decision.standing:
            papers = [
                self.papers.issue(connection, file, taken, effect, who, now)
                for effect in taken.effects
                if isinstance(effect, IssueDocument)
            ]
            sent = []
            for effect in taken.effects:
                if isinstance(effect, Dispatch):
                    if self.post.dispatch(connection, file, taken, effect.name, who, now):
                        sent.append(effect.name)
                elif isinstance(effect, Remind):
                    self._remind(connection, file, taken, effect.role, now)
            stands = {}
            if taken is decision.standing[-1]:
                self._keep_state(connection, file, decision, now)
                stands = self._stands(connection, file)
            chained.append(self._entry(file, taken, papers, sent, taken.by or who, now, stands))
        self._enter(connection, file, chained)
        if not chained:  # everything was confided: nothing that anybody is shown may change
            assert file.found is not None, "a finding comes in with an entry"
            memory = Rows(self.office_id, self.law, file).finding_memory()
            kept = with_confided(file.found.case["record"], memory)
            records.change(connection, records.FINDING, file.snapshot.id, {"record": kept})

    def note(
        self,
        connection: Connection,
        file: CaseFile,
        trigger: str,
        said: Mapping[str, Any],
        who: Principal,
        now: datetime,
    ) -> None:
        """An entry that moves nothing (an attachment, a receipt on the timeline) raises the sequence only."""
        snapshot = file.snapshot
        snapshot.sequence += 1
        self._keep_changed_deadlines(connection, file)
        chained = self._chained(
            file,
            snapshot.main.chart,
            trigger,
            None,
            snapshot.main.state,
            snapshot.sequence,
            {**said, **self._stands(connection, file)},
            who,
            role_of(who.roles),
            now,
            now,
            False,
        )
        self._enter(connection, file, [chained])

    def _stands(self, connection: Connection, file: CaseFile) -> dict[str, Any]:
        """How the rows stand now that they are written, and how they stood when they were read (decision 0045)."""
        snapshot = file.snapshot
        before = None if file.found is None else file.found.stated(self.salt)
        now = read_back(connection, snapshot.subject, snapshot.id)
        assert now is not None, "it was just written"
        file.found = now
        return {STANDS: statement(now.stated(self.salt), before)}

    def _enter(self, connection: Connection, file: CaseFile, chained: Sequence[Chained]) -> None:
        """The chain is so much longer, and the record names its end; what entries of a criminal referral say is sealed."""
        if not chained:
            return
        snapshot, payloads = file.snapshot, [payload for _, payload in chained]
        if snapshot.subject == "referral":
            payloads = [kept_payload(connection, one) for one in payloads]
        records.add(connection, records.ENTRY, [entry for entry, _ in chained])
        records.add(connection, records.PAYLOAD, payloads)
        told = {"sequence": snapshot.sequence, "head": snapshot.head}
        records.change(connection, TABLES[snapshot.subject], snapshot.id, told)

    def _entry(
        self,
        file: CaseFile,
        taken: Taken,
        papers: list[dict[str, Any]],
        sent: list[str],
        who: Principal,
        now: datetime,
        stands: Mapping[str, Any],
    ) -> Chained:
        said = {
            "facts": dict(taken.facts),
            "documents": papers,
            "dispatched": sent,
            "opened": taken.opened,
            **_behalf(taken.row, who),
            **stands,
        }
        chart = taken.row.chart
        return self._chained(
            file,
            chart,
            taken.row.trigger,
            taken.proceeding,
            taken.row.to,
            taken.sequence,
            said,
            who,
            _role_in(taken.row, who),
            taken.occurred_at,
            now,
            taken.late,
        )

    def _chained(
        self,
        file: CaseFile,
        chart: str,
        trigger: str,
        proceeding: str | None,
        state: str,
        sequence: int,
        said: Mapping[str, Any],
        who: Principal,
        role: str | None,
        occurred_at: datetime,
        now: datetime,
        late: bool,
    ) -> Chained:
        deed = Deed(
            record_id=file.record_id,
            sequence=sequence,
            version=file.snapshot.version,
            chart=chart,
            trigger=trigger,
            proceeding_id=proceeding,
            state=state,
            by=who.login,
            role=role,
            occurred_at=occurred_at,
            recorded_at=now,
            late=late,
        )
        entry, payload = chain_entry(self.office_id, file.snapshot.head, deed, {**said, **self.stamp})
        file.snapshot.head = entry["hash"]
        return entry, payload

    def _remind(self, connection: Connection, file: CaseFile, taken: Taken, role: str, now: datetime) -> None:
        if role == SUPERVISES and file.snapshot.subject == "referral":
            return  # the lead office is on no list, and silence tells it nothing (law 9)
        department = LEAD_OFFICE if role == SUPERVISES else file.snapshot.department
        row = {
            "natural_key": f"remind:{file.record_id}:{taken.sequence}:{role}",
            "office_id": self.office_id,
            "department": department,
            "role": role,
            "kind": taken.row.trigger,
            "finding_id": file.snapshot.id if file.snapshot.subject == "finding" else None,
            "inspection_id": file.snapshot.id if file.snapshot.subject == "inspection" else None,
            "detail": {"zh": taken.row.zh, "en": taken.row.en, "text": taken.facts.get("requirement")},
            "done": False,
            "recorded_at": now,
        }
        records.add(connection, records.NOTICE, [row])

    def _keep_state(self, connection: Connection, file: CaseFile, decision: Decision, now: datetime) -> None:
        snapshot, rows = file.snapshot, Rows(self.office_id, self.law, file)
        opened = {taken.opened for taken in decision.taken if taken.opened}
        fresh = [
            one for one in snapshot.proceedings.values() if one.id in opened or (file.fresh and one.touched)
        ]
        records.add(connection, records.PROCEEDING, [rows.new_proceeding(one) for one in fresh])
        for one in snapshot.proceedings.values():
            if one.touched and one not in fresh:
                records.change(connection, records.PROCEEDING, one.id, rows.proceeding_state(one))
        begun = [rows.new_deadline(one) for one in snapshot.deadlines if one.fresh]
        records.add(
            connection,
            deadline_table(file),
            [self._sealed(connection, file, one["id"], one) for one in begun],
        )
        self._keep_changed_deadlines(connection, file)
        table, identity, values = rows.main(decision.standing[-1].occurred_at, now)
        if snapshot.subject == "referral":
            values["record"] = kept_record(connection, snapshot.id, values["record"])
        if file.fresh:
            records.add(connection, table, [{**identity, **values}])
        else:
            records.change(connection, table, snapshot.id, values)
        self._keep_found(connection, file, values)

    def _keep_found(self, connection: Connection, file: CaseFile, values: Mapping[str, Any]) -> None:
        """The record is found by what it says now; a criminal referral by nothing."""
        id, inspection = file.snapshot.id, file.inspection
        if file.snapshot.subject == "finding":
            index_finding(connection, self.office_id, id, values["search_text"])
        elif file.snapshot.subject == "inspection":
            numbers = (inspection.get("plan_no"), inspection.get("task_no"), file.reference)
            index_inspection(connection, self.office_id, id, file.party["name"], numbers)

    def _keep_changed_deadlines(self, connection: Connection, file: CaseFile) -> None:
        rows = Rows(self.office_id, self.law, file)
        for deadline in file.snapshot.deadlines:
            if deadline.touched and not deadline.fresh:
                said = self._sealed(connection, file, deadline.id, rows.deadline_state(deadline))
                records.change(connection, deadline_table(file), deadline.id, said)

    def _sealed(
        self, connection: Connection, file: CaseFile, id: str, values: dict[str, Any]
    ) -> dict[str, Any]:
        """The columns of a deadline as they are kept: of a referral, what happened to it sealed."""
        if file.snapshot.subject != "referral":
            return values
        return {**values, "history": kept_history(connection, file.snapshot.id, id, values["history"])}


def _behalf(row: Row, who: Principal) -> dict[str, str]:
    """Whose role it was, where the row was taken for a colleague on leave; the chain commits to it with the payload."""
    absent = on_behalf_of(who, row)
    return {} if absent is None else {BEHALF: absent.login}


def _role_in(row: Row, who: Principal) -> str | None:
    """The role in which the person took the row: the row's own first, then that of a head who entered it late."""
    roles = taking(who, row).roles
    held = [role for role in (*row.roles, *sorted(roles_of(row))) if role in roles]
    return held[0] if held else role_of(who.roles)
