"""The timetable: bells only. The truth is in the database; a bell missed or rung twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from engine.core.calendar import SHANGHAI

SWEEP_EVERY_SECONDS = 60
COURIER_EVERY_SECONDS = 2
PROOF_EVERY_SECONDS = 60
"""How often somebody looks whether the rulebook in force was proven; each is proven once."""

WITNESS_EVERY_SECONDS = 3600
"""How often the log is held against its newest checkpoint, and signed anew; the first time at once."""

JOBS_EVERY_SECONDS = 2
"""How often it is looked for work that waits in the background."""


class Timetable:
    """Rings the sweep and the courier while the house is open."""

    def __init__(
        self,
        sweep: Callable[[], object] | None,
        courier: Callable[[], object],
        proof: Callable[[], object] | None = None,
        witness: Callable[[], object] | None = None,
        jobs: Callable[[], object] | None = None,
    ) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=SHANGHAI, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        if sweep is not None:  # under a test clock the sweep rings on a jump, never by real time
            self._scheduler.add_job(sweep, "interval", seconds=SWEEP_EVERY_SECONDS, id="sweep")
        self._scheduler.add_job(courier, "interval", seconds=COURIER_EVERY_SECONDS, id="courier")

        if proof is not None:
            self._scheduler.add_job(proof, "interval", seconds=PROOF_EVERY_SECONDS, id="proof")
        if witness is not None:
            self._scheduler.add_job(witness, id="witness at once")
            self._scheduler.add_job(witness, "interval", seconds=WITNESS_EVERY_SECONDS, id="witness")

        if jobs is not None:
            self._scheduler.add_job(jobs, "interval", seconds=JOBS_EVERY_SECONDS, id="jobs")

    def start(self) -> None:
        """The bells ring from now on."""
        self._scheduler.start()

    def stop(self) -> None:
        """No bell rings any more; one that is ringing is waited for."""
        self._scheduler.shutdown(wait=True)
