"""Takes every row once: what needs no time first, and what waits for a day in company."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from engine.core.chart import CRIMINAL, Row
from engine.core.confiding import CONFIDED, opens_referral
from tests.simulation.ahead import LAST_OF_MEASURES
from tests.simulation.guide import OF_REFERRALS
from tests.simulation.moves import Wait
from tests.simulation.pursuit import Pursuit, finding_of, records_of
from tests.simulation.rows import RowKey, key_of

TRIES_AT_A_ROW = 60
GIVEN_UP_AFTER = 2
"""Rounds in which a row may be tried in vain."""
WAITS_MAX = 12
"""How often time may pass for a row."""


@dataclass(slots=True)
class Rounds:
    """Goes through the goals of a pursuit again and again; the clock moves on when nothing else can be done."""

    pursuit: Pursuit
    waiting: dict[RowKey, Wait] = field(default_factory=dict)
    """Rows for which a record is ready when its time has come; nobody else touches it until then."""
    comes: dict[tuple[str, str], Wait] = field(default_factory=dict)
    """States into which the clock will bring a record that waits: rows that leave it there wait for it."""
    in_vain: Counter[RowKey] = field(default_factory=Counter)
    waits: Counter[RowKey] = field(default_factory=Counter)

    def at_once(self) -> None:
        """Every goal was tried for which no time has to pass.

        What ends a measure waits for the clock: one record in a state serves all the rows of its end.
        """
        for row in self._in_order():
            timely = row.by_clock_only or row.trigger in LAST_OF_MEASURES
            if not timely and (row.chart, str(row.source)) not in self.comes:
                move = self._at_length(row)
                if move is not None:
                    self._expect(row, move)

    def in_time(self) -> None:
        """Every goal was taken, or tried in vain in so many rounds."""
        left = self._in_order()
        while left:
            for row in left:
                if key_of(row) not in self.waiting:
                    self._in_company(row)
            left = [row for row in left if self._is_left(row)]
            self._pass_time()

    def _is_left(self, row: Row) -> bool:
        key = key_of(row)
        hopeless = self.in_vain[key] >= GIVEN_UP_AFTER or self.waits[key] >= WAITS_MAX
        return not self.pursuit.taken(row) and not hopeless

    def _in_order(self) -> list[Row]:
        return sorted((row for row in self.pursuit.goals if not self.pursuit.taken(row)), key=self._when)

    def _when(self, row: Row) -> tuple[object, ...]:
        """Deeper states later, and of one state what moves the record on after what does not; what needs time last.

        What makes a crime suspected comes late, since it shuts other rows and more has to be looked at ever after.
        """
        guide = self.pursuit.guide
        chart = guide.law.charts[row.chart]
        guide.maps.manner = None
        depth = guide.maps.between(row.chart, chart.initial, row.source) or 0
        of_measures = row.trigger in LAST_OF_MEASURES
        late = (row.by_clock_only or of_measures, of_measures, _is_suspecting(row))
        mildly = (row.source != row.to, bool(row.settles), not row.trigger.startswith("refuse_"))
        return (*late, row.chart, depth, str(row.source), row.by_clock_only and of_measures, *mildly)

    def _in_company(self, row: Row) -> None:
        """The row was taken, waits, or was tried in vain."""
        at = (row.chart, str(row.source))
        stays = row.source == row.to
        move = (self.comes.get(at) if stays else None) or self._waits_as_well(row) or self._at_length(row)
        if move is None:
            self.in_vain[key_of(row)] += not self.pursuit.taken(row)
            return
        self.waiting[key_of(row)] = move
        self.waits[key_of(row)] += 1
        self._pin()
        if stays:
            self._expect(row, move)

    def _expect(self, row: Row, move: Wait) -> None:
        """Where the clock has to bring the record into the row's state first, others may wait for that as well."""
        if not any((one.chart, one.state) == (row.chart, row.source) for one in records_of(move.file)):
            self.comes[(row.chart, str(row.source))] = move

    def _at_length(self, row: Row) -> Wait | None:
        """The row was taken if so many tries sufficed; else what it has to wait for, if that is known."""
        pursuit = self.pursuit
        pursuit.guide.dead.clear()
        for _ in range(TRIES_AT_A_ROW):
            if pursuit.taken(row):
                return None
            move = pursuit.toward(row)
            if isinstance(move, Wait):
                return move
            pursuit.world.forget_some()
        return None

    def _waits_as_well(self, row: Row) -> Wait | None:
        """What the row waits for on a record that waits already, in the state from which the row leads."""
        for one in self.waiting.values() if row.by_clock_only else ():
            for record in records_of(one.file):
                if (record.chart, record.state) == (row.chart, row.source):
                    move = self.pursuit.guide.toward(row, one.file, record)
                    if isinstance(move, Wait):
                        return move
        return None

    def _pass_time(self) -> None:
        """The clock stands at the first instant for which a row waits."""
        if not self.waiting:
            return
        until = min(one.until for one in self.waiting.values())
        self.waiting = {key: one for key, one in self.waiting.items() if one.until > until}
        self._pin()
        self.comes = {at: one for at, one in self.comes.items() if one.until > until}
        self.pursuit.world.wait(until)
        self.pursuit.used.clear()

    def _pin(self) -> None:
        self.pursuit.world.pinned = {finding_of(one.file) for one in self.waiting.values()}


def _is_suspecting(row: Row) -> bool:
    """True for rows that ask for a suspected crime or state one."""
    asks = any(guard.name in OF_REFERRALS for guard in row.guards)
    return asks or row.trigger in CONFIDED or opens_referral(row) or row.chart == CRIMINAL
