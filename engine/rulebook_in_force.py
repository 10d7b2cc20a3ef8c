"""The rulebook by which the house judges today; the next one takes its place on its day, while the house is open."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from threading import Lock

from engine.core.refusals import Refusal
from engine.edition_shelf import EditionShelf
from engine.judging import Judging
from rules.arbiter import Arbiter
from rules.data_file import DataFault
from rules.edition import proof_digest
from rules.fence.pool import Tally
from rules.fence.process import WorkerGone
from rules.offices import Office
from rules.rulebook import Rulebook

log = logging.getLogger("bihuan.rulebook")
WORKERS, SPARES = 2, 1
KEPT = 4
"""Rulebooks of former versions that stay in memory, for whoever reads why a finding went where it went."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A rulebook with what judges by it; `edition` is None for the program's own, `since` None without a day."""

    edition: str | None
    since: date | None
    judging: Judging

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook itself."""
        return self.judging.arbiter.rulebook


class RulebookInForce:
    """Hands out what judges; whoever has begun a decision ends it with the rulebook it was begun with."""

    def __init__(self, office: Office, shelf: EditionShelf, today: date) -> None:
        """Raises `not_ready` where the edition of today is not what was signed, DataFault for a faulty rulebook."""
        self.shelf = shelf
        self._office, self._tally = office, Tally()
        self._turning, self._started = Lock(), False
        self._former: dict[str, Rulebook | None] = {}
        self._coming: Standing | None = None
        self._left: list[Arbiter] = []
        self._proof_of: tuple[Standing, str] | None = None
        row = shelf.in_force(today)
        self._standing = self._stand(row.id if row else None, row.in_force_from if row else None)

    @property
    def standing(self) -> Standing:
        """What the house judges by at this moment."""
        return self._standing

    @property
    def judging(self) -> Judging:
        """The judging of this moment: to be asked once for each decision."""
        return self._standing.judging

    @property
    def arbiter(self) -> Arbiter:
        """The arbiter of this moment."""
        return self._standing.judging.arbiter

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook of this moment."""
        return self._standing.rulebook

    def keep_up(self, today: date) -> bool:
        """True when another rulebook was put in force, since its day has come.

        One that cannot be read, or whose workers do not start, leaves the present one standing and is logged: it is
        tried again at the next bell.
        """
        with self._turning:
            try:
                row = self.shelf.in_force(today)
                if (row.id if row else None) == self._standing.edition:
                    return False
                following = self._stand(row.id if row else None, row.in_force_from if row else None)
                if self._started:
                    following.judging.arbiter.start()
            except (Refusal, WorkerGone, DataFault, OSError) as fault:
                why = fault.detail if isinstance(fault, Refusal) else str(fault)
                log.error("the edition of the day is not in force", extra={"why": why})
                return False
            left, self._standing = self._standing, following
            self._left.append(left.judging.arbiter)
        left.judging.arbiter.close()
        log.info("rulebook in force", extra={"version": following.rulebook.version})
        return True

    def coming(self, today: date) -> Standing | None:
        """The approved edition whose day has yet to come; its workers do not run.

        One that is not what was signed is logged and counts as none: nothing rests on it before its day.
        """
        row = self.shelf.coming(today)
        if row is None:
            return None
        known = self._coming
        if known is None or known.edition != row.id:
            try:
                known = self._coming = self._stand(row.id, row.in_force_from)
            except Refusal as fault:
                log.error("the coming edition cannot be read", extra={"why": str(fault.detail)})
                return None
        return known

    def of_version(self, version: str) -> Rulebook | None:
        """The rulebook of that version, in force or not any more; None where it is not known here, or cannot be read.

        It only explains what was ruled before, so that one that cannot be read is logged and stops nothing.
        """
        if version == self.rulebook.version:
            return self.rulebook
        with self._turning:
            if version not in self._former:
                while len(self._former) >= KEPT:
                    del self._former[next(iter(self._former))]
                try:
                    self._former[version] = self.shelf.of_version(version)
                except Refusal as fault:
                    log.error("a former edition cannot be read", extra={"why": str(fault.detail)})
                    self._former[version] = None
            return self._former[version]

    def proof_digest(self) -> str:
        """Of everything that a proof of the rulebook of this moment rests on."""
        standing = self._standing
        if self._proof_of is None or self._proof_of[0] is not standing:
            self._proof_of = (standing, proof_digest(standing.rulebook))
        return self._proof_of[1]

    def start(self) -> None:
        """The workers run before the first question; raises WorkerGone when they cannot."""
        with self._turning:
            self._started = True
            self.arbiter.start()

    def close(self) -> None:
        """No worker process is left, not even one that a late question to a former rulebook has started."""
        for arbiter in (*self._left, self.arbiter):
            arbiter.close()

    def _stand(self, edition: str | None, since: date | None) -> Standing:
        book = self.shelf.rulebook(edition)
        arbiter = Arbiter(book, book.facts, self._office, workers=WORKERS, spares=SPARES, tally=self._tally)
        return Standing(edition, since, Judging(self._office, arbiter))
